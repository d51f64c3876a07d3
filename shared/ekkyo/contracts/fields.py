"""Types of message fields: ids, instants, lines, texts, time zones, addresses."""

import os
import re
import time
import uuid
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints


def new_id() -> str:
    """A UUID version 7 (RFC 9562, section 5.7) as text: unique, and sorted by the millisecond it was made in."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _date_time(value: Any) -> Any:
    """A string must be RFC 3339: pydantic alone would read "1777598400" as seconds since 1970."""
    if not isinstance(value, str):
        return value
    try:
        if _DATE_TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:  # a 30th of February
        pass
    raise ValueError("must be a date and time with its offset, such as 2026-05-01T01:23:45Z")


def _date(value: Any) -> Any:
    """A string must be RFC 3339's full-date."""
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("must be a date such as 2026-05-01")


_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _utc(value: datetime) -> datetime:
    """In UTC and in whole milliseconds, the precision the database keeps."""
    if not _FIRST <= value < _LAST:  # time zones, reminders and timers would lead out of what can be said
        raise ValueError("must be between the years 1900 and 2199")
    value = value.astimezone(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _one_line(value: str) -> str:
    """Control characters and line breaks have no place in a name or a title: they would break headers and lists.
    Neither have those that turn the direction of what follows: it would not be read as it was written."""
    if not is_one_line(value):
        raise ValueError("must be one line without control characters")
    return value


def is_one_line(value: str) -> bool:
    """Whether it is a line of text: without line breaks and control characters."""
    return not _NOT_IN_A_LINE.search(value)


_NOT_IN_A_LINE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
"""C0, DEL and C1, the separators of lines and paragraphs, bidirectional embeddings, overrides and isolates (UAX 9)."""


_ZONES = re.compile(r"(?!(posix|right|SystemV)/|(localtime|posixrules|posixtime|Factory|leapseconds|Local)$)[A-Z].*")
"""Names of IANA zones begin with a capital. Left out are files that stand beside them on one machine and mean what that
machine is set to, other readings of the same zones (`right/` counts leap seconds), and the zone of who set none."""


@lru_cache(1000)
def _zone(value: str) -> str:
    """Each event and each member names one; there are some six hundred, and what is refused is not kept."""
    from zoneinfo import ZoneInfo

    if not _ZONES.fullmatch(value):
        raise ValueError("must be an IANA time zone such as Asia/Tokyo")
    try:
        ZoneInfo(value)
    except (ValueError, OSError) as e:  # ZoneInfoNotFoundError is a KeyError, handled below
        raise ValueError("must be an IANA time zone such as Asia/Tokyo") from e
    except KeyError as e:
        raise ValueError("must be an IANA time zone such as Asia/Tokyo") from e
    return value


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An id that the caller chose, usually a UUIDv7 (`new_id`). Safe as one token of a NATS subject."""
Instant = Annotated[AwareDatetime, BeforeValidator(_date_time), AfterValidator(_utc)]
"""A point in time from 1900 to 2199; kept in UTC with millisecond precision, written as RFC 3339."""
Day = Annotated[date, BeforeValidator(_date)]
"""A date, written as RFC 3339's full-date: 2026-05-01."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
"""One line of text: 1 to 200 characters, no control characters."""
ShortLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(_one_line)
]
"""A few words on one line: 1 to 60 characters, no control characters."""


def _something(value: str) -> str:
    if not any(char.isalnum() for char in value):
        raise ValueError("must have a letter or a digit")
    return value


Word = Annotated[
    Line, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_something)
]
"""A word or a few, of at most 100 characters. Width, case, hiragana or katakana, and spaces make no difference."""
Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_one_line)]
"""What a figure is counted in, such as `h`: at most 20 characters on one line, or nothing."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
"""Free text of several lines: at most 5,000 characters."""
Month = Annotated[str, StringConstraints(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, in the time zone of the community it is about: 2026-11."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
"""A few sentences: at most 500 characters."""
Zone = Annotated[str, AfterValidator(_zone)]
"""An IANA time zone name."""
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r'^[^@\s<>,;:"()\[\]\\]+@[^@\s<>,;:"()\[\]\\]+\.[A-Za-z0-9-]{2,}$',
    ),
    AfterValidator(_one_line),
]
"""A mail address, kept in lower case."""
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500), AfterValidator(_one_line)]
"""A web address (URL)."""
