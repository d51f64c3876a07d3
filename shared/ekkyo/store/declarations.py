"""What a service says of its collections: names, models, indexes. Holds no connection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ekkyo.contracts.base import Fact
from ekkyo.store.driver import Database
from ekkyo.store.encoding import UNSETTLED
from ekkyo.store.settle import Outbox

L = TypeVar("L")


@dataclass(frozen=True, init=False)
class Index:
    """An index on these fields; a field with a leading minus is sorted downwards.

    unique: a document that violates it is refused as `<name>_taken`. where: the condition that a document must meet
    to be in it, `{"number": {"$exists": True}}`; only equality, comparison and $exists.
    """

    fields: tuple[str, ...]
    unique: bool
    name: str
    where: Mapping[str, Any] | None

    def __init__(
        self, *fields: str, unique: bool = False, name: str | None = None, where: Mapping[str, Any] | None = None
    ) -> None:
        set_ = object.__setattr__
        set_(self, "fields", fields)
        set_(self, "unique", unique)
        set_(self, "name", name or "_".join(f.lstrip("-") for f in fields))
        set_(self, "where", where)

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [
            ("_id" if f.lstrip("-") == "id" else f.lstrip("-"), -1 if f.startswith("-") else 1) for f in self.fields
        ]


WAITING = Index(UNSETTLED, name="unsettled", where={UNSETTLED: True})
"""Small: only documents with something pending are in it."""


@dataclass(frozen=True)
class Binding:
    """What a declaration is bound to."""

    database: Database
    outbox: Outbox
    owner: str


@dataclass(frozen=True)
class Declaration(Generic[L]):
    """A collection, entries and indexes included, that a store makes live."""

    name: str
    live: Callable[[Binding], L] = field(compare=False, repr=False)
    indexes: Mapping[str, Sequence[Index]] = field(default_factory=dict, compare=False)
    """By the name of the collection in the database."""

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Projected(Declaration[L]):
    """Of a projection, which can be rebuilt from facts. forgotten_by: facts that erase a row."""

    forgotten_by: tuple[type[Fact], ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        return super().__hash__()


def names_of_unique(collection: str, indexes: Sequence[Index]) -> dict[str, str]:
    """The name of each unique index by what servers call it: its name, or one made of its collection and fields."""
    made = {f"idx_{collection}_{'_'.join(name for name, _ in i.keys)}": i.name for i in indexes if i.unique}
    return {**made, **{i.name: i.name for i in indexes if i.unique}}


def taken(name: str) -> str:
    """The text of the refusal when another record already has this value of a unique field."""
    return f"Another record already has the same {name}."
