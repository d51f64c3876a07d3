"""What the page of a survey shows: its questions in steps, and what is known of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from ekkyo.contracts.members import Locale
from ekkyo.contracts.surveys import OTHER, Answers, Choice, Condition, FormAnswer, FormQuestion, is_asked
from ekkyo.contracts.surveys import Form as Questions
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.surveys import answered
from ekkyo_portal.web.forms import Form

State = Literal["open", "answered", "closed", "not_invited"]
Options = Sequence[tuple[str, str]]
"""What may be chosen: value and words."""
HIGHEST: Final = {"nps": 10}


@dataclass(frozen=True)
class Asked:
    """One question: its words, and what one may choose or type."""

    key: str
    kind: str
    label: str
    required: bool
    options: Options
    rows: Options = ()
    fields: int = 1
    """themes, ranking: how many may be named."""
    other: bool = False
    longest: int = answered.LONGEST
    hint: str = ""
    ends: Sequence[str] = ()
    """What the lowest and the highest number mean."""
    only_if: str = ""
    """On which answer of the same page it depends, in words."""
    depends: tuple[str, str] | None = None
    """The question on the same page that it depends on, and the answers, with spaces between."""


@dataclass(frozen=True)
class Step:
    """The questions that are on one page."""

    title: str
    description: str
    questions: Sequence[Asked]


@dataclass(frozen=True)
class SurveyView:
    """A survey. state: to answer, answered, closed, or not for this member."""

    survey_id: str
    title: str
    anonymous: bool
    state: State
    until: str
    event_id: str | None
    steps: Sequence[Step]
    """Those to show: one, or in a preview all."""
    at: int = 0
    """Which step it is, from 0."""
    of: int = 1
    carried: Options = ()
    """What was typed on the other steps: field and value."""
    may_change: bool = False
    draft: str = ""
    """Where a browser keeps what is typed into an anonymous survey: another name for each survey and member."""
    fresh: bool = False
    """Whether nothing was typed yet."""
    counts: str = ""
    """Whether what is shown was sent, and what counts until it is."""
    discard: str = ""
    """What the button says that discards what was saved; empty: nothing was, or more was typed since."""

    @property
    def last(self) -> bool:
        return self.at + 1 >= self.of


def survey(
    reader: Reader,
    asked: FormAnswer,
    form: Form,
    member_id: str,
    *,
    at: int = 0,
    change: bool = False,
    fresh: bool = True,
) -> SurveyView:
    """The survey as its page shows it. at: the step. change: whether answers that were given shall be changed."""
    it = asked.survey
    pages = steps(asked.form)
    at = max(0, min(at, len(pages) - 1))
    said = answered.read(asked.form, Form(dict(form.values)))
    here = {name for q in pages[at] for name in answered.names(q)}
    elsewhere = [name for q in asked.form.questions for name in answered.names(q) if name not in here]
    name = sha256(f"{it.survey_id} {member_id}".encode()).hexdigest()[:16]
    return SurveyView(
        survey_id=it.survey_id,
        title=one_line(worded(it.title, reader)),
        anonymous=it.anonymous,
        state=_state(reader, asked, change),
        until=reader.until(it.deadline),
        event_id=it.event_id,
        steps=[_step(reader, asked.form, pages[at], said, name)],
        at=at,
        of=len(pages),
        carried=[(name, value) for name in elsewhere for value in form.all(name)],
        may_change=asked.may_change,
        draft=name if it.anonymous else "",
        fresh=fresh,
        counts=_counts(reader, asked) if fresh else "",
        discard=_discard(reader, asked) if fresh else "",
    )


def _counts(reader: Reader, asked: FormAnswer) -> str:
    """Whether answers that were sent or saved before count. Of an anonymous survey nothing is shown again."""
    words = reader.words.surveys
    if asked.draft:
        return str(words.change_begun if asked.answered else words.not_sent)
    return str(words.sent_before) if asked.answered else ""


def _discard(reader: Reader, asked: FormAnswer) -> str:
    words = reader.words.surveys
    return str(words.discard_change if asked.answered else words.discard) if asked.draft else ""


def preview(reader: Reader, form: Questions) -> Sequence[Step]:
    """All steps of a form, with every question that may be asked, in the order in which they were written."""
    return [_step(reader, form, page, None, "") for page in steps(form)]


def _state(reader: Reader, asked: FormAnswer, change: bool) -> State:
    if asked.answered:
        return "open" if change and asked.may_change else "answered"
    if not asked.invited:
        return "not_invited"
    return "closed" if asked.survey.status == "closed" or reader.now >= asked.survey.deadline else "open"


def steps(form: Questions) -> list[list[FormQuestion]]:
    """The questions page by page: one page for those without a section, and one for each section that has any."""
    keys = [None, *(section.key for section in form.sections)]
    pages = [[q for q in form.questions if q.section == key] for key in keys]
    return [page for page in pages if page] or [[]]


def asked_step(form: Questions, said: Answers, at: int, by: int) -> int:
    """The next step in a direction (1, -1) that asks anything after these answers; the one it is if there is none."""
    pages = steps(form)
    found = at + by
    while 0 <= found < len(pages):
        if any(_is_shown(q, pages[found], said) for q in pages[found]):
            return found
        found += by
    return at


def is_last(form: Questions, said: Answers, at: int) -> bool:
    """Whether no later step asks anything."""
    return asked_step(form, said, at, 1) == at


def _is_shown(question: FormQuestion, page: Sequence[FormQuestion], said: Answers) -> bool:
    """Whether a question is on its page: what depends on the same page is, as long as that is."""
    on = question.shown_if
    same = next((other for other in page if on and other.key == on.question), None)
    return _is_shown(same, page, said) if same else is_asked(question, said)


def _step(reader: Reader, form: Questions, page: Sequence[FormQuestion], said: Answers | None, seed: str) -> Step:
    section = next((s for s in form.sections if page and s.key == page[0].section), None)
    shown = [q for q in page if said is None or _is_shown(q, page, said)]
    if form.random_order and seed:
        shown = _shuffled(shown, seed)
    return Step(
        title=one_line(worded(section.title, reader)) if section else "",
        description=one_line(worded(section.description, reader)) if section else "",
        questions=[_question(reader, q, form.questions if said is None else page, seed) for q in shown],
    )


def _shuffled(questions: Sequence[FormQuestion], seed: str) -> list[FormQuestion]:
    """In an order of this member's own; what depends on a question stays behind it."""
    there = {q.key: q for q in questions}

    def first(q: FormQuestion) -> str:
        return first(there[q.shown_if.question]) if q.shown_if and q.shown_if.question in there else q.key

    return sorted(questions, key=lambda q: _mixed(seed, first(q)))


