"""Attendance reports of meeting tools, read and matched to members.

Bytes in, values out; `recording` alone asks the services.
"""

from ekkyo_common.attendance.correction import Correction, correction
from ekkyo_common.attendance.match import Ambiguous, Came, Matched, TooShort, Unmatched, match
from ekkyo_common.attendance.preview import Became, preview
from ekkyo_common.attendance.read import read_attendance
from ekkyo_common.attendance.recording import corrected_by, everybody, record, replace, replacement
from ekkyo_common.attendance.report import Note, Participant, Report, Skipped, UnreadableReport
from ekkyo_common.attendance.suggest import MemberLike

__all__ = [
    "Ambiguous",
    "Became",
    "Came",
    "Correction",
    "Matched",
    "MemberLike",
    "Note",
    "Participant",
    "Report",
    "Skipped",
    "TooShort",
    "Unmatched",
    "UnreadableReport",
    "corrected_by",
    "correction",
    "everybody",
    "match",
    "preview",
    "read_attendance",
    "record",
    "replace",
    "replacement",
]
