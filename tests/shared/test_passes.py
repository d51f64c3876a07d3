"""A pass opens what it was made for, and nothing else, whatever the ids and the times are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

from ekkyo.wire.passes import LONGEST, Kind, Pass, PassMaker, PassReader
from ekkyo.wire.tokens import make_keys
from hypothesis import assume, given
from hypothesis import strategies as st

PRIVATE, PUBLIC = make_keys()
MAKER, READER = PassMaker(PRIVATE), PassReader(PUBLIC["keys"])
KINDS: tuple[Kind, ...] = get_args(Kind)
SECOND = timedelta(seconds=1)

kinds = st.sampled_from(KINDS)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True) | st.uuids().map(str)
times = st.integers(1, 2**32 - 2).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(kinds, ids, ids, times)
def test_a_pass_says_whom_it_is_for_and_until_when(kind: Kind, about: str, member: str, until: datetime) -> None:
    text = MAKER.make(kind, about, member, until)
    assert len(text) <= LONGEST
    assert READER.of(text, kind, about, now=until - SECOND) == Pass(member, until)
    assert READER.of(text, kind, about, now=until) is None


@given(kinds, ids, ids, times, ids)
def test_a_pass_is_none_under_another_kind_or_for_another_thing(
    kind: Kind, about: str, member: str, until: datetime, other: str
) -> None:
    text = MAKER.make(kind, about, member, until)
    near = {other, member, about + "0", about[:-1], about.swapcase(), f"{kind}{about}", ""} - {about}
    for other_kind, one in product(KINDS, near | {about}):
        if (other_kind, one) != (kind, about):
            assert READER.of(text, other_kind, one, now=until - SECOND) is None, (other_kind, one)


@given(kinds, ids, ids, ids, times, times)
def test_no_pass_lends_its_signature_to_another_member_or_another_time(
    kind: Kind, about: str, member: str, other: str, until: datetime, later: datetime
) -> None:
    assume((member, until) != (other, later))
    one, another = MAKER.make(kind, about, member, until), MAKER.make(kind, about, other, later)
    length = len(raw(one)) - 64
    mixed = text_of(raw(another)[:-64] + raw(one)[length:])
    assert READER.of(mixed, kind, about, now=later - SECOND) is None


@given(kinds, ids, ids, times, st.data())
def test_an_altered_pass_is_none(kind: Kind, about: str, member: str, until: datetime, data: st.DataObject) -> None:
    good = bytearray(raw(MAKER.make(kind, about, member, until)))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] ^= 1 << data.draw(st.integers(0, 7))
    assert READER.of(text_of(bytes(good)), kind, about, now=datetime.fromtimestamp(0, UTC)) is None


@given(st.text(max_size=300), kinds, ids)
def test_whatever_else_is_sent_is_none(text: str, kind: Kind, about: str) -> None:
    assert READER.of(text, kind, about, now=datetime.fromtimestamp(0, UTC)) is None


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
