"""What a calendar says, made from answers. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from ekkyo.contracts.events import CalendarEntry
from ekkyo.words.feed import Entry, Feed, Status, feed
from ekkyo.words.text import http_url

from ekkyo_portal.events.attending import as_attended
from ekkyo_portal.look.reader import Reader

PAST: Final = timedelta(days=90)
"""How long events stay in a calendar after their start."""
MOST: Final = 1000
"""Events in one calendar."""
HAS_SEAT: Final = ("confirmed", "attended")
NO_SEAT_YET: Final = ("waitlisted", "applied")


def since(now: datetime) -> datetime:
    """From when on events are shown: the beginning of a day, so that a calendar stays the same for that long."""
    return (now.astimezone(UTC) - PAST).replace(hour=0, minute=0, second=0, microsecond=0)


def made(reader: Reader, name: str, entries: Iterable[CalendarEntry], portal_url: str) -> Feed:
    """A calendar with those events that belong into it."""
    shown = [_entry(reader, one, portal_url) for one in entries if not _gone(one, reader.now)]
    return feed(name, shown[:MOST], stamp=reader.now)


def _off(one: CalendarEntry) -> bool:
    return one.event.status == "cancelled" or one.status in ("withdrawn", "declined")


def _gone(one: CalendarEntry, now: datetime) -> bool:
    """What is off is said until the event would be over, so that programs take it out, and not after that."""
    return (_off(one) or one.status in NO_SEAT_YET) and one.event.ends_at <= now


def _entry(reader: Reader, one: CalendarEntry, portal_url: str) -> Entry:
    event, page = as_attended(one.event, one.attend), f"{portal_url}/e/{one.event.event_id}"
    status: Status = "CONFIRMED"
    if _off(one):
        status = "CANCELLED"
    elif one.status in NO_SEAT_YET:
        status = "TENTATIVE"
    coming = event.status == "published" and event.ends_at > reader.now
    held = one.status in ("confirmed", *NO_SEAT_YET)
    return Entry(
        event,
        status,
        busy=status != "CANCELLED" and one.status is not None,
        join=http_url(event.url) if coming and one.status in HAS_SEAT else None,
        page=page,
        how=reader.words.events.withdraw_at.format(page=page) if coming and held else None,
    )
