"""Who is there: everybody of the company, those who stand in the attendance reports, the first pins."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ekkyo.contracts.members import Member
from ekkyo_common.attendance import match, read_attendance

LEADERS = 4


def reported(people: Iterable[Member], reports: Iterable[Path]) -> list[Member]:
    """Those who stand in the attendance reports: they are of the community."""
    by_id = {p.member_id: p for p in people}
    matched = (match(read_attendance(report.read_bytes(), report.name), by_id.values()) for report in reports)
    came = {a.member_id for found in matched for a in found.attendees}
    return [by_id[member_id] for member_id in sorted(came)]


def first_pins(candidates: Sequence[Member]) -> list[Member]:
    """A few leaders, each as unlike those before as can be: in department, site and job family."""
    chosen: list[Member] = []
    while len(chosen) < LEADERS:
        chosen.append(max((c for c in candidates if c not in chosen), key=lambda c: sum(_unlike(c, x) for x in chosen)))
    return chosen


def _unlike(a: Member, b: Member) -> int:
    return (a.department != b.department) + (a.site != b.site) + (a.job_family != b.job_family)
