"""Dates and times as they are written, in numbers whose order the whole file tells, not one cell."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from ekkyo_common.tables.eras import FIRST_YEAR, NotADateError, in_era, real_day
from ekkyo_common.tables.names import plain
from ekkyo_common.tables.offsets import without_zone
from ekkyo_common.tables.told import Evidence, Reason, ReasonCode

Order = Literal["ymd", "mdy", "dmy"]
ORDERS: dict[Order, str] = {"ymd": "year, month, day", "mdy": "month, day, year", "dmy": "day, month, year"}
NOON = 12
MIDNIGHT = (24, 0, 0)
"""The end of a day, which ISO 8601 writes so too; a later hour is no time."""

_MONTHS = {
    1: "jan january januar janvier janv ene enero jän jänner",
    2: "feb february februar février fevrier févr fevr febrero",
    3: "mar march märz mrz mär mars marzo",
    4: "apr april avril avr abr abril",
    5: "may mai mayo",
    6: "jun june juni juin junio",
    7: "jul july juli juillet juil julio",
    8: "aug august août aout ago agosto",
    9: "sep sept september septembre septiembre set setiembre",
    10: "oct october okt oktober octobre octubre",
    11: "nov november novembre noviembre",
    12: "dec december dez dezember décembre decembre déc dic diciembre",
}
_MONTH = {name: month for month, names in _MONTHS.items() for name in names.split()}
_BEFORE_NOON = "am|a\\.m\\.?|a\\. m\\.|午前|上午|凌晨|早上|오전|vorm\\."
_AFTER_NOON = "pm|p\\.m\\.?|p\\. m\\.|午後|下午|中午|晚上|오후|nachm\\."
_HALF = f"{_BEFORE_NOON}|{_AFTER_NOON}"
_DAY_NAMES = re.compile(
    r"[(（]?\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[)）]?\.?,?\s*"
    r"|[(（](?:[月火水木金土日월화수목금토일]|周[一二三四五六日]|週[一二三四五六日])[)）]\s*|星期[一二三四五六日天]\s*|[月火水木金土日]曜日\s*"
    r"|^(?:mo|di|mi|do|fr|sa|so|lun|mié|mier|jue|vie|sáb|dom|mer|jeu|ven|sam|dim|mar(?=\.?,?\s+\d{1,4}[./-]\d))\b\.?,?\s+(?=\d)"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b,?\s*",
    re.I,
)
_TIME = re.compile(
    rf"(?P<before>{_HALF})?\s*(?P<hour>\d{{1,2}})"
    rf"(?:\s*[:時时点點시h]\s*(?P<minute>\d{{1,2}})|\s*(?:[時时点點시](?!間|间|\s*\d)|uhr\b))"
    rf"(?:\s*[:分분m]\s*(?P<second>\d{{1,2}})?(?:[.,]\d+)?\s*[秒초s]?)?\s*분?\s*(?P<after>{_HALF})?(?:\s*uhr)?",
    re.I,
)
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR明大昭平令])\s*\.?\s*(元|\d{1,2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?",
    re.I,
)
_ERA_COMPACT = re.compile(r"([MTSHR])(\d\d)(\d\d)(\d\d)", re.I)
_MARKED = re.compile(r"(\d{2}|\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(?=$|[Z+-])", re.I)
"""ISO 8601's basic format of a day and a time."""
_DOTTED = re.compile(r"(?<=[\d.,])((?:\s|,)(?:at |um |ore |kl\.? ?)?)(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?=$|\s*uhr)", re.I)
"""A time with full stops, after a day: 05.08.2026 12.30."""
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_NUMBERS = re.compile(r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})\.?")
_NAMED = (
    re.compile(
        r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er)?[\s/-]*(?:de\s+)?(?P<month>[a-zà-ÿ]+)\.?,?[\s/-]*(?:de(?:l)?\s+)?(?P<year>\d{4}|\d\d)",
        re.I,
    ),
    re.compile(r"(?P<month>[a-zà-ÿ]+)\.?\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})", re.I),
)


