"""The terms of registration by pages: set by leaders, told to members."""

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import MyRegistration, SetTerms, Terms

from tests.portal.leading import NO, answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_events_pages import mine

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
