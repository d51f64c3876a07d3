"""Reports to sponsors by pages: who they are, what they get, and the press that sends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, GetRoster, ListEvents
from ekkyo.contracts.members import (
    AddSponsor,
    GetCommunity,
    ListSponsors,
    Measure,
    RemoveSponsor,
    Sponsor,
    SponsorList,
    SponsorRemoval,
)
from ekkyo.contracts.notify import (
    ListReleases,
    PreviewReport,
    ReleasedReport,
    ReleasedReports,
    ReportPreview,
    SendReport,
    SponsorDelivery,
)

from tests.portal.leading import NO, registration, roster
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import MARKUP, event
from tests.portal.test_lead_results import over
from tests.portal.whole import whole

HELD = event(status="concluded", starts_at="2026-10-20T03:00:00Z", ends_at="2026-10-20T04:00:00Z", title="もくもく会")
ONE = Sponsor(
    sponsor_id="p1",
    community_id="it",
    name="山本 一郎",
    email="yamamoto@example.com",
    locale="ja",
    added_at=NOW,
    revision=1,
)
TWO = ONE.model_copy(update={"sponsor_id": "p2", "name": "Ann", "locale": "en", "member_id": "m1"})
SENT = ReleasedReport(
    report_id="r1",
    community_id="it",
    month="2026-10",
    released_by="taro",
    released_at=NOW,
    sponsors=["p1", "p2"],
    deliveries=[
        SponsorDelivery(sponsor_id="p1", status="sent", done_at=NOW),
        SponsorDelivery(sponsor_id="p2", status="dropped", reason="member_left"),
    ],
)
REPORTED = ReleasedReports(reports=[SENT])
PAGE = "/c/it/reports/2026-10"


def reporting() -> dict[Any, Any]:
    """A community with two sponsors and an event in October."""
    return {
        **over(),
        ListEvents: EventPage(events=[HELD]),
        GetRoster: roster(HELD, registration("m1", "attended")),
        ListSponsors: SponsorList(sponsors=[ONE, TWO]),
        ListReleases: ReleasedReports(reports=[]),
        PreviewReport: ReportPreview(subject="s", text="t", html="<p>mail</p>", file_name="r.html", file="<p>file</p>"),
        SendReport: SENT,
        AddSponsor: ONE,
        RemoveSponsor: SponsorRemoval(sponsor_id="p1", community_id="it", removed_at=NOW),
    }


async def test_leaders_see_sponsors_and_months_and_add_a_sponsor_once() -> None:
    async with opened(reporting(), LEADER) as browser:
        page = await browser.get("/c/it/sponsors")
        said = text_of(page)
        assert "2026年10月 まだ送っていません" in said
        assert "2026年11月" not in said
        assert "山本 一郎" in said
        named = {"sponsor_id": "p9", "name": "新しい人", "email": "new@example.com", "locale": "en"}
        done = await browser.post("/c/it/sponsors", named)
        assert done.headers["location"] == "/c/it/sponsors?did=sponsors.added"
        (command,) = browser.answering.sent(AddSponsor)
        assert (command.sponsor_id, command.community_id, command.locale) == ("p9", "it", "en")
        wrong = await browser.post("/c/it/sponsors", named | {"email": "nobody", "name": ""})
        assert wrong.status_code == 422
        assert 'id="email-wrong"' in wrong.text
        assert 'id="name-wrong"' in wrong.text
        assert 'value="p9"' in wrong.text
        browser.answering.replies[AddSponsor] = Refused("email_taken", "x", 409)
        taken = await browser.post("/c/it/sponsors", named)
        assert (taken.status_code, 'id="email-wrong"' in taken.text) == (409, True)
        assert "Reports to sponsors" in text_of(await browser.as_(in_english(LEADER)).get("/c/it/sponsors"))


async def test_a_sponsor_is_removed_after_a_page_that_says_what_it_means() -> None:
    async with opened(reporting(), STEWARD) as browser:
        asked = await browser.get("/c/it/sponsors/p1/remove")
        assert "完全に消去されます" in text_of(asked)
        assert not browser.answering.sent(RemoveSponsor)
        await browser.post("/c/it/sponsors/p1/remove")
        assert [(c.sponsor_id, c.community_id) for c in browser.answering.sent(RemoveSponsor)] == [("p1", "it")]
        assert (await browser.get("/c/it/sponsors/p7/remove")).status_code == 404


async def test_one_press_sends_what_was_looked_at_to_those_who_were_on_the_page() -> None:
    async with opened(reporting(), LEADER) as browser:
        page = await browser.get(PAGE)
        said = text_of(page)
        assert "2026年10月の活動レポート" in said
        assert "1 終了したイベント" in said
        assert "2 人にメールで送ります" in said
        seen = page.text.split('name="seen" value="')[1].split('"')[0]
        done = await browser.post(PAGE, {"seen": seen, "sponsor": ["p1", "p2"]})
        assert done.headers["location"] == f"{PAGE}?did=sponsors.sent"
        (command,) = browser.answering.sent(SendReport)
        assert (command.month, command.sponsors, len(command.report.events)) == ("2026-10", ["p1", "p2"], 1)
        browser.answering.replies[ListEvents] = EventPage(events=[])
        changed = await browser.post(PAGE, {"seen": seen, "sponsor": ["p1", "p2"]})
        assert changed.status_code == 409
        assert "もう一度内容を確認してから" in text_of(changed)
        assert "この月に終了したイベントはありません" in text_of(changed)
        assert len(browser.answering.sent(SendReport)) == 1


async def test_a_report_is_gathered_once_a_minute_for_one_visitor_and_again_when_it_is_sent() -> None:
    async with opened(reporting(), LEADER) as browser:

        def gathered() -> int:
            return len(browser.answering.sent(ListEvents))

        page = await browser.get(PAGE)
        seen = page.text.split('name="seen" value="')[1].split('"')[0]
        for path in (PAGE, f"{PAGE}/mail", f"{PAGE}/mail?lang=en", f"{PAGE}/file"):
            assert (await browser.get(path)).status_code == 200
        assert gathered() == 1
        assert (await browser.get("/c/it/report?period=2026-10&as=page")).status_code == 200
        assert gathered() == 1, "the page of the same month is the same report"
        assert (await browser.get("/c/it/report?period=2026-09&as=page")).status_code == 200
        assert gathered() == 2
        (await browser.get("/c/it/hours"), await browser.get("/c/it/hours/members.csv"))
        assert gathered() == 3, "so are learning hours"
        await browser.as_(STEWARD).get(PAGE)
        assert gathered() == 4, "a steward may know others"
        assert (await browser.as_(HANAKO).get(PAGE)).status_code == 403
        await browser.as_(LEADER).post(PAGE, {"seen": seen, "sponsor": ["p1"]})
        assert gathered() == 5
        assert len(browser.answering.sent(SendReport)) == 1


async def test_what_is_sent_has_the_measures_of_the_charter() -> None:
    measure = Measure(key="k", label="参加", counted="attendances", target=9)
    replies = reporting()
    it = replies[GetCommunity]
    replies[GetCommunity] = it.model_copy(update={"charter": it.charter.model_copy(update={"measures": [measure]})})
    async with opened(replies, LEADER) as browser:
        await browser.get(f"{PAGE}/mail")
        (asked,) = browser.answering.sent(PreviewReport)
        assert [(one.measure.label, one.value) for one in asked.report.measures] == [("参加", 1)]


async def test_the_mail_is_shown_as_notify_writes_it_and_nothing_in_it_runs() -> None:
    async with opened(reporting(), LEADER) as browser:
        shown = await browser.get(f"{PAGE}/mail?lang=en&to=p2")
        assert shown.text == "<p>mail</p>"
        assert "sandbox" in shown.headers["content-security-policy"]
        assert "script-src" not in shown.headers["content-security-policy"]
        (asked,) = browser.answering.sent(PreviewReport)
        assert (asked.locale, asked.sponsor_id, asked.report.period.kind) == ("en", "p2", "month")
        assert (await browser.get(f"{PAGE}/file")).text == "<p>file</p>"


async def test_what_was_sent_says_when_and_what_became_of_it_and_is_not_sent_again() -> None:
    async with opened(reporting() | {ListReleases: REPORTED}, LEADER) as browser:
        page = await browser.get(PAGE)
        said = text_of(page)
        assert "2 人へ送りました" in said
        assert "送信しました" in said
        assert "届きませんでした (退職)" in said
        assert "<form class" not in page.text.split("<main")[1]


@pytest.mark.parametrize("path", ["/c/it/reports/2026-11", "/c/it/reports/2027-01"])
async def test_a_month_that_is_not_over_has_no_report_yet(path: str) -> None:
    async with opened(reporting(), LEADER) as browser:
        assert "まだ終わっていません" in text_of(await browser.get(path))
        for wrong in ("2026-13", "2026-Q3", "2026", "x"):
            assert (await browser.get(f"/c/it/reports/{wrong}")).status_code == 404


async def test_nobody_but_leaders_of_the_community_and_stewards_sees_sponsors() -> None:
    async with opened(reporting(), HANAKO) as browser:
        for visitor in (NO, HANAKO):
            for path in ("/c/it/sponsors", PAGE, f"{PAGE}/mail", f"{PAGE}/file", "/c/it/sponsors/p1/remove"):
                assert (await browser.as_(visitor).get(path)).status_code == 403, path
            for path in ("/c/it/sponsors", "/c/it/sponsors/p1/remove", PAGE):
                assert (await browser.post(path, {"name": "x"})).status_code == 403, path
        assert not [c for c in (AddSponsor, RemoveSponsor, SendReport) if browser.answering.sent(c)]


async def test_names_and_titles_stay_texts() -> None:
    marked = SponsorList(sponsors=[ONE.model_copy(update={"name": MARKUP})])
    async with opened(reporting() | {ListSponsors: marked}, LEADER) as browser:
        for path in ("/c/it/sponsors", PAGE, "/c/it/sponsors/p1/remove"):
            assert "<script>alert" not in (await browser.get(path)).text


async def test_a_sponsor_ends_the_reports_by_the_link_in_the_mail_without_being_a_member(tmp_path: Any) -> None:
    soon = datetime.now(UTC) + timedelta(days=2)
    async with whole(tmp_path) as portal:
        replies = portal.services.answering.replies
        replies[RemoveSponsor] = SponsorRemoval(sponsor_id="p1", community_id="it", removed_at=NOW)
        held = portal.passes.make("messages", "reports/it", "p1", soon)
        page = await portal.get(f"/u/reports/it/{held}")
        assert page.status_code == 200
        assert not portal.services.answering.sent(RemoveSponsor)
        foreign = {"origin": "https://mail.example.com", "sec-fetch-site": "cross-site"}
        done = await portal.http.post(f"/u/reports/it/{held}", data={"List-Unsubscribe": "One-Click"}, headers=foreign)
        assert done.status_code == 200
        caller, roles, command = next(c for c in portal.services.callers if isinstance(c[2], RemoveSponsor))
        assert (caller, roles, command.sponsor_id, command.community_id) == ("p1", frozenset(), "p1", "it")
        for wrong in (
            f"/u/reports/hr/{held}",
            f"/u/reports/it/{portal.passes.make('messages', 'it', 'p1', soon)}",
            f"/u/reports/it/{portal.passes.make('messages', 'reports/it', 'p1', soon - timedelta(days=3))}",
            "/u/reports/it/x",
        ):
            assert (await portal.get(wrong)).status_code == 404
            assert (await portal.post(wrong)).status_code == 404
        assert len(portal.services.answering.sent(RemoveSponsor)) == 1