@dataclass(frozen=True)
class Written:
    """A date, a time or both, as far as one cell tells."""

    text: str
    numbers: tuple[str, str, str] | None = None
    """The three numbers as they stand, where the cell alone does not say which is which."""
    day: date | None = None
    """The day, where the cell alone says it."""
    clock: time | None = None
    half: bool = False
    """Whether the time is told with morning and afternoon."""
    later: bool = False
    """Whether the time is the end of its day: 24:00."""
    offset: int | None = None
    """Minutes that the clock is ahead of UTC, where the cell says so."""
    separator: str = ""
    remark: str | None = None

    def under(self, order: Order) -> date | None:
        """The day when numbers are in this order; None: there is no such day."""
        if self.numbers is None:
            return self.day
        a, b, c = self.numbers
        year, month, day = {"ymd": (a, b, c), "mdy": (c, a, b), "dmy": (c, b, a)}[order]
        if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
            return None
        full = int(year) if len(year) == 4 else 2000 + int(year)
        try:
            return date(full, int(month), int(day)) if full >= FIRST_YEAR else None
        except ValueError:
            return None


def written(text: str) -> Written:
    """What a cell tells of a day and a time. Raises NotADateError where it is no date at all."""
    bare = plain(text).replace("、", ",").strip()
    rest = _DAY_NAMES.sub(" ", bare).strip(" ,")
    if basic := _BASIC.match(rest):
        rest = "{}-{}-{} {}:{}:{}".format(*(part or "00" for part in basic.groups())) + rest[basic.end() :]
    elif ":" not in rest and not _NUMBERS.fullmatch(rest):
        rest = _DOTTED.sub(lambda found: f"{found[1]}{found[2]}:{found[3]}:{found[4] or '00'}", rest)
    rest, offset = without_zone(rest) if ":" in rest else (rest, None)
    rest = re.sub(r"(?<=\d)T(?=\d)", " ", rest)
    clock, half, later = None, False, False
    if found := _last(_TIME, rest):
        clock, half, later = _clock(found)
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    rest = re.sub(r"\b(?:at|um|à|a las)\b|\bof\b", " ", rest, flags=re.I).strip(" ,").rstrip("日") if clock else rest
    rest = " ".join(rest.split()).strip(" ,")
    if not rest:
        if clock is None:
            raise NotADateError("not written as a date")
        return Written(bare, clock=clock, half=half, later=later, offset=offset)
    told = _with_day(bare, rest, clock, half)
    return told if offset is None and not later else replace(told, later=later, offset=offset)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _clock(found: re.Match[str]) -> tuple[time, bool, bool]:
    """The time, whether it is told with morning and afternoon, and whether it ends its day."""
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    said = (found["before"] or found["after"] or "").casefold()
    if said and hour <= NOON:
        hour = hour % 12 + (12 if re.fullmatch(_AFTER_NOON, said, re.I) else 0)
    later = (hour, minute, second) == MIDNIGHT
    try:
        return time(0 if later else hour, minute, second), bool(said), later
    except ValueError:
        raise NotADateError("there is no such time", "impossible_date") from None


def _with_day(bare: str, rest: str, clock: time | None, half: bool) -> Written:
    tight = rest.replace(" ", "")
    if found := _ERA.fullmatch(tight) or _ERA_COMPACT.fullmatch(tight):
        day, remark = in_era(found[1], found[2], int(found[3]), int(found[4]))
        return Written(bare, day=day, clock=clock, half=half, remark=remark)
    if found := _MARKED.fullmatch(tight) or _COMPACT.fullmatch(tight):
        year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
        return Written(bare, day=_real(year, int(found[2]), int(found[3])), clock=clock, half=half)
    if found := _NUMBERS.fullmatch(rest):
        a, mark, b, c = found[1], found[2], found[3], found[4]
        if len(a) == 4:
            return Written(bare, day=_real(int(a), int(b), int(c)), clock=clock, half=half)
        return Written(bare, (a, b, c), clock=clock, half=half, separator=mark)
    for pattern in _NAMED:
        if (found := pattern.fullmatch(rest)) and (month := _MONTH.get(found["month"].casefold())):
            year = int(found["year"]) if len(found["year"]) == 4 else 2000 + int(found["year"])
            return Written(bare, day=_real(year, month, int(found["day"])), clock=clock, half=half)
    raise NotADateError("not written as a date")


def _real(year: int, month: int, day: int) -> date:
    if year < FIRST_YEAR:
        raise NotADateError("there was no such day", "impossible_date")
    return real_day(year, month, day)


