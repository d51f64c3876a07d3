"""Figures of people from another tool, such as how often they used it: a table with who it is of, and one number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from unicodedata import normalize

from ekkyo_common.personnel.words import VOCABULARY
from ekkyo_common.tables import Column, Headings, Record, UnreadableTable, find_headings, open_table
from ekkyo_common.tables.cells import text_of
from ekkyo_common.tables.headings import WITHIN
from ekkyo_common.tables.vocabulary import heading_key

MOST: Final = 5000
"""People of one file."""
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d{1,6})?")
_WHO: Final = ("number", "email")


class NoFigures(UnreadableTable):
    """The table says not who, or has not one column of numbers; `columns` are those that it has."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        super().__init__(text)
        self.columns = list(columns)


@dataclass(frozen=True)
class ToolFigures:
    """What a file tells: figures by personnel number or mail address, from the column with this heading."""

    figures: dict[str, float]
    heading: str
    skipped: list[int]
    """Lines that have no person or no number, and later lines about the same person."""


def read_figures(data: bytes, column: str = "") -> ToolFigures:
    """Read a table of any kind that imports take. column: the figure's heading, where the file has several numbers.

    Raises UnreadableTable, and NoFigures when it is not clear which column is meant.
    """
    table = open_table(data, VOCABULARY)
    first = list(islice(table.records(), WITHIN))
    headings = find_headings(first, VOCABULARY, lambda found: sum(one.noun in _WHO for one in found))
    if headings is None:
        raise NoFigures("The table has no column with personnel numbers or mail addresses.", _shown(first))
    rows = [one for one in islice(table.records(), headings.records, None) if one.filled]
    who = next(found[0] for noun in _WHO if (found := headings.of(noun)))
    place = _place(headings, rows, who, column)
    figures: dict[str, float] = {}
    skipped: list[int] = []
    for row in rows:
        name, figure = _cell(row, who.place), _number(_cell(row, place.place))
        if not name or len(name) > 200 or figure is None or name in figures:
            skipped.append(row.line)
        else:
            figures[name] = figure
    if len(figures) > MOST:
        raise UnreadableTable(f"The file has figures of {len(figures)} people; at most {MOST} can be taken.")
    return ToolFigures(figures, place.heading, skipped)


def _place(headings: Headings, rows: Sequence[Record], who: Column, wanted: str) -> Column:
    """The column of the figures: the one that was named, or the only one that holds nothing but numbers."""
    if wanted:
        found = [one for one in headings.columns if heading_key(one.heading) == heading_key(wanted)]
    else:
        numbers = (one for one in headings.columns if one.place != who.place and one.noun not in _WHO)
        found = [one for one in numbers if _all_numbers([_cell(row, one.place) for row in rows])]
    if len(found) == 1:
        return found[0]
    names = [one.heading for one in headings.columns if one.heading]
    why = "Several columns hold numbers" if len(found) > 1 else f"No column is called “{wanted}”" if wanted else ""
    raise NoFigures(f"{why or 'No column holds numbers alone'}. The columns are: {', '.join(names)}.", names)


def _all_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_number(cell) is not None for cell in filled)


def _cell(row: Record, place: int) -> str:
    return normalize("NFKC", text_of(row.cells[place])).strip() if place < len(row.cells) else ""


def _number(cell: str) -> float | None:
    bare = cell.replace(",", "") if _GROUPED.fullmatch(cell) else cell
    return float(bare) if _NUMBER.fullmatch(bare) else None


def _shown(records: Sequence[Record]) -> list[str]:
    return next((record.filled for record in records if record.filled), [])
