"""How a series recurs: the part of RFC 5545's recurrence rule that a series accepts."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

MOST: Final = 200
"""Dates that a series has at most."""
Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Final[dict[str, Frequency]] = {
    "DAILY": "DAILY",
    "WEEKLY": "WEEKLY",
    "MONTHLY": "MONTHLY",
    "YEARLY": "YEARLY",
}
_PARTS: Final = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL")
_DAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_LOCAL: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$"
_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_RULE: Final = r"^(RRULE:)?[A-Za-z]+=[A-Za-z0-9,+-]+(;[A-Za-z]+=[A-Za-z0-9,+-]+)*$"
"""For schemas; the functions below say more exactly what was expected."""


@dataclass(frozen=True)
class Recurrence:
    """A rule, read. by_day: the weekday, from Monday as 0, and which of them in the month or year; 0: each.

    until: the last day, or the last instant, in UTC.
    """

    frequency: Frequency
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_set_position: tuple[int, ...] = ()
    count: int | None = None
    until: date | datetime | None = None

    @property
    def endless(self) -> bool:
        return self.count is None and self.until is None


def read_rule(text: str) -> Recurrence:
    """Parse a rule. Raises ValueError, whose text says what was expected."""
    said: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise ValueError("must be parts such as FREQ=WEEKLY;INTERVAL=2, separated by semicolons")
        if name not in _PARTS:
            raise ValueError(f"can have {', '.join(_PARTS)}, but not {name[:40]}")
        if name in said:
            raise ValueError(f"must say {name} once")
        said[name] = value
    return _checked(
        Recurrence(
            frequency=_frequency(said.get("FREQ", "")),
            interval=_number("INTERVAL", said.get("INTERVAL", "1"), 1, 999),
            by_day=tuple(_weekday(one) for one in _several(said, "BYDAY")),
            by_month_day=tuple(_place("BYMONTHDAY", one, 31) for one in _several(said, "BYMONTHDAY")),
            by_set_position=tuple(_place("BYSETPOS", one, 366) for one in _several(said, "BYSETPOS")),
            count=_number("COUNT", said["COUNT"], 1, MOST) if "COUNT" in said else None,
            until=_until(said["UNTIL"]) if "UNTIL" in said else None,
        )
    )


def write_rule(rule: Recurrence) -> str:
    """The text of a rule, the same for the same rule."""
    parts = [f"FREQ={rule.frequency}"]
    if rule.interval > 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.by_day:
        parts.append("BYDAY=" + ",".join(f"{nth or ''}{WEEKDAYS[day]}" for day, nth in rule.by_day))
    for name, values in (("BYMONTHDAY", rule.by_month_day), ("BYSETPOS", rule.by_set_position)):
        if values:
            parts.append(f"{name}={','.join(str(value) for value in values)}")
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    if rule.until is not None:
        written = "%Y%m%dT%H%M%SZ" if isinstance(rule.until, datetime) else "%Y%m%d"
        parts.append(f"UNTIL={rule.until.strftime(written)}")
    return ";".join(parts)


def _checked(rule: Recurrence) -> Recurrence:
    """Raises ValueError where parts of a rule do not go together."""
    if rule.count is not None and rule.until is not None:
        raise ValueError("can have COUNT or UNTIL, but not both")
    counted = any(nth for _, nth in rule.by_day)
    if counted and rule.frequency in ("DAILY", "WEEKLY"):
        raise ValueError("can have a BYDAY with a number, such as 2TH, only with FREQ=MONTHLY or YEARLY")
    if counted and rule.by_month_day:
        raise ValueError("can have a BYDAY with a number, such as 2TH, or BYMONTHDAY, but not both")
    if rule.by_month_day and rule.frequency == "WEEKLY":
        raise ValueError("cannot have BYMONTHDAY with FREQ=WEEKLY")
    if rule.by_set_position and rule.frequency in ("DAILY", "WEEKLY"):
        raise ValueError("can have BYSETPOS only with FREQ=MONTHLY or YEARLY")
    if rule.by_set_position and not (rule.by_day or rule.by_month_day):
        raise ValueError("must have BYDAY or BYMONTHDAY for BYSETPOS to choose from")
    return rule


def _frequency(text: str) -> Frequency:
    if text not in _FREQUENCIES:
        raise ValueError("must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    return _FREQUENCIES[text]


def _several(said: dict[str, str], name: str) -> list[str]:
    """The values of a part. Raises ValueError for more than there can be."""
    values = said[name].split(",") if name in said else []
    if len(values) > 62:
        raise ValueError(f"cannot have more than 62 values in {name}")
    return list(dict.fromkeys(values))


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not least <= int(text) <= most:
        raise ValueError(f"must have {name} from {least} to {most}")
    return int(text)


def _place(name: str, text: str, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", text, re.ASCII) or not 1 <= abs(int(text)) <= most:
        raise ValueError(f"must have {name} from 1 to {most}, or from -{most} to -1, counted from the end")
    return int(text)


def _weekday(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text)
    nth = int(found[1]) if found and found[1] else None
    if not found or nth == 0 or (nth is not None and abs(nth) > 53):
        raise ValueError("must have BYDAY such as MO,TH, or 2TH or -1FR in a month")
    return WEEKDAYS.index(found[2]), nth or 0


def _until(text: str) -> date | datetime:
    try:
        if re.fullmatch(r"[0-9]{8}", text, re.ASCII):
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007
        if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text, re.ASCII):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:  # a 30th of February
        pass
    raise ValueError("must have UNTIL such as 20270331 or 20270331T145900Z")


def _rule(text: str) -> str:
    return write_rule(read_rule(text))


def _local(text: str) -> str:
    try:
        at = datetime.fromisoformat(text) if re.match(_LOCAL, text) else None
    except ValueError:  # a 30th of February
        at = None
    if at is None or not 1900 <= at.year < 2199:
        raise ValueError("must be a date and a time without an offset, such as 2026-12-03T18:00")
    return text


def _clock(text: str) -> str:
    if not re.match(_CLOCK, text):
        raise ValueError("must be a time of day such as 18:00")
    return text


def _schema(pattern: str, most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "maxLength": most})


Rule = Annotated[str, StringConstraints(max_length=500), AfterValidator(_rule), _schema(_RULE, 500)]
"""How often and until when, as an RRULE of RFC 5545 (3.3.10) with FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS and COUNT
or UNTIL: `FREQ=WEEKLY;INTERVAL=2`, `FREQ=MONTHLY;BYDAY=2TH;COUNT=12`. Weeks begin on Monday."""
Local = Annotated[str, StringConstraints(max_length=16), AfterValidator(_local), _schema(_LOCAL, 16)]
"""A local date and time: 2026-12-03T18:00."""
Clock = Annotated[str, StringConstraints(max_length=5), AfterValidator(_clock), _schema(_CLOCK, 5)]
"""A local time of day: 18:00."""
