"""What the answers to one question say, and two questions together."""

from ekkyo.contracts.base import Model
from ekkyo.contracts.surveys.form import Key, QuestionKind


class AnswerCell(Model):
    """How many people gave one of these answers."""

    answers: list[str]
    """Keys of choices, numbers, ranges of numbers (`10-19`) or months (`2026-11`); empty text: no answer."""
    people: int


class QuestionResults(Model):
    """What the answers to one question say; of a matrix, to one row.

    Of an anonymous survey, every number of people is 0 or at least five, and so is everything that can be computed from
    these numbers: answers that fewer gave are merged with others, or not told.
    """

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

    questions: tuple[Key, Key]
    """Whose answers are the rows, and whose are the columns."""
    rows: list[list[str]]
    columns: list[list[str]]
    people: list[list[int]]
    """A list for each row."""
