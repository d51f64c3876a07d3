"""An event's life by pages: written, shown before it is published, changed, moved, cancelled, over."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ekkyo.contracts.base import Command, FieldError, Refused
from ekkyo.contracts.events import (
    CancelEvent,
    DraftEvent,
    DuplicateEvent,
    GetEvent,
    ListEvents,
    PublishEvent,
    RescheduleEvent,
    ReviseEvent,
)
from ekkyo_portal.lead import section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visitor import Who

from tests.portal.leading import NO, WRITTEN, answers
from tests.portal.making import HANAKO, LEADER, STEWARD, Answering, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import MARKUP, event
from tests.portal.test_every_page import answers as of_any_message

SENT = {**WRITTEN, "member": "ken", "came": "ken:5", "to": "2", "size": "4"}
"""What some form of leaders holds."""


NAMED = {"event_id": "e1", "community_id": "it", "series_id": "s1", "sponsor_id": "p1"}
NAMED |= {"of": "members", "month": "2026-10", "template": "own", "version": "1"}
"""What stands in addresses."""


ANY = of_any_message() | of_any_message("command")
"""An answer to whatever a page asks."""
OF_COMMUNITIES = [page for page in section.pages if not page.path.startswith("/s/")]
"""Whose a survey is, its service alone knows, and refuses."""


def commands(answering: Answering) -> list[object]:
    return [said for said in answering.said if isinstance(said, Command)]


@pytest.mark.parametrize("visitor", [HANAKO, NO, LEADER, STEWARD], ids=["member", "other", "leader", "steward"])
@pytest.mark.parametrize("page", OF_COMMUNITIES, ids=lambda page: f"{page.method} {page.path}")
async def test_pages_open_for_leaders_of_the_community_and_stewards_alone(page, visitor):
    async with opened(ANY | answers(status="draft"), visitor) as browser:
        path = page.path.format_map(NAMED)
        shown = await (browser.get(path) if page.method == "GET" else browser.post(path, SENT))
        led = page.who in (Who.LEADERS, Who.HOSTS) and (visitor is LEADER or page.path == "/lead")
        may = visitor is STEWARD or led
        may = may and visitor is not HANAKO
        assert (shown.status_code == 403) == (not may), shown.status_code
        assert shown.status_code < 500
        if not may:
            assert commands(browser.answering) == []


async def test_what_is_written_becomes_a_draft_that_is_shown_before_it_is_published():
    async with opened(answers(status="draft", speakers=["gone"]), LEADER) as browser:
        empty = await browser.get("/c/it/events/new")
        assert 'type="datetime-local"' in empty.text
        assert "日本時間" in text_of(empty)
        made = await browser.post("/c/it/events/new", {**WRITTEN, "speakers": "0003 はやし\n"})
        assert made.headers["location"] == "/e/new1/publish?did=lead.drafted"
        (drafted,) = browser.answering.sent(DraftEvent)
        assert drafted.starts_at == datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
        assert (drafted.details.description, drafted.details.speakers) == ("一行目\n二行目", ["mai"])
        seen = await browser.get("/e/e1/publish")
        assert "メンバー 240 人" in text_of(seen)
        assert "昔 の人 登壇者 · 総務" in text_of(seen)
        assert re.search(r"<button class=\"wide\" disabled>\s*参加登録する", seen.text)
        assert (await browser.post("/e/e1/publish")).headers["location"] == "/e/e1?did=lead.published"
        assert len(browser.answering.sent(PublishEvent)) == 1


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost():
    wrong = {**WRITTEN, "title": "", "capacity": "many", "url": "meet", "ends": "2026-12-10T17:00", "speakers": "山田"}
    async with opened(answers(), LEADER) as browser:
        page = await browser.post("/c/it/events/new", wrong)
        assert page.status_code == 422
        assert commands(browser.answering) == []
        for field in ("title", "capacity", "url", "ends", "speakers"):
            assert f'id="{field}-wrong"' in page.text, field
        assert 'value="many"' in page.text
        assert "本社3F" in page.text
        assert "0001 山田 健 (営業), 0002 山田 健 (人事)" in text_of(page)
        browser.as_(in_english(LEADER))
        assert "The end must be after the start." in text_of(await browser.post("/c/it/events/new", wrong))


async def test_a_form_that_is_sent_again_with_other_words_changes_its_draft():
    taken = {**answers(status="draft"), DraftEvent: Refused("event_taken", "taken")}
    async with opened(taken, LEADER) as browser:
        made = await browser.post("/c/it/events/new", WRITTEN)
        assert made.headers["location"] == "/e/e1/publish?did=lead.drafted"
        assert [one.details.title for one in browser.answering.sent(ReviseEvent)] == ["もくもく会"]
        assert len(browser.answering.sent(RescheduleEvent)) == 1
    async with opened({**taken, GetEvent: event()}, LEADER) as browser:
        assert (await browser.post("/c/it/events/new", WRITTEN)).status_code == 409
        assert browser.answering.sent(ReviseEvent) == []


async def test_what_is_missing_to_publish_is_said_in_the_form():
    no = {**answers(status="draft", format="onsite"), PublishEvent: Refused("place_missing", "place")}
    async with opened(no, LEADER) as browser:
        page = await browser.post("/e/e1/publish")
        assert page.status_code == 422
        assert 'id="place-wrong"' in page.text
        assert "会場を入力してください" in text_of(page)
    late = answers(status="draft", starts_at="2026-11-20T03:00:00Z", ends_at="2026-11-20T04:00:00Z")
    async with opened(late, LEADER) as browser:
        page = await browser.get("/e/e1/publish")
        assert "これからの日時にしてください" in text_of(page)
        assert 'action="/e/e1/publish"' not in page.text


async def test_a_published_event_is_revised_and_who_speaks_stays():
    it = answers(speakers=["ken", "gone"], url="https://meet.example.com/x")
    async with opened(it, LEADER) as browser:
        page = await browser.get("/e/e1/edit")
        assert "0001 山田 健\n昔 の人 (総務)" in page.text
        assert "datetime-local" not in page.text
        assert "12 人に、変更をお知らせします" in text_of(page)
        sent = {**WRITTEN, "speakers": "昔 の人 (総務)\n0001 山田 健"}
        done = await browser.post("/e/e1/edit", sent)
        assert done.headers["location"] == "/e/e1?did=lead.revised"
        assert browser.answering.sent(ReviseEvent)[0].details.speakers == ["gone", "ken"]
        assert browser.answering.sent(RescheduleEvent) == []
    no = {**it, ReviseEvent: Refused("capacity_below_confirmed", "12")}
    async with opened(no, LEADER) as browser:
        page = await browser.post("/e/e1/edit", WRITTEN)
        assert page.status_code == 422
        assert 'id="capacity-wrong"' in page.text


async def test_moving_shows_the_time_it_had_and_says_what_is_not_possible():
    async with opened(answers(), LEADER) as browser:
        page = await browser.get("/e/e1/move")
        assert 'value="2026-12-02T12:00"' in page.text
        done = await browser.post("/e/e1/move", {"starts": "2026-12-03T12:00", "ends": "2026-12-03T13:00"})
        assert done.headers["location"] == "/e/e1?did=lead.moved"
        assert browser.answering.sent(RescheduleEvent)[0].starts_at == datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
        assert (await browser.post("/e/e1/move", {"starts": "x", "ends": ""})).status_code == 422
    no = {**answers(), RescheduleEvent: Refused("event_in_the_past", "past")}
    async with opened(no, LEADER) as browser:
        page = await browser.post("/e/e1/move", {"starts": "2026-11-03T12:00", "ends": "2026-11-03T13:00"})
        assert 'id="starts-wrong"' in page.text
        assert 'value="2026-11-03T12:00"' in page.text


async def test_cancelling_asks_first_and_says_how_many_people_are_told():
    async with opened(answers(waitlisted=3), LEADER) as browser:
        page = await browser.get("/e/e1/cancel")
        assert "15 人に、中止" in text_of(page)
        assert commands(browser.answering) == []
        done = await browser.post("/e/e1/cancel", {"reason": "台風のため"})
        assert done.headers["location"] == "/e/e1?did=lead.cancelled"
        assert browser.answering.sent(CancelEvent)[0].reason == "台風のため"
        assert (await browser.post("/e/e1/cancel", {"reason": "x" * 5001})).status_code == 422
    async with opened(answers(status="draft"), LEADER) as browser:
        assert "破棄しますか" in text_of(await browser.get("/e/e1/cancel"))
        assert (await browser.post("/e/e1/cancel")).headers["location"] == "/lead?did=lead.discarded"


async def test_concluding_says_who_becomes_a_no_show():
    begun = answers(starts_at="2026-11-26T02:00:00Z", ends_at="2026-11-26T04:00:00Z", confirmed=4, attended=8)
    async with opened(begun, LEADER) as browser:
        assert "4 人は欠席になります" in text_of(await browser.get("/e/e1/conclude"))
        assert (await browser.post("/e/e1/conclude")).headers["location"] == "/e/e1?did=lead.concluded"
    async with opened(answers(), LEADER) as browser:
        assert "まだ始まっていない" in text_of(await browser.get("/e/e1/conclude"))


async def test_a_copy_is_a_new_event_a_week_later():
    async with opened(answers(url="https://meet.example.com/x"), LEADER) as browser:
        page = await browser.get("/c/it/events/new?like=e1")
        assert 'value="2026-12-09T12:00"' in page.text
        assert "meet.example.com" not in page.text
        assert 'name="event_id" value="e1"' not in page.text
        assert 'name="like" value="e1"' in page.text


async def test_a_copy_is_made_by_the_service_with_its_terms_and_takes_what_was_typed():
    copied = WRITTEN | {"like": "e1", "speakers": "昔 の人 (総務)"}
    it = answers(speakers=["gone"], timezone="Europe/Berlin")
    async with opened(it, LEADER) as browser:
        page = await browser.get("/c/it/events/new?like=e1")
        assert 'value="2026-12-09T04:00"' in page.text, "by the clock of the event, which its copy keeps"
        assert "日本時間" not in text_of(page)
        made = await browser.post("/c/it/events/new", copied)
        assert made.headers["location"] == "/e/new1/publish?did=lead.drafted"
        (copy,), (revised,) = browser.answering.sent(DuplicateEvent), browser.answering.sent(ReviseEvent)
        assert (copy.event_id, copy.like, copy.starts_at) == ("new1", "e1", datetime(2026, 12, 10, 17, 0, tzinfo=UTC))
        assert (revised.event_id, revised.details.title, revised.details.speakers) == ("new1", "もくもく会", ["gone"])
        assert len(commands(browser.answering)) == 2
        await browser.post("/c/it/events/new", copied)
        assert browser.answering.sent(DuplicateEvent) == [copy, copy], "pressed twice, it is one draft"
    draft = {"status": "draft", "timezone": "Europe/Berlin", "speakers": ["gone"]}
    there = {DuplicateEvent: Refused("event_taken", "taken"), GetEvent: lambda q: event(q.event_id, **draft)}
    async with opened(it | there, LEADER) as browser:
        made = await browser.post("/c/it/events/new", copied | {"starts": "2026-12-10T18:30"})
        assert made.headers["location"] == "/e/new1/publish?did=lead.drafted"
        (moved,), (revised,) = browser.answering.sent(RescheduleEvent), browser.answering.sent(ReviseEvent)
        assert (moved.starts_at, moved.timezone) == (datetime(2026, 12, 10, 17, 30, tzinfo=UTC), "Europe/Berlin")
        assert revised.details.place == "本社3F"


async def test_a_copy_whose_terms_do_not_fit_what_was_typed_says_so_beside_the_field():
    copied = WRITTEN | {"like": "e1"}
    for field, beside in (("terms.online_capacity", "format"), ("terms.group_size", "capacity")):
        no = Refused("terms_conflict", "…", errors=[FieldError(field=field, code="…", detail="…")])
        async with opened(answers() | {ReviseEvent: no}, LEADER) as browser:
            page = await browser.post("/c/it/events/new", copied)
            assert (page.status_code, f'id="{beside}-wrong">このイベントの参加登録の条件' in page.text) == (422, True)
            assert "本社3F" in page.text


async def test_only_an_event_of_the_same_community_is_copied():
    other = answers(community_id="other")
    both = replace(LEADER, leads=frozenset({"it", "other"}))
    async with opened(other, both) as browser:
        assert "このイベントは見つかりません" in text_of(await browser.get("/c/it/events/new?like=e1"))
        await browser.post("/c/it/events/new", WRITTEN | {"like": "e1"})
        assert commands(browser.answering) == []
    async with opened(other, LEADER) as browser:
        assert (await browser.get("/c/it/events/new?like=e1")).status_code == 403
        assert (await browser.post("/c/it/events/new", WRITTEN | {"like": "e1"})).status_code == 403


@pytest.mark.parametrize(
    ("status", "links"),
    [
        ("draft", {"publish", "edit", "cancel"}),
        ("published", {"edit", "move", "cancel"}),
        ("cancelled", set()),
        ("concluded", set()),
    ],
)
async def test_an_events_page_leads_its_leaders_to_what_they_can_do(status, links):
    async with opened(answers(status=status), LEADER) as browser:
        known = {"publish", "edit", "move", "cancel", "conclude"}
        page = (await browser.get("/e/e1")).text
        assert {link for link in known if f'href="/e/e1/{link}"' in page} == links
        page = (await browser.as_(HANAKO).get("/e/e1")).text
        assert not any(f'href="/e/e1/{link}"' in page for link in known)


async def test_leaders_begin_with_their_communities_drafts_and_what_is_coming():
    async with opened(answers(status="draft", title=MARKUP), LEADER) as browser:
        page = await browser.get("/lead")
        assert "メンバー 240 人" in text_of(page)
        assert 'href="/c/it/events/new"' in page.text
        assert "<script>alert" not in page.text
        assert {tuple(q.community_ids) for q in browser.answering.sent(ListEvents)} == {("it",)}
    async with opened(visitor=LEADER) as browser:
        assert (await browser.get("/lead")).status_code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "missing"), ("x", "no_time"), ("2026-13-01T00:00", "no_time"), ("2026-03-29T02:30", "left_out")],
)
def test_a_local_time_that_is_none_is_said(text, code):
    form = Form.filled({"starts": text})
    assert form.local("starts", "Europe/Berlin") is None
    assert form.errors == {"starts": code}
