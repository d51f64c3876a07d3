"""Codes of seats in mails: they name one registration, and nobody without the key makes one."""

import base64
from datetime import UTC, datetime

import pytest
from ekkyo.contracts.base import new_id
from ekkyo.wire.passes import LONGEST as LONGEST_PASS
from ekkyo.wire.passes import PassMaker, PassReader
from ekkyo.wire.seats import MARK, Seat, SeatMaker, SeatReader, said, spelled
from ekkyo.wire.tokens import make_keys
from hypothesis import given
from hypothesis import strategies as st

PRIVATE, PUBLIC = make_keys()
MAKER, READER = SeatMaker(PRIVATE), SeatReader(PUBLIC["keys"])
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True) | st.uuids().map(str) | st.uuids().map(lambda one: one.hex)
SEATS = st.builds(Seat, IDS, IDS, IDS | st.none())


@given(SEATS)
def test_a_code_names_the_registration_that_it_was_made_for(seat: Seat) -> None:
    code = MAKER.make(seat)
    assert code.isalnum()
    assert code == code.upper()
    assert READER.of(code) == seat
    assert SeatReader(make_keys()[1]["keys"]).of(code) is None
    older_and_newer = [*make_keys()[1]["keys"], *PUBLIC["keys"]]
    assert SeatReader(older_and_newer).of(code) == seat


@given(st.lists(SEATS, min_size=2, max_size=2, unique=True))
def test_no_code_lends_its_signature_to_another_seat(seats: list[Seat]) -> None:
    one, other = seats
    signature = said(MAKER.make(one))[-64:]
    assert READER.of(spelled(other.packed() + signature)) is None


@given(st.data())
def test_an_altered_code_is_none(data: st.DataObject) -> None:
    code = MAKER.make(Seat("e1", "ken", "r1"))
    at = data.draw(st.integers(0, len(code) - 1))
    letter = data.draw(st.sampled_from([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567" if c != code[at]]))
    for other in (code[:at] + letter + code[at + 1 :], code[:at], code + letter, code.lower(), code + "="):
        assert READER.of(other) is None


@given(st.text(max_size=500) | st.binary(max_size=260).map(lambda raw: MARK + base64.b32encode(raw).decode()))
def test_whatever_else_is_read_is_none(text: str) -> None:
    assert READER.of(text) is None


@pytest.mark.parametrize("names", [["e1"], ["e1", "ken", "r1", "r2"]])
def test_a_signed_text_of_other_ids_names_no_seat(names: list[str]) -> None:
    head = b"".join(bytes([len(one)]) + one.encode() for one in names)
    signature = said(MAKER.make(Seat("e1", "ken")))[-64:]
    assert READER.of(spelled(head + signature)) is None
    with pytest.raises(ValueError, match="member at an event"):
        Seat.of(head)


def test_a_pass_of_the_same_key_is_no_code_and_a_code_no_pass() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    held = PassMaker(PRIVATE).make("event", "e1", "ken", datetime(2027, 1, 1, tzinfo=UTC))
    raw = base64.urlsafe_b64decode(held + "=" * (-len(held) % 4))
    assert READER.of(spelled(raw)) is None
    code = MAKER.make(Seat("e1", "ken", "r1"))
    passes = PassReader(PUBLIC["keys"])
    again = base64.urlsafe_b64encode(said(code)).rstrip(b"=").decode()
    assert len(again) <= LONGEST_PASS
    for text in (code, again):
        assert passes.of(text, "event", "e1", now=now) is None


def test_a_code_of_ids_as_the_portal_makes_them_fits_a_qr_code_that_phones_read() -> None:
    assert len(MAKER.make(Seat(new_id(), new_id(), new_id()))) == 190
