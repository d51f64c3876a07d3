"""Registering together with colleagues by pages."""

from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import GroupRegistration, MyRegistration, RegisterGroup, SetTerms
from ekkyo.contracts.members import Colleague, Colleagues, FindColleagues

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import mine, registered

TERMS = {"terms": {"group_size": 3}}
ADDRESSES = {"ken@example.co.jp": "ken", "yui@example.co.jp": "yui", "hanako@example.co.jp": "hanako"}


def found(question: FindColleagues) -> Colleagues:
    known = [Colleague(email=one, member_id=ADDRESSES[one]) for one in question.emails if one in ADDRESSES]
    return Colleagues(colleagues=known)


def replies(**more: Any) -> dict[type, Any]:
    got = GroupRegistration(event_id="e1", group_id="g1", registrations=[registered("waitlisted")])
    return {MyRegistration: mine(None, **TERMS), FindColleagues: found, RegisterGroup: got, **more}


async def test_one_registers_with_colleagues_by_their_addresses():
    async with opened(replies()) as browser:
        assert 'href="/e/e1/group"' in (await browser.get("/e/e1")).text
        assert "2人まで" in text_of(await browser.get("/e/e1/group"))
        typed = {"group_id": "g1", "emails": "Ken@example.co.jp, yui@example.co.jp\nken@example.co.jp"}
        done = await browser.post("/e/e1/group", typed)
        assert done.headers["location"] == "/e/e1?did=groups.waitlisted"
        (sent,) = browser.answering.sent(RegisterGroup)
        assert (sent.member_id, sent.group_id, sent.with_members) == ("hanako", "g1", ["ken", "yui"])
        (asked,) = browser.answering.sent(FindColleagues)
        assert asked.community_id == "it"
    async with opened({MyRegistration: mine(None)}) as browser:
        assert 'href="/e/e1/group"' not in (await browser.get("/e/e1")).text
        assert 'action="/e/e1/group"' not in (await browser.get("/e/e1/group")).text


@pytest.mark.parametrize(
    ("emails", "says"),
    [
        ("", "missing"),
        ("ken@example.co.jp yui@example.co.jp mai@example.co.jp", "more people than can register"),
        ("ken@example.co.jp, <b>", "no member with these addresses: &lt;b&gt;"),
        ("hanako@example.co.jp", "Leave your own address out"),
    ],
)
async def test_what_is_wrong_with_the_addresses_is_said_beside_them(emails: str, says: str):
    async with opened(replies(), in_english(HANAKO)) as browser:
        page = await browser.post("/e/e1/group", {"group_id": "g1", "emails": emails})
        assert page.status_code == 422
        assert says == "missing" or says in text_of(page)
        assert 'value="g1"' in page.text
        assert not browser.answering.sent(RegisterGroup)


async def test_who_has_a_place_is_told_so_instead_of_a_form():
    for status in ("confirmed", "waitlisted", "applied"):
        async with opened(replies() | {MyRegistration: mine(status, **TERMS)}, HANAKO) as browser:
            page = await browser.get("/e/e1/group")
            assert "すでにこのイベントに登録しています" in text_of(page)
            assert 'action="/e/e1/group"' not in page.text
    async with opened(replies() | {MyRegistration: mine("withdrawn", **TERMS)}, HANAKO) as browser:
        assert 'action="/e/e1/group"' in (await browser.get("/e/e1/group")).text


async def test_a_group_has_to_choose_how_it_takes_part():
    hybrid = mine(None, format="hybrid", place="本社", terms={"group_size": 3, "online_capacity": 5})
    async with opened(replies() | {MyRegistration: hybrid}, in_english(HANAKO)) as browser:
        page = await browser.post("/e/e1/group", {"group_id": "g1", "emails": "ken@example.co.jp"})
        assert page.status_code == 422
        assert "Choose how you take part." in text_of(page)
        assert not browser.answering.sent(RegisterGroup)


async def test_who_cannot_be_registered_is_named_by_the_address_that_was_typed():
    errors = [FieldError(field="with_members.1", code="cannot_register", detail="")]
    no = Refused("group_cannot_register", "Not all of the group can be registered.", errors=errors)
    async with opened(replies(RegisterGroup=None) | {RegisterGroup: no}) as browser:
        page = await browser.post("/e/e1/group", {"emails": "ken@example.co.jp yui@example.co.jp"})
        assert page.status_code == 422
        assert "<li>yui@example.co.jp</li>" in page.text
        assert "<li>ken@example.co.jp</li>" not in page.text


async def test_who_registered_together_sees_with_how_many_and_what_has_to_happen():
    told = mine("waitlisted", **TERMS)
    told = told.model_copy(update={"registration": registered("waitlisted").model_copy(update={"together": 3})})
    async with opened({MyRegistration: told}) as browser:
        text = text_of(await browser.get("/e/e1"))
        assert "3人でまとめて登録しています" in text
        assert "いま空いているのは 18 席です。3人分の席がそろって空くと" in text


async def test_leaders_set_how_many_can_register_together():
    async with opened(answers(**TERMS), LEADER) as browser:
        assert 'name="group_size" type="number" value="3"' in (await browser.get("/e/e1/terms")).text
        await browser.post("/e/e1/terms", {"group_size": "4"})
        (sent,) = browser.answering.sent(SetTerms)
        assert sent.terms.group_size == 4
        assert (await browser.post("/e/e1/terms", {"group_size": "11"})).status_code == 422
