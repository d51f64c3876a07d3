"""The word on the wall: who checks in themselves has to be there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CancelEvent,
    CheckIn,
    DoorWord,
    EventDetails,
    GetDoorWord,
    MemberAttended,
    MyRegistration,
    ReviseEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Door, Event, Seat
from ekkyo_events.model.door import NOT_SHOWN, TRIES
from hypothesis import example, given
from hypothesis import strategies as st

from tests.events.people import EVERYBODY

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
GUEST = Caller("m1")
DOOR = Door(id="e1", secret="5e" * 32)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def word(at: datetime, door: Door = DOOR) -> str:
    return model.word_now(door, now=at).word


class Guest:
    """A member with a seat at an onsite event, who stands at the door."""

    def __init__(self, **event: Any) -> None:
        fields = {"community_id": "c1", "title": "食堂", "format": "onsite", "context": "IT", "capacity": 5}
        times = {"starts_at": START, "ends_at": START + timedelta(hours=1), "timezone": "Asia/Tokyo"}
        self.event = Event.model_validate(
            {"id": "e1", **fields, **times, "status": "published", "confirmed": 1, **event}
        )
        self.seats = EntriesInMemory.of([Seat(document_id="e1", key="m1", status="confirmed", registration_id="r1")])

    def enters(self, said: str | None, at: datetime, *, who: Caller = GUEST, door: Door | None = DOOR) -> str:
        """What came of it: `attended`, or the code of the refusal."""
        command = CheckIn(event_id="e1", member_id="m1", word=said)
        try:
            decision = model.check_in(self.event, self.seats, command, people=EVERYBODY, who=who, now=at, door=door)
            self.event = decision.document
            self.seats.items.update({seat.key: seat for seat in decision.entries if isinstance(seat, Seat)})
            return model.unless_refused(decision.answer).status
        except Refused as refused:
            return refused.code


@given(moments)
def test_a_word_can_be_read_aloud_and_is_good_for_five_to_ten_minutes(at: datetime) -> None:
    shown = model.word_now(DOOR, now=at)
    assert re.fullmatch(r"([kngmbpsth][aiueo]){3}[2-9]{2}", shown.word)
    assert not any(unwanted in shown.word for unwanted in NOT_SHOWN)
    assert at < shown.valid_until <= at + timedelta(minutes=5)
    last = shown.valid_until - timedelta(milliseconds=1)
    assert word(last) == shown.word != word(shown.valid_until)
    too_late = shown.valid_until + timedelta(minutes=5)
    for now, came in [
        (at, "attended"),
        (too_late - timedelta(milliseconds=1), "attended"),
        (too_late, "wrong_word"),
    ]:
        guest = Guest(starts_at=at, ends_at=at + timedelta(days=1))
        assert guest.enters(shown.word, now) == came


@given(moments, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_the_word_of_another_event_and_the_one_to_come_are_wrong(at: datetime, secret: str) -> None:
    other = Door(id="e2", secret=DOOR.secret)
    another_secret = Door(id="e1", secret=secret)
    for said in {word(at, other), word(at, another_secret), word(at + timedelta(minutes=5))}:
        guest = Guest(starts_at=at, ends_at=at + timedelta(days=1))
        right = said in {word(at), word(at - timedelta(minutes=5))}
        assert guest.enters(said, at) == ("attended" if right else "wrong_word")


@pytest.mark.parametrize("typed", ["{}", " {} ", "hyphen", "spaced", "upper", "wide"])
def test_how_it_is_typed_makes_no_difference(typed: str) -> None:
    right = word(START)
    said = {
        "spaced": f"{right[:2]} {right[2:4]} {right[4:6]}　{right[6:]}",
        "upper": right.upper(),
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in right),
        "hyphen": f"{right[:6]}-{right[6:]}",
    }.get(typed, typed.format(right))
    assert Guest().enters(said, START) == "attended"


@given(st.lists(st.sampled_from([f"wrong{n}" for n in range(8)]), min_size=1, max_size=20), st.integers(0, 599))
@example([f"wrong{n}" for n in range(6)], 0)
def test_guessing_ends_after_five_different_wrong_words(guesses: list[str], seconds: int) -> None:
    guest, tried = Guest(), set[str]()
    for guess in guesses:
        before = guest.seats.items["m1"]
        said = guest.enters(guess, START)
        assert said == ("wrong_word" if guess in tried or len(tried) < TRIES else "too_many_tries")
        if said == "too_many_tries" or guess in tried:
            assert guest.seats.items["m1"] == before, "sent again, it counts once"
        if said == "wrong_word":
            tried.add(guess)
        assert guest.event.attended == 0
    now = START + timedelta(seconds=seconds)
    assert guest.enters(word(now), now) == ("too_many_tries" if len(tried) == TRIES else "attended")
    if len(tried) == TRIES:
        later = START + timedelta(minutes=10)
        assert guest.enters(word(later), later) == "attended"
    assert guest.seats.items["m1"].wrong_words == []


def test_leaders_stewards_and_systems_let_in_whom_they_see() -> None:
    for role in ("leader:c1", "steward", "system"):
        guest = Guest()
        for n in range(TRIES):
            assert guest.enters(f"wrong{n}", START) == "wrong_word"
        assert guest.enters(None, START, who=Caller("boss", frozenset({role}))) == "attended"


@pytest.mark.parametrize(
    ("format", "said", "came"),
    [
        ("online", None, "wrong_word"),
        ("online", "anything", "wrong_word"),
        ("hybrid", None, "wrong_word"),
        ("onsite", None, "wrong_word"),
        ("onsite", "anything", "wrong_word"),
    ],
)
def test_once_a_word_is_shown_it_is_needed(format: str, said: str | None, came: str) -> None:
    assert Guest(format=format).enters(said, START) == came


@pytest.mark.parametrize("said", [None, "anything"])
def test_before_anybody_showed_a_word_none_is_right_and_online_none_is_needed(said: str | None) -> None:
    assert Guest(format="onsite").enters(said or word(START), START, door=None) == "wrong_word"
    assert Guest(format="online").enters(said, START, door=None) == "attended"


async def test_online_a_word_is_needed_from_when_a_leader_shows_one(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    first, second = await scene.as_("m1"), await scene.as_("m2")
    assert (await first.send(CheckIn(event_id=event.event_id, member_id="m1"))).status == "attended"
    shown = await (await scene.leader()).ask(GetDoorWord(event_id=event.event_id))
    without = CheckIn(event_id=event.event_id, member_id="m2")
    assert await scene.refusal(second.send(without)) == ("wrong_word", 409)
    assert (await second.send(without.model_copy(update={"word": shown.word}))).status == "attended"


async def test_a_member_checks_in_with_the_word_on_the_wall(scene: Any) -> None:
    event = await scene.published(format="onsite", place="食堂", url=None, starts_in=1800)
    await scene.register(event, "m1")
    member, leader = await scene.as_("m1"), await scene.leader()
    asked = GetDoorWord(event_id=event.event_id)
    shown: DoorWord = await leader.ask(asked)
    assert await scene.refusal(member.ask(asked)) == ("not_allowed", 403)
    assert await scene.refusal((await scene.as_("boss", "leader:c2")).ask(asked)) == ("not_allowed", 403)
    for said in (None, "bananas22"):
        without = CheckIn(event_id=event.event_id, member_id="m1", word=said)
        assert await scene.refusal(member.send(without)) == ("wrong_word", 409)
    came = await scene.twice(CheckIn(event_id=event.event_id, member_id="m1", word=shown.word.upper()), by=member)
    assert (came.status, came.walk_in) == ("attended", False)
    assert came.checked_in_at is not None
    mine = await member.ask(MyRegistration(event_id=event.event_id, member_id="m1"))
    assert mine.registration == came
    (fact,) = await scene.heard.until(MemberAttended, event.event_id)
    assert shown.word not in fact.model_dump_json()


async def test_five_wrong_words_are_remembered_until_a_leader_helps(scene: Any) -> None:
    event = await scene.published(format="hybrid", place="食堂", starts_in=1800)
    await scene.register(event, "m1")
    member = await scene.as_("m1")
    right = (await (await scene.leader()).ask(GetDoorWord(event_id=event.event_id))).word
    for n in range(TRIES):
        wrong = CheckIn(event_id=event.event_id, member_id="m1", word=f"wrong{n}")
        assert await scene.refusal(member.send(wrong)) == ("wrong_word", 409)
    command = CheckIn(event_id=event.event_id, member_id="m1", word=right)
    assert await scene.refusal(member.send(command)) == ("too_many_tries", 409)
    assert (await scene.leads(CheckIn(event_id=event.event_id, member_id="m1"))).status == "attended"
    assert scene.heard.kinds(event.event_id).count("MemberAttended") <= 1


async def test_the_word_stays_while_the_event_is_changed_and_ends_with_it(two_instances: Any) -> None:
    scene = two_instances
    event = await scene.published(format="onsite", place="食堂", url=None, starts_in=1800)
    leader = await scene.leader()
    asked = GetDoorWord(event_id=event.event_id)
    shown = {(await leader.ask(asked)).word for _ in range(6)}
    details = EventDetails(title="移動", format="onsite", place="会議室", capacity=3)
    await scene.leads(ReviseEvent(event_id=event.event_id, details=details))
    shown.add((await leader.ask(asked)).word)
    assert len(shown) <= 2, "one word; two if five minutes ended meanwhile"
    await scene.leads(CancelEvent(event_id=event.event_id))
    assert await scene.refusal(leader.ask(asked)) == ("event_cancelled", 409)
    draft = GetDoorWord(event_id=(await scene.draft()).event_id)
    assert await scene.refusal(leader.ask(draft)) == ("event_not_published", 409)
