"""Events as calendar entries: iCalendar (RFC 5545) as scheduling messages (RFC 5546). Needs icalendar."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDatetime, vText, vUri

from ekkyo.contracts.events import EventState
from ekkyo.words.text import http_url, one_line, several_lines
from ekkyo.words.vtimezone import vtimezone

PLANNED: Final = "X-EKKYO-RECURRENCE-ID"
"""When an event of a series was first planned to start, in UTC: its place in the series, also after it was moved.

It is no RECURRENCE-ID, because programs look for the entry whose rule that is about, and do not show what has none.
"""
_UTC = ("UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "UCT", "Universal", "Zulu")


def invitation(
    event: EventState,
    *,
    method: Literal["REQUEST", "CANCEL"],
    sequence: int,
    stamp: datetime,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    join: str | None,
    page: str | None = None,
    how: str | None = None,
    answered: bool = False,
) -> bytes:
    """One member's entry for an event, in a mail. organizer, attendee: name and address. stamp: when the fact happened.

    page: the event's page; how: what can be done there, in words. answered: an answer to the organizer is read, so that
    one is asked for.

    sequence: rises with every message about the event to the same attendee, so that calendars take them in this order,
    those of one second too (RFC 5546, 2.1.5). A CANCEL to one attendee while the event goes on has no STATUS
    (RFC 5546, 3.2.5).
    """
    entry = _entry(event, sequence=sequence, stamp=stamp, join=join, page=page)
    if method == "REQUEST":
        entry.add("status", "CONFIRMED")
    elif event.status == "cancelled":
        entry.add("status", "CANCELLED")
    entry.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    entry.add("organizer", _person(*organizer), encode=False)
    person = _person(*attendee)
    person.params |= {
        "ROLE": vText("REQ-PARTICIPANT"),
        "PARTSTAT": vText("DECLINED" if method == "CANCEL" else "ACCEPTED"),  # who has a seat asked for it
        "RSVP": vText("TRUE" if answered and method == "REQUEST" else "FALSE"),
    }
    entry.add("attendee", person, encode=False)
    if method == "REQUEST":
        _describe(entry, event, join, how)
    return _calendar([entry], [event], method)


def saved(
    event: EventState,
    *,
    stamp: datetime,
    join: str | None,
    page: str | None = None,
    how: str | None = None,
) -> bytes:
    """An event as a file that somebody adds to their calendar: plain iCalendar, which invites nobody.

    It has no METHOD, so calendars do not take it for a scheduling message, and it needs no organizer.

    stamp: when the file is made. Its UID is that of the mails and its SEQUENCE is the event's revision, as theirs is:
    a mail about a later change updates the entry, one about an earlier change does not.
    """
    entry = _entry(event, sequence=event.revision, stamp=stamp, join=join, page=page)
    off = event.status == "cancelled"
    entry.add("status", "CANCELLED" if off else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if off else "OPAQUE")
    _describe(entry, event, join, how)
    return _calendar([entry], [event], None)


def several(
    events: Sequence[EventState],
    *,
    stamp: datetime,
    off: bool,
    join: str | None,
    page: str | None = None,
    how: str | None = None,
) -> bytes:
    """Events of a series as one file, as `saved` makes it of one: each keeps its own UID. off: they are cancelled."""
    entries = []
    for event in events:
        entry = _entry(event, sequence=event.revision, stamp=stamp, join=join, page=page)
        is_off = off or event.status == "cancelled"
        entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
        entry.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
        if not is_off:
            _describe(entry, event, join, how)
        entries.append(entry)
    return _calendar(entries, events, None)


def _entry(event: EventState, *, sequence: int, stamp: datetime, join: str | None, page: str | None) -> Event:
    """What every entry for this event says.

    The UID is the event's for ever. An online event is an instant, in UTC, which every calendar shows in its owner's
    zone; who has to be somewhere reads that place's clock.
    """
    entry = Event()
    entry.add("uid", f"{event.event_id}@ekkyo")
    entry.add("sequence", sequence)
    entry.add("dtstamp", stamp)
    zone = zone_of(event)
    place = ZoneInfo(zone) if zone else UTC
    entry.add("dtstart", event.starts_at.astimezone(place))
    entry.add("dtend", event.ends_at.astimezone(place))
    entry.add("summary", one_line(event.title))
    if location := location_of(event, join):
        entry.add("location", location)
    if leads_to := page or join:
        entry.add("url", vUri(leads_to))
    if event.series_id:
        entry.add("refid", refid_of(event.series_id))
    if event.recurrence_id:
        entry.add(PLANNED, vDatetime(event.recurrence_id.astimezone(UTC)), {"VALUE": "DATE-TIME"})
    return entry


def refid_of(series_id: str) -> str:
    """What all entries of a series have in common (REFID, RFC 9253)."""
    return f"{series_id}@ekkyo"


def _describe(entry: Event, event: EventState, join: str | None, how: str | None) -> None:
    if description := described(event, join, how):
        entry.add("description", description)


def described(event: EventState, join: str | None, how: str | None) -> str:
    """What an entry says about the event: where to join, what it is about, and what can be done."""
    return "\n\n".join(part for part in (join, several_lines(event.description), how) if part)


def _calendar(entries: Sequence[Event], events: Sequence[EventState], method: str | None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Ekkyo//notify//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    if local := [event for event in events if zone_of(event)]:  # in one zone, as all of a series are
        first, last = min(event.starts_at for event in local), max(event.ends_at for event in local)
        calendar.add_component(vtimezone(local[0].timezone, first, last))
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def zone_of(event: EventState) -> str | None:
    """The zone whose clock is read. None: UTC, also where that clock shows the beginning or the end twice."""
    if event.format == "online" or event.timezone in _UTC:
        return None
    zone = ZoneInfo(event.timezone)
    for at in (event.starts_at, event.ends_at):
        shown = at.astimezone(zone)
        if shown.utcoffset() != shown.replace(fold=1 - shown.fold).utcoffset():
            return None
    return event.timezone


def location_of(event: EventState, join: str | None) -> str | None:
    """Where it is: its place, else where to join."""
    place = one_line(event.place) if event.place and event.format != "online" else None
    return place or http_url(join)


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # A parameter's value can hold no quotes and no control characters (RFC 5545, 3.2), whatever the name has.
    person.params["CN"] = vText(one_line(name).replace('"', "'"))
    return person
