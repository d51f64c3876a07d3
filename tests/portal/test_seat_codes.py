"""Codes of seats: on a member's page, read by the desk, good for nothing else."""

import base64
import re
from dataclasses import replace

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import CheckIn, MyRegistration
from ekkyo.contracts.members import FindMembers
from ekkyo.wire.seats import MARK, Seat, SeatMaker, SeatReader, said, spelled
from ekkyo.wire.tokens import make_keys
from ekkyo_portal.events.codes import PROOF, PURPOSE, Codes, is_code
from ekkyo_portal.look.qr import qr
from ekkyo_portal.signin.signed import Signed
from hypothesis import given
from hypothesis import strategies as st

from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import mine
from tests.portal.test_lead_desk import LISTED, NOW_ON, at_the_desk, registration, rows
from tests.portal.whole import identity, whole

OLD, NEW = Signed(["o" * 32]), Signed(["n" * 32, "o" * 32])
KEY, JWKS = make_keys()
MAILED = SeatMaker(KEY)
CODES = Codes(OLD, SeatReader(JWKS["keys"]))
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True) | st.uuids().map(str)


def seat(event_id: str, member_id: str, registration_id: str = "", by: Codes | SeatMaker = CODES) -> str:
    """The code of a seat that `registration` makes, unless it is of another registration."""
    return by.make(Seat(event_id, member_id, registration_id or f"r-{member_id}"))


@given(IDS, IDS, IDS | st.none(), st.sampled_from([CODES, MAILED]))
def test_a_code_names_one_seat_however_a_scanner_types_it(
    event_id: str, member_id: str, registration_id: str | None, by: Codes | SeatMaker
) -> None:
    named = Seat(event_id, member_id, registration_id)
    code = by.make(named)
    assert re.fullmatch(r"[A-Z0-9]+", code)
    typed = "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())
    for text in (code, code.lower(), typed, f" {code} "):
        assert is_code(text)
        assert CODES.read(text) == named


@given(st.data())
def test_no_altered_code_is_good(data: st.DataObject) -> None:
    code = seat("e1", "ken")
    at = data.draw(st.integers(len(MARK), len(code) - 1))
    letter = data.draw(st.sampled_from([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != code[at]]))
    assert CODES.read(code[:at] + letter + code[at + 1 :]) is None
    assert CODES.read(code[:at]) is None
    assert CODES.read(code + letter) is None


@given(st.text(max_size=400) | st.binary(max_size=200).map(lambda raw: MARK + base64.b32encode(raw).decode()))
def test_whatever_is_scanned_is_read_to_its_end(text: str) -> None:
    assert CODES.read(text) is None


def test_a_code_is_good_while_the_key_that_signed_it_is_kept_and_a_session_is_no_code() -> None:
    code = seat("e1", "ken")
    assert Codes(NEW).read(code) == Seat("e1", "ken", "r-ken")
    assert Codes(Signed(["n" * 32])).read(code) is None
    assert CODES.read(seat("e1", "ken", by=Codes(NEW))) is None
    assert OLD.proofs("seat", b"x") != OLD.proofs("session", b"x")


def test_a_code_of_ids_as_the_portal_makes_them_is_small() -> None:
    code = CODES.make(Seat(new_id(), new_id(), new_id()))
    assert len(code) <= 120
    assert len(qr(code)) < 6_000


@pytest.mark.parametrize(
    ("has", "changes", "is_shown"),
    [
        ("confirmed", NOW_ON, True),
        ("confirmed", {"format": "hybrid", "place": "3F"}, True),
        ("confirmed", {}, False),
        ("waitlisted", NOW_ON, False),
        ("withdrawn", NOW_ON, False),
        ("attended", NOW_ON, False),
        (None, NOW_ON, False),
        ("confirmed", {**NOW_ON, "status": "cancelled"}, False),
        ("confirmed", {**NOW_ON, "ends_at": "2026-11-26T02:59:00Z"}, False),
    ],
)
async def test_who_has_a_seat_in_a_room_has_its_code_on_their_page(has, changes, is_shown):
    async with opened({MyRegistration: mine(has, **changes)}, codes=CODES) as browser:
        page = await browser.get("/e/e1")
        assert (str(qr(seat("e1", "hanako", "r1"))) in page.text) == is_shown
        assert ("このQRコードを見せてください" in text_of(page)) == is_shown
        link = browser.as_(replace(HANAKO, only="e1"))
        assert ('class="seat-code"' in (await link.get("/e/e1")).text) == is_shown


