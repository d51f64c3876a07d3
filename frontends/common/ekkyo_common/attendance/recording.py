"""Asking the services who the members are, and telling them who came."""

from collections.abc import Callable

from ekkyo.client import Ekkyo
from ekkyo.contracts.events import AttendanceImported, Attendee, GetEvent, ImportAttendance
from ekkyo.contracts.members import FindMembers, Member

from ekkyo_common.attendance.match import Matched, match
from ekkyo_common.attendance.report import Report

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


async def matched_at(
    ekkyo: Ekkyo, event_id: str, report: Report, *, min_minutes: int = 0, tell: Callable[[int], None] = lambda _: None
) -> Matched:
    """Whom a report means, of all members. Raises Refused where there is no such event."""
    await ekkyo.ask(GetEvent(event_id=event_id))
    return match(report, await everybody(ekkyo, tell), min_minutes=min_minutes)


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
