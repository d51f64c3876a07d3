"""What an attacker could link in an installation's surveys: in results, texts, and facts about who took part. Pure.

It is written from what is published alone, and shares no code with the service that merges small groups.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from ekkyo.contracts.surveys import QuestionResults, Results, ResultsAnswer

FEWEST: Final = 5
COMPARED: Final = 40
"""Surveys that are compared three at a time; of more, only two at a time."""
DETRACTOR, PROMOTER = 6, 9


@dataclass(frozen=True)
class Audited:
    """An anonymous survey whose results were told, and who answered it, as the facts tell."""

    said: ResultsAnswer
    answered: frozenset[str]
    after: frozenset[str] = frozenset()
    """Those of them who answered after figures were published."""

    @property
    def id(self) -> str:
        return self.said.survey.survey_id


@dataclass(frozen=True)
class Finding:
    """Something that tells of fewer than five people. linked: it can be computed; otherwise it can be guessed at."""

    survey_id: str
    what: str
    people: int
    linked: bool = True


def audit(surveys: Sequence[Audited]) -> list[Finding]:
    """Everything that can be linked in these surveys."""
    found: list[Finding] = []
    for survey in surveys:
        found += _early(survey)
        results = survey.said.results
        if results.suppressed:
            found += _suppressed(survey)
            continue
        found += _cells(survey.id, results)
        found += [finding for one in results.questions for finding in _score(survey.id, one)]
        found += _crossed(survey.id, results)
        found += _texts(survey)
    return [*found, *_together([one for one in surveys if not one.said.results.suppressed])]


def few(people: int) -> bool:
    """Whether these are few people, but somebody."""
    return 0 < people < FEWEST


def _early(survey: Audited) -> list[Finding]:
    """Figures of before and after an answer differ by that answer, and facts tell whose it was."""
    found = [Finding(survey.id, "answered after figures were published", len(survey.after))]
    if survey.said.survey.status == "open" and _tells(survey):
        found.append(Finding(survey.id, "is open, and tells of answers", 1))
    return [finding for finding in found if few(finding.people)]


def _tells(survey: Audited) -> bool:
    said = survey.said
    return any([said.results.distributions, said.results.questions, said.results.themes, said.comments, said.texts])


def _suppressed(survey: Audited) -> list[Finding]:
    answered = survey.said.results.answered
    return [Finding(survey.id, "is suppressed, and tells of answers", answered)] if _tells(survey) else []


def _cells(survey_id: str, results: Results) -> list[Finding]:
    counted = {one.question for one in results.questions}
    found = []
    for one in results.questions:
        name = f"{one.question}.{one.row}" if one.row else one.question
        for cell in one.cells:
            found += [Finding(survey_id, f"{name}: who answered {_named(cell.answers)}", cell.people)]
            if one.kind == "choices" and one.asked is not None:
                rest = one.asked - cell.people
                found += [Finding(survey_id, f"{name}: who did not choose {_named(cell.answers)}", rest)]
        if one.asked is not None and one.answered is not None:
            found += [Finding(survey_id, f"{name}: who gave no answer", one.asked - one.answered)]
    for name, counts in results.distributions.items():
        if name.partition(".")[0] not in counted:
            found += [Finding(survey_id, f"{name}: who answered {answer}", people) for answer, people in counts.items()]
    return [finding for finding in found if few(finding.people)]


def _score(survey_id: str, question: QuestionResults) -> list[Finding]:
    """Promoters, passives and detractors, as far as the score and the cells leave only one possibility."""
    if question.nps is None or not question.answered:
        return []
    difference = round(question.nps * question.answered / 100)
    possible = {(0, 0, 0)}
    for cell in question.cells:
        groups = sorted({_group(int(answer)) for answer in cell.answers})
        ways = [
            split
            for split in product(*[range(cell.people + 1) if n in groups else (0,) for n in range(3)])
            if sum(split) == cell.people
        ]
        possible = {(a + x, b + y, c + z) for a, b, c in possible for x, y, z in ways}
    right = [split for split in possible if split[2] - split[0] == difference]
    names = ("detractors", "passives", "promoters")
    sets = [(n,) for n in range(3)] + list(combinations(range(3), 2))
    found = []
    for chosen in sets:
        sizes = {sum(split[n] for n in chosen) for split in right}
        if len(sizes) == 1 and few(people := min(sizes)):
            found.append(Finding(survey_id, f"{question.question}: {' and '.join(names[n] for n in chosen)}", people))
    return found


def _group(score: int) -> int:
    return 2 if score >= PROMOTER else 0 if score <= DETRACTOR else 1


def _crossed(survey_id: str, results: Results) -> list[Finding]:
    return [
        Finding(survey_id, f"{' and '.join(table.questions)}: {_named(row)} with {_named(column)}", people)
        for table in results.cross_tables
        for row, line in zip(table.rows, table.people, strict=True)
        for column, people in zip(table.columns, line, strict=True)
        if few(people)
    ]


def _texts(survey: Audited) -> list[Finding]:
    found = []
    for question, texts in survey.said.texts.items() or [("comments", survey.said.comments)]:
        if few(len(texts)):
            found.append(Finding(survey.id, f"{question}: so few texts", len(texts)))
        if texts != sorted(texts):
            found.append(Finding(survey.id, f"{question}: the texts are not sorted", 1))
    return found


def _together(surveys: Sequence[Audited]) -> list[Finding]:
    """Sums and differences of surveys with the same questions.

    Surveys after events ask about different events, so that comparing two of them tells no more than a guess.
    """
    found = []
    sizes = (2, 3) if len(surveys) <= COMPARED else (2,)
    for size in sizes:
        for several in combinations(surveys, size):
            if len({one.said.survey.template for one in several}) > 1 or not _connected(several):
                continue
            left = min(_left(several), default=0)
            if left:
                linked = any(one.said.survey.event_id is None for one in several)
                others = " and ".join(one.id for one in several[1:])
                found.append(Finding(several[0].id, f"compared with {others}", left, linked=linked))
    return found


def _connected(surveys: Sequence[Audited]) -> bool:
    return all(any(one.answered & other.answered for other in surveys if other is not one) for one in surveys)


def _left(surveys: Sequence[Audited]) -> Iterable[int]:
    """How many people are left in a sum or difference of all of these surveys, where they are few."""
    everybody = frozenset[str]().union(*(one.answered for one in surveys))
    for signs in product((1, -1), repeat=len(surveys) - 1):
        weights = (1, *signs)
        left = sum(
            1
            for person in everybody
            if sum(w for w, one in zip(weights, surveys, strict=True) if person in one.answered)
        )
        if few(left):
            yield left


def _named(answers: Sequence[str]) -> str:
    return " or ".join(answer or "nothing" for answer in answers)
