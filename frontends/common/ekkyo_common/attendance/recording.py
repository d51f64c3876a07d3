"""Asking the services who the members are, and telling them who came."""

from collections.abc import Callable, Sequence

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AttendanceImported, Attendee, GetRoster, ImportAttendance
from ekkyo.contracts.members import FindMembers, Member

from ekkyo_common.attendance.correction import Correction, correction

CHUNK = 2000


async def everybody(ekkyo: Ekkyo, tell: Callable[[int], None] = lambda _: None) -> list[Member]:
    """All members, page by page; `tell` hears how many there are so far."""
    found: list[Member] = []
    question = FindMembers(limit=500)
    while True:
        page = await ekkyo.ask(question)
        found += page.members
        tell(len(found))
        if page.next is None:
            return found
        question = question.model_copy(update={"after": page.next})


async def record(ekkyo: Ekkyo, event_id: str, attendees: list[Attendee]) -> AttendanceImported:
    """Record who came. Recording the same again changes nothing."""
    total = AttendanceImported(event_id=event_id, attended=0, already=0, walk_ins=0)
    for at in range(0, len(attendees), CHUNK):
        some = attendees[at : at + CHUNK]
        done = await ekkyo.send(ImportAttendance(event_id=event_id, attendees=some), within=120)
        total = AttendanceImported(
            event_id=event_id,
            attended=total.attended + done.attended,
            already=total.already + done.already,
            walk_ins=total.walk_ins + done.walk_ins,
            passed_over=[*total.passed_over, *done.passed_over],
        )
    return total


async def corrected_by(ekkyo: Ekkyo, event_id: str, attendees: list[Attendee]) -> Correction:
    """What these attendees would change if they replaced the earlier reports."""
    registrations = []
    question = GetRoster(event_id=event_id, status=["attended"], limit=5000)
    while True:
        page = await ekkyo.ask(question)
        registrations += page.registrations
        if page.next is None:
            return correction(registrations, attendees)
        question = question.model_copy(update={"after": page.next})


async def replace(ekkyo: Ekkyo, event_id: str, attendees: list[Attendee], previewed: Correction) -> AttendanceImported:
    """Replace the earlier reports, in one go. Replacing them by the same again changes nothing. Raises Refused."""
    return await ekkyo.send(replacement(event_id, attendees, previewed.loses), within=120)


def replacement(event_id: str, attendees: list[Attendee], loses: Sequence[str]) -> ImportAttendance:
    """The command that replaces the earlier reports. Raises Refused for more attendees than it can hold."""
    if len(attendees) > CHUNK:
        text = f"A report that replaces earlier ones can name at most {CHUNK} people; this one names {len(attendees)}."
        raise Refused("too_many_attendees", text, 400)
    return ImportAttendance(event_id=event_id, attendees=attendees, replaces=True, loses=list(loses))
