"""Lengths of time: words for hours, minutes and seconds in several languages, clocks, and plain numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ekkyo_common.tables.names import plain
from ekkyo_common.tables.told import Evidence

Unit = Literal["hours", "minutes", "seconds", "days"]
SECONDS: dict[str, int] = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_WORDS = {
    "days": "d day days tag tage tagen jour jours j día días dia dias 日 天 일",
    "hours": "h hr hrs hour hours std stunde stunden heure heures hora horas 時間 时 小时 小時 時 시간",
    "minutes": "m min mins minute minutes mn minuten minuto minutos 分 分間 分钟 分鐘 분",
    "seconds": "s sec secs second seconds sek sekunde sekunden seconde secondes seg segundo segundos 秒 秒間 秒钟 秒鐘"
    " 초",
}
_UNIT = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_UNIT |= {"'": "minutes", "′": "minutes", '"': "seconds", "″": "seconds"}
_PART = re.compile(rf"(?<!\d)(\d++(?:[.,]\d++)?+)\s*+({'|'.join(sorted(_UNIT, key=len, reverse=True))})(?![a-zà-ÿ])\.?")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d+)?|\d{1,3}(?:([.,' ])\d{3})+(?:(?!\1)[.,]\d+)?")
_HOURS_AND = re.compile(r"(\d{1,3})\s?h\s?(\d\d)(?:\s?m(?:in|n)?\s?(\d\d)\s?s?)?")
"""As in French: 1h05."""
_ISO = re.compile(r"p(?=.)(?:(\d+)d)?(?:t(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:[.,]\d+)?)s)?)?")
_PART_OF_A_DAY = re.compile(r"0?[.,]\d{4,}")
_CLOCK = re.compile(r"(?:(\d+)[.\s])?(\d+):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?")
_FILLERS = re.compile(r"[\s,、]|\b(?:and|und|et|y)\b")
_UNITS: tuple[Unit, ...] = ("minutes", "seconds", "hours")
MOST = 10_000 * 60
"""Seconds that somebody may have been there: a week, as an attendance can hold."""
HALF_A_DAY = 0.5


@dataclass(frozen=True)
class Reading:
    """How a column's lengths of time are read."""

    unit: Unit | None = "minutes"
    """Of plain numbers; None: it cannot be told."""
    clock: Literal["h:m", "m:s"] = "h:m"
    """Of two numbers with a colon."""
    decimal: Literal[",", ".", "both"] = "."
    """Which mark begins the decimals, the other one being between thousands; of both, none is known."""
    evidence: tuple[Evidence, ...] = ()


def unit_of(label: str) -> Unit | None:
    """The unit that a heading names: `(Minutes)`, `（分）`, `in Std.`."""
    for word in re.findall(r"[^\W\d_]+", plain(label).casefold()):
        for unit in _UNITS:
            if _UNIT.get(word) == unit:
                return unit
    return None


def decide_reading(cells: Iterable[str], heading: str, lengths: Iterable[float | None] = ()) -> Reading:
    """How one column is read, decided by all of its cells.

    lengths: what other columns tell of each cell in seconds (from when to when), None where they tell nothing.
    """
    texts = [plain(cell).casefold() for cell in cells]
    told: list[Evidence] = []
    pairs = [(t, s) for t, s in zip(texts, lengths, strict=False) if s is not None and s >= 60]
    unit: Unit | None = unit_of(heading)
    decided = unit is not None
    numbers = [t for t in texts if _NUMBER.fullmatch(t)]
    if numbers:
        if unit:
            told.append(Evidence("unit", unit, f"the heading “{heading}” says so"))
        elif guess := _by_lengths(
            [(n, s) for t, s in pairs if _NUMBER.fullmatch(t) and (n := _number(t, ".")) is not None]
        ):
            unit = guess
            told.append(Evidence("unit", unit, "so it agrees with the times of joining and leaving"))
        else:
            unit, because = _by_size(numbers)
            told.append(Evidence("unit", unit or "not decided", because or f"“{heading}” names none"))
        decided = True
    clocks = [found for t in texts if (found := _CLOCK.fullmatch(t)) and not found[4]]
    clock: Literal["h:m", "m:s"] = "h:m"
    if clocks:
        fits = _by_lengths(
            [(int(c[2]) + int(c[3]) / 60, s) for t, s in pairs if (c := _CLOCK.fullmatch(t)) and not c[4]]
        )
        long = next((c[0] for c in clocks if int(c[2]) > 23), None)
        if fits == "minutes" or (fits is None and (long or unit_of(heading) == "minutes")):
            clock = "m:s"
        told.append(
            Evidence("clock", "minutes:seconds" if clock == "m:s" else "hours:minutes", f"“{long or clocks[0][0]}”")
        )
    decimal = _decimal_mark(numbers)
    if decimal == ",":
        told.append(Evidence("decimal", "comma", f"“{next(t for t in numbers if ',' in t)}”"))
    return Reading(unit if decided else "minutes", clock, decimal, tuple(told))


