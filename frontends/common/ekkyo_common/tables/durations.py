"""Lengths of time: words for hours, minutes and seconds in several languages, clocks, and plain numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ekkyo_common.tables.names import plain
from ekkyo_common.tables.told import Evidence

Unit = Literal["hours", "minutes", "seconds"]
SECONDS: dict[str, int] = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_WORDS = {
    "days": "d day days tag tage tagen jour jours j día días dia dias 日 天 일",
    "hours": "h hr hrs hour hours std stunde stunden heure heures hora horas 時間 时 小时 小時 時 시간",
    "minutes": "m min mins minute minutes mn minuten minuto minutos 分 分間 分钟 分鐘 분",
    "seconds": "s sec secs second seconds sek sekunde sekunden seconde secondes seg segundo segundos 秒 秒間 秒钟 秒鐘"
    " 초",
}
_UNIT = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_PART = re.compile(rf"(?<!\d)(\d++(?:[.,]\d++)?+)\s*+({'|'.join(sorted(_UNIT, key=len, reverse=True))})(?![a-zà-ÿ])\.?")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d+)?")
_CLOCK = re.compile(r"(?:(\d+)[.\s])?(\d+):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?")
_FILLERS = re.compile(r"[\s,、]|\b(?:and|und|et|y)\b")
_UNITS: tuple[Unit, ...] = ("minutes", "seconds", "hours")
MOST = 40 * 24 * 3600
"""Seconds that a length of time may have."""


@dataclass(frozen=True)
class Reading:
    """How a column's lengths of time are read."""

    unit: Unit = "minutes"
    """Of plain numbers."""
    clock: Literal["h:m", "m:s"] = "h:m"
    """Of two numbers with a colon."""
    decimal: Literal[",", ".", "both"] = "."
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
    unit = unit_of(heading)
    numbers = [t for t in texts if _NUMBER.fullmatch(t)]
    if numbers:
        if unit:
            told.append(Evidence("unit", unit, f"the heading “{heading}” says so"))
        elif guess := _by_lengths([(float(t.replace(",", ".")), s) for t, s in pairs if _NUMBER.fullmatch(t)]):
            unit = guess
            told.append(Evidence("unit", unit, "so it agrees with the times of joining and leaving"))
        else:
            unit = "minutes"
            told.append(Evidence("unit", unit, f"“{heading}” names none"))
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
    commas = [t for t in numbers if "," in t]
    decimal: Literal[",", ".", "both"] = "."
    if commas:
        decimal = "," if any(len(t.partition(",")[2]) != 3 for t in commas) else "both"
        if decimal == ",":
            told.append(Evidence("decimal", "comma", f"“{commas[0]}”"))
    return Reading(unit or "minutes", clock, decimal, tuple(told))


def _by_lengths(pairs: list[tuple[float, float]]) -> Unit | None:
    """The unit in which most numbers are at most a little longer than their lengths in seconds, and of their kind."""
    best: tuple[int, Unit] | None = None
    for unit in _UNITS:
        near = sum(0.4 * s <= n * SECONDS[unit] <= 1.1 * s + 90 for n, s in pairs)
        if near * 2 > len(pairs) and (best is None or near > best[0]):
            best = (near, unit)
    return best[1] if best else None


def seconds_of(text: str, reading: Reading) -> float | None:
    """A length of time in seconds; None if it is none, or can be read in several ways."""
    text = plain(text).casefold()
    if _NUMBER.fullmatch(text):
        if "," in text and reading.decimal == "both":
            return None
        return _sane(float(text.replace(",", ".")) * SECONDS[reading.unit])
    if clock := _CLOCK.fullmatch(text):
        days, first, second, third = (int(part or 0) for part in clock.groups())
        if second > 59 or third > 59:
            return None
        if clock[4] is None and reading.clock == "m:s":
            return _sane(first * 60 + second)
        return _sane(days * 86400 + first * 3600 + second * 60 + third)
    parts = _PART.findall(text)
    if not parts or _FILLERS.sub("", _PART.sub("", text)):
        return None
    return _sane(sum(float(count.replace(",", ".")) * SECONDS[_UNIT[word]] for count, word in parts))


def _sane(seconds: float) -> float | None:
    return seconds if seconds <= MOST else None
