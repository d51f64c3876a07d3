"""What a column holds, where its heading alone does not say: times or lengths, names or counts, who came."""

from collections.abc import Sequence
from dataclasses import replace

from ekkyo_common.attendance.words.values import flag, said_outright, says_nothing
from ekkyo_common.tables import Column, Record
from ekkyo_common.tables.cells import text_of
from ekkyo_common.tables.durations import Reading, seconds_of
from ekkyo_common.tables.eras import NotADateError
from ekkyo_common.tables.moments import Written, written
from ekkyo_common.tables.names import plain
from ekkyo_common.tables.serials import from_serial

TIMES = ("joined", "left", "timestamp", "started", "ended", "date")
SAYING_NOT = {"absent", "cancelled", "not_confirmed"}
_COUNT = 4
"""Digits that a number of people may have."""


def cell(record: Record, column: Column) -> str:
    """What stands in this column, empty where the record is shorter."""
    return record.cells[column.place] if column.place < len(record.cells) else ""


def moment(text: str) -> Written | None:
    """What a cell tells of a day and a time; None where it is neither."""
    try:
        return written(text)
    except NotADateError:
        return None


def by_content(column: Column, rows: Sequence[Record]) -> Column:
    """The column with the noun that its cells show, where its heading has several senses, or none."""
    if column.noun not in ("", "time_or_length", "joined", "left", "duration", "count", "name", "attendance"):
        return column
    texts = [text for r in rows if (text := text_of(cell(r, column)))]
    if not column.noun:
        return _without_heading(column, texts, len(rows))
    if not texts:
        return replace(column, noun="duration") if column.noun == "time_or_length" else column
    digits = sum(text.replace(",", "").isdigit() for text in texts) > len(texts) / 2
    if column.noun == "count":
        return column if digits or all(flag(text) is not None for text in texts) else replace(column, noun="name")
    if column.noun == "name":
        return replace(column, noun="count") if digits and all(len(text) <= _COUNT for text in texts) else column
    if column.noun == "attendance":
        times = [text for text in texts if not says_nothing(text)]
        return replace(column, noun="joined") if times and all(_has_clock(text) for text in times) else column
    if column.noun in TIMES and any(from_serial(text) for text in texts):
        texts = [from_serial(text) or text for text in texts]
    with_day = sum((w := moment(text)) is not None and (w.day or w.numbers) is not None for text in texts)
    lengths = sum(seconds_of(text, Reading()) is not None for text in texts)
    if column.noun == "time_or_length":
        return replace(column, noun="joined" if with_day > len(texts) / 2 else "duration")
    if column.noun in ("joined", "left") and not with_day and lengths == len(texts):
        clocks = all(":" in text or ("時" in text and "分" not in text) for text in texts)
        return column if clocks else replace(column, noun="duration" if column.noun == "joined" else "other")
    if column.noun == "duration" and with_day == len(texts):
        return replace(column, noun="joined")
    return column


def _has_clock(text: str) -> bool:
    found = moment(text)
    return found is not None and found.clock is not None


def _without_heading(column: Column, texts: Sequence[str], rows: int) -> Column:
    """A column with an unknown heading whose cells say in words that some did not come tells of these.

    Of all the others only where it says something of everybody.
    """
    said = [said_outright(text) for text in texts if not says_nothing(text)]
    if not said or None in said or not SAYING_NOT & set(said):
        return column
    return replace(column, noun="attendance" if len(said) == rows else "remark")


def crosses_mean(columns: Sequence[Column], rows: Sequence[Record]) -> bool | None:
    """Whether an x in these columns says that somebody came; None: it may say either.

    In the West people tick with it; in Japan it stands beside a circle for those who did not come.
    """
    texts = {plain(text).casefold() for column in columns for r in rows if (text := text_of(cell(r, column)))}
    if "x" not in texts:
        return None
    if any(flag(text) or said_outright(text) == "attended" for text in texts - {"x"}):
        return False
    alone = all(says_nothing(text) for text in texts - {"x"})
    return True if alone and all(column.heading.isascii() or _latin(column.heading) for column in columns) else None


def _latin(text: str) -> bool:
    return all(ord(letter) < 0x250 for letter in text)
