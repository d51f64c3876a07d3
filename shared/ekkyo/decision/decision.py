"""The types that decisions use. Pure: no I/O, no clock, no driver, no broker; models import this and the contracts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from ekkyo.contracts.base import Caller, Fact, Id, Refused

D = TypeVar("D", bound="Document")
E = TypeVar("E", bound="Entry")
E_co = TypeVar("E_co", bound="Entry", covariant=True)
A = TypeVar("A")


class Document(BaseModel):
    """An entity: one small document. The store sets `revision`; a decision leaves it alone.

    A decision makes the next one with `event.model_copy(update={...})`; documents are never changed in place.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    id: str
    revision: int = 0
    """How many decisions changed it. Within a decision the facts get `revision + 1`."""


class Entry(BaseModel):
    """One of many parts of an entity, kept in a collection of its own under `<document id>:<key>`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    unlinkable: ClassVar[bool] = False
    """Whether nobody may learn from the database which entries one decision changed together, or in what order.

    No entry is stored with a time or with its document's revision. With this set, what is pending in the document,
    where entries of one decision do stand side by side, is cleared at once when it is settled.
    """
    document_id: str
    key: str


class Entries(Protocol[E_co]):
    """A document's entries, as a decision reads them.

    A decision may read any entry; what is not at hand is fetched and the decision is made again, so the ones it
    surely needs are better named to `change(…, entries=[keys])` beforehand.
    """

    def get(self, key: str) -> E_co | None:
        """The entry with this key."""

    def first(self, count: int, *, order: str, **equal: object) -> Sequence[E_co]:
        """The first `count` entries whose fields equal these, by the field `order`, lowest first. None sorts first."""

    def all(self, **equal: object) -> Sequence[E_co]:
        """All entries whose fields equal these, by key. A list as value means any of them."""


class Timer(BaseModel):
    """Something due later: set, moved by being set again, or cancelled, with the document that decides it.

    `subject` is `ekkyo.timer.<service>.<name>`; one timer per name and `id`. It fires as the same class.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    subject: ClassVar[str]
    id: Id

    def at(self, when: datetime) -> "Set":
        """Set or move this timer. A time that has passed fires at once."""
        return Set(self, when)

    @classmethod
    def cancel(cls, id: str) -> "Cancel":
        """Cancel the timer of this name and id. It may fire all the same: the reaction checks the document."""
        return Cancel(cls, id)


@dataclass(frozen=True)
class Set:
    timer: Timer
    at: datetime


@dataclass(frozen=True)
class Cancel:
    timer: type[Timer]
    id: str


@dataclass(frozen=True)
class Purge:
    """Facts of one kind about one entity leave the stream for good: all that were announced before this decision."""

    fact: type[Fact]
    id: str


@dataclass(frozen=True)
class Decision(Generic[D, A]):
    """The new document, the changed entries, the facts, the timers, and the answer.

    Nothing is written when the document is the one that was given and there are no entries, facts, timers or purges.
    Purges come first: the decision's facts are announced when what they purge is gone.
    actor: who caused it, where that is not who asks: of a timer, who set it.
    """

    document: D
    answer: A
    entries: Sequence[Entry] = ()
    facts: Sequence[Fact] = ()
    timers: Sequence[Set | Cancel] = ()
    purges: Sequence[Purge] = ()
    actor: str | None = None


@dataclass
class EntriesInMemory(Generic[E]):
    """Entries given as a list: for tests of models, and for what the store has at hand."""

    items: dict[str, E] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[E]) -> "EntriesInMemory[E]":
        return cls({e.key: e for e in entries})

    def get(self, key: str) -> E | None:
        return self.items.get(key)

    def first(self, count: int, *, order: str, **equal: object) -> Sequence[E]:
        found = sorted(
            self.all(**equal), key=lambda e: ((v := getattr(e, order)) is not None, v if v is not None else 0, e.key)
        )
        return found[:count]

    def all(self, **equal: object) -> Sequence[E]:
        return [e for _, e in sorted(self.items.items()) if matches(e, equal)]


def matches(entry: Entry, equal: dict[str, object]) -> bool:
    """Whether an entry's fields equal these; a list as value means any of them."""
    return all(
        getattr(entry, name) in value if isinstance(value, list) else getattr(entry, name) == value
        for name, value in equal.items()
    )


__all__ = [
    "Caller",
    "Cancel",
    "Decision",
    "Document",
    "Entries",
    "EntriesInMemory",
    "Entry",
    "Purge",
    "Refused",
    "Set",
    "Timer",
    "matches",
]
