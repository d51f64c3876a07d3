"""Calendar invitations: iCalendar (RFC 5545) as scheduling messages (RFC 5546)."""

from datetime import datetime
from typing import Literal

from ekkyo.contracts.events import EventState
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from ekkyo_notify.templates import http_url, one_line, several_lines


def invitation(
    event: EventState,
    *,
    method: Literal["REQUEST", "CANCEL"],
    stamp: datetime,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    join: str | None,
) -> bytes:
    """One member's entry for an event. organizer, attendee: name and address. stamp: when the fact happened.

    The UID is the event's for ever and SEQUENCE counts its changes, so calendars move or remove the entry they have;
    with the same SEQUENCE the later DTSTAMP counts (RFC 5546, 2.1.5). Times are in UTC: an instant needs no rules
    about daylight saving, and every calendar shows it in its owner's zone.
    """
    entry = Event()
    entry.add("uid", f"{event.event_id}@ekkyo")
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", stamp)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", one_line(event.title))
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
    entry.add("organizer", _person(*organizer), encode=False)
    person = _person(*attendee)
    person.params |= {
        "ROLE": vText("REQ-PARTICIPANT"),
        "PARTSTAT": vText("DECLINED" if method == "CANCEL" else "ACCEPTED"),  # who has a seat asked for it
        "RSVP": vText("FALSE"),
    }
    entry.add("attendee", person, encode=False)
    if location := _location(event, join):
        entry.add("location", location)
    if join:
        entry.add("url", vUri(join))
    description = "\n\n".join(part for part in (join, several_lines(event.description)) if part)
    if description and method == "REQUEST":
        entry.add("description", description)

    calendar = Calendar()
    calendar.add("prodid", "-//Ekkyo//notify//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _location(event: EventState, join: str | None) -> str | None:
    place = one_line(event.place) if event.place and event.format != "online" else None
    return place or http_url(join)


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # A parameter's value can hold no quotes and no control characters (RFC 5545, 3.2), whatever the name has.
    person.params["CN"] = vText(one_line(name).replace('"', "'"))
    return person
