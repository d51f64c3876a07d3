"""What is told of a calendar file and of its items: codes that are stable, with an English text for each."""

from dataclasses import dataclass
from typing import Final

TEXTS: Final = {
    # why a file cannot be read
    "empty": "the file is empty; export the calendar again",
    "too_large": "the file has more than {0} MB; export a shorter time",
    "no_calendar": "this is not an iCalendar file (expected: BEGIN:VCALENDAR); export the calendar as .ics",
    "no_items": "the calendar has no appointments; export one that has",
    "too_many_items": "the file has more than {0} appointments; export a shorter time",
    # what was decided for the whole file
    "encoding": "read as {0}",
    "writer": "written by {0}",
    "method": "its METHOD is {0}",
    "attendees_ignored": "attendees and organizers ({0}) are not taken: nobody is registered or invited",
    "alarms_ignored": "alarms ({0}) are not taken: reminders are sent by Ekkyo",
    "attachments_ignored": "attachments ({0}) are not taken",
    "others_ignored": "what is not an appointment ({0}) is not taken",
    "lines_joined": "lines that were broken off ({0}) were joined to the line before",
    # problems of an item
    "cut_off": "the file ends inside this appointment; export the calendar again",
    "missing": "is empty (expected: {0}); write it in the calendar, and export again",
    "malformed": "is not understood (expected: {0}); mend it in the calendar, and export again",
    "garbled": "is garbled: it was read in a wrong encoding before; export the calendar again, as UTF-8",
    "unknown_zone": "this time zone is not known (expected: such as Asia/Tokyo or Tokyo Standard Time); "
    "give the appointment another zone, and export again",
    "ends_early": "ends before it starts; mend it in the calendar, and export again",
    "too_long": "lasts more than a week (expected: at most 7 days for a series); draft it by hand",
    "rule": "{0}; plan this series by hand",
    "rule_once": "an appointment has more than one rule (expected: one RRULE); plan this series by hand",
    "rule_parts": "{0} in a rule is not supported here; plan this series by hand",
    "rule_too_old": "this series began more than 20 years ago; plan it by hand",
    "rule_zone": "a series needs an IANA time zone (expected: such as Asia/Tokyo); plan this series by hand",
    "all_day_series": "a series needs a time of day; plan this series by hand",
    "extra_time": "an extra date has another time of day; draft it by hand",
    "series_too_long": "more than 200 dates, or more than two years; shorten it, or plan it by hand",
    "refused": "{0}",
    # what is left out
    "past": "is over or has begun",
    "cancelled": "is cancelled",
    "answer": "is an answer to an invitation, not an appointment; export the calendar itself",
    "private": "is marked as private or confidential",
    "repeated": "is in the file more than once; another version is taken",
    "with_series": "is an exception of the series “{0}”, and is taken only with it",
    "there": "was imported before, and stays as it is in Ekkyo",
    "there_moved": "was imported before; the time in this file is another one: move the event in Ekkyo if it is right",
    # what is to be said of an item that is taken
    "shortened": "{0} is shortened to {1} characters",
    "floating": "has no time zone: read in {0}",
    "zone_by_offset": "its time zone “{0}” is read as {1}",
    "all_day": "lasts all day: set the times before it is published",
    "assumed_hour": "has no end: one hour is assumed",
    "no_uid": "has no UID: the same appointment with another title or time would be another draft",
    "no_place": "has no place and no address to join: add one before it is published",
    "url_follows": "has no place and no address to join: it is announced as one whose address follows",
    "link_found": "the address to join stands in {0}",
    "from_html": "the description is taken from HTML",
    "began": "began in the past: the series starts with its next date",
    "own_dates": "dates that were changed alone ({0}) become drafts of their own",
    "announced": "a series is announced at once: choose it to plan it",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One thing that is told, by a code that is stable and what it names. field, value: what stands in the file."""

    code: str
    names: tuple[str, ...] = ()
    field: str = ""
    value: str = ""

    @property
    def text(self) -> str:
        """In English."""
        return TEXTS[self.code].format(*self.names)


class UnreadableCalendar(ValueError):
    """The file as a whole is no calendar that can be read. said: why, and what to do."""

    def __init__(self, code: str, *names: str) -> None:
        self.said = Said(code, names)
        super().__init__(self.said.text)


class Wrong(Exception):
    """An item cannot be taken."""

    def __init__(self, code: str, *names: str, field: str = "", value: str = "") -> None:
        self.said = Said(code, names, field, value[:120])
        super().__init__(self.said.text)
