"""Reading an .xlsx: every sheet as records, each cell as people see it."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from ekkyo_common.tables.records import LONGEST, Record
from ekkyo_common.tables.told import UnreadableTable

MOST_BYTES = 200_000_000
"""Of everything in a workbook, unpacked: one of 5 MB could be 5 GB."""
MOST_CELLS = 2_000_000
"""Of one sheet, the empty ones before a filled one too: a few bytes name a cell in column 16,384."""
_ZEROS = re.compile(r'"?(0{2,})"?(?:;.*|)')


def sheets_of(data: bytes) -> Iterator[tuple[str, list[Record]]]:
    """The sheets that people see, each with its name and its records; a record's line is its row.

    Raises UnreadableTable.
    """
    from openpyxl import load_workbook  # takes an eighth of the time a portal needs to start, and few read a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist()) > MOST_BYTES:
                raise UnreadableTable("This workbook is too large when it is unpacked.", "too_large")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()  # tools write wrong ones
                    yield sheet.title, list(_records(sheet))
    except UnreadableTable:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        raise UnreadableTable(
            f"This workbook is damaged and cannot be read ({type(error).__name__}).", "damaged"
        ) from error


def _records(sheet: Any) -> Iterator[Record]:
    left = MOST_CELLS
    for number, row in enumerate(sheet.iter_rows(), start=1):
        left -= len(row) + 1
        if left < 0:
            raise UnreadableTable(f"This workbook has a sheet of more than {MOST_CELLS} cells.", "too_large")
        cells = [_shown(cell.value, getattr(cell, "number_format", "") or "")[:LONGEST] for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield Record(number, cells)


def _shown(value: Any, form: str) -> str:
    """A cell as it is seen: zeros that its format adds, dates year first, lengths of time in hours."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M:%S")
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case int() | float():
            whole = int(value)
            if whole != value:
                return repr(round(value, 10))
            zeros = _ZEROS.fullmatch(form)
            return str(whole).zfill(len(zeros[1])) if zeros else str(whole)
        case _:
            return str(value)
