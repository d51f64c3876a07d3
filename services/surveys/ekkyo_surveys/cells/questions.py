"""All questions of a form counted, each so that it tells of no few people, also beside what the others tell. Pure.

Questions are counted in the order of the form. A question that is asked after a certain answer to another one is told
only if that answer is told by itself: then those who were asked it are a group that is told anyway.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ekkyo.contracts.surveys import OTHER, AnswerCell, CrossTable, Form, FormQuestion, QuestionResults

from ekkyo_surveys.answers import Said, Value, counted_as, numbers
from ekkyo_surveys.cells.average import Average, mean, promoters
from ekkyo_surveys.cells.bins import FEW_VALUES, Bin, bin_of, far_from_bounds, joined, month_of, months, number_bins
from ekkyo_surveys.cells.crossed import crossed
from ekkyo_surveys.cells.interval import interval
from ekkyo_surveys.cells.merging import FLOOR, NO_ANSWER, Cell, few, left_out, neighbours, others_together
from ekkyo_surveys.cells.ranked import ranks
from ekkyo_surveys.cells.several import several

PROMOTERS, DETRACTORS = 9, 6
"""The lowest score of a promoter, and the highest of a detractor."""


@dataclass(frozen=True)
class Told:
    """A question as it is told. gave: by person, the key they are counted under; cells: with those who gave none."""

    results: list[QuestionResults]
    gave: Mapping[int, str] = field(default_factory=dict)
    cells: Sequence[Cell] = ()
    chosen: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """choices: by answer that is told, who chose it."""


class Counting:
    """The answers of several people to one form. nps: the key of the question that asks for the net promoter score."""

    def __init__(self, form: Form, said: Sequence[Said], *, nps: str | None, opened: date, floor: int = FLOOR) -> None:
        self._form, self._nps, self._opened, self._floor = form, nps, opened, floor
        self._said = sorted(said, key=lambda one: json.dumps(one, sort_keys=True, ensure_ascii=False))
        self._told: dict[str, Told] = {}
        for question in form.questions:
            asked = self._asked(question)
            if asked is None:
                self._told[question.key] = Told([QuestionResults(question=question.key, kind=question.kind)])
            else:
                self._told[question.key] = self._count(question, asked)

    @property
    def questions(self) -> list[QuestionResults]:
        """What is told of each question that is counted."""
        return [one for told in self._told.values() for one in told.results if one.kind not in ("themes", "text")]

    @property
    def cross_tables(self) -> list[CrossTable]:
        """The pairs that the form names, as far as they are told.

        Three questions that are each crossed with the others would tell more than three tables, so a pair that closes
        a circle is left out; and so is a question that not everybody was asked.
        """
        group = {question.key: question.key for question in self._form.questions}
        always = {question.key for question in self._form.questions if question.shown_if is None}
        found = []
        for one, other in self._form.cross_tables:
            if not {one, other} <= always or group[one] == group[other]:
                continue
            joined = group[other]
            group = {key: group[one] if of == joined else of for key, of in group.items()}
            rows, columns = self._told[one], self._told[other]
            together = Counter((rows.gave[n], columns.gave[n]) for n in rows.gave if n in columns.gave)
            if (
                rows.cells
                and columns.cells
                and (told := crossed(rows.cells, columns.cells, together, floor=self._floor))
            ):
                down, across = [list(row) for row in told.rows], [list(column) for column in told.columns]
                found.append(CrossTable(questions=(one, other), rows=down, columns=across, people=told.people))
        return found

    def wrote(self, question: FormQuestion) -> list[Said]:
        """Who gave any answer to this question; none if they are few, or if who was asked it must not be told."""
        found = [one for one in self._said if question.key in one]
        return [] if few(len(found), self._floor) or not self._may_quote(question) else found

    def _may_quote(self, question: FormQuestion) -> bool:
        """Whether the number of texts that people wrote to a question tells only of a group that is told anyway.

        They are those who were asked it or, beside choices, those who chose "other".
        """
        if self._floor <= 1:
            return True
        if self._asked(question) is None:
            return False
        told = self._told[question.key]
        return not question.other or OTHER in told.chosen or any(cell.answers == (OTHER,) for cell in told.cells)

    def _asked(self, question: FormQuestion) -> list[int] | None:
        """Who was asked a question; None when that must not be told."""
        condition = question.shown_if
        if condition is None:
            return list(range(len(self._said)))
        before = self._told.get(condition.question)
        if before is None:
            return None
        if before.chosen:
            who = before.chosen.get(condition.any_of[0]) if len(condition.any_of) == 1 else None
            return None if who is None else sorted(who)
        right = set(condition.any_of)
        if not before.cells or any(0 < len(right & {*cell.answers}) < len(cell.answers) for cell in before.cells):
            return None
        return [n for n, key in before.gave.items() if key in right]

    def _count(self, question: FormQuestion, asked: list[int]) -> Told:
        match question.kind:
            case "scale" | "nps":
                return self._scores(question, asked)
            case "choice":
                return self._choice(question, asked, lambda value: counted_as(value))
            case "choices":
                return self._several(question, asked)
            case "ranking":
                return self._ranking(question, asked)
            case "matrix":
                return Told([self._row(question, asked, row.key) for row in question.rows])
            case "number":
                return self._number(question, asked)
            case "date":
                keys = months(self._opened)
                return self._ordered(question, asked, keys, lambda value: month_of(keys, str(value)))
            case "themes" | "text":
                return Told([])

    def _kept(
        self, question: FormQuestion, asked: list[int], order: Callable[[Value], object]
    ) -> dict[int, Value] | None:
        """Who is counted, with their answers in order: without those left out. None if they are few."""
        given = {n: self._said[n][question.key] for n in asked if question.key in self._said[n]}
        sorted_ones = sorted(given, key=lambda n: (order(given[n]), n))
        without = {*left_out(sorted_ones, len(asked) - len(given), floor=self._floor)}
        kept = {n: given[n] for at, n in enumerate(sorted_ones) if at not in without}
        return None if few(len(kept), self._floor) or few(len(given), self._floor) else kept

    def _told_of(
        self, results: QuestionResults, asked: list[int], gave: Mapping[int, str], cells: Sequence[Cell]
    ) -> Told:
        """With those who gave no answer as a cell of their own."""
        without = [n for n in asked if n not in gave]
        others = [Cell((NO_ANSWER,), len(without))] if without else []
        return Told([results], {**gave, **dict.fromkeys(without, NO_ANSWER)}, [*cells, *others])

    def _scores(self, question: FormQuestion, asked: list[int]) -> Told:
        kept = self._kept(question, asked, lambda value: value)
        about = QuestionResults(question=question.key, kind=question.kind, asked=len(asked))
        if kept is None:
            return Told([about])
        given = Counter(kept.values())
        counts = {number: given[number] for number in numbers(question)}
        is_nps = question.kind == "nps" or question.key == self._nps
        told = promoters(counts, _weight, floor=self._floor) if is_nps else mean(counts, floor=self._floor)
        about = about.model_copy(update={"answered": len(kept), "cells": _shown(told.cells)})
        about = about.model_copy(update=_averages(told, len(kept), is_nps=is_nps))
        return self._told_of(about, asked, {n: str(value) for n, value in kept.items()}, told.cells)

    def _ordered(
        self, question: FormQuestion, asked: list[int], keys: Sequence[str], key: Callable[[Value], str]
    ) -> Told:
        kept = self._kept(question, asked, lambda value: value)
        about = QuestionResults(question=question.key, kind=question.kind, asked=len(asked))
        if kept is None:
            return Told([about])
        gave = {n: key(value) for n, value in kept.items()}
        given = Counter(gave.values())
        cells = neighbours([Cell((one,), given[one]) for one in keys], floor=self._floor)
        about = about.model_copy(update={"answered": len(kept), "cells": _shown(cells)})
        return self._told_of(about, asked, gave, cells)

    def _number(self, question: FormQuestion, asked: list[int]) -> Told:
        low, high = question.minimum, question.maximum
        if low is not None and high is not None and high - low < FEW_VALUES and not question.decimals:
            return self._scores(question.model_copy(update={"kind": "scale"}), asked)
        bins = number_bins(question)
        told = self._ordered(
            question, asked, [one.key for one in bins], lambda value: bins[_bin(bins, value, question)].key
        )
        kept = self._kept(question, asked, lambda value: value)
        [about] = told.results
        if not kept:
            return told
        unit = 10**question.decimals
        total = sum(round(float(value) * unit) for value in kept.values())  # type: ignore[arg-type]
        by_key = {one.key: one for one in bins}
        ranges = [(by_key[c.answers[0]].low, by_key[c.answers[-1]].high, c.people) for c in about.cells if c.people]
        update: dict[str, object] = {
            "cells": [
                AnswerCell(answers=[joined(cell.answers[0], cell.answers[-1])], people=cell.people)
                for cell in about.cells
            ]
        }
        if self._floor <= 1 or far_from_bounds(ranges, total):
            update["mean"] = round(total / unit / len(kept), 2)
        return Told([about.model_copy(update=update)], told.gave, told.cells)

    def _choice(
        self, question: FormQuestion, asked: list[int], key: Callable[[Value], str | None], row: str | None = None
    ) -> Told:
        gave = {
            n: key(self._said[n][question.key]) or NO_ANSWER if question.key in self._said[n] else NO_ANSWER
            for n in asked
        }
        given = Counter(gave.values())
        possible = [choice.key for choice in question.choices] + ([OTHER] if question.other else [])
        if not question.required or given[NO_ANSWER]:
            possible.append(NO_ANSWER)
        cells = others_together({one: given[one] for one in possible}, floor=self._floor)
        alone = next((cell.people for cell in cells if cell.answers == (NO_ANSWER,)), None)
        hidden = any(NO_ANSWER in cell.answers for cell in cells) and alone is None
        about = QuestionResults(
            question=question.key,
            row=row,
            kind=question.kind,
            asked=len(asked),
            answered=None if hidden else len(asked) - (alone or 0),
            cells=_shown([cell for cell in cells if cell.answers != (NO_ANSWER,)]),
        )
        return Told([about], gave, cells)

    def _row(self, question: FormQuestion, asked: list[int], row: str) -> QuestionResults:
        return self._choice(question, asked, lambda value: _of_row(value, row), row).results[0]

    def _several(self, question: FormQuestion, asked: list[int]) -> Told:
        possible = [choice.key for choice in question.choices] + ([OTHER] if question.other else [])
        chosen: dict[str, set[int]] = {one: set() for one in possible}
        for n in asked:
            given = self._said[n].get(question.key)
            for one in given if isinstance(given, list) else []:
                chosen[counted_as(one)].add(n)
        told = several(
            {one: len(who) for one, who in chosen.items()},
            len(asked),
            fewest=max(question.minimum or 1, 1) if question.required else 0,
            most=question.maximum or len(possible),
            group=question.minimum or 1,
            floor=self._floor,
        )
        about = QuestionResults(
            question=question.key,
            kind=question.kind,
            asked=len(asked),
            cells=[AnswerCell(answers=[one], people=people) for one, people in told.items()],
            withheld=[one for one in possible if one not in told],
        )
        return Told([about], chosen={one: frozenset(chosen[one]) for one in told})

    def _ranking(self, question: FormQuestion, asked: list[int]) -> Told:
        keys = [choice.key for choice in question.choices]
        if (question.minimum or 0) < len(keys):
            return self._choice(question, asked, lambda value: value[0] if isinstance(value, list) else None)
        kept = self._kept(question, asked, lambda value: value)
        about = QuestionResults(question=question.key, kind=question.kind, asked=len(asked))
        if not kept:
            return Told([about])
        orders = [value for value in kept.values() if isinstance(value, list)]
        places = ranks(orders, keys, floor=self._floor)
        means = {choice: round(total / len(orders), 2) for choice, total in places.items()}
        return Told([about.model_copy(update={"answered": len(kept), "places": means})])


def _weight(score: int) -> int:
    return (score >= PROMOTERS) - (score <= DETRACTORS)


def _averages(told: Average, people: int, *, is_nps: bool) -> dict[str, float | None]:
    if told.total is None or not people:
        return {}
    if not is_nps:
        return {"mean": round(told.total / people, 2)}
    low, high = interval(told.total, told.squares, people)
    return {"nps": round(100 * told.total / people, 1), "nps_low": low, "nps_high": high}


def _bin(bins: Sequence[Bin], value: Value, question: FormQuestion) -> int:
    return bin_of(bins, float(value), question.decimals)  # type: ignore[arg-type]


def _shown(cells: Sequence[Cell]) -> list[AnswerCell]:
    return [AnswerCell(answers=list(cell.answers), people=cell.people) for cell in cells]


def _of_row(answer: Value, row: str) -> str | None:
    return answer.get(row) if isinstance(answer, dict) else None
