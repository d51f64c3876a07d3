"""Forms: what was typed is kept, and what was wrong stands beside its field."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, QueryParams

M = TypeVar("M", bound=BaseModel)


@dataclass
class Form:
    """A form as it was sent: `values` by field, and `errors` by field with the code of what was wrong.

    A code is `missing`, `too_long`, `wrong` or one that a section has words for.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    """The least or most that each field takes whose number is out of bounds."""

    @classmethod
    def of(cls, sent: FormData | QueryParams) -> "Form":
        """What was typed. Line breaks are one character; NUL, which no text holds, is taken out."""
        form = cls()
        for name, value in sent.multi_items():
            if isinstance(value, str):
                text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
                form.values.setdefault(name, []).append(text)
        return form

    @classmethod
    def filled(cls, values: Mapping[str, Any]) -> "Form":
        """A form to begin with. None stands for a field that is empty."""
        return cls({name: cls._texts(value) for name, value in values.items() if value is not None})

    @staticmethod
    def _texts(value: Any) -> list[str]:
        if isinstance(value, bool):
            return ["on"] if value else []
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]

    def __getitem__(self, name: str) -> str:
        """What was typed into a field, without space around it; empty when it was not sent."""
        return next(iter(self.values.get(name, [])), "").strip()

    def raw(self, name: str) -> str:
        """As it was typed, to be shown again."""
        return next(iter(self.values.get(name, [])), "")

    def all(self, name: str) -> list[str]:
        """What was chosen among several."""
        return self.values.get(name, [])

    def on(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.values.get(name))

    def wrong(self, name: str, code: str) -> None:
        """Say what is wrong with a field; what was said first stays."""
        self.errors.setdefault(name, code)

    def moment(self, day: str, clock: str, zone: str) -> datetime | None:
        """The point in time of a date field and a time field in a zone; None with an error beside the field.

        A time that a change of clocks leaves out is refused; one that it repeats is the first of both.
        """
        if not self[day] or not self[clock]:
            self.wrong(day if not self[day] else clock, "missing")
            return None
        return self._at(f"{self[day]}T{self[clock]}", day, clock, zone)

    def local(self, name: str, zone: str) -> datetime | None:
        """The point in time of a field of kind `datetime-local` in a zone, as `moment` reads two fields."""
        if not self[name]:
            self.wrong(name, "missing")
            return None
        return self._at(self[name], name, name, zone)

    def _at(self, text: str, day: str, clock: str, zone: str) -> datetime | None:
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
            at = local.astimezone(UTC)
        except (ValueError, KeyError, OSError, OverflowError):
            self.wrong(day, "no_time")
            return None
        if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.wrong(clock, "left_out")
            return None
        return at

    def make(self, model: Callable[..., M], names: Mapping[str, str] | None = None, **values: Any) -> M | None:
        """The message made of these values, or None with errors beside the fields.

        names: the form's field for each of the model's that is called otherwise; a part's fields count with it.
        """
        try:
            made = model(**values)
        except ValidationError as e:
            for error in e.errors(include_input=False, include_url=False):
                place = [str(part) for part in error["loc"]]
                name, bounds = _field(place, names or {}), error.get("ctx", {})
                if name not in self.errors and (limit := bounds.get("ge", bounds.get("le"))) is not None:
                    self.limits[name] = limit
                self.wrong(name, CODES.get(error["type"], "wrong"))
            return None
        return None if self.errors else made


CODES = {
    "missing": "missing",
    "colour_too_light": "too_light",
    "string_too_short": "missing",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "int_parsing": "no_number",
    "int_type": "no_number",
}


def _field(place: Iterable[str], names: Mapping[str, str]) -> str:
    """The form's field that an error belongs to: the innermost that has a name."""
    parts = [part for part in place if not part.isdigit()]
    for part in reversed(parts):
        if part in names:
            return names[part]
    return parts[-1] if parts else "form"
