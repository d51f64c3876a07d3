"""Documents and entries as rows of the database, and back.

What the store adds begins with an underscore, so it never meets a field of a model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Generic, TypeVar

import bson
from bson.raw_bson import RawBSONDocument
from pydantic import BaseModel

from ekkyo.decision import D, E, Entry
from ekkyo.store.driver import Row
from ekkyo.wire import OutMessage

M = TypeVar("M", bound=BaseModel)

PENDING = "_pending"
"""What must follow from the document's changes and is not settled yet, oldest first."""
UNSETTLED = "_unsettled"
"""True while there is something pending; absent otherwise. A plain flag, for a partial index that is small."""
STAMPS = "_stamps"
"""The last groups that wrote this document. Random: they say nothing of when, or with what else."""
STAMPS_KEPT = 4

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_AS_IS = frozenset({str, int, float, bool, type(None), bytes})


@dataclass(frozen=True)
class Step:
    """What follows from one write of a document: entries, then messages in order. `revision`: the document's."""

    revision: int
    entries: tuple[Row, ...]
    out: tuple[OutMessage, ...]
    stored: RawBSONDocument
    """As it is pending in its document: encoded once, since the next changes write it again until it is settled."""

    @property
    def weight(self) -> int:
        """Its size in bytes."""
        return len(self.stored.raw)


@dataclass(frozen=True)
class Saved(Generic[D]):
    """A document as it is stored, with its pending steps."""

    document: D
    steps: tuple[Step, ...] = ()
    stamps: tuple[str, ...] = ()


def plain(value: Any) -> Any:
    """A value as the database keeps it: dates, UUIDs and the like become text, sets sorted lists.

    Times become whole milliseconds since 1970, which models read back: there are MongoDB-protocol servers (nx-27017
    0.8.1) that compare dates, and text that looks like one, by whole seconds, and then conditions and pages miss what
    happened within one.
    """
    if type(value) in _AS_IS:
        return value
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MILLISECOND
    if isinstance(value, list | tuple):
        return [plain(v) for v in value] if value else []
    if isinstance(value, Mapping):
        return {k if type(k) is str else str(plain(k)): v if type(v) in _AS_IS else plain(v) for k, v in value.items()}
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bytes) else str(value)


def read_model(model: type[M], row: Row) -> M:
    """The model in a row."""
    found = {k: v for k, v in row.items() if k[0] != "_"}
    found["id"] = row["_id"]
    return model.model_validate(found)


def fields_of(model: BaseModel) -> Row:
    """The model's fields as the database keeps them: what `plain` makes of its `model_dump`, in a fraction of the time.

    Each change of a document writes all of it, and few of its fields are more than a text, a number or nothing.
    """
    fields = _kept_fields(type(model))
    if fields is None:
        dumped: Row = plain(model.model_dump())
        return dumped
    found: Row = {}
    values = model.__dict__
    for name, left_out in fields:
        value = values[name]
        if left_out is None or not left_out(value):
            found[name] = value if type(value) in _AS_IS else plain(value)
    return found


@cache
def _kept_fields(model: type[BaseModel]) -> tuple[tuple[str, Callable[[Any], bool] | None], ...] | None:
    """The fields that a model's dump has, each with what says of a value that it is left out. None: it has others, or
    writes some in its own way."""
    own = model.__pydantic_decorators__
    if own.field_serializers or own.model_serializers or own.computed_fields:
        return None
    if any(field.exclude for field in model.model_fields.values()):
        return None
    return tuple((name, field.exclude_if) for name, field in model.model_fields.items())


def model_row(id: str, revision: int, model: BaseModel) -> Row:
    """A row that holds this model, its id as `_id`."""
    row = fields_of(model)
    row.pop("id", None)
    return {"_id": id, **row, "revision": revision}


def saved_row(saved: Saved[D]) -> Row:
    """The document as it is written, with what is pending."""
    row = model_row(saved.document.id, saved.document.revision, saved.document)
    row[STAMPS] = list(saved.stamps)
    if saved.steps:
        row[UNSETTLED] = True
        row[PENDING] = [step.stored for step in saved.steps]
    return row


def read_saved(model: type[D], row: Row) -> Saved[D]:
    return Saved(read_model(model, row), read_steps(row), tuple(row.get(STAMPS, ())))


def read_steps(row: Row) -> tuple[Step, ...]:
    return tuple(step(s["revision"], s["entries"], [read_out(m) for m in s["out"]]) for s in row.get(PENDING, ()))


def read_out(row: Row) -> OutMessage:
    return OutMessage(row["subject"], row["headers"], row["body"].encode(), row["purge"])


def step(revision: int, entries: list[Row], out: list[OutMessage]) -> Step:
    """A step of a document's history. Its entries are sorted by key, so their order tells nothing."""
    entries = sorted(entries, key=lambda e: e["_id"])
    told = [
        {"subject": m.subject, "headers": m.headers, "body": m.body.decode(), "purge": m.purge} for m in out
    ]  # bodies are JSON text: kept as text, they can be read by whoever looks into the database
    stored = bson.encode({"revision": revision, "entries": entries, "out": told})
    return Step(revision, tuple(entries), tuple(out), RawBSONDocument(stored))


def weight_of(message: OutMessage) -> int:
    return len(message.body) + 600  # the headers of a fact


def entry_id(document_id: str, key: str) -> str:
    return f"{document_id}:{key}"


def entry_row(entry: Entry, revision: int) -> Row:
    """An entry as it is written. `revision` counts the changes of this entry alone.

    So an older settle never overwrites a newer one, and no two entries have a number in common that would tell that
    the same decision changed them both.
    """
    return {"_id": entry_id(entry.document_id, entry.key), **fields_of(entry), "revision": revision}


def read_entry(model: type[E], row: Row) -> E:
    return model.model_validate({k: v for k, v in row.items() if k not in ("_id", "revision")})
