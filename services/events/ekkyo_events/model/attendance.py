"""Who came: checked in at the door, or read from a meeting tool's report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    AttendanceImported,
    CheckIn,
    CheckInCorrected,
    EventState,
    ImportAttendance,
    MemberAttended,
    Registration,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged.counting import recounted
from ekkyo_events.model.documents import (
    CHECK_IN_BEFORE,
    CLOCKS_DIFFER,
    Event,
    Seat,
    must_be_published,
    not_found,
    registration,
    state,
    told_each,
)
from ekkyo_events.model.door import Door, enter
from ekkyo_events.model.hosts import must_run, runs
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import Promotion
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.undoing import not_there, refilled, undone
from ekkyo_events.model.visibility import seen

CAME_BY_RIGHT = ("confirmed", "no_show", "attended")
SCANS = 20
"""How many scans a seat remembers."""


def check_in(
    event: Event,
    seats: Entries[Seat],
    cmd: CheckIn,
    *,
    people: People,
    who: Caller,
    now: datetime,
    door: Door | None = None,
) -> Decision[Event, Registration | Refused]:
    """Record that a member came. Without a seat, a leader must let them in; without a leader, the word on the wall.

    A wrong word is answered with a refusal instead of raising it, because the try is remembered.
    """
    seat = seats.get(cmd.member_id)
    if not seen(event, who, seat):
        raise not_found()
    by_host = runs(event, who, people, now=now)
    if not by_host and who.sub != cmd.member_id:
        must_run(event, who, people, now=now)
    if cmd.at and not by_host:
        raise Refused("not_allowed", "Only a leader may say when somebody was checked in.", 403)
    came = seat is not None and seat.status == "attended"
    if seat and came and (cmd.scan_id in seat.scans or (seat.checked_in_at and cmd.at is None)):
        return Decision(event, registration(event, seat))
    at = _when(event, cmd, now)
    if seat and _was_undone(seat, cmd, at):
        if came:
            return Decision(event, registration(event, seat))
        raise Refused("check_in_undone", "This check-in was undone after it was scanned.")
    if not came:
        if no := people.refusal(event, cmd.member_id):
            raise no
        if not (seat and seat.status == "confirmed") and not by_host:
            raise Refused("no_seat", "Only a leader may check in a member who has no seat.")
    if seat and not by_host:
        seat, wrong = enter(event, seat, cmd, door, now=now)
        if wrong:
            return Decision(event, wrong, entries=[seat])
    if seat and came:
        return _timed(event, seat, cmd, at)
    after, there = _came(event, cmd.member_id, seat)
    there = _scanned(there, cmd, at)
    if there.walk_in:
        [there] = given_tables(after, seats, [there], people)
    promotion = _without_them(after, seats, [seat] if seat else [], [there], people, now)
    after, told = promotion.event, state(promotion.event, after=event)
    return Decision(
        after,
        registration(after, there),
        entries=[there, *promotion.entries],
        facts=[_attended(event, told, there, "check_in"), *promotion.facts(told)],
    )


def _without_them(
    event: Event, seats: Entries[Seat], was: Iterable[Seat], came: Sequence[Seat], people: People, now: datetime
) -> Promotion:
    """Who gets seats as some of a group that waits have come without one: the others may fit now."""
    if not any(seat.group_id and seat.status == "waitlisted" for seat in was):
        return Promotion(event, "withdrawal")
    return refilled(event, seats, came, people).at(now)


def _when(event: Event, cmd: CheckIn, now: datetime) -> datetime:
    """When somebody was checked in, if the event could be checked in to then."""
    at = cmd.at or now
    scanned_in_time = cmd.at is not None and event.status == "concluded" and at <= event.ends_at
    if not scanned_in_time:
        must_be_published(event, "be checked in to")
    if at > now + CLOCKS_DIFFER:
        raise Refused("scanned_in_the_future", "This was scanned in the future: the clock of that device is wrong.")
    if at < event.starts_at - CHECK_IN_BEFORE:
        raise Refused("check_in_not_open", "Check-in opens an hour before the event.")
    return min(at, now)


def _was_undone(seat: Seat, cmd: CheckIn, at: datetime) -> bool:
    """Whether this scan was told before its check-in was undone, or was made before that."""
    if cmd.scan_id in seat.scans:
        return True
    return cmd.at is not None and seat.undone_at is not None and at <= seat.undone_at


def _timed(event: Event, seat: Seat, cmd: CheckIn, at: datetime) -> Decision[Event, Registration | Refused]:
    """Keep the earliest scan of somebody who is recorded already, also where only a report said that they came."""
    if seat.checked_in_at and seat.checked_in_at <= at:
        return Decision(event, registration(event, seat))
    after = _scanned(seat, cmd, at)
    fact = CheckInCorrected(
        event_id=event.id,
        event=state(event, after=event),
        member_id=seat.key,
        registration_id=seat.registration_id,
        checked_in_at=at,
        was=seat.checked_in_at,
    )
    return Decision(event, registration(event, after), entries=[after], facts=[fact])


def _scanned(seat: Seat, cmd: CheckIn, at: datetime) -> Seat:
    scans = [*seat.scans, *([cmd.scan_id] if cmd.scan_id else [])][-SCANS:]
    return seat.model_copy(update={"checked_in_at": at, "scans": scans})


def unless_refused(answer: Registration | Refused) -> Registration:
    """The registration. Raises the refusal of a try that was remembered."""
    if isinstance(answer, Refused):
        raise answer
    return answer


def import_attendance(
    event: Event, seats: Entries[Seat], cmd: ImportAttendance, *, people: People, who: Caller, now: datetime
) -> Decision[Event, AttendanceImported]:
    """Record all who came; who is recorded already keeps the longer stay, unless the report replaces those before it.

    Who had a seat when it began came by right, even if they left the company since. Who had none is passed over if they
    may have none.
    """
    must_run(event, who, people, now=now)
    if event.status != "concluded":
        must_be_published(event, "take an attendance report")
    if now < event.starts_at:
        raise Refused("event_not_started", "An event that has not started has no attendance yet.")
    stays: dict[str, int] = {}
    for attendee in cmd.attendees:
        stays[attendee.member_id] = max(attendee.minutes, stays.get(attendee.member_id, 0))
    strangers = [member for member in stays if (seat := seats.get(member)) is None or seat.status not in CAME_BY_RIGHT]
    passed_over = people.barred(event, strangers, held=False)
    after, newly, restayed = event, list[Seat](), list[Seat]()
    for member_id, minutes in stays.items():
        if member_id in passed_over:
            continue
        seat = seats.get(member_id)
        if seat and seat.status == "attended":
            if minutes > seat.minutes or (cmd.replaces and minutes != seat.minutes):
                restayed.append(seat.model_copy(update={"minutes": minutes}))
            continue
        after, came = _came(after, member_id, seat)
        newly.append(came.model_copy(update={"minutes": minutes}))
    lost, stayed = _not_in(seats, stays, cmd.loses) if cmd.replaces else ([], [])
    after, back = not_there(after, lost, people)
    changed = [*newly, *restayed, *stayed, *back]
    was = [seat for member in stays if (seat := seats.get(member))]
    promotion = (
        refilled(after, seats, changed, people).at(now)
        if back
        else _without_them(after, seats, was, changed, people, now)
    )
    told = told_each(state(promotion.event, after=event), len(back) + len(newly))
    waiting = [*seats.all(status="waitlisted"), *back] if back else []
    facts = [undone(event, each, seat, waiting, because="report") for seat, each in zip(back, told, strict=False)]
    facts_of_new = [_attended(event, each, seat, "import") for seat, each in zip(newly, told, strict=False)]
    entries = {seat.key: seat for seat in [*changed, *promotion.entries]}
    return Decision(
        promotion.event,
        AttendanceImported(
            event_id=event.id,
            attended=len(newly),
            already=len(stays) - len(newly) - len(passed_over),
            walk_ins=sum(seat.walk_in for seat in newly),
            passed_over=sorted(passed_over),
            lost=sorted(seat.key for seat in back),
        ),
        entries=list(entries.values()),
        facts=[*facts, *facts_of_new, *promotion.facts(state(promotion.event, after=event))],
    )


def _not_in(seats: Entries[Seat], stays: Mapping[str, int], named: Iterable[str]) -> tuple[list[Seat], list[Seat]]:
    """Of those a report that replaces others does not name: who loses their attendance, and who was checked in.

    Those who wait again come in the order of their tickets: then each fact tells a place that is true when it is heard.
    Raises Refused where somebody would lose it who was not named: they were recorded after the preview.
    """
    others = [seat for seat in seats.all(status="attended") if seat.key not in stays]
    lost = sorted((seat for seat in others if seat.checked_in_at is None), key=lambda seat: seat.ticket or 0)
    if {seat.key for seat in lost} - set(named):
        raise Refused(
            "attendance_changed", "Others would lose their attendance, who were not in the preview. Preview it again."
        )
    return lost, [seat.model_copy(update={"minutes": 0}) for seat in others if seat.checked_in_at and seat.minutes]


def _came(event: Event, member_id: str, seat: Seat | None) -> tuple[Event, Seat]:
    """The event and the seat after this member came: on their seat, or as a walk-in who takes none."""
    had_seat = seat is not None and seat.status in ("confirmed", "no_show")
    counts = {"attended": event.attended + 1, "walk_ins": event.walk_ins + (not had_seat)}
    if seat and seat.status == "confirmed":
        counts["confirmed"] = event.confirmed - 1
    if seat and seat.status == "waitlisted":
        counts["waitlisted"] = event.waitlisted - 1
    if seat and seat.status == "applied":
        counts["applied"] = event.applied - 1
    seat = seat or Seat(document_id=event.id, key=member_id, status="withdrawn")
    before = {"came_from": seat.status, "ticket": seat.position}
    came = seat.model_copy(update={**before, "status": "attended", "position": None, "walk_in": not had_seat})
    return recounted(event.model_copy(update=counts), [seat], [came]), came


def _attended(event: Event, told: EventState, seat: Seat, by: Literal["check_in", "import"]) -> MemberAttended:
    return MemberAttended(
        event_id=event.id,
        event=told,
        member_id=seat.key,
        registration_id=seat.registration_id,
        walk_in=seat.walk_in,
        by=by,
        checked_in_at=seat.checked_in_at,
        table=seat.table,
    )
