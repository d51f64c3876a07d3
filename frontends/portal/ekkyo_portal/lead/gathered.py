"""The answers of an event's members as its leaders see them: counted, by member, and as a table. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import AnswersPage, EventState, MemberAnswers, RegistrationQuestion
from ekkyo.words.numbers import fill
from ekkyo.words.text import one_line

from ekkyo_portal.events.asked import condition, in_words
from ekkyo_portal.events.places import state
from ekkyo_portal.events.views import when
from ekkyo_portal.lead.names import Person
from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class Total:
    """A question, how many answered it, and how many gave each answer."""

    text: str
    note: str
    answered: str
    counts: Sequence[tuple[str, int, int]]
    """Answers, how many gave them, and that in percent of those who answered. Nothing for texts."""


@dataclass(frozen=True)
class Line:
    """What one member answered."""

    member_id: str
    name: str
    number: str
    department: str
    state: str
    unanswered: bool
    said: Sequence[str]
    """The answers in the order of the questions; empty where there is none."""


@dataclass(frozen=True)
class Gathered:
    """All answers of an event."""

    event: EventState
    title: str
    when: str
    people: str
    questions: Sequence[str]
    totals: Sequence[Total]
    lines: Sequence[Line]
    away: bool
    """Names cannot be shown at the moment."""


def gathered(
    reader: Reader, page: AnswersPage, entries: Sequence[MemberAnswers], known: Mapping[str, Person], *, away: bool
) -> Gathered:
    """The answers with the names of who gave them, sorted by name. entries: of all pages."""
    words = reader.words.asking
    lines = [_line(reader, page, one, known.get(one.member_id)) for one in entries]
    here = [one for one in entries if one.status in ("confirmed", "waitlisted", "applied", "attended")]
    missing = sum(one.unanswered for one in entries)
    by_key = {question.key: question for question in page.questions}
    return Gathered(
        event=page.event,
        title=one_line(page.event.title),
        when=when(reader, page.event).first,
        people=fill(words.people, n=len(here), missing=missing),
        questions=[one_line(question.text) for question in page.questions],
        totals=[_total(reader, question, entries, by_key) for question in page.questions],
        lines=sorted(lines, key=lambda line: (line.name == words.unknown, line.name, line.number)),
        away=away,
    )


def answered(reader: Reader, questions: Sequence[RegistrationQuestion], one: MemberAnswers) -> list[tuple[str, str]]:
    """Each question that a member answered, with the answer."""
    given = [(one_line(question.text), one.answers.get(question.key)) for question in questions]
    return [(text, in_words(reader, answer)) for text, answer in given if answer is not None]


def table(reader: Reader, found: Gathered) -> list[list[str]]:
    """The answers as rows of a file, with a head."""
    words = reader.words.asking
    head = [words.number_of, words.who, words.department, words.state, *found.questions]
    return [head, *([line.number, line.name, line.department, line.state, *line.said] for line in found.lines)]


def _line(reader: Reader, page: AnswersPage, one: MemberAnswers, person: Person | None) -> Line:
    words = reader.words
    return Line(
        member_id=one.member_id,
        name=person.name if person else words.asking.unknown,
        number=person.number if person else "",
        department=person.department if person else "",
        state=state(reader, page.event, one.status),
        unanswered=one.unanswered,
        said=[in_words(reader, one.answers[q.key]) if q.key in one.answers else "" for q in page.questions],
    )


def _total(
    reader: Reader,
    question: RegistrationQuestion,
    entries: Sequence[MemberAnswers],
    by_key: Mapping[str, RegistrationQuestion],
) -> Total:
    given = [one.answers[question.key] for one in entries if question.key in one.answers]
    offered: Sequence[bool | str] = [True, False] if question.kind == "yes_no" else question.choices
    counts = []
    for answer in offered:
        n = sum(answer in one if isinstance(one, list) else answer == one for one in given)
        counts.append((in_words(reader, answer), n, round(100 * n / len(given)) if given else 0))
    return Total(
        text=one_line(question.text),
        note=condition(reader, question, by_key),
        answered=reader.words.asking.answered.format(n=len(given)),
        counts=counts,
    )
