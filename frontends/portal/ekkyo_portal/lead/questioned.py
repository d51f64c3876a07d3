"""The questions of an event as rows of a form: read, changed without script, and checked. Pure but for new keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import RegistrationQuestion, RegistrationQuestionKind
from ekkyo.words.text import one_line
from pydantic import ValidationError

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.web.forms import CODES

KINDS: Final[tuple[str, ...]] = get_args(RegistrationQuestionKind)
MOST: Final = 20
LONGEST: Final = 5_000
"""Characters of a field that are read."""


@dataclass
class Row:
    """A question as it was typed. condition: the key of an earlier question, a colon, and its answer."""

    key: str
    text: str = ""
    kind: str = "text"
    choices: str = ""
    required: bool = False
    condition: str = ""
    known: bool = False
    """Whether it was asked before: members may have answered it."""
    again: bool = False
    """Whether it asks something else now, so that earlier answers do not count."""
    wrong: dict[str, str] = field(default_factory=dict)
    """What is wrong, by field."""

    @property
    def offered(self) -> list[str]:
        """The choices, one from each line that is not empty."""
        return [line.strip() for line in self.choices.split("\n") if line.strip()] if "choice" in self.kind else []


@dataclass(frozen=True)
class Shown:
    """A row, and the conditions that it may have: their values and words."""

    n: int
    row: Row
    conditions: Sequence[tuple[str, str]]


def filled(questions: Sequence[RegistrationQuestion]) -> list[Row]:
    """The questions as they are."""
    return [
        Row(
            key=question.key,
            text=question.text,
            kind=question.kind,
            choices="\n".join(question.choices),
            required=question.required,
            condition=_condition(on.question, on.answer) if (on := question.shown_if) else "",
            known=True,
        )
        for question in questions
    ]


def read(form: Any) -> list[Row]:
    """What was typed, row by row. form: a web.forms.Form."""
    rows = []
    for n in range(min(len(form.all("key")), MOST)):
        rows.append(
            Row(
                key=form.all("key")[n][:40],
                text=form[f"text-{n}"][:LONGEST],
                kind=form[f"kind-{n}"] if form[f"kind-{n}"] in KINDS else "text",
                choices=form.raw(f"choices-{n}")[:LONGEST],
                required=form.on(f"required-{n}"),
                condition=form[f"condition-{n}"][:LONGEST],
                known=form.on(f"known-{n}"),
                again=form.on(f"again-{n}"),
            )
        )
    return rows


def changed(rows: Sequence[Row], do: str) -> list[Row]:
    """The rows after a button was pressed: add, remove-<row>, up-<row>. Anything else leaves them as they are."""
    what, _, number = do.partition("-")
    n = int(number) if number.isdecimal() and len(number) < 3 else len(rows)
    found = list(rows)
    if what == "add" and len(found) < MOST:
        found.append(Row(key=_new_key()))
    elif what == "remove" and n < len(found):
        gone = found.pop(n)
        found = [
            replace(row, condition="" if row.condition.startswith(f"{gone.key}:") else row.condition) for row in found
        ]
    elif what == "up" and 0 < n < len(found):
        found[n - 1], found[n] = found[n], found[n - 1]
    return found


def made(rows: Sequence[Row]) -> list[RegistrationQuestion] | None:
    """The questions, or None with what is wrong beside the fields. What asks something else now gets another key."""
    keys = {row.key: _new_key() if row.again and row.known else row.key for row in rows}
    found: list[RegistrationQuestion] = []
    for row in rows:
        on, _, answer = row.condition.partition(":")
        kinds = {other.key: other.kind for other in rows}
        wanted: bool | str = answer == "yes" if kinds.get(on) == "yes_no" else answer
        try:
            found.append(
                RegistrationQuestion.model_validate(
                    {
                        "key": keys[row.key],
                        "text": row.text,
                        "kind": row.kind,
                        "choices": row.offered,
                        "required": row.required,
                        "shown_if": {"question": keys.get(on, on), "answer": wanted} if row.condition else None,
                    }
                )
            )
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False):
                _wrong(row, [str(part) for part in one["loc"]], CODES.get(one["type"], "wrong"))
    return found if not any(row.wrong for row in rows) else None


def beside(rows: Sequence[Row], why: Refused) -> bool:
    """Put what the service found wrong beside the fields; whether there was anything."""
    for error in why.errors:
        parts = error.field.split(".")
        if parts[0] == "questions" and parts[1].isdecimal() and int(parts[1]) < len(rows):
            _wrong(rows[int(parts[1])], parts[2:], error.code)
    return any(row.wrong for row in rows)


def shown(reader: Reader, rows: Sequence[Row]) -> list[Shown]:
    """The rows with the conditions that the rows before them allow; what was chosen stays, also where it is gone."""
    found: list[Shown] = []
    words, offered = reader.words.asking, {"": reader.words.asking.always}
    for n, row in enumerate(rows):
        conditions = dict(offered)
        if row.condition:
            conditions.setdefault(row.condition, row.condition.partition(":")[2])
        found.append(Shown(n, row, list(conditions.items())))
        text = one_line(row.text) or words.number.format(n=n + 1)
        offered |= {
            _condition(row.key, answer): words.after.format(question=text, answer=_said(reader, answer))
            for answer in ([True, False] if row.kind == "yes_no" else row.offered)
        }
    return found


def refusal_words(reader: Reader, code: str) -> str:
    """What a refusal of the whole form means; nothing for none."""
    return REFUSALS[reader.locale].get(code, "")


def _wrong(row: Row, place: Sequence[str], code: str) -> None:
    names: Mapping[str, str] = {"shown_if": "condition"}
    name = next((part for part in place if not part.isdecimal()), "text")
    row.wrong.setdefault(names.get(name, name), code)


def _condition(key: str, answer: bool | str) -> str:
    return f"{key}:{('yes' if answer else 'no') if isinstance(answer, bool) else answer}"


def _said(reader: Reader, answer: bool | str) -> str:
    if isinstance(answer, bool):
        found: str = reader.words.asking.yes if answer else reader.words.asking.no
        return found
    return one_line(answer)


def _new_key() -> str:
    return "q_" + new_id().replace("-", "")[-12:]
