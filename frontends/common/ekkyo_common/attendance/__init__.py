"""Attendance reports of meeting tools, read and matched to members. Pure: bytes in, values out."""

from ekkyo_common.attendance.match import Ambiguous, Came, Matched, TooShort, Unmatched, match
from ekkyo_common.attendance.preview import Became, preview
from ekkyo_common.attendance.read import read_attendance
from ekkyo_common.attendance.report import Note, Participant, Report, Skipped, UnreadableReport
from ekkyo_common.attendance.suggest import MemberLike

__all__ = [
    "Ambiguous",
    "Became",
    "Came",
    "Matched",
    "MemberLike",
    "Note",
    "Participant",
    "Report",
    "Skipped",
    "TooShort",
    "Unmatched",
    "UnreadableReport",
    "match",
    "preview",
    "read_attendance",
]
