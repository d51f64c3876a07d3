"""A lottery by pages: set by leaders, entered by members, and its draw told and checked."""

from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import GetRoster, MyRegistration, PublishEvent, RosterPage, SetTerms

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine, registered

LATER, BEFORE = "2026-11-30T03:00:30Z", "2026-11-25T03:00:00Z"
"""Draws that are to come and that are past, when the pages are read."""


def drawn(draws_at: str = LATER, stage: str = "open", **event: Any) -> dict[str, Any]:
    draw = {"draw_id": "d1", "stage": stage, "seed_sha256": "aa" * 32}
    if stage == "held":
        draw |= {"entrants": 40, "entrants_sha256": "bb" * 32, "seed": "cc" * 32}
    return {"terms": {"lottery": {"draws_at": draws_at}}, "draw": draw, "confirmed": 0, **event}


@pytest.mark.parametrize(
    ("has", "about", "ja", "en", "button"),
    [
        (None, drawn(applied=35), "11月30日(月) 12:00 に抽選", "drawn by lot on Mon 30 Nov 12:00", "抽選に申し込む"),
        (
            "applied",
            drawn(),
            "抽選は 11月30日(月) 12:00 です",
            "The draw is on Mon 30 Nov 12:00",
            "申し込みを取り下げる",
        ),
        (None, drawn(BEFORE), "まもなく結果が出ます", "It is time for the draw", "キャンセル待ちに登録する"),
        (
            "waitlisted",
            drawn(BEFORE),
            "先に抽選をします。残った席は、抽選の日時よりあとに登録した方に、登録の順に回り",
            "The draw comes first. Then those who registered after it get the seats that are left",
            "キャンセル待ちをやめる",
        ),
        (
            "waitlisted",
            drawn(BEFORE, "held"),
            "申し込んだ 40 組の中から抽選",
            "Entries in the draw: 40",
            "キャンセル待ちをやめる",
        ),
    ],
)
async def test_a_member_is_told_of_the_draw_and_what_came_of_it(has: Any, about: Any, ja: str, en: str, button: str):
    async with opened({MyRegistration: mine(has, **about)}, HANAKO) as browser:
        page = await browser.get("/e/e1")
        assert ja in text_of(page)
        assert button in text_of(page)
        browser.as_(in_english(HANAKO))
        page = text_of(await browser.get("/e/e1"))
        assert en in page
        assert ("are taken" in page) is (has == "waitlisted" and about["draw"]["stage"] == "held")
        assert ("35 applied" in text_of(await browser.get("/e/e1"))) is ("applied" in about)


async def test_whoever_sees_the_event_can_see_how_to_check_the_draw():
    async with opened({MyRegistration: mine(None, **drawn())}, HANAKO) as browser:
        page = await browser.get("/e/e1")
        assert "aa" * 32 in page.text
        assert "cc" not in text_of(page)
        browser.answering.replies[MyRegistration] = mine(None, **drawn(BEFORE, "held"))
        page = await browser.get("/e/e1")
        assert "抽選が正しく行われたことを確かめる" in text_of(await browser.get("/e/e1"))
        for shown in ("aa" * 32, "bb" * 32, "cc" * 32, "ekkyo events verify-draw e1"):
            assert shown in page.text
    async with opened({MyRegistration: mine(None)}, HANAKO) as browser:
        assert "verify-draw" not in (await browser.get("/e/e1")).text


async def test_the_seats_of_a_hybrid_event_that_are_drawn_are_those_in_the_room_and_online():
    about = drawn(format="hybrid", capacity=20, applied=3)
    about["terms"] = {**about["terms"], "online_capacity": 5}
    async with opened({MyRegistration: mine(None, **about)}, HANAKO) as browser:
        assert "抽選で 25 席" in text_of(await browser.get("/e/e1"))


async def test_nobody_is_told_to_check_a_draw_that_was_not_held_and_never_will_be():
    for about in ({"status": "cancelled"}, {"starts_at": BEFORE, "ends_at": "2026-12-26T01:00:00Z"}):
        async with opened({MyRegistration: mine(None, **drawn(BEFORE, **about))}, HANAKO) as browser:
            assert "verify-draw" not in (await browser.get("/e/e1")).text
    held = drawn(BEFORE, "held", status="cancelled")
    async with opened({MyRegistration: mine(None, **held)}, HANAKO) as browser:
        assert "verify-draw" in (await browser.get("/e/e1")).text


async def test_a_draw_that_nobody_held_is_not_promised_any_more():
    late = drawn(BEFORE, starts_at="2026-11-26T00:00:00Z", ends_at="2026-12-26T01:00:00Z")
    async with opened({MyRegistration: mine("applied", **late)}, HANAKO) as browser:
        assert "抽選は行われませんでした" in text_of(await browser.get("/e/e1"))
        browser.answering.replies[MyRegistration] = mine("waitlisted", **late)
        page = text_of(await browser.get("/e/e1"))
        assert "抽選は行われませんでした" in page
        assert "先に抽選" not in page
        assert "席が埋まっています" not in page


async def test_leaders_set_a_lottery_on_a_draft():
    async with opened(answers(status="draft"), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert 'name="draws_at" type="datetime-local"' in page.text
        done = await browser.post("/e/e1/terms", {"draws_at": "2026-11-30T12:00"})
        assert done.headers["location"] == "/e/e1?did=terms.set"
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.model_dump(mode="json") == {"lottery": {"draws_at": "2026-11-30T03:00:00Z"}}
        assert (await browser.post("/e/e1/terms", {"draws_at": "x"})).status_code == 422


async def test_the_lottery_of_a_published_event_stays_and_its_draw_moves_to_a_later_time_alone():
    async with opened(answers(), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert 'name="draws_at"' not in page.text
        assert "公開する前に決めます" in text_of(page)
    async with opened(answers(**drawn()), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert "遅くすることだけ" in text_of(page)
        await browser.post("/e/e1/terms", {"draws_at": "2026-11-30T12:00", "closes_at": "2026-12-01T18:00"})
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.lottery.model_dump(mode="json") == {"draws_at": LATER}, "to the second, as it was"
        wrong = [FieldError(field="terms.lottery.draws_at", code="only_later", detail="must not be before")]
        browser.answering.replies[SetTerms] = Refused("draw_earlier", "Members were told.", errors=wrong)
        page = await browser.post("/e/e1/terms", {"draws_at": "2026-11-29T12:00"})
        assert page.status_code == 422
        assert "お知らせした日時より早くすることはできません" in text_of(page)
    async with opened(answers(**drawn(BEFORE, "held")), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert "readonly" in page.text
        assert "もう変えられません" in text_of(page)


async def test_publishing_after_the_time_of_the_draw_says_what_to_do():
    no = Refused("draw_in_the_past", "The time of the draw has passed.")
    async with opened(answers(status="draft") | {PublishEvent: no}, LEADER) as browser:
        assert "抽選の日時が過ぎています" in text_of(await browser.post("/e/e1/publish", {}))


async def test_the_roster_says_when_the_draw_is_and_who_applied():
    roster = RosterPage(event=event(**drawn(applied=1)), registrations=[registered("applied")])
    async with opened(answers() | {GetRoster: roster}, LEADER) as browser:
        page = text_of(await browser.get("/e/e1/roster"))
        assert "11月30日(月) 12:00 に抽選" in page
        assert "申し込み済み 1" in page
