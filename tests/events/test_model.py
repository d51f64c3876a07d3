"""What events decide, where the rules are finer than a round trip shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    Attendee,
    CheckIn,
    EventDetails,
    EventRevised,
    ImportAttendance,
    ListEvents,
    MemberAttended,
    RegisterForEvent,
    RegistrationPromoted,
    RescheduleEvent,
    ReviseEvent,
    WithdrawFromEvent,
)
from ekkyo.decision import Cancel, EntriesInMemory, Set
from ekkyo_events import model
from ekkyo_events.model import EndTimer, Event, ReminderTimer, Seat, listing
from ekkyo_events.model.line import waiting_because

from tests.events.people import EVERYBODY

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
BEFORE = START - timedelta(days=7)
LEADER = Caller("leader-1", frozenset({"leader:c1"}))
NONE = EntriesInMemory[Seat]()


def event(**fields: Any) -> Event:
    return Event.model_validate(
        {
            "id": "e1",
            "community_id": "c1",
            "title": "RPAもくもく会",
            "format": "online",
            "context": "IT",
            "capacity": 2,
            "starts_at": START,
            "ends_at": START + timedelta(hours=1),
            "timezone": "Asia/Tokyo",
            "status": "published",
            **fields,
        }
    )


def seat(member: str, status: str, **fields: Any) -> Seat:
    return Seat.model_validate(
        {"document_id": "e1", "key": member, "status": status, "registration_id": f"r-{member}", **fields}
    )


def details(**fields: Any) -> EventDetails:
    return EventDetails.model_validate(
        {"title": "RPAもくもく会", "format": "online", "url_follows": True, "capacity": 2, **fields}
    )


def test_a_seat_that_somebody_sits_on_already_is_not_given_away() -> None:
    decision = model.register(
        event(capacity=1, attended=1),
        NONE,
        RegisterForEvent(event_id="e1", member_id="m2", registration_id="r2"),
        people=EVERYBODY,
        who=Caller("m2"),
        now=START - timedelta(minutes=30),
    )
    assert decision.answer.status == "waitlisted"


def test_who_walked_in_takes_no_seat() -> None:
    decision = model.register(
        event(capacity=1, attended=3, walk_ins=3),
        NONE,
        RegisterForEvent(event_id="e1", member_id="m2", registration_id="r2"),
        people=EVERYBODY,
        who=Caller("m2"),
        now=START - timedelta(minutes=30),
    )
    assert decision.answer.status == "confirmed"


def test_who_left_the_waitlist_and_comes_back_goes_to_its_end() -> None:
    seats = EntriesInMemory.of([seat("m1", "withdrawn", withdrawn=["r1"]), seat("m3", "waitlisted", position=2)])
    decision = model.register(
        event(capacity=1, confirmed=1, waitlisted=1, tickets=2),
        seats,
        RegisterForEvent(event_id="e1", member_id="m1", registration_id="r9"),
        people=EVERYBODY,
        who=Caller("m1"),
        now=BEFORE,
    )
    (changed,) = decision.entries
    assert isinstance(changed, Seat)
    assert (changed.position, decision.answer.position) == (3, 2)


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (START - timedelta(hours=1, milliseconds=1), "check_in_not_open"),
        (START - timedelta(hours=1), None),
        (START + timedelta(days=1), None),
    ],
)
def test_check_in_opens_an_hour_before_the_start(now: datetime, refused: str | None) -> None:
    seats = EntriesInMemory.of([seat("m1", "confirmed")])
    check_in = CheckIn(event_id="e1", member_id="m1")
    if refused:
        with pytest.raises(Refused, match=refused):
            model.check_in(event(confirmed=1), seats, check_in, people=EVERYBODY, who=Caller("m1"), now=now)
    else:
        answer = model.check_in(event(confirmed=1), seats, check_in, people=EVERYBODY, who=Caller("m1"), now=now).answer
        assert answer.status == "attended"


def test_a_meeting_report_told_again_with_longer_stays_keeps_the_longer() -> None:
    seats = EntriesInMemory.of([seat("m1", "attended", minutes=20), seat("m2", "attended", minutes=60)])
    attendees = [Attendee(member_id=m, minutes=40) for m in ("m1", "m2", "m1")]
    decision = model.import_attendance(
        event(attended=2),
        seats,
        ImportAttendance(event_id="e1", attendees=attendees),
        people=EVERYBODY,
        who=LEADER,
        now=START,
    )
    assert [(e.key, e.minutes) for e in decision.entries if isinstance(e, Seat)] == [("m1", 40)]
    assert (decision.answer.attended, decision.answer.already, decision.facts) == (0, 2, [])


def test_a_large_meeting_report_is_told_without_repeating_the_description_each_time() -> None:
    attendees = [Attendee(member_id=f"m{n}") for n in range(2000)]
    decision = model.import_attendance(
        event(description="長い説明" * 1000),
        NONE,
        ImportAttendance(event_id="e1", attendees=attendees),
        people=EVERYBODY,
        who=LEADER,
        now=START,
    )
    assert decision.answer.walk_ins == 2000
    assert sum(len(fact.model_dump_json()) for fact in decision.facts) < 2_000_000
    *_, last = decision.facts
    assert isinstance(last, MemberAttended)
    assert last.event == model.state(decision.document, after=event()), "who follows the facts ends with all of it"


def test_the_timers_are_a_day_before_the_start_and_the_end() -> None:
    moved = RescheduleEvent(
        event_id="e1", starts_at=START + timedelta(days=1), ends_at=START + timedelta(days=1, hours=2)
    )
    reminder, end = model.reschedule(event(), NONE, moved, who=LEADER, now=BEFORE).timers
    assert reminder == Set(ReminderTimer(id="e1", starts_at=moved.starts_at), START)
    assert end == Set(EndTimer(id="e1", ends_at=moved.ends_at), moved.ends_at)


def test_an_event_moved_to_within_a_day_reminds_nobody() -> None:
    moved = RescheduleEvent(event_id="e1", starts_at=BEFORE + timedelta(hours=23), ends_at=START)
    reminder, _ = model.reschedule(event(), NONE, moved, who=LEADER, now=BEFORE).timers
    assert reminder == Cancel(ReminderTimer, "e1")


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ({"starts_at": START + timedelta(days=1)}, BEFORE),
        ({"status": "cancelled"}, BEFORE),
        ({"status": "concluded"}, BEFORE),
        ({"reminded_for": START}, BEFORE),
        ({}, START),
    ],
    ids=["moved", "cancelled", "concluded", "reminded already", "begun"],
)
def test_a_reminder_that_is_no_longer_true_is_not_told(changed: dict[str, Any], now: datetime) -> None:
    before = event(**changed)
    decision = model.remind(before, NONE, ReminderTimer(id="e1", starts_at=START), now=now)
    assert decision.document is before
    assert decision.facts == ()


def test_the_end_of_an_event_that_was_moved_concludes_nothing() -> None:
    before = event(ends_at=START + timedelta(hours=3))
    decision = model.end(before, NONE, EndTimer(id="e1", ends_at=START + timedelta(hours=1)))
    assert decision.document is before


def test_a_running_event_can_be_made_longer_but_not_moved_into_the_past() -> None:
    now = START + timedelta(minutes=30)
    longer = RescheduleEvent(event_id="e1", starts_at=START, ends_at=START + timedelta(hours=2))
    assert model.reschedule(event(), NONE, longer, who=LEADER, now=now).answer.ends_at == longer.ends_at
    for starts_at, ends_at in [
        (START + timedelta(minutes=10), START + timedelta(hours=2)),
        (START, START + timedelta(minutes=20)),
    ]:
        moved = RescheduleEvent(event_id="e1", starts_at=starts_at, ends_at=ends_at)
        with pytest.raises(Refused, match="event_in_the_past"):
            model.reschedule(event(), NONE, moved, who=LEADER, now=now)


def test_more_capacity_promotes_as_many_as_fit_in_the_order_of_their_tickets() -> None:
    seats = EntriesInMemory.of(
        [
            seat("m1", "confirmed"),
            seat("m9", "waitlisted", position=1),
            seat("m5", "waitlisted", position=2),
            seat("m2", "waitlisted", position=3),
        ]
    )
    full = event(capacity=1, confirmed=1, waitlisted=3, tickets=3)
    command = ReviseEvent(event_id="e1", details=details(capacity=3))
    decision = model.revise(full, seats, command, people=EVERYBODY, who=LEADER, now=BEFORE)
    revised, *promoted = decision.facts
    assert isinstance(revised, EventRevised)
    assert (revised.confirmed, revised.waitlisted) == (["m1", "m5", "m9"], ["m2"])
    assert revised.promoted == sorted(fact.member_id for fact in promoted)
    assert [f.member_id for f in promoted if isinstance(f, RegistrationPromoted)] == ["m9", "m5"]
    assert (decision.answer.confirmed, decision.answer.waitlisted, decision.answer.sequence) == (3, 1, 1)


def test_more_promotions_than_one_write_holds_are_refused_with_advice() -> None:
    crowd = event(capacity=1, confirmed=1, waitlisted=5000, tickets=5000)
    with pytest.raises(Refused, match="too_many_promotions"):
        model.revise(
            crowd,
            NONE,
            ReviseEvent(event_id="e1", details=details(capacity=5000)),
            people=EVERYBODY,
            who=LEADER,
            now=BEFORE,
        )


def test_giving_back_an_older_registration_leaves_the_present_one() -> None:
    seats = EntriesInMemory.of([seat("m1", "confirmed", withdrawn=["r-old"])])
    before = event(confirmed=1)
    old = WithdrawFromEvent(event_id="e1", member_id="m1", registration_id="r-old")
    decision = model.withdraw(before, seats, old, people=EVERYBODY, who=Caller("m1"), now=BEFORE)
    assert decision.document is before
    assert (decision.answer.registration_id, decision.answer.status) == ("r-old", "withdrawn")
    unknown = WithdrawFromEvent(event_id="e1", member_id="m1", registration_id="r-other")
    with pytest.raises(Refused, match="registration_not_found"):
        model.withdraw(before, seats, unknown, people=EVERYBODY, who=Caller("m1"), now=BEFORE)


ON_ONES_TURN = "you get one as soon as a seat becomes free and nobody is before you"


@pytest.mark.parametrize(
    ("place", "capacity", "expected"),
    [
        (1, 30, "all 30 seats are taken; nobody is before you; you get one as soon as a seat becomes free"),
        (2, 30, f"all 30 seats are taken; 1 person is before you; {ON_ONES_TURN}"),
        (3, 30, f"all 30 seats are taken; 2 people are before you; {ON_ONES_TURN}"),
        (3, 1, f"the only seat is taken; 2 people are before you; {ON_ONES_TURN}"),
    ],
)
def test_why_somebody_waits_is_told_in_words(place: int, capacity: int, expected: str) -> None:
    assert waiting_because(event(capacity=capacity), place) == expected


def test_why_nobody_is_promoted_any_more_is_told_too() -> None:
    assert waiting_because(event(status="cancelled"), 1) == "the event was cancelled"
    assert waiting_because(event(status="concluded"), 1) == "the event is over"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Caller("m1"), {"status": {"$in": ["published"]}}),
        (Caller("s", frozenset({"steward"})), {"status": {"$in": ["draft", "published"]}}),
        (LEADER, {"$or": [{"status": {"$in": ["published"]}}, {"status": "draft", "community_id": {"$in": ["c1"]}}]}),
    ],
)
def test_a_list_holds_drafts_for_those_who_lead_their_community(who: Caller, expected: dict[str, Any]) -> None:
    assert listing.listed(ListEvents(status=["draft", "published"]), who) == expected
