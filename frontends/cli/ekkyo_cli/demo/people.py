"""Who is there: everybody of the company, and those who stand in the attendance reports."""

from collections.abc import Iterable
from pathlib import Path

from ekkyo.contracts.members import Member
from ekkyo_common.attendance import match, read_attendance


def reported(people: Iterable[Member], reports: Iterable[Path]) -> list[Member]:
    """Those who stand in the attendance reports: they are of the community."""
    by_id = {p.member_id: p for p in people}
    matched = (match(read_attendance(report.read_bytes(), report.name), by_id.values()) for report in reports)
    came = {a.member_id for found in matched for a in found.attendees}
    return [by_id[member_id] for member_id in sorted(came)]
