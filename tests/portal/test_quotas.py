"""Kept seats on pages: set by leaders, told to members."""

import re

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import MyRegistration, SetTerms

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import mine

RELEASED = "2026-12-01T09:00:00Z"
KEPT = [{"seats": 5, "first_timers": True}, {"seats": 2, "departments": ["Sales", "HR"]}]
TERMS = {"quotas": {"kept": KEPT, "released_at": RELEASED}}


async def test_leaders_keep_seats_and_what_does_not_fit_is_told_at_its_field() -> None:
    async with opened(answers(terms=TERMS, kept=7), LEADER) as browser:
        page = await browser.get("/e/e1/terms")
        fields = ("first_timers", "number", "5"), ("seats_1", "number", "2"), ("departments_1", "text", "Sales, HR")
        for name, kind, value in (*fields, ("released_at", "datetime-local", "2026-12-01T18:00")):
            assert f'name="{name}" type="{kind}" value="{value}"' in page.text
        said = re.findall("<label[^>]*>([^<]*)", page.text)
        assert len(said) == len(set(said)), "no two fields are called alike"
        assert ('name="seats_2"' in page.text, 'name="seats_3"' in page.text) == (True, False), "one row is empty"
        typed = {"first_timers": "5", "seats_1": "2", "departments_1": "Sales、 HR"}
        await browser.post("/e/e1/terms", {**typed, "released_at": "2026-12-01T18:00"})
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.model_dump(mode="json", exclude_unset=True)["quotas"] == TERMS["quotas"]
        for wrong, says in (
            ({**typed, "released_at": ""}, "入力してください"),
            ({"seats_1": "2", "departments_1": "", "released_at": "2026-12-01T18:00"}, "席数と部署の両方を"),
            ({"first_timers": "x", "released_at": "2026-12-01T18:00"}, "数"),
            ({"first_timers": "5000", "released_at": "2026-12-01T18:00"}, "大きすぎ"),
        ):
            page = await browser.post("/e/e1/terms", wrong)
            assert page.status_code == 422
            assert says in text_of(page), says
        await browser.post("/e/e1/terms", {"released_at": "2026-12-01T18:00"})
        assert browser.answering.sent(SetTerms)[-1].terms.quotas is None
        twice = [FieldError(field="terms.quotas.kept.1", code="twice", detail="is for the same members")]
        browser.answering.replies[SetTerms] = Refused("malformed", "The terms do not fit.", 400, errors=twice)
        page = await browser.post("/e/e1/terms", {**typed, "released_at": "2026-12-01T18:00"})
        assert "同じ部署は一度だけ" in text_of(page)
        assert 'id="departments_1-wrong"' in page.text


async def test_members_see_for_whom_seats_are_kept_and_why_they_wait() -> None:
    told = mine("waitlisted", terms=TERMS, kept=3, confirmed=17, capacity=20, waitlisted=1)
    assert told.registration
    async with opened({MyRegistration: told}, in_english(HANAKO)) as browser:
        said = text_of(await browser.get("/e/e1"))
        assert "Seats are kept until Tue 1 Dec 18:00: 5 for first-timers and 2 for members of Sales or HR." in said, (
            said
        )
        assert "3 seats are free, but kept for first-timers and members of Sales or HR until Tue 1 Dec 18:00" in said
        assert "3 seats left, all kept for some" in said
        assert "You are one of them" not in said
    counted = told.model_copy(update={"registration": told.registration.model_copy(update={"counts_for": [0]})})
    async with opened({MyRegistration: counted}, HANAKO) as browser:
        said = text_of(await browser.get("/e/e1"))
        assert (
            "12月1日(火) 18:00 まで確保している席: 初めて参加する方 5 席、Sales・HRの方 2 席。あなたも対象です。"
            in said
        )
    async with opened({MyRegistration: mine(None, terms=TERMS)}, HANAKO) as browser:
        assert "確保している席" not in text_of(await browser.get("/e/e1"))
