"""A calendar file: what becomes of each of its appointments, as far as the file says it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ekkyo_common.calendar.items import Item, read_item, title_of
from ekkyo_common.calendar.lines import Block, read
from ekkyo_common.calendar.recurring import Recurring, read_recurring
from ekkyo_common.calendar.told import Said, Wrong
from ekkyo_common.calendar.zones import Zones

_ANSWERS = ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH")
"""Methods (RFC 5546) of what an attendee says about an appointment, which is elsewhere."""


@dataclass(frozen=True)
class Left:
    """An appointment that is not taken: wrong, or left out for a good reason. line: of its BEGIN, from 1."""

    line: int
    title: str
    said: Said
    wrong: bool


Row = Item | Recurring | Left


@dataclass
class CalendarFile:
    """The appointments of a file, and what was decided for all of it."""

    rows: list[Row] = field(default_factory=list)
    evidence: list[Said] = field(default_factory=list)


def read_calendar(data: bytes, *, zone: str, now: datetime) -> CalendarFile:
    """The appointments of an iCalendar file (RFC 5545), as groupware writes them.

    zone: an IANA name, for times that name none. now: what begins before is left out. One broken appointment does not
    concern the others. Raises UnreadableCalendar.
    """
    calendar = read(data)
    zones = Zones(calendar.zones, zone, calendar.zone)
    found = CalendarFile(evidence=calendar.evidence)
    items: list[tuple[Block, Item]] = []
    for block in calendar.blocks:
        try:
            if block.text("CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"):
                found.rows.append(Left(block.line, "", Said("private"), wrong=False))  # not even by its title
                continue
            if block.method in _ANSWERS:
                found.rows.append(Left(block.line, title_of(block), Said("answer"), wrong=False))
                continue
            item = read_item(block, zones)
        except Wrong as no:
            found.rows.append(Left(block.line, title_of(block), no.said, wrong=True))
        else:
            items.append((block, replace(item, cancelled=item.cancelled or block.method == "CANCEL")))
    items = _newest(items, found)
    _take(items, zones, now, found)
    found.rows.sort(key=line_of)
    return found


def line_of(row: Row) -> int:
    """The line of the file that a row begins in."""
    return row.item.line if isinstance(row, Recurring) else row.line


def _newest(items: Sequence[tuple[Block, Item]], found: CalendarFile) -> list[tuple[Block, Item]]:
    """One of each: of several with the same UID and date, the one that was changed last."""
    best: dict[tuple[str, datetime | None], tuple[Block, Item]] = {}

    def age(one: tuple[Block, Item]) -> tuple[int, str, str]:
        return one[1].sequence, one[0].text("LAST-MODIFIED"), one[0].text("DTSTAMP")

    for one in items:
        item = one[1]
        key = (item.uid, item.recurrence.at if item.recurrence else None)
        other = best.get(key)
        older = one
        if other is None or age(one) >= age(other):
            best[key] = one
            older = other or one
        if other is not None:
            found.rows.append(Left(older[1].line, older[1].title, Said("repeated"), wrong=False))
    return list(best.values())


def _take(items: Sequence[tuple[Block, Item]], zones: Zones, now: datetime, found: CalendarFile) -> None:
    changed: dict[str, list[Item]] = defaultdict(list)
    for _, item in items:
        if item.recurrence:
            changed[item.uid].append(item)
    for block, item in items:
        if item.recurrence or not (block.first("RRULE") or block.first("RDATE")):
            continue
        own = changed.get(item.uid, [])
        try:
            if item.cancelled:
                found.rows.append(Left(item.line, item.title, Said("cancelled"), wrong=False))
                changed.pop(item.uid, None)
            elif series := read_recurring(block, item, own, zones, now):
                found.rows.append(series)
                changed.pop(item.uid, None)
                said = Said("with_series", (item.title,))
                for one in own:
                    ended = one.cancelled or one not in series.own
                    why = (Said("cancelled") if one.cancelled else Said("past")) if ended else said
                    found.rows.append(Left(one.line, one.title, why, wrong=False))
            else:
                found.rows.append(Left(item.line, item.title, Said("past"), wrong=False))
        except Wrong as no:
            found.rows.append(Left(item.line, item.title, no.said, wrong=True))
    alone = [
        item for block, item in items if not item.recurrence and not (block.first("RRULE") or block.first("RDATE"))
    ]
    for item in (*alone, *(one for several in changed.values() for one in several)):
        if item.cancelled:
            found.rows.append(Left(item.line, item.title, Said("cancelled"), wrong=False))
        elif item.starts_at <= now:
            found.rows.append(Left(item.line, item.title, Said("past"), wrong=False))
        else:
            found.rows.append(item)
