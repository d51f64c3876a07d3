"""Many events as one calendar that programs read again and again (RFC 5545, RFC 7986).

Written line by line: with icalendar's objects a thousand events take a third of a second. Tests read it back with
icalendar and ical.js, and compare its entries with those of `ekkyo.words.calendar`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Literal
from zoneinfo import ZoneInfo

from ekkyo.contracts.events import EventState
from ekkyo.words.calendar import PLANNED, described, location_of, refid_of, zone_of
from ekkyo.words.text import one_line
from ekkyo.words.vtimezone import vtimezone

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
_LONGEST: Final = 75
"""Octets of a line, without its end (RFC 5545, 3.1)."""
_NOT_SAID: Final = re.compile(r"^(?:DTSTAMP|SEQUENCE):.*\r\n", re.M)


@dataclass(frozen=True)
class Entry:
    """An event in a calendar. busy: whether it takes time. page: its address; how: what can be done there."""

    event: EventState
    status: Status
    busy: bool
    join: str | None
    page: str
    how: str | None = None


@dataclass(frozen=True)
class Feed:
    """A calendar as it is sent. tag: stays the same while nothing changes that a reader would see."""

    data: bytes
    tag: str


def feed(name: str, entries: Sequence[Entry], *, stamp: datetime) -> Feed:
    """The calendar of these events. stamp: when it is made.

    Its tag leaves out DTSTAMP and SEQUENCE: these change whenever the calendar is made, or somebody else registers.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ekkyo//portal//EN",
        *(f"{key}:{_text(one_line(name))}" for key in ("NAME", "X-WR-CALNAME")),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    made_at = _utc(stamp)
    placed = [(entry, zone_of(entry.event)) for entry in entries]
    head = "".join(map(_folded, lines)) + "".join(_zones((entry.event, zone) for entry, zone in placed if zone))
    body = "".join(_folded(line) for entry, zone in placed for line in _lines(entry, zone, made_at))
    text = f"{head}{body}END:VCALENDAR\r\n"
    return Feed(text.encode(), sha256(_NOT_SAID.sub("", text).encode()).hexdigest()[:32])


def _lines(entry: Entry, zone: str | None, stamp: str) -> Iterator[str]:
    event = entry.event
    yield "BEGIN:VEVENT"
    yield f"UID:{event.event_id}@ekkyo"
    yield f"SEQUENCE:{event.revision}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART{_when(zone, event.starts_at)}"
    yield f"DTEND{_when(zone, event.ends_at)}"
    yield f"SUMMARY:{_text(one_line(event.title))}"
    if location := location_of(event, entry.join):
        yield f"LOCATION:{_text(location)}"
    yield f"URL:{entry.page}"
    if event.series_id:
        yield f"REFID:{refid_of(event.series_id)}"
    if event.recurrence_id:
        yield f"{PLANNED};VALUE=DATE-TIME:{_utc(event.recurrence_id)}"
    if text := described(event, entry.join, entry.how):
        yield f"DESCRIPTION:{_text(text)}"
    yield f"STATUS:{entry.status}"
    yield f"TRANSP:{'OPAQUE' if entry.busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A text with what has a meaning of its own escaped (RFC 5545, 3.3.11)."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _when(zone: str | None, at: datetime) -> str:
    """A time after the name of its property: on the clock of a zone, or in UTC."""
    if zone is None:
        return f":{_utc(at)}"
    local = at.astimezone(ZoneInfo(zone))
    return f";TZID={zone}:{local:%Y%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _zones(events: Iterable[tuple[EventState, str]]) -> Iterator[str]:
    """The rules of each zone whose clock is read, for as long as its events last."""
    reach: dict[str, tuple[datetime, datetime]] = {}
    for event, zone in events:
        first, last = reach.get(zone, (event.starts_at, event.ends_at))
        reach[zone] = min(first, event.starts_at), max(last, event.ends_at)
    for zone, (first, last) in sorted(reach.items()):
        yield vtimezone(zone, first, last).to_ical().decode()


def _folded(line: str) -> str:
    """A line with its end, in parts of at most 75 octets, none of which ends within a character."""
    if len(line) <= _LONGEST and line.isascii():
        return f"{line}\r\n"
    data = line.encode()
    parts, at, room = [], 0, _LONGEST
    while len(data) - at > room:
        end = at + room
        while data[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(data[at:end])
        at, room = end, _LONGEST - 1
    parts.append(data[at:])
    return b"\r\n ".join(parts).decode() + "\r\n"
