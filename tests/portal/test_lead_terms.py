"""The terms of registration by pages: set by leaders, told to members."""

from datetime import UTC, datetime

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import GetEvent, GetRoster, MyRegistration, SetTerms, Terms

from tests.portal.leading import NO, answers, registration, roster
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine

TERMS = {"opens_at": "2026-11-30T03:00:00Z", "closes_at": "2026-12-01T09:00:00Z", "withdraw_by": "2026-12-01T03:00:00Z"}


async def test_terms_are_shown_and_set_by_the_clock_of_the_event():
    async with opened(answers(terms=TERMS), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        for name, local in (("opens_at", "11-30T12:00"), ("closes_at", "12-01T18:00"), ("withdraw_by", "12-01T12:00")):
            assert f'name="{name}" type="datetime-local" value="2026-{local}"' in page.text
        assert "変更をお知らせします" in text_of(page)
        assert 'href="/e/e1/terms"' in (await browser.get("/e/e1")).text
        done = await browser.post("/e/e1/terms", {"opens_at": "2026-11-30T12:00", "withdraw_by": ""})
        assert done.headers["location"] == "/e/e1?did=terms.set"
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.model_dump(mode="json") == Terms(opens_at=TERMS["opens_at"]).model_dump(mode="json")
        assert (await browser.post("/e/e1/terms", {"opens_at": "x"})).status_code == 422


async def test_a_time_that_was_not_changed_stays_as_it_is_to_the_second():
    to_the_second = {"withdraw_by": "2026-12-01T03:00:42.500Z"}
    async with opened(answers(terms=to_the_second), LEADER) as browser:
        await browser.post("/e/e1/terms", {"withdraw_by": "2026-12-01T12:00", "closes_at": "2026-12-01T18:00"})
        (sent,) = browser.answering.sent(SetTerms)
        wanted = Terms.model_validate({**to_the_second, "closes_at": "2026-12-01T09:00:00Z"})
        assert sent.terms.model_dump() == wanted.model_dump()


async def test_a_time_that_does_not_fit_is_told_at_its_field_and_what_was_typed_is_kept():
    wrong = [FieldError(field="terms.closes_at", code="not_before_start", detail="must not be after the event starts")]
    no = Refused("malformed", "The terms do not fit the event.", 400, errors=wrong)
    async with opened(answers() | {SetTerms: no}, LEADER) as browser:
        page = await browser.post("/e/e1/terms", {"closes_at": "2027-01-01T12:00"})
        assert page.status_code == 422
        assert 'value="2027-01-01T12:00"' in page.text
        assert "イベントの開始より前の日時" in text_of(page)
    async with opened(answers(), NO) as browser:
        assert (await browser.get("/e/e1/terms")).status_code == 403
    async with opened(answers(status="concluded"), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        assert 'action="/e/e1/terms"' not in page.text


@pytest.mark.parametrize(
    ("terms", "has", "says", "button"),
    [
        ({"opens_at": "2026-11-30T03:00:00Z"}, None, "受付は 11月30日(月) 12:00 に始まります。", False),
        ({"closes_at": "2026-12-01T09:00:00Z"}, None, "受付は 12月1日(火) 18:00 までです。", True),
        ({"closes_at": "2026-11-25T09:00:00Z"}, None, "受付は 11月25日(水) 18:00 に終了しました。", False),
        (
            {"withdraw_by": "2026-12-01T03:00:00Z"},
            "confirmed",
            "取りやめは 12月1日(火) 12:00 までにお願いします。",
            True,
        ),
        ({"withdraw_by": "2026-11-25T03:00:00Z"}, "confirmed", "いまからでも取りやめてください", True),
        ({"withdraw_by": "2026-11-25T03:00:00Z"}, None, "いま登録してから取りやめると、「直前の取りやめ」", True),
        ({"closes_at": "2026-11-25T09:00:00Z"}, "confirmed", "", True),
    ],
)
async def test_a_member_is_told_what_counts_now(terms: dict[str, str], has: str | None, says: str, button: bool):
    async with opened({MyRegistration: mine(has, terms=terms)}, HANAKO) as browser:
        page = await browser.get("/e/e1")
        assert says in text_of(page)
        action = "withdraw" if has else "register"
        assert (f'action="/e/e1/{action}"' in page.text) == button
        if not says:
            assert "受付" not in text_of(page)


async def test_a_deadline_in_the_past_is_told_at_its_field():
    wrong = [FieldError(field="terms.withdraw_by", code="in_the_past", detail="must be later than now")]
    no = Refused("malformed", "The terms do not fit the event.", 400, errors=wrong)
    async with opened(answers() | {SetTerms: no}, in_english(LEADER)) as browser:
        page = await browser.post("/e/e1/terms", {"withdraw_by": "2026-11-20T12:00"})
        assert page.status_code == 422
        assert "Enter a time in the future" in text_of(page)


async def test_who_got_a_seat_late_is_told_their_own_deadline():
    told = mine("confirmed", terms={"withdraw_by": "2026-11-25T03:00:00Z"})
    assert told.registration
    own = told.registration.model_copy(update={"withdraw_by": datetime(2026, 11, 27, 6, tzinfo=UTC)})
    async with opened({MyRegistration: told.model_copy(update={"registration": own})}, in_english(HANAKO)) as browser:
        text = text_of(await browser.get("/e/e1"))
        assert "please withdraw by Fri 27 Nov 15:00. After that it counts as a late cancellation." in text


async def test_leaders_see_on_the_roster_and_in_the_results_who_cancelled_late():
    it = event(status="concluded", starts_at="2026-11-20T03:00:00Z", ends_at="2026-11-20T04:00:00Z")
    people = [registration("ken", "withdrawn", late=True), registration("mai", "withdrawn")]
    async with opened(answers() | {GetEvent: it, GetRoster: roster(it, *people)}, LEADER) as browser:
        page = await browser.get("/e/e1/roster")
        assert page.text.count("直前の取りやめ") == 1
        assert "直前の取りやめ  1 (50%)" in (await browser.get("/e/e1/results")).text