@dataclass(frozen=True)
class Decided:
    """The order of the numbers in all dates of a file; None: it cannot be told."""

    order: Order | None
    evidence: Evidence | None = None


_USUAL: dict[str, Order] = {"ja": "ymd", "zh": "ymd", "ko": "ymd", "de": "dmy", "fr": "dmy", "es": "dmy"}


def decide(
    cells: Iterable[Written],
    *,
    languages: Sequence[str] = (),
    cost: Callable[[Order], float] | None = None,
) -> Decided:
    """The one order in which all these dates make sense.

    Days that only one order has decide; then `cost` (what speaks against an order, from other cells); then how the
    language of the headings writes dates. A few impossible dates do not matter; dates of both orders decide nothing.
    """
    asked = [each for each in cells if each.numbers]
    if not asked:
        return Decided("ymd")
    fits: dict[Order, list[Written]] = {order: [w for w in asked if w.under(order)] for order in ORDERS}
    most = max(map(len, fits.values()))
    left: list[Order] = [order for order, found in fits.items() if len(found) == most]
    against = [w for w in asked if w not in fits[left[0]]]
    other = max((sum(w in fits[o] for w in against) for o in ORDERS), default=0)
    if len(left) == 1 and other > max(1, len(asked) // 20):
        return Decided(
            None,
            Evidence(
                "date_order",
                "not decided",
                f"{most} dates are in one order, {other} in another",
                (("two_orders", str(most), str(other)),),
            ),
        )
    if len(left) == 1:
        example = next((w for w in fits[left[0]] if sum(w in fits[o] for o in ORDERS) == 1), asked[0])
        return _told(left[0], f"“{example.text}” makes no sense otherwise", ("only_sense", example.text))
    if cost is not None:
        costs = {order: cost(order) for order in left}
        cheapest = [order for order in left if costs[order] == min(costs.values())]
        if len(cheapest) == 1:
            return _told(cheapest[0], "only so the times follow each other", ("times_follow",))
        left = cheapest
    dots = all(w.separator == "." for w in asked)
    usual: list[tuple[Order, str, ReasonCode]] = []
    for language in languages:
        if language in _USUAL:
            usual.append((_USUAL[language], "so the language of the headings writes dates", "language"))
    if dots:
        usual.append(("dmy", "so dates with full stops are written", "full_stops"))
    if any(w.half for w in asked):
        usual.append(("mdy", "so times with AM and PM are written", "am_pm"))
    for order, because, code in usual:
        if order in left:
            return _told(order, because, (code,))
    text, ways = asked[0].text, len(left)
    because = f"“{text}” can be read in {ways} ways"
    reason: Reason = ("several_ways", text, str(ways))
    return Decided(None, Evidence("date_order", "not decided", because, (reason,)))


def _told(order: Order, because: str, reason: Reason) -> Decided:
    return Decided(order, Evidence("date_order", ORDERS[order], because, (reason,)))


def day_of(cell: Written, order: Order | None) -> date:
    """The day. Raises NotADateError: there is none, or it can be read in several ways."""
    if cell.numbers is None:
        if cell.day is None:
            raise NotADateError("not written as a date")
        return cell.day
    if order is None:
        days = {day for each in ORDERS if (day := cell.under(each))}
        if len(days) == 1:
            return days.pop()
        if not days:
            raise NotADateError("there is no such day", "impossible_date")
        raise NotADateError("ambiguous: the order of day and month is unknown", "ambiguous_date")
    if day := cell.under(order):
        return day
    raise NotADateError("there is no such day", "impossible_date")


def moment_of(cell: Written, order: Order | None, *, on: date | None = None) -> datetime | None:
    """The moment, without a zone; a time alone is one of the day `on`. None where the cell has no time.

    Raises NotADateError, also for the end of the last day that there is.
    """
    if cell.clock is None:
        return None
    day = on if cell.numbers is None and cell.day is None else day_of(cell, order)
    try:
        return datetime.combine(day, cell.clock) + timedelta(days=cell.later) if day else None
    except OverflowError as error:
        raise NotADateError("there is no such day", "impossible_date") from error


def minutes_between(begin: datetime, end: datetime) -> float:
    """How long, in minutes."""
    return (end - begin) / timedelta(minutes=1)
