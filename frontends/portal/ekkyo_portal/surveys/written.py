"""The form of a template as rows that leaders write: read, changed without script, and made into questions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args

from ekkyo.contracts.base import new_id
from ekkyo.contracts.surveys import OTHER, Form, FormQuestion, QuestionKind

from ekkyo_portal.surveys import lines
from ekkyo_portal.web.forms import Form as Typed

KINDS: Final[tuple[str, ...]] = get_args(QuestionKind)
COUNTED: Final = ("scale", "nps", "choice", "choices")
"""Kinds on whose answers a question can depend."""
CROSSED: Final = ("scale", "nps", "choice")
"""Kinds that can be counted together."""
MOST: Final = 50
TABLES: Final = 5
LONGEST: Final = 8_000
"""Characters of a field that are read."""
TEXTS: Final = (
    "ja",
    "en",
    "low_ja",
    "low_en",
    "high_ja",
    "high_en",
    "section_ja",
    "section_en",
    "about_ja",
    "about_en",
)
NUMBERS: Final = ("minimum", "maximum", "decimals")
TICKS: Final = ("required", "other", "random")
Labels = dict[str, str]


@dataclass
class Row:
    """A question as it was typed."""

    key: str
    kind: str = "choice"
    texts: dict[str, str] = field(default_factory=dict)
    """The question (`ja`, `en`), the ends of a scale, the heading of a page that begins here, and what stands below."""
    numbers: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, bool] = field(default_factory=dict)
    choices: Sequence[lines.Key] = ()
    rows: Sequence[lines.Key] = ()
    unequal: Sequence[str] = ()
    """choices, rows: where not every line stands in both languages."""
    typed: dict[str, str] = field(default_factory=dict)
    """Choices and rows as they were typed, one in a line, by `choices_ja` and so on."""
    section: str = ""
    """The key of the section that begins here."""
    on: str = ""
    """The key of the question that it depends on."""
    any_of: Sequence[str] = ()
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def has_section(self) -> bool:
        return bool(self.texts.get("section_ja") or self.texts.get("section_en"))

    @property
    def possible(self) -> list[str]:
        """What an answer can count as, where others can depend on it."""
        if self.kind in ("scale", "nps"):
            low, high = (0, 10) if self.kind == "nps" else (number(self.numbers.get(n, "")) for n in NUMBERS[:2])
            return [str(n) for n in range(low or 0, (high or 0) + 1)[:21]]
        return [key for key, *_ in self.choices] + ([OTHER] if self.ticks.get("other") else [])


@dataclass
class Sheet:
    """A template as it was typed."""

    template: str
    based_on: int
    title: Labels = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    random_order: bool = False
    use_after_events: bool = False
    retired: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong) or any(row.wrong for row in self.rows)


def begun(template: str) -> Sheet:
    """A template to begin with: one question."""
    return Sheet(template, 0, rows=[Row(key=_new_key(), kind="nps", ticks={"required": True})])


def new_template() -> str:
    """A key that no template has."""
    return "t_" + new_id().replace("-", "")[-12:]


def new_pulse() -> str:
    """A key that no pulse has."""
    return "p_" + new_id().replace("-", "")[-12:]


def filled(form: Form, *, based_on: int, use_after_events: bool = False, retired: bool = False) -> Sheet:
    """A template as it is."""
    sections = {section.key: section for section in form.sections}
    rows: list[Row] = []
    at: str | None = None
    for q in form.questions:
        section = sections.get(q.section or "") if q.section != at else None
        at = q.section
        rows.append(_row(q, section))
    crossed = {q.key for q in form.questions if q.kind in CROSSED}
    tables = [(one, other) for one, other in form.cross_tables if {one, other} <= crossed]
    return Sheet(
        form.template, based_on, {**_worded("", form.title)}, rows, tables, form.random_order, use_after_events, retired
    )


def _row(q: FormQuestion, section: Any) -> Row:
    texts = _worded("", q.label) | _worded("low_", q.low) | _worded("high_", q.high)
    if section:
        texts |= _worded("section_", section.title) | _worded("about_", section.description)
    numbers = {
        name: str(n) for name in NUMBERS if (n := getattr(q, name)) not in (None, 0) or (n == 0 and name in NUMBERS[:1])
    }
    choices = [(c.key, c.label.get("ja", ""), c.label.get("en", "")) for c in q.choices]
    rows = [(c.key, c.label.get("ja", ""), c.label.get("en", "")) for c in q.rows]
    return Row(
        key=q.key,
        kind=q.kind,
        texts=texts,
        numbers=numbers,
        ticks={"required": q.required, "other": q.other, "random": q.random_order},
        choices=choices,
        rows=rows,
        typed=lines.lines("choices", choices) | lines.lines("rows", rows),
        section=section.key if section else "",
        on=q.shown_if.question if q.shown_if else "",
        any_of=list(q.shown_if.any_of) if q.shown_if else [],
    )


def read(form: Typed, template: str) -> Sheet:
    """What was typed."""
    rows = [_read(form, n, key[:40]) for n, key in enumerate(form.all("key")[:MOST])]
    tables = [(form[f"one-{n}"][:40], form[f"with-{n}"][:40]) for n in range(TABLES)]
    return Sheet(
        template=template,
        based_on=number(form["based_on"]) or 0,
        title={locale: form[f"title_{locale}"][:LONGEST] for locale in ("ja", "en") if form[f"title_{locale}"]},
        rows=rows,
        tables=[pair for pair in tables if any(pair)],
        random_order=form.on("random_order"),
        use_after_events=form.on("use_after_events"),
        retired=form.on("retired"),
    )


def _read(form: Typed, n: int, key: str) -> Row:
    kind = form[f"kind-{n}"]
    typed = {
        f"{what}_{locale}": form.raw(f"{what}_{locale}-{n}")[:LONGEST]
        for what in ("choices", "rows")
        for locale in ("ja", "en")
    }
    row = Row(
        key=key,
        kind=kind if kind in KINDS else "text",
        texts={name: form[f"{name}-{n}"][:LONGEST] for name in TEXTS},
        numbers={name: form[f"{name}-{n}"][:15] for name in NUMBERS},
        ticks={name: form.on(f"{name}-{n}") for name in TICKS},
        typed=typed,
        section=form[f"section-{n}"][:40],
        on=form[f"on-{n}"][:40],
        any_of=[one[:40] for one in form.all(f"any-{n}")][:50],
    )
    unequal = []
    found = {}
    for what, letter in (("choices", "c"), ("rows", "r")):
        ja, en = (
            [line.strip() for line in typed[f"{what}_{locale}"].split("\n") if line.strip()] for locale in ("ja", "en")
        )
        if ja and en and len(ja) != len(en):
            unequal.append(what)
        pairs = [(ja[i] if i < len(ja) else "", en[i] if i < len(en) else "") for i in range(max(len(ja), len(en)))]
        found[what] = lines.keyed(lines.known(form[f"{what}-keys-{n}"]), pairs, letter)
    return replace(row, choices=found["choices"], rows=found["rows"], unequal=unequal)


def changed(sheet: Sheet, do: str) -> Sheet:
    """After a button was pressed: add, remove-<row>, up-<row>. Anything else leaves it as it is."""
    what, _, number = do.partition("-")
    n = int(number) if number.isdecimal() and len(number) < 3 else MOST
    rows = list(sheet.rows)
    if what == "add" and len(rows) < MOST:
        rows.append(Row(key=_new_key()))
    elif what == "remove" and n < len(rows):
        gone = rows.pop(n)
        rows = [replace(row, on="", any_of=()) if row.on == gone.key else row for row in rows]
    elif what == "up" and 0 < n < len(rows):
        rows[n - 1], rows[n] = rows[n], rows[n - 1]
    return replace(sheet, rows=rows)


def _worded(prefix: str, texts: Mapping[Any, str]) -> dict[str, str]:
    return {f"{prefix}{locale}": text for locale, text in texts.items()}


def number(text: str) -> int | None:
    """What was typed as a whole number; None if it is none."""
    try:
        return int(text) if len(text) < 14 else None
    except ValueError:
        return None


def _new_key() -> str:
    return "q_" + new_id().replace("-", "")[-12:]


def conditions(sheet: Sheet) -> Iterator[list[Row]]:
    """For each row, the rows before it that it can depend on."""
    before: list[Row] = []
    for row in sheet.rows:
        yield list(before)
        if row.kind in COUNTED:
            before.append(row)
