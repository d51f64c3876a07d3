"""Records of a member as people read them: labels, dates by a clock, communities by their names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from ekkyo.contracts.held import Row
from ekkyo.contracts.members import Locale

from ekkyo_common.held.gathering import Part
from ekkyo_common.held.words import WORDS

LANGUAGES: Final = {"ja", "en"}


class Reads(Protocol):
    """Who reads it: their language, and dates as they read them."""

    @property
    def locale(self) -> Locale: ...
    def moment(self, at: datetime) -> str: ...
    def date(self, day: date) -> str: ...


@dataclass(frozen=True)
class Shown:
    """The records of one kind, each as labels with texts. more: how many the page leaves out."""

    title: str
    count: int
    rows: list[list[tuple[str, str]]]
    more: int


@dataclass(frozen=True)
class Service:
    """What one service holds. sections None: it is away. withheld: what is told to the member alone."""

    title: str
    sections: list[Shown] | None
    withheld: list[str]


def service(reader: Reads, part: Part, names: Mapping[str, str], most: int | None = None) -> Service:
    """What one service holds. names: of communities, by id. most: records of one kind to show; None: all."""
    words = WORDS[reader.locale]
    told = None if part.sections is None else [_shown(reader, *one, names, most) for one in part.sections.items()]
    return Service(words["services"][part.service], told, [_section(words, name) for name in part.withheld])


def _shown(reader: Reads, name: str, rows: list[Row], names: Mapping[str, str], most: int | None) -> Shown:
    words, shown = WORDS[reader.locale], rows[:most]
    told = [[(_label(words, key), text_of(reader, value, names)) for key, value in row.items()] for row in shown]
    return Shown(_section(words, name), len(rows), told, len(rows) - len(shown))


def _section(words: Mapping[str, Any], name: str) -> str:
    return str(words["sections"].get(name, name))


def _label(words: Mapping[str, Any], field: str) -> str:
    return str(words["fields"].get(field, field.replace("_", " ")))


def text_of(reader: Reads, value: Any, names: Mapping[str, str]) -> str:
    """A value as it is read: dates by the reader's clock, communities by their names."""
    words = WORDS[reader.locale]
    match value:
        case bool():
            return str(words["yes"] if value else words["no"])
        case list():
            return ", ".join(text_of(reader, one, names) for one in value)
        case dict() if value and set(value) <= LANGUAGES:
            return str(value.get(reader.locale) or next(iter(value.values())))
        case dict():
            return "; ".join(f"{_label(words, key)}: {text_of(reader, one, names)}" for key, one in value.items())
        case str() if value in names:
            return names[value]
        case str() if "T" in value[10:11] and (at := _moment(value)):
            return reader.moment(at)
        case str() if day := _day(value):
            return reader.date(day)
    return str(value)


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
