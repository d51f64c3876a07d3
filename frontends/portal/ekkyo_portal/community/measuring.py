"""The measures of a charter as rows of a form: read, changed without script, and checked. Pure but for new keys."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from ekkyo.contracts.base import new_id
from ekkyo.contracts.members import Counted, Measure, Period
from pydantic import ValidationError

from ekkyo_portal.web.forms import CODES, Form

MOST: Final = 20
LONGEST: Final = 1_000
NEW: Final = "new-"
"""Begins the key of a row that is not saved yet."""
FIELDS: Final = tuple(name for name in Measure.model_fields if name != "key")
COUNTED: Final[tuple[str, ...]] = get_args(Counted)
PERIODS: Final[tuple[str, ...]] = get_args(Period)


@dataclass
class Row:
    """A measure as it was typed. wrong: what is wrong, by field."""

    key: str
    typed: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def filled(measures: Sequence[Measure]) -> list[Row]:
    """The measures as they are."""
    return [
        Row(one.key, {name: _text(getattr(one, name)) for name in FIELDS if getattr(one, name) is not None})
        for one in measures
    ]


def read(form: Form) -> list[Row]:
    """What was typed, row by row."""
    keys = form.all("key")[:MOST]
    return [Row(key[:64], {name: form[f"{name}-{n}"][:LONGEST] for name in FIELDS}) for n, key in enumerate(keys)]


def changed(rows: list[Row], do: str) -> list[Row]:
    """The rows after a button was pressed that adds one or removes one."""
    if do == "add" and len(rows) < MOST:
        return [*rows, Row(f"{NEW}{new_id()[-12:]}")]
    number = do.removeprefix("remove-")
    if do.startswith("remove-") and number.isdecimal():
        return [row for n, row in enumerate(rows) if n != int(number)]
    return rows


def made(rows: list[Row]) -> list[Measure]:
    """The measures that the rows make; where one is wrong, it says so and none counts. A new one gets its key."""
    used = {row.key for row in rows}
    found = []
    for row in rows:
        try:
            key = _key(row, used) if row.key.startswith(NEW) else row.key
            measure = Measure.model_validate({"key": key, **_values(row)})
        except ValidationError as e:
            for error in e.errors(include_input=False, include_url=False):
                place = str(error["loc"][0]) if error["loc"] else "until"
                row.wrong.setdefault(place, _code(error["type"], place))
            continue
        used.add(measure.key)
        found.append(measure)
    return [] if any(row.wrong for row in rows) else found


def number(typed: str) -> str:
    """A number as people type it: full-width digits and thousands separators are understood."""
    return unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "").replace("−", "-")


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in row.typed.items() if value}
    for name in ("target", "baseline"):
        if name in values:
            try:
                values[name] = float(number(values[name]))
            except ValueError:
                row.wrong[name] = "no_number"
    if values.get("period") != "season":
        values.pop("starts_on", None)
        values.pop("until", None)
    if values.get("counted") != "reported":
        values.pop("unit", None)
        values.pop("combine", None)
    return values


def _code(type: str, place: str) -> str:
    if place == "until" and type == "value_error":
        return "season_days"
    return CODES.get(type, "wrong")


def _key(row: Row, used: set[str]) -> str:
    """A key that people can read, for systems that report figures; else one at random."""
    readable = re.sub(r"[^a-z0-9]+", "-", row.typed.get("label", "").lower()).strip("-")[:40]
    return readable if len(readable) > 2 and readable not in used else row.key.removeprefix(NEW)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
