"""Columns whose headings are not known, but whose cells say who left."""

from collections.abc import Iterable, Sequence

from ekkyo_common.personnel.columns import Columns
from ekkyo_common.personnel.words.values import employed, nothing
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
