"""What will become of every row of a report, before anything is written."""

from dataclasses import dataclass
from typing import Literal

from ekkyo_common.attendance.match import Matched
from ekkyo_common.attendance.report import Report

Outcome = Literal["attended", "too_short", "unknown", "ambiguous", "skipped", "note"]


@dataclass(frozen=True)
class Became:
    """One row, or several of one person: what becomes of it, why, and which members may be meant."""

    line: int
    value: str
    outcome: Outcome
    reason: str = ""
    code: str = ""
    """More exactly, of what was skipped: absent, cancelled, waiting_room, damaged, … Stable."""
    member_id: str | None = None
    minutes: int | None = None
    """None: not told by the file."""
    suggestions: tuple[str, ...] = ()
    """Personnel numbers of members who may be meant."""


def preview(report: Report, matched: Matched) -> list[Became]:
    """Every row of the report in its order, with what becomes of it."""
    rows: list[Became] = []
    for came in matched.came:
        for line in came.lines:
            rows.append(Became(line, came.value, "attended", f"is {came.number}", "", came.member_id, came.minutes))
    rows += [Became(s.line, s.value, "too_short", s.reason, "too_short", s.member_id) for s in matched.too_short]
    rows += [
        Became(u.line, u.value, "unknown", u.reason, "unknown", suggestions=u.suggestions) for u in matched.unmatched
    ]
    rows += [Became(a.line, a.value, "ambiguous", a.reason, "ambiguous") for a in matched.ambiguous]
    rows += [Became(s.line, s.value, "skipped", s.reason, s.code) for s in report.skipped]
    rows += [Became(n.line, n.value, "note", n.reason) for n in report.notes]
    return sorted(rows, key=lambda row: row.line)