def _mixed(seed: str, key: str) -> str:
    return sha256(f"{seed} {key}".encode()).hexdigest()


def _question(reader: Reader, it: FormQuestion, page: Sequence[FormQuestion], seed: str) -> Asked:
    """A question of a page. seed: what a member's own order is made from; without one, all there is is shown."""
    on = next((q for q in page if it.shown_if and q.key == it.shown_if.question), None)
    choices, rows = list(it.choices), list(it.rows)
    if it.random_order and seed:
        mixed = sorted(rows or choices, key=lambda c: _mixed(seed, f"{it.key} {c.key}"))
        choices, rows = (choices, mixed) if rows else (mixed, rows)
    return Asked(
        key=it.key,
        kind=it.kind,
        label=worded(it.label, reader),
        required=it.required,
        options=_numbers(it) or _options(choices, reader),
        rows=_options(rows, reader),
        fields=min(it.maximum or len(choices), len(choices)) if it.kind == "ranking" else it.maximum or 3,
        other=it.other,
        longest=it.maximum or answered.LONGEST,
        hint=_hint(it, reader),
        ends=_ends(it, reader),
        only_if=_only_if(on, it.shown_if, reader) if on and it.shown_if else "",
        depends=(on.key, " ".join(it.shown_if.any_of)) if on and it.shown_if and seed else None,
    )


def _numbers(it: FormQuestion) -> Options:
    if it.kind not in ("scale", "nps"):
        return ()
    return [(str(n), str(n)) for n in range(it.minimum or 0, HIGHEST.get(it.kind, it.maximum or 0) + 1)]


def _options(choices: Sequence[Choice], reader: Reader) -> Options:
    return [(choice.key, worded(choice.label, reader)) for choice in choices]


def _ends(it: FormQuestion, reader: Reader) -> Sequence[str]:
    words = reader.words.surveys
    low, high = worded(it.low, reader), worded(it.high, reader)
    if it.kind == "nps" and not (low or high):
        low, high = words.nps_low, words.nps_high
    ends = [(_numbers(it)[n][0], means) for n, means in ((0, low), (-1, high)) if means]
    return [words.end.format(n=n, means=means) for n, means in ends]


def _hint(it: FormQuestion, reader: Reader) -> str:
    """How many may be chosen, which numbers fit, how long a text may be."""
    words, low, high = reader.words.surveys, it.minimum, it.maximum
    if it.kind in ("choices", "ranking"):
        most = high or len(it.choices) + it.other
        least = max(low or 0, 1)
        text = words.exactly if low == high and low else words.at_most if least == 1 else words.from_to
        several = str(text.format(low=least, high=most) if high or low else words.several)
        return several if it.kind == "choices" else f"{words.rank_hint} {several if high or low else ''}".strip()
    if it.kind == "number":
        limits = {(True, True): words.number_from_to, (True, False): words.number_from, (False, True): words.number_to}
        text = limits.get((low is not None, high is not None), words.number_any)
        digits = count(words.digits, it.decimals) if it.decimals else words.whole
        return f"{text.format(low=low, high=high)} {digits}"
    if it.kind == "text":
        return count(words.at_most_characters, high or answered.LONGEST)
    return ""


def _only_if(on: FormQuestion, condition: Condition, reader: Reader) -> str:
    known = {choice.key: worded(choice.label, reader) for choice in on.choices} | {OTHER: reader.words.surveys.other}
    said = reader.words.surveys.or_.join(known.get(one, one) for one in condition.any_of)
    return str(reader.words.asking.only_if.format(question=worded(on.label, reader), answer=said))


def worded(texts: Mapping[Locale, str], reader: Reader) -> str:
    """A text in the reader's language, else in the one there is."""
    return texts.get(reader.locale) or next(iter(texts.values()), "")