def _decimal_mark(numbers: list[str]) -> Literal[",", ".", "both"]:
    """The mark after which decimals stand: the second of two, or the one that has not three digits after it."""
    last = {t[max(t.rfind(","), t.rfind("."))] for t in numbers if "," in t and "." in t}
    commas = [t for t in numbers if "," in t and "." not in t]
    if "," in last or any(len(t.partition(",")[2]) != 3 for t in commas if t.count(",") == 1):
        return ","
    return "both" if commas and "." not in last else "."


def _by_size(numbers: list[str]) -> tuple[Unit | None, str]:
    """The unit of numbers that nothing else tells: those all below one are no minutes."""
    values = [n for t in numbers if (n := _number(t, ",")) is not None]
    if not any(0 < n < 1 for n in values) or any(n > 1 for n in values):
        return "minutes", ""
    if max(values) <= HALF_A_DAY and any(_PART_OF_A_DAY.fullmatch(t) for t in numbers):
        return "days", "parts of a day, as spreadsheets keep lengths of time"
    return None, "all numbers are below one: hours, or parts of a day?"


def _number(text: str, decimal: str) -> float | None:
    """A plain number; None where one mark with three digits after it may stand between thousands or before decimals."""
    marks = re.findall(r"[.,' ]", text)
    if len(marks) == 1 and marks[0] in ".,":
        head, mark, tail = text.partition(marks[0])
        if len(tail) == 3 and head.strip("0") and mark != decimal and len(head) <= 3:
            if decimal == "both":
                return None if mark == "," else float(text)
            return float(head + tail)
        return float(f"{head or 0}.{tail}")
    if len(set(marks)) > 1:
        return float(re.sub(r"[.,' ]", "", text[: text.rfind(marks[-1])]) + "." + text[text.rfind(marks[-1]) + 1 :])
    return float(re.sub(r"[.,' ]", "", text))


def _by_lengths(pairs: list[tuple[float, float]]) -> Unit | None:
    """The unit in which most numbers are at most a little longer than their lengths in seconds, and of their kind."""
    best: tuple[int, Unit] | None = None
    for unit in (*_UNITS, "days"):
        near = sum(0.4 * s <= n * SECONDS[unit] <= 1.1 * s + 90 for n, s in pairs)
        if near * 2 > len(pairs) and (best is None or near > best[0]):
            best = (near, unit)
    return best[1] if best else None


def seconds_of(text: str, reading: Reading) -> float | None:
    """A length of time in seconds; None if it is none, is too long, or can be read in several ways."""
    seconds = any_seconds_of(text, reading)
    return seconds if seconds is not None and seconds <= MOST else None


def any_seconds_of(text: str, reading: Reading) -> float | None:
    """The same of lengths that nobody can have been there for."""
    text = plain(text).casefold()
    if _NUMBER.fullmatch(text):
        count = _number(text, reading.decimal)
        return None if count is None or reading.unit is None else round(count * SECONDS[reading.unit], 3)
    if iso := _ISO.fullmatch(text):
        amounts = [float((part or "0").replace(",", ".")) for part in iso.groups()]
        return round(sum(n * s for n, s in zip(amounts, SECONDS.values(), strict=True)), 3)
    if found := _HOURS_AND.fullmatch(text):
        return float(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0))
    if clock := _CLOCK.fullmatch(text):
        days, first, second, third = (int(part or 0) for part in clock.groups())
        if second > 59 or third > 59:
            return None
        if clock[4] is None and reading.clock == "m:s":
            return round(first * 60 + second)
        return round(days * 86400 + first * 3600 + second * 60 + third)
    parts = _PART.findall(text)
    if not parts or _FILLERS.sub("", _PART.sub("", text)):
        return None
    return round(sum(float(count.replace(",", ".")) * SECONDS[_UNIT[word]] for count, word in parts), 3)