def of_before(event_id: str, member_id: str) -> str:
    """A code as pages had it that named no registration."""
    head = b"".join(bytes([len(one)]) + one.encode() for one in (event_id, member_id))
    return spelled(head + OLD.proofs(PURPOSE, head)[0][:PROOF])


def of_mail(event_id: str, member_id: str, registration_id: str = "") -> str:
    return seat(event_id, member_id, registration_id, MAILED)


@pytest.mark.parametrize("by", [seat, of_mail, of_before])
async def test_the_desk_checks_in_whose_code_it_reads(by):
    async with opened(at_the_desk(), LEADER, codes=CODES) as browser:
        code = by("e1", "ken")
        done = await browser.post("/e/e1/roster/check-in", {"code": code.lower()})
        assert (done.status_code, done.headers["location"]) == (303, "/e/e1/roster?in=ken")
        again = await browser.post("/e/e1/roster/check-in", {"code": by("e1", "ken2")}, headers={"x-part": "desk"})
        assert again.json()["done"] is True
        assert [command.member_id for command in browser.answering.sent(CheckIn)] == ["ken", "ken2"]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (seat("e1", "ken", by=Codes(Signed(["x" * 32]))), "This code is not valid"),
        (seat("e1", "ken")[:-1], "This code is not valid"),
        (seat("e2", "ken"), "This code is for another event"),
        (seat("e1", "erased"), "is not registered for this event"),
        (seat("e1", "ken", by=SeatMaker(make_keys()[0])), "This code is not valid"),
        (spelled(Seat("e1", "ken", "r-ken").packed() + said(of_mail("e1", "far"))[-64:]), "This code is not valid"),
        (of_mail("e2", "ken"), "This code is for another event"),
        (of_mail("e1", "erased"), "is not registered for this event"),
    ],
)
async def test_a_code_that_names_no_seat_here_is_refused_in_words(code, says):
    async with opened(at_the_desk(), in_english(LEADER), codes=CODES) as browser:
        page = await browser.post("/e/e1/roster/check-in", {"code": code})
        assert (page.status_code, says in text_of(page)) == (409, True)
        assert code not in page.text, "it is not searched for"
        assert rows(page, "expected")
        part = await browser.post("/e/e1/roster/check-in", {"code": code}, headers={"x-part": "desk"})
        assert (part.json()["done"], part.json()["text"]) == (False, "")
        assert browser.answering.sent(CheckIn) == []


@pytest.mark.parametrize("by", [seat, of_mail])
@pytest.mark.parametrize(
    ("status", "says", "section"),
    [("withdrawn", "林 舞 has withdrawn", "withdrawn"), ("waitlisted", "林 舞 is on the waitlist", "waiting")],
)
async def test_who_withdrew_or_waits_is_not_let_in_by_their_code_and_is_found_for_the_leader_to_decide(
    status, says, section, by
):
    place = registration("mai", status, position=1 if status == "waitlisted" else None)
    async with opened(at_the_desk(place, LISTED[0]), in_english(LEADER), codes=CODES) as browser:
        code = by("e1", "mai")
        page = await browser.post("/e/e1/roster/check-in", {"code": code})
        assert (page.status_code, says in text_of(page)) == (409, True)
        assert (rows(page, section), rows(page, "expected")) == (["林 舞"], [])
        part = await browser.post("/e/e1/roster/check-in", {"code": code}, headers={"x-part": "desk"})
        assert (part.json()["done"], part.json()["text"]) == (False, "0003")
        browser.answering.replies[FindMembers] = Refused("unavailable", "x", 503)
        nameless = text_of(await browser.post("/e/e1/roster/check-in", {"code": code}))
        assert says.replace("林 舞", "Name not available") in nameless
        assert browser.answering.sent(CheckIn) == []


