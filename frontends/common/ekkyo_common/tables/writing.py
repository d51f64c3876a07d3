"""Tables as files for people who open them in a spreadsheet: no text in them becomes a formula."""

import csv
import io
import re
from collections.abc import Sequence

Cell = str | int
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, with the full-width forms that it reads alike."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs; an apostrophe stands before what looks like a formula."""
    held = io.StringIO(newline="")
    csv.writer(held, lineterminator="\r\n").writerows([[_plain(cell) for cell in row] for row in rows])
    return ("\ufeff" + held.getvalue()).encode("utf-8", "replace")


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_A_FORMULA) else cell


def as_xlsx(rows: Sequence[Sequence[Cell]], title: str) -> bytes:
    """A workbook with one sheet whose first row stays in sight. Texts are written as texts."""
    from openpyxl import Workbook  # takes a third of a second to load
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    for n, row in enumerate(rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub(" ", value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            if n == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
