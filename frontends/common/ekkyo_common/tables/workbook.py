"""Reading an .xlsx: every sheet as records, each cell as people see it."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from ekkyo_common.tables.records import LONGEST, MOST_ROWS, Record
from ekkyo_common.tables.told import UnreadableTable

MOST_BYTES = 200_000_000
"""Of everything in a workbook, unpacked: one of 5 MB could be 5 GB."""
MOST_CELLS = 2_000_000
"""Of a workbook, the empty ones before a filled one too: a few bytes name a cell in column 16,384."""
A_ROW = 5
"""Cells that a row costs beside its own."""
MOST_STRINGS = 40_000_000
"""Bytes of the texts that cells refer to: all are read before the first cell, at half a second for each MB."""
MOST_AROUND = 4_000_000
"""Bytes of any other part that is read whole, such as the styles."""
_WHOLE = (
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
)
MOST_MERGED = 20_000
"""Merged cells that are looked at in a sheet."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):\1(\d{1,7})"')
"""Cells of one column that are merged: a department over its people, a person over their visits."""
_ZEROS = re.compile(r'"?(0{2,})"?(?:;.*|)')


def sheets_of(data: bytes) -> Iterator[tuple[str, list[Record]]]:
    """The sheets that people see, each with its name and its records; a record's line is its row.

    Raises UnreadableTable.
    """
    from openpyxl import load_workbook  # takes an eighth of the time a portal needs to start, and few read a workbook

    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as packed:
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            _small_enough(packed)
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            left = [MOST_CELLS]
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()  # tools write wrong ones
                    merged = _merged(packed, getattr(sheet, "_worksheet_path"))  # noqa: B009  not in its type
                    yield sheet.title, list(_records(sheet, left, merged))
    except UnreadableTable:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        raise UnreadableTable(
            f"This workbook is damaged and cannot be read ({type(error).__name__}).", "damaged"
        ) from error


def _small_enough(packed: zipfile.ZipFile) -> None:
    """Raises UnreadableTable for what would take minutes and gigabytes to read; some 100 kB can."""
    from openpyxl.xml.functions import fromstring

    sizes = {part.filename: part.file_size for part in packed.infolist()}
    read = {name: MOST_AROUND for name in sizes if name in _WHOLE or name.endswith(".rels")}
    small = sum(sizes.values()) <= MOST_BYTES and sizes["[Content_Types].xml"] <= MOST_AROUND
    if small:
        for part in fromstring(packed.read("[Content_Types].xml")):
            name, kind = part.get("PartName", "")[1:], part.get("ContentType", "")
            if "sharedStrings" in kind:
                read[name] = MOST_STRINGS
            elif kind.endswith(".main+xml"):
                read[name] = MOST_AROUND
    if not small or any(sizes.get(name, 0) > most for name, most in read.items()):
        raise UnreadableTable("This workbook is too large once unpacked. Save the sheet as CSV.", "too_large")


def _merged(packed: zipfile.ZipFile, path: str) -> dict[int, set[tuple[int, int]]]:
    """By row, the columns from which cells are merged downwards, each with its last row.

    openpyxl tells none of them where it reads row by row.
    """
    from openpyxl.utils import column_index_from_string

    found: dict[int, set[tuple[int, int]]] = {}
    count, tail = 0, b""
    with packed.open(path.lstrip("/")) as part:
        while count < MOST_MERGED and (chunk := part.read(1 << 20)):
            text = tail + chunk
            tail = text[-100:]
            for one in islice(_MERGED.finditer(text), MOST_MERGED):
                found.setdefault(int(one[2]), set()).add((column_index_from_string(one[1].decode()) - 1, int(one[3])))
                count += 1
    return found


def _with_above(record: Record, open_: dict[int, tuple[int, str]]) -> Record:
    """The record with what stands in merged cells above. open_: by column, until which row, and the text."""
    if not record.filled:
        return record
    cells, above = list(record.cells), []
    for place, (last, text) in open_.items():
        if record.line <= last and text and not (place < len(cells) and cells[place]):
            cells += [""] * (place + 1 - len(cells))
            cells[place] = text
            above.append(place)
    return Record(record.line, cells, above=tuple(above)) if above else record


def _records(sheet: Any, left: list[int], merged: dict[int, set[tuple[int, int]]]) -> Iterator[Record]:
    """The records, and one more than there may be at most. left: cells that the workbook may still have."""
    open_: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(islice(sheet.iter_rows(), MOST_ROWS + 1), start=1):
        open_ = {place: one for place, one in open_.items() if one[0] >= number}
        left[0] -= len(row) + A_ROW + len(open_)
        if left[0] < 0:
            raise UnreadableTable(f"This workbook has more than {MOST_CELLS} cells.", "too_large")
        cells = [_shown(cell.value, getattr(cell, "number_format", "") or "")[:LONGEST] for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        record = Record(number, cells)
        yield _with_above(record, open_) if open_ else record
        for place, last in merged.get(number, ()):
            open_[place] = (last, cells[place] if place < len(cells) else "")


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
