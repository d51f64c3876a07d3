"""Rows of documents and entries hold what the dumps of their models do."""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import bson
import pytest
from ekkyo.decision import Document, Entry
from ekkyo.store.encoding import Saved, entry_row, model_row, plain, read_entry, read_model, read_saved, saved_row, step
from ekkyo.wire import OutMessage
from pydantic import BaseModel, Field, computed_field, field_serializer


class Colour(Enum):
    RED = "red"


class Part(BaseModel):
    at: datetime
    note: str = Field(default="", exclude_if=lambda value: not value)


class Thing(Document):
    when: datetime
    day: date
    colour: Colour = Colour.RED
    ratio: float = 0.5
    labels: set[str] = set()
    part: Part | None = None
    parts: list[Part] = []
    by_day: dict[date, Part] = {}
    pairs: list[tuple[str, int]] = []
    empty: list[str] = Field(default=[], exclude_if=lambda value: not value)
    absent: str | None = None


class Piece(Entry):
    at: datetime | None = None
    parts: list[Part] = Field(default=[], exclude_if=lambda value: not value)


AT = datetime(2026, 5, 1, 10, 20, 30, 123_000, tzinfo=UTC)
FULL = {
    "when": AT, "day": AT.date(), "labels": {"b", "a"}, "part": Part(at=AT), "parts": [Part(at=AT, note="n")],
    "by_day": {AT.date(): Part(at=AT)}, "pairs": [("a", 1)], "empty": ["not"], "absent": "no",
}  # fmt: skip


@pytest.mark.parametrize("fields", [{"when": AT, "day": AT.date()}, FULL])
def test_a_row_holds_what_the_dump_of_its_model_does(fields: dict[str, Any]) -> None:
    thing = Thing(id="t", revision=3, **fields)
    dumped = plain(thing.model_dump())
    row = model_row("t", 3, thing)
    assert row == {"_id": "t", **{name: value for name, value in dumped.items() if name != "id"}}
    assert list(row) == ["_id", *(name for name in dumped if name != "id")]
    assert read_model(Thing, row) == thing


def test_what_is_left_out_of_a_dump_is_left_out_of_a_row() -> None:
    row = model_row("t", 1, Thing(id="t", when=AT, day=AT.date(), part=Part(at=AT)))
    assert "empty" not in row
    assert row["part"] == {"at": 1777630830123}
    assert row["absent"] is None


@pytest.mark.parametrize("parts", [[], [Part(at=AT, note="n")]])
def test_an_entry_is_stored_as_it_is_dumped(parts: list[Part]) -> None:
    piece = Piece(document_id="t", key="k", at=AT, parts=parts)
    row = entry_row(piece, 2)
    assert row == {"_id": "t:k", **plain(piece.model_dump()), "revision": 2}
    assert read_entry(Piece, row) == piece


def test_what_is_pending_is_stored_as_it_was_before_steps_were_encoded_beforehand() -> None:
    thing = Thing(id="t", revision=2, when=AT, day=AT.date())
    entries = [entry_row(Piece(document_id="t", key=key), 1) for key in "ba"]
    told = OutMessage("ekkyo.fact.things.made.t", {"ce-id": "1"}, b'{"text":"\xe8\xaa\xb0"}')
    saved = Saved(thing, (step(2, entries, [told]),), ("stamp",))
    row = bson.decode(bson.encode(saved_row(saved)))
    assert row["_pending"] == [
        {
            "revision": 2,
            "entries": entries[::-1],
            "out": [{"subject": told.subject, "headers": {"ce-id": "1"}, "body": '{"text":"誰"}', "purge": False}],
        }
    ]
    assert read_saved(Thing, row) == saved


def test_a_change_of_a_copy_is_stored() -> None:
    thing = Thing(id="t", when=AT, day=AT.date()).model_copy(update={"labels": {"c"}, "revision": 2})
    assert model_row("t", 2, thing)["labels"] == ["c"]


class Counted(Thing):
    @computed_field  # type: ignore[prop-decorator]
    @property
    def many(self) -> int:
        return len(self.parts)


class Veiled(Thing):
    @field_serializer("absent")
    def _veiled(self, value: str | None) -> str:
        return "veiled"


class Without(Thing):
    ratio: float = Field(default=0.5, exclude=True)


@pytest.mark.parametrize("model", [Counted, Veiled, Without])
def test_a_model_that_writes_something_in_its_own_way_is_stored_so(model: type[Thing]) -> None:
    thing = model(id="t", **FULL)
    assert model_row("t", 0, thing) == {"_id": "t"} | {k: v for k, v in plain(thing.model_dump()).items() if k != "id"}
    assert model_row("t", 0, thing) != model_row("t", 0, Thing(id="t", **FULL))
