"""A calendar's lines and blocks: what one broken appointment holds does not concern the others."""

import quopri
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from icalendar.parser import Contentline

from ekkyo_common.calendar.told import Said, UnreadableCalendar
from ekkyo_common.tables import encoding

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file."""
MOST: Final = 500
"""Appointments of a file."""
_LONGEST: Final = 100_000
"""Characters of a line that are looked at; an HTML description may have some thousands."""
_NAMED: Final = re.compile(r"([A-Za-z0-9-]+)[;:]")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_SOFT_BREAK: Final = re.compile(rb"=\r?\n")
_WITH_COLON: Final = re.compile(r"([A-Za-z0-9-]+)((?:;.*)?):([0-9TZ,/+PTDHMSW-]+)$")
"""A date whose zone has a colon and no quotes around it: `TZID=(UTC+09:00) Osaka`."""


@dataclass(frozen=True)
class Property:
    """One property: its value without escapes, and its parameters."""

    name: str
    value: str
    parameters: dict[str, str]


@dataclass
class Block:
    """An appointment as its lines say it. line: of its BEGIN, from 1."""

    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    whole: bool = False
    method: str = ""
    """What the calendar around it is sent for (RFC 5546): PUBLISH, REQUEST, CANCEL, REPLY, …"""
    parts: list["Block"] = field(default_factory=list)
    """Of a zone, its clocks: STANDARD and DAYLIGHT."""

    def first(self, name: str) -> Property | None:
        """The first property of this name."""
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        """The value of the first property of this name; empty where there is none."""
        found = self.first(name)
        return found.value.strip() if found else ""


@dataclass
class Calendar:
    """The appointments of a file, what its zones say, and how it was read."""

    blocks: list[Block] = field(default_factory=list)
    zones: dict[str, Block] = field(default_factory=dict)
    zone: str = ""
    """The zone that the file names for all of it (X-WR-TIMEZONE)."""
    evidence: list[Said] = field(default_factory=list)


def read(data: bytes) -> Calendar:
    """The appointments of a file. Raises UnreadableCalendar."""
    if not data.strip():
        raise UnreadableCalendar("empty")
    if len(data) > LARGEST:
        raise UnreadableCalendar("too_large", str(LARGEST // 1024 // 1024))
    if _SOFT_BREAK.search(data) and b"=3D" in data:  # the body of a mail, saved as it was sent
        data = quopri.decodestring(data)
    lines, joined, called = _lines(data)
    found, ignored = Calendar(), Counter[str]()
    found.evidence.append(Said("encoding", (called,)))
    if not _parts(lines, found, ignored):
        raise UnreadableCalendar("no_calendar")
    if not found.blocks:
        raise UnreadableCalendar("no_items")
    for code in ("attendees_ignored", "alarms_ignored", "attachments_ignored", "others_ignored"):
        if ignored[code]:
            found.evidence.append(Said(code, (str(ignored[code]),)))
    if joined:
        found.evidence.append(Said("lines_joined", (str(joined),)))
    return found


def _lines(data: bytes) -> tuple[list[tuple[int, str]], int, str]:
    """The lines unfolded, with their numbers; how many were broken off; the encoding. RFC 5545, 3.1.

    Lines are unfolded before they are decoded, as they may be folded inside a character.
    """
    if data.startswith(_WIDE):
        data = data.decode("utf-16", "replace").encode()
        wide = "UTF-16"
    else:
        wide = ""
    physical = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    numbered: list[tuple[int, list[bytes]]] = []
    for number, line in enumerate(physical, 1):
        before = numbered[-1][1] if numbered else [b""]
        folded = line[:1] in (b" ", b"\t")
        if before[-1].endswith(b"=") and b"QUOTED-PRINTABLE" in before[0].upper():  # vCalendar 1.0
            before[-1] = before[-1][:-1]
            before.append(line[1:] if folded else line)
        elif folded and numbered:
            before.append(line[1:])
        else:
            numbered.append((number, [line]))
    whole = b"\n".join(b"".join(parts) for _, parts in numbered)
    text, evidence, _ = encoding.decode(whole, lambda _: False)
    unfolded: list[tuple[int, list[str]]] = []
    joined = 0
    for (number, _), said in zip(numbered, text.split("\n"), strict=False):
        if _NAMED.match(said) or not unfolded:
            unfolded.append((number, [said]))
        elif said.strip():
            joined += 1
            unfolded[-1][1].extend(("\\n", said))
    return [(number, "".join(parts)[:_LONGEST]) for number, parts in unfolded], joined, wide or evidence.decided


def _parts(lines: list[tuple[int, str]], found: Calendar, ignored: Counter[str]) -> bool:
    """Part the lines into blocks. Returns whether they are a calendar."""
    within: list[str] = []
    block = Block(0)
    method = ""
    calendar = False
    for number, line in lines:
        name, _, rest = line.partition(":")
        name, kind = name.strip().upper(), rest.strip().upper()
        if name == "BEGIN":
            within.append(kind)
            calendar = calendar or kind == "VCALENDAR"
            method = "" if kind == "VCALENDAR" else method
            if kind == "VEVENT" and calendar:
                within = ["VCALENDAR", "VEVENT"]  # the one before may have had no end
                block = Block(number, method=method)
                found.blocks.append(block)
                if len(found.blocks) > MOST:
                    raise UnreadableCalendar("too_many_items", str(MOST))
            elif kind == "VTIMEZONE":
                block = Block(number)
            elif within[-2:-1] == ["VTIMEZONE"]:
                block.parts.append(Block(number))
            elif kind == "VALARM":
                ignored["alarms_ignored"] += 1
            elif kind in ("VTODO", "VJOURNAL", "VFREEBUSY"):
                ignored["others_ignored"] += 1
        elif name == "END":
            if kind == "VEVENT":
                block.whole = True
            elif kind == "VTIMEZONE" and block.text("TZID"):
                found.zones[block.text("TZID")] = block
            if kind in within:
                del within[len(within) - 1 - within[::-1].index(kind) :]
        elif within and (within[-1] in ("VEVENT", "VTIMEZONE") or within[-2:-1] == ["VTIMEZONE"]):
            _note(block, line, ignored)
            if within[-2:-1] == ["VTIMEZONE"] and block.parts:
                _note(block.parts[-1], line, ignored)
        elif within == ["VCALENDAR"] and name == "X-WR-TIMEZONE":
            found.zone = found.zone or rest.strip()
        elif within == ["VCALENDAR"] and name in ("PRODID", "METHOD") and rest.strip():
            method = kind if name == "METHOD" else method
            found.evidence.append(Said("writer" if name == "PRODID" else "method", (rest.strip()[:100],)))
    return calendar


def _note(block: Block, line: str, ignored: Counter[str]) -> None:
    for one in _property(line):
        if one.name in ("ATTENDEE", "ORGANIZER"):
            ignored["attendees_ignored"] += 1
        elif one.name == "ATTACH":
            ignored["attachments_ignored"] += 1
        else:
            block.properties.setdefault(one.name, []).append(one)


def _property(line: str) -> Iterator[Property]:
    if line[:2].upper() in ("DT", "EX", "RD", "RE") and (dated := _WITH_COLON.fullmatch(line.strip())):
        given = {}
        for part in re.split(r";(?=[A-Za-z-]+=)", dated[2]):
            key, _, value = part.partition("=")
            given[key.upper()] = value.strip('"')
        yield Property(dated[1].upper(), dated[3], given)
        return
    try:
        name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, AttributeError):
        return  # a property that cannot be read is as one that is not there: what is needed is asked for later
    plain = {str(key).upper(): str(one[0] if isinstance(one, list) and one else one) for key, one in parameters.items()}
    if plain.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = _unquoted(str(value), plain.get("CHARSET", "utf-8"))
    yield Property(str(name).upper(), str(value), plain)


def _unquoted(value: str, charset: str) -> str:
    """A value as vCalendar 1.0 wrote it, in quoted-printable."""
    data = quopri.decodestring(value.encode())
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")