@pytest.mark.parametrize("by", [seat, of_mail])
async def test_whoever_registered_again_shows_another_code_and_the_earlier_one_is_told_as_that(by):
    again = registration("mai", "confirmed", registration_id="r2")
    async with opened(at_the_desk(again, LISTED[0]), in_english(LEADER), codes=CODES) as browser:
        earlier = by("e1", "mai", "r1")
        page = await browser.post("/e/e1/roster/check-in", {"code": earlier})
        assert page.status_code == 409
        assert "林 舞 withdrew the registration of this code and registered again." in text_of(page)
        assert rows(page, "expected") == ["林 舞"], "the leader decides"
        kept = {"scan": "s1", "at": "2026-11-26T02:45:00Z", "code": earlier}
        told = (await browser.post("/e/e1/roster/scan", kept, headers={"x-part": "desk"})).json()
        assert (told["state"], told["find"]) == ("conflict", "0003")
        assert "registered again" in told["text"]
        assert browser.answering.sent(CheckIn) == []
        await browser.post("/e/e1/roster/check-in", {"code": by("e1", "mai", "r2")})
        assert [command.member_id for command in browser.answering.sent(CheckIn)] == ["mai"]
        came = registration("mai", "attended", registration_id="r2", checked_in_at="2026-11-26T02:50:00Z")
        browser.answering.replies |= at_the_desk(came)
        done = await browser.post("/e/e1/roster/check-in", {"code": earlier})
        assert done.headers["location"] == "/e/e1/roster?in=mai", "checking in twice does no harm"


async def test_a_code_is_of_no_use_once_its_event_is_over():
    over = Refused("event_concluded", "x", 409)
    replies = {**at_the_desk(status="concluded"), CheckIn: over}
    async with opened(replies, in_english(LEADER), codes=CODES) as browser:
        page = await browser.post("/e/e1/roster/check-in", {"code": of_mail("e1", "ken")})
        assert page.status_code == 409
        assert "is over" in text_of(page)


async def test_without_notifys_key_the_desk_reads_the_codes_of_pages_and_says_to_show_those():
    async with opened(at_the_desk(), in_english(LEADER), codes=Codes(OLD)) as browser:
        page = await browser.post("/e/e1/roster/check-in", {"code": of_mail("e1", "ken")})
        assert "Ask its holder to open their event page and show the code" in text_of(page)
        assert browser.answering.sent(CheckIn) == []
        done = await browser.post("/e/e1/roster/check-in", {"code": seat("e1", "ken")})
        assert done.status_code == 303


async def test_the_portal_reads_codes_of_mails_with_the_public_half_of_notifys_key(tmp_path):
    async with whole(tmp_path, identity("hanako", leads=["it"])) as portal:
        portal.services.answering.replies |= at_the_desk(ends_at="2099-11-26T04:00:00Z")
        await portal.sign_in()
        done = await portal.post("/e/e1/roster/check-in", {"code": seat("e1", "ken", by=portal.seats)})
        assert done.headers["location"] == "/e/e1/roster?in=ken"
        assert (await portal.post("/e/e1/roster/check-in", {"code": of_mail("e1", "ken")})).status_code == 409


async def test_a_code_signs_nobody_in_and_every_instance_reads_what_another_made(tmp_path):
    code = seat("e1", "hanako", "r1", Codes(Signed(["k" * 40])))  # the key that both have
    async with whole(tmp_path, identity("hanako")) as portal:
        portal.services.answering.replies[MyRegistration] = mine(
            "confirmed", **{**NOW_ON, "ends_at": "2099-11-26T04:00:00Z"}
        )
        for address in (f"/e/e1?p={code}", f"/signin/local?k={code}", f"/u/it/{code}"):
            await portal.get(address)
            assert portal.services.answering.sent(MyRegistration) == []
            assert not portal.signed_in
        portal.http.cookies.set("__Host-ekkyo", code, domain="ekkyo.example.com")
        assert (await portal.get("/e/e1")).status_code in (303, 403)
        portal.http.cookies.clear()
        await portal.sign_in()
        assert str(qr(code)) in (await portal.get("/e/e1")).text


async def test_who_leads_nothing_cannot_use_a_code():
    async with opened(at_the_desk(), HANAKO, codes=CODES) as browser:
        assert (await browser.post("/e/e1/roster/check-in", {"code": seat("e1", "hanako")})).status_code == 403
        assert browser.answering.sent(CheckIn) == []
