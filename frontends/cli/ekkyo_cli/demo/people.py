"""Who is there: everybody of the company, those who stand in the attendance reports, the first pins."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ekkyo.client import Ekkyo
from ekkyo.contracts.members import FindMembers, Member
from ekkyo_common.attendance import match, read_attendance

LEADERS = 4


async def everybody(portal: Ekkyo) -> list[Member]:
    """All members, page by page."""
    found: list[Member] = []
    question = FindMembers(limit=500)
    while True:
        page = await portal.ask(question)
        found += page.members
        if page.next is None:
            return found
        question = question.model_copy(update={"after": page.next})


def reported(people: Iterable[Member], reports: Iterable[Path]) -> list[Member]:
    """Those who stand in the attendance reports: they are of the community."""
    by_id = {p.member_id: p for p in people}
    came = {a.member_id for report in reports for a in match(read_attendance(report), by_id.values()).attendees}
    return [by_id[member_id] for member_id in sorted(came)]


def first_pins(candidates: Sequence[Member]) -> list[Member]:
    """A few leaders, each as unlike those before as can be: in department, site and job family."""
    chosen: list[Member] = []
    while len(chosen) < LEADERS:
        chosen.append(max((c for c in candidates if c not in chosen), key=lambda c: sum(_unlike(c, x) for x in chosen)))
    return chosen


def _unlike(a: Member, b: Member) -> int:
    return (a.department != b.department) + (a.site != b.site) + (a.job_family != b.job_family)
