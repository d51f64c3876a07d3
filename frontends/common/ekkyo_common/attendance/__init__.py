"""Attendance reports of meeting tools, read and matched to members. Pure: files in, values out."""

from ekkyo_common.attendance.match import Ambiguous, Matched, MemberLike, TooShort, Unmatched, match
from ekkyo_common.attendance.read import read_attendance, read_text
from ekkyo_common.attendance.report import Participant, Report, Skipped, UnreadableReport

__all__ = [
    "Ambiguous",
    "Matched",
    "MemberLike",
    "Participant",
    "Report",
    "Skipped",
    "TooShort",
    "Unmatched",
    "UnreadableReport",
    "match",
    "read_attendance",
    "read_text",
]
