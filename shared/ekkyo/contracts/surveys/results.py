"""What the answers to a survey say: to one question, to two together, to all of them."""

from typing import Any, Final

from pydantic import ConfigDict

from ekkyo.contracts.base import Id, Model
from ekkyo.contracts.surveys.form import Key, QuestionKind


class AnswerCell(Model):
    """How many people gave one of these answers."""

    answers: list[str]
    """Keys of choices, numbers, ranges of numbers (`10-19`) or months (`2026-11`); empty text: no answer."""
    people: int


_EXAMPLE: Final[dict[str, Any]] = {
    "question": "satisfaction",
    "kind": "scale",
    "asked": 22,
    "answered": 22,
    "cells": [
        {"answers": ["0", "1", "2", "3", "4", "5", "6"], "people": 5},
        {"answers": ["7", "8"], "people": 7},
        {"answers": ["9"], "people": 5},
        {"answers": ["10"], "people": 5},
    ],
    "nps": 22.7,
    "nps_low": -10.9,
    "nps_high": 50.9,
}


class QuestionResults(Model):
    """What the answers to one question say; of a matrix, to one row.

    Of an anonymous survey, every number of people is 0 or at least five, and so is everything that can be computed from
    these numbers: answers that fewer gave are merged with others, or not told.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"example": _EXAMPLE})
    question: Key
    row: Key | None = None
    """matrix: the row."""
    kind: QuestionKind
    asked: int | None = None
    """How many were asked. None: not told, since it would tell how fewer than five answered another question."""
    answered: int | None = None
    """How many of those are counted in `cells`. If one to four people gave no answer, some answers are left out, evenly
    over all that were given, so that five are not counted. None: not told."""
    cells: list[AnswerCell] = []
    """In the order of the form. choices: for each answer that is told, how many chose it."""
    withheld: list[str] = []
    """choices: answers that are not told, since fewer than five chose them, or all but fewer than five."""
    nps: float | None = None
    nps_low: float | None = None
    nps_high: float | None = None
    """nps: the net promoter score, and its 95 % interval."""
    mean: float | None = None
    """scale, number: the mean."""
    places: dict[str, float] = {}
    """ranking: the mean place of each choice, 1 is the first. Told where all choices have to be ranked; else `cells`
    tells which were put first."""


class CrossTable(Model):
    """Two questions counted together: the people who gave one of `rows` to one and one of `columns` to the other."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={
            "example": {
                "questions": ["satisfaction", "useful"],
                "rows": [["0", "1", "2", "3", "4", "5", "6", "7", "8"], ["9", "10"]],
                "columns": [["yes"], ["no", ""]],
                "people": [[5, 7], [10, 0]],
            }
        },
    )
    questions: tuple[Key, Key]
    """Whose answers are the rows, and whose are the columns."""
    rows: list[list[str]]
    columns: list[list[str]]
    people: list[list[int]]
    """A list for each row."""


class ThemeCount(Model):
    """A theme that people want, as most people wrote it, and how many named it."""

    theme: str
    votes: int
    mentions: int = 0
    """In how many free texts it is mentioned. They are not votes, and decide the order only where votes are equal."""


class WordCount(Model):
    """A word, or a few, and how many people or texts have it."""

    model_config = ConfigDict(json_schema_extra={"example": {"word": "エクセル", "count": 4}})
    word: str
    count: int


class Results(Model):
    """The results of a closed survey, in numbers and in sorted texts.

    suppressed: the survey was anonymous and fewer than `minimum` answered, so only the counts are published.
    """

    survey_id: Id
    event_id: Id | None = None
    invited: int
    answered: int
    suppressed: bool = False
    minimum: int = 5
    compared: bool = False
    """Whether they are suppressed although enough people answered: together with the results of another survey, whose
    people are almost the same, they would tell of fewer than `minimum`."""
    unreadable: int = 0
    """How many answers could not be read: the survey was restored from a backup, which holds no keys."""
    nps: float | None = None
    """Net promoter score, -100 to 100: share of 9-10 minus share of 0-6 among satisfaction answers, in per cent."""
    nps_low: float | None = None
    nps_high: float | None = None
    """The 95 % interval of the net promoter score: how far it may be off, since only some people answered."""
    distributions: dict[str, dict[str, int]] = {}
    """For each question that is counted, how many gave each answer; of a matrix, for each row (`question.row`). Answers
    that are told together have one key: `0-6` for neighbours, `yes+no` for choices. See `questions`."""
    questions: list[QuestionResults] = []
    """The same for each question, with what was merged, averages, and who gave no answer."""
    cross_tables: list[CrossTable] = []
    themes: list[ThemeCount] = []
    """As people wrote them; a person counts once for a theme of the vocabulary. `surveys.themes` adds up synonyms. Of
    an anonymous survey, told from five people on who named any."""
    mentions: list[WordCount] = []
    """The vocabulary's words that stand in published free texts, and in how many; a text counts once for each theme."""

    @property
    def scored(self) -> int:
        """How many answers the net promoter score counts; scores of several surveys are weighted by it."""
        told = next((one.answered for one in self.questions if one.nps is not None), None)
        return sum(self.scores.values()) if told is None else told

    @property
    def scores(self) -> dict[str, int]:
        """How many gave each score to the question of the net promoter score; merged ones have a key such as `0-6`."""
        keys = [one.question for one in self.questions if one.kind == "nps"]
        return self.distributions.get(keys[0] if keys else "satisfaction", {})
