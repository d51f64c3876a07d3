"""What says who left without a heading for it: cells that do, and titles above rows."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ekkyo_common.personnel.columns import Columns
from ekkyo_common.personnel.words.values import employed, nothing, title_says
from ekkyo_common.tables import Column, Evidence, Record
from ekkyo_common.tables.cells import text_of


def find_who_left(columns: Columns, of: Sequence[Column], records: Iterable[Record]) -> None:
    """Read columns with unknown headings as about employment, if all their cells are words of it and one says left."""
    says_left = {column.place: False for column in of if column.heading in columns.unknown and not column.noun}
    for record in records:
        if not says_left:
            return
        for place in list(says_left):
            text = text_of(record.cells[place]) if place < len(record.cells) else ""
            if nothing(text):
                continue
            if (said := employed(text)) is None:
                del says_left[place]
            elif said == "left":
                says_left[place] = True
    for column in of:
        if says_left.get(column.place):
            columns.at.setdefault("status", []).append(column)
            columns.unknown.remove(column.heading)
            columns.evidence.append(
                Evidence(
                    "column", f"status: {column.shown}", "its cells say who left", (("means", column.shown, "status"),)
                )
            )


class Sections:
    """Which rows stand under a title that says they left: the name of the sheet, or a line such as 退職者."""

    def __init__(self, sheet: str) -> None:
        self._lines = [0]
        self._titles = [sheet if title_says(sheet) == "left" else ""]

    def note(self, record: Record) -> None:
        """Look whether a row is such a title, in the order of the file."""
        if len(record.filled) == 1 and (said := title_says(record.filled[0])):
            self._lines.append(record.line)
            self._titles.append(record.filled[0] if said == "left" else "")

    def of(self, line: int) -> str:
        """The title above a line that says they left; empty where there is none."""
        return self._titles[bisect_left(self._lines, line) - 1]
