"""One row of a report: a visit, or why it is none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import east_asian_width

from ekkyo_common.attendance.columns import SAYING_NOT, Columns
from ekkyo_common.attendance.content import moment
from ekkyo_common.attendance.names import addresses_in, name_and_aliases, without_addresses
from ekkyo_common.attendance.report import Participant, SkipCode, Skipped
from ekkyo_common.attendance.times import Times
from ekkyo_common.attendance.words.values import (
    attendance_status,
    flag,
    registration_status,
    said_outright,
    says_nothing,
)
from ekkyo_common.tables import Record
from ekkyo_common.tables.cells import damage_of
from ekkyo_common.tables.durations import MOST, any_seconds_of, seconds_of
from ekkyo_common.tables.names import in_brackets, plain
from ekkyo_common.tables.rows import is_total

_MEANS = {
    "absent": "they did not come",
    "cancelled": "they cancelled",
    "not_confirmed": "they had no place, or had not answered",
}
_FLAGS: dict[str, SkipCode] = {"absent": "absent", "cancelled": "cancelled", "waiting": "waiting_room"}
LONGER = "is longer than a week, which nobody attends"
NOT_A_TIME = "is not a time such as 2026/8/5 12:00:00 or 8/5/2026, 1:05 PM"


@dataclass(frozen=True)
class Who:
    """Whom a row names."""

    name: str
    aliases: tuple[str, ...]
    emails: tuple[str, ...]
    number: str | None


def who(columns: Columns, record: Record) -> Who | Skipped:
    """Whom this row names, or why nobody can be told from it."""
    shown = " ".join(record.filled)[:120]
    if record.broken:
        return Skipped(record.line, record.text[:120], record.broken, "damaged")
    if is_total(record):
        return Skipped(record.line, shown, "is a row of totals, not a person", "total")
    names = columns.cells(record, "name")
    if len(names) > 1:
        reason = f"{len(names)} columns contain a name, and they differ: {', '.join(names)}"
        return Skipped(record.line, shown, reason, "equal_headings")
    written = names[0] if names else _joined_name(columns, record)
    addresses = [*columns.cells(record, "email"), *columns.cells(record, "upn")]
    emails = _addresses(addresses) or _addresses([written])
    written = without_addresses(written)
    number = next((plain(text) for text in columns.cells(record, "number") if not damage_of(text)), None)
    if not (emails or number):
        damaged = next(((text, d) for text in (written, *addresses) if text and (d := damage_of(text))), None)
        if damaged:
            return Skipped(record.line, damaged[0], damaged[1][1], "damaged")
    name, aliases = name_and_aliases(written) if written and not damage_of(written) else ("", ())
    aliases += tuple(plain(kana) for kana in columns.cells(record, "kana"))
    aliases += tuple(plain(text) for text in columns.cells(record, "department"))
    if not (name or emails or number):
        if addresses:
            return Skipped(record.line, addresses[0], "is not a mail address, and the row has no name or number")
        return Skipped(record.line, shown, "has no name, no mail address and no personnel number")
    return Who(name, aliases, emails, number)


def _addresses(texts: list[str]) -> tuple[str, ...]:
    """The mail addresses in these cells, each once; a cell may have several."""
    return tuple(dict.fromkeys(found for text in texts if not damage_of(text) for found in addresses_in(text)))


def _joined_name(columns: Columns, record: Record) -> str:
    family, given = (next(iter(columns.cells(record, noun)), "") for noun in ("family", "given"))
    wide = any(east_asian_width(letter) == "W" for letter in plain(family + given))
    return f"{family} {given}".strip() if wide else f"{given} {family}".strip()


def not_there(columns: Columns, record: Record) -> Skipped | None:
    """Why this row is of somebody who did not come, or does not say whether; None: nothing speaks against it."""
    shown = " ".join(record.filled)[:120]
    for noun in SAYING_NOT:
        for text in columns.cells(record, noun):
            said = None if says_nothing(text) else flag(text)
            if said is None and not says_nothing(text):  # a date or a reason; of the waiting room, how long
                said = noun != "waiting" and attendance_status(text) != "attended"
            if said:
                heading = columns.heading(noun)
                reason = (
                    f"was in the waiting room only (“{heading}”)"
                    if noun == "waiting"
                    else f"“{heading}” says that {_MEANS[noun]}"
                )
                return Skipped(record.line, shown, reason, _FLAGS[noun])
    for noun in ("remark", "name", "family", "given"):
        for text in columns.cells(record, noun):
            for part in [text] if noun == "remark" else in_brackets(text):
                if (means := said_outright(part)) and means in _MEANS:
                    reason = f"“{part}” under “{columns.heading(noun)}”: {_MEANS[means]}"
                    return Skipped(record.line, shown, reason, means)  # type: ignore[arg-type]
    return _status(columns, record, shown)


def _status(columns: Columns, record: Record, shown: str) -> Skipped | None:
    came = registered = unsaid = False
    for noun, read in (("registration", registration_status), ("attendance", attendance_status)):
        for text in columns.cells(record, noun):
            status = "attended" if noun == "attendance" and _when(text) else read(text)
            if plain(text).casefold() == "x" and noun == "attendance":
                status = (
                    {True: "attended", False: "absent"}.get(columns.crosses) if columns.crosses is not None else None
                )
            heading = columns.heading(noun)
            if status is None:
                if noun == "registration" and columns.has("attendance", "joined", "left", "duration"):
                    continue
                reason = f"“{text}” under “{heading}” is not a known value: did they attend?"
                return Skipped(record.line, shown, reason, "unknown_value")
            if status in _MEANS:
                return Skipped(record.line, shown, f"“{heading}” says that {_MEANS[status]}", status)  # type: ignore[arg-type]
            came |= status == "attended"
            registered |= status == "registered"
            unsaid |= status == "unsaid" and noun == "attendance"
    empty = columns.has("attendance") and not columns.cells(record, "attendance")
    told = ("joined", "duration") if registered else ("joined", "duration", "timestamp")  # a form's is of filling it in
    timed = any(not says_nothing(t) for noun in told for t in columns.cells(record, noun))
    if came or timed:
        return None
    if empty or unsaid:
        return Skipped(record.line, shown, f"“{columns.heading('attendance')}” is empty: did they attend?", "unsaid")
    if registered:
        return Skipped(record.line, shown, "is registered, but the file does not say who attended", "registered_only")
    return None


def _when(text: str) -> bool:
    """Whether this is the time of a check-in: it says that somebody came."""
    found = moment(text)
    return found is not None and (found.day or found.numbers) is not None


def visit(columns: Columns, record: Record, person: Who, times: Times) -> Participant | Skipped:
    """This row as a visit of this person, with how long it was if that can be told."""
    on = next((m.date() for text in columns.cells(record, "date") if (m := times.read(f"{text} 0:00"))), None)
    said: dict[str, str] = {}
    for noun in ("joined", "left", "duration"):
        cells = [text for text in columns.cells(record, noun) if not says_nothing(text)]
        if len(cells) > 1:
            reason = f"{len(cells)} columns contain “{noun}”, and they differ: {', '.join(cells)}"
            return Skipped(record.line, person.name or record.filled[0], reason, "equal_headings")
        said[noun] = cells[0] if cells else ""
    joined, left = times.read(said["joined"], on), times.read(said["left"], on)
    if joined and left and left < joined and joined.date() == left.date() and _only_clock(said):
        left += timedelta(days=1)
    length = said["duration"]
    seconds = seconds_of(length, columns.reading) if length else None
    if seconds is None:
        if bad := _why_no_length(record, said, joined, left, columns):
            return bad
        seconds = (left - joined).total_seconds() if joined and left else None
        if seconds is not None and seconds > MOST:
            return Skipped(record.line, f"{said['joined']} – {said['left']}", LONGER)
    elif joined and left and joined <= left and seconds > 1.5 * (span := (left - joined).total_seconds()) + 600:
        seconds = span  # no tool rounds so far
    if any(column.place in record.above for column in columns.at.get("duration", ())):
        seconds = None  # a length that is merged over several visits is that of all, told with the first
    emails = person.emails
    return Participant(
        person.name,
        emails[0] if emails else None,
        None if seconds is None else int(seconds // 60),
        record.line,
        person.aliases,
        person.number,
        joined,
        left,
        emails[1:],
        seconds,
    )


def _only_clock(said: dict[str, str]) -> bool:
    return all(len(said[noun]) < 12 for noun in ("joined", "left"))


def _why_no_length(
    record: Record, said: dict[str, str], joined: datetime | None, left: datetime | None, columns: Columns
) -> Skipped | None:
    """Why a row without a readable length is no visit; None: it is one, of a length that its times tell, or nothing."""
    line, length = record.line, said["duration"]
    if joined and left:
        if left < joined:
            return Skipped(line, f"{said['joined']} – {said['left']}", "ends before it begins")
        return None
    for noun, found in (("joined", joined), ("left", left)):
        if said[noun] and not found:
            return Skipped(line, said[noun], NOT_A_TIME)
    if length and any_seconds_of(length, columns.reading) is not None:
        return Skipped(line, length, LONGER)
    if length:
        return Skipped(line, length, "is not a duration such as 1h 2m 3s or a number of minutes")
    if (
        not joined
        and not left
        and columns.has("joined", "left", "duration")
        and not columns.cells(record, "attendance")
    ):
        shown = " ".join(record.filled)[:120]
        return Skipped(line, shown, "has no time and no duration", "unsaid")
    return None
