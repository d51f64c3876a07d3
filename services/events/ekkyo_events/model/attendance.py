"""Who came: checked in at the door, or read from a meeting tool's report."""

from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    AttendanceImported,
    CheckIn,
    EventState,
    ImportAttendance,
    MemberAttended,
    Registration,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.documents import (
    CHECK_IN_BEFORE,
    Event,
    Seat,
    leads,
    must_be_published,
    not_found,
    registration,
    state,
    told_each,
)
from ekkyo_events.model.door import Door, enter
from ekkyo_events.model.people import People

CAME_BY_RIGHT = ("confirmed", "no_show", "attended")


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
    if event.status == "draft" and not leads(who, event):
        raise not_found()
    who.must_lead(event.community_id, or_is=cmd.member_id)
    seat = seats.get(cmd.member_id)
    if seat and seat.status == "attended":
        return Decision(event, registration(event, seat))
    must_be_published(event, "be checked in to")
    if now < event.starts_at - CHECK_IN_BEFORE:
        raise Refused("check_in_not_open", "Check-in opens an hour before the event.")
    if no := people.refusal(event, cmd.member_id):
        raise no
    if not (seat and seat.status == "confirmed") and not leads(who, event):
        raise Refused("no_seat", "Only a leader may check in a member who has no seat.")
    if seat and not leads(who, event):
        seat, wrong = enter(event, seat, cmd, door, now=now)
        if wrong:
            return Decision(event, wrong, entries=[seat])
    after, came = _came(event, cmd.member_id, seat)
    came = came.model_copy(update={"checked_in_at": now})
    fact = _attended(event, state(after, after=event), came, "check_in")
    return Decision(after, registration(after, came), entries=[came], facts=[fact])


def unless_refused(answer: Registration | Refused) -> Registration:
    """The registration. Raises the refusal of a try that was remembered."""
    if isinstance(answer, Refused):
        raise answer
    return answer


def import_attendance(
    event: Event, seats: Entries[Seat], cmd: ImportAttendance, *, people: People, who: Caller, now: datetime
) -> Decision[Event, AttendanceImported]:
    """Record all who came; who is recorded already keeps the longer stay.

    Who had a seat when it began came by right, even if they left the company since. Who had none is passed over if they
    may have none.
    """
    who.must_lead(event.community_id)
    if event.status != "concluded":
        must_be_published(event, "take an attendance report")
    if now < event.starts_at:
        raise Refused("event_not_started", "An event that has not started has no attendance yet.")
    stays: dict[str, int] = {}
    for attendee in cmd.attendees:
        stays[attendee.member_id] = max(attendee.minutes, stays.get(attendee.member_id, 0))
    strangers = [member for member in stays if (seat := seats.get(member)) is None or seat.status not in CAME_BY_RIGHT]
    passed_over = people.barred(event, strangers)
    after, newly, longer = event, list[Seat](), list[Seat]()
    for member_id, minutes in stays.items():
        if member_id in passed_over:
            continue
        seat = seats.get(member_id)
        if seat and seat.status == "attended":
            if minutes > seat.minutes:
                longer.append(seat.model_copy(update={"minutes": minutes}))
            continue
        after, came = _came(after, member_id, seat)
        newly.append(came.model_copy(update={"minutes": minutes}))
    told = told_each(state(after, after=event), len(newly))
    return Decision(
        after,
        AttendanceImported(
            event_id=event.id,
            attended=len(newly),
            already=len(stays) - len(newly) - len(passed_over),
            walk_ins=sum(seat.walk_in for seat in newly),
            passed_over=sorted(passed_over),
        ),
        entries=[*newly, *longer],
        facts=[_attended(event, each, seat, "import") for seat, each in zip(newly, told, strict=False)],
    )


def _came(event: Event, member_id: str, seat: Seat | None) -> tuple[Event, Seat]:
    """The event and the seat after this member came: on their seat, or as a walk-in who takes none."""
    had_seat = seat is not None and seat.status in ("confirmed", "no_show")
    counts = {"attended": event.attended + 1, "walk_ins": event.walk_ins + (not had_seat)}
    if seat and seat.status == "confirmed":
        counts["confirmed"] = event.confirmed - 1
    if seat and seat.status == "waitlisted":
        counts["waitlisted"] = event.waitlisted - 1
    seat = seat or Seat(document_id=event.id, key=member_id, status="withdrawn")
    before = {"came_from": seat.status, "ticket": seat.position}
    came = seat.model_copy(update={**before, "status": "attended", "position": None, "walk_in": not had_seat})
    return event.model_copy(update=counts), came


def _attended(event: Event, told: EventState, seat: Seat, by: Literal["check_in", "import"]) -> MemberAttended:
    return MemberAttended(
        event_id=event.id,
        event=told,
        member_id=seat.key,
        registration_id=seat.registration_id,
        walk_in=seat.walk_in,
        by=by,
    )
