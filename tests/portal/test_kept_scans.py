"""Scans that a desk kept while its network was away, told one by one: what becomes of each, and what to do."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn
from ekkyo_portal.events.codes import Codes
from ekkyo_portal.signin.signed import Signed

from tests.portal.leading import registration
from tests.portal.making import HANAKO, LEADER, NOW, opened
from tests.portal.pictures import in_english
from tests.portal.test_lead_desk import LISTED, at_the_desk
from tests.portal.test_seat_codes import CODES, seat

AT = "2026-11-26T02:45:00.123Z"
CAME_AT_40 = "2026-11-26T02:40:00Z"


def came(member: str, at: str = AT) -> Any:
    return registration(member, "attended", checked_in_at=at)


async def told(browser: Any, **fields: str) -> Any:
    got = await browser.post("/e/e1/roster/scan", {"scan": "s1", "at": AT, **fields}, headers={"x-part": "desk"})
    assert got.status_code == 200
    return got.json()


@pytest.mark.parametrize("named", [{"code": seat("e1", "ken")}, {"member": "ken", "act": "check_in"}])
async def test_a_kept_scan_is_told_with_its_id_and_its_time(named: dict[str, str]) -> None:
    async with opened({**at_the_desk(), CheckIn: came("ken")}, LEADER, codes=CODES) as browser:
        assert await told(browser, **named) == {"state": "done", "text": "", "find": ""}
        (sent,) = browser.answering.sent(CheckIn)
        assert (sent.member_id, sent.scan_id, sent.at) == ("ken", "s1", NOW - timedelta(minutes=15, seconds=-0.123))


@pytest.mark.parametrize(
    ("fields", "says", "find"),
    [
        ({"code": seat("e1", "ken", by=Codes(Signed(["x" * 32])))}, "This code is not valid", ""),
        ({"code": seat("e2", "ken")}, "This code is for another event", ""),
        ({"code": seat("e1", "erased")}, "is not registered for this event. If they were here", ""),
        ({"code": seat("e1", "mai")}, "林 舞 is on the waitlist. If they were here", "0003"),
        ({"member": "mai", "act": "check_in"}, "林 舞 is on the waitlist. If they were here", "0003"),
        ({"member": "ken", "at": "noon"}, "This scan is damaged", ""),
        ({"member": "ken", "at": ""}, "This scan is damaged", ""),
        ({"member": "ken", "scan": "../x"}, "This scan is damaged", ""),
        ({"member": "k en"}, "This scan is damaged", ""),
        ({}, "This scan is damaged", ""),
    ],
)
async def test_what_lets_nobody_in_is_told_with_what_to_do(fields: dict[str, str], says: str, find: str) -> None:
    async with opened(at_the_desk(), in_english(LEADER), codes=CODES) as browser:
        answer = await told(browser, **fields)
        assert (answer["state"], says in answer["text"], answer["find"]) == ("conflict", True, find), answer
        assert browser.answering.sent(CheckIn) == []


async def test_a_seat_that_was_withdrawn_meanwhile_is_a_conflict_unless_the_leader_knew() -> None:
    gone = (registration("mai", "withdrawn"), LISTED[0])
    async with opened({**at_the_desk(*gone), CheckIn: came("mai")}, in_english(LEADER), codes=CODES) as browser:
        answer = await told(browser, code=seat("e1", "mai"))
        assert answer == {
            "state": "conflict",
            "text": "林 舞 has withdrawn from this event. "
            "If they were here, find them by name or number and check them in.",
            "find": "0003",
        }
        assert (await told(browser, member="mai", act="walk"))["state"] == "done"


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        (Refused("check_in_undone", "x"), "was undone after the scan"),
        (Refused("scanned_in_the_future", "x"), "clock is fast"),
        (Refused("check_in_not_open", "x"), "before check-in opened"),
        (Refused("event_concluded", "x"), "after the event ended"),
        (Refused("member_inactive", "x"), "has left the company"),
    ],
)
async def test_what_the_service_refuses_is_told_beside_the_scan(refused: Refused, says: str) -> None:
    async with opened({**at_the_desk(), CheckIn: refused}, in_english(LEADER), codes=CODES) as browser:
        answer = await told(browser, member="ken")
        assert (answer["state"], says in answer["text"], answer["find"]) == ("conflict", True, "0001")


@pytest.mark.parametrize(
    ("after", "tried", "state", "says"),
    [
        (CAME_AT_40, "", "already", "山田 健 was checked in at another desk at 11:40. There is nothing to do."),
        ("2026-11-26T02:30:00Z", "", "already", "This scan is earlier, so its time was recorded"),
        (CAME_AT_40, "1", "done", ""),
    ],
)
async def test_another_desks_check_in_is_told_and_whose_time_counts(
    after: str, tried: str, state: str, says: str
) -> None:
    at = "2026-11-26T02:39:30Z" if tried else "2026-11-26T02:30:00Z" if after != CAME_AT_40 else AT
    async with opened({**at_the_desk(), CheckIn: came("ken2", after)}, in_english(LEADER), codes=CODES) as browser:
        answer = await told(browser, member="ken2", at=at, **({"tried": tried} if tried else {}))
        assert (answer["state"], says in answer["text"]) == (state, True), answer


async def test_while_the_service_is_away_the_script_is_told_to_try_again_and_nobody_else_may() -> None:
    async with opened({**at_the_desk(), CheckIn: Refused("unavailable", "x", 503)}, LEADER, codes=CODES) as browser:
        fields = {"scan": "s1", "at": AT, "member": "ken"}
        assert (await browser.post("/e/e1/roster/scan", fields)).status_code == 503
        assert (await browser.as_(HANAKO).post("/e/e1/roster/scan", fields)).status_code == 403
