"""Reading a personnel export row by row, in the memory that a row needs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Literal
from unicodedata import normalize

from ekkyo.contracts.members import Profile

from ekkyo_common.personnel.cells import Remark, read_cells
from ekkyo_common.personnel.headings import Columns, count_known, find_columns
from ekkyo_common.personnel.text import (
    MOST_LINES,
    Record,
    UnreadableExportError,
    encoding_of,
    lines_of,
    records_of,
    seekable,
)

_DELIMITERS = (",", "\t", ";")
_TOTAL = re.compile(r"(総?合計|小計|総?計|総数|件数|合計人数|以上|(grand|sub)?total|sum|count)[:は]?\d*[名人件]?")


@dataclass(frozen=True)
class Row:
    """Somebody, as a command takes them. `remarks`: what had to be understood rather than read."""

    line: int
    profile: Profile
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken; `problems` has every cell that is wrong, the first of them told here."""

    line: int
    problems: tuple[Remark, ...]

    @property
    def column(self) -> str:
        return self.problems[0].column

    @property
    def value(self) -> str:
        return self.problems[0].value

    @property
    def code(self) -> str:
        return self.problems[0].code

    @property
    def reason(self) -> str:
        return self.problems[0].reason

    @property
    def expected(self) -> str:
        return self.problems[0].expected


@dataclass(frozen=True)
class SkippedRow:
    """A row that is nobody: an empty one, or a total at the end."""

    line: int
    reason: Literal["empty", "total"]
    text: str = ""


class PersonnelExport:
    """An export whose headings are known; iterate over it once for its rows.

    encoding: as Python names it. delimiter: between cells. columns: field to heading. unknown: headings not used.
    """

    def __init__(self, source: IO[bytes], columns: Mapping[str, str], close: list[IO[bytes]]) -> None:
        self._close = close
        self.encoding = encoding_of(source)
        lines = lines_of(source, self.encoding)
        header, first_line = _header(lines)
        self.delimiter = max(_DELIMITERS, key=lambda d: _worth(header, d, columns))
        self._records = records_of(chain(header, lines), self.delimiter, first_line)
        self._columns: Columns = find_columns(next(self._records).cells, columns)
        self.headings = self._columns.headings
        self.columns = {field: self._columns.heading(field) for field in self._columns.at}
        self.unknown = self._columns.unknown
        self._numbers: dict[str, int] = {}
        self._emails: dict[str, int] = {}

    def __enter__(self) -> "PersonnelExport":
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close what was opened for reading; a file that was handed in stays open."""
        for each in self._close:
            each.close()

    def __iter__(self) -> Iterator[Row | BadRow | SkippedRow]:
        for record in self._records:
            yield self._read(record)

    def _read(self, record: Record) -> Row | BadRow | SkippedRow:
        if record.broken:
            return _whole_row_bad(record.line, record.text, "broken", record.broken, "quotation marks in pairs")
        filled = [cell.strip() for cell in record.cells if cell.strip()]
        if not filled:
            return SkippedRow(record.line, "empty")
        if len(filled) <= 3 and _TOTAL.fullmatch(re.sub(r"\s", "", normalize("NFKC", filled[0])).lower()):
            return SkippedRow(record.line, "total", " ".join(filled))
        if any(cell.strip() for cell in record.cells[len(self.headings) :]):
            text = self.delimiter.join(record.cells)
            expected = f"{len(self.headings)} cells; a cell that holds “{self.delimiter}” stands in quotation marks"
            return _whole_row_bad(record.line, text, "too_many_cells", f"has {len(record.cells)} cells", expected)
        profile, remarks = read_cells(self._columns, record.cells)
        if profile is None:
            return BadRow(record.line, tuple(r for r in remarks if r.code != "era_boundary"))
        if repeated := list(self._repeated(profile, record)):
            return BadRow(record.line, tuple(repeated))
        self._numbers[profile.number] = self._emails[profile.email] = record.line
        return Row(record.line, profile, tuple(remarks))

    def _repeated(self, profile: Profile, record: Record) -> Iterator[Remark]:
        """What a good row before this one has already."""
        for field, line in (
            ("number", self._numbers.get(profile.number)),
            ("email", self._emails.get(profile.email)),
        ):
            if line is not None:
                value = record.cells[self._columns.at[field]].strip()
                yield Remark(self.columns[field], value, "repeated", f"is on line {line} already", "each person once")


def read_personnel(source: str | Path | IO[bytes], *, columns: Mapping[str, str] | None = None) -> PersonnelExport:
    """Open a personnel export: a path, or a file opened for reading bytes (a pipe too).

    columns: field to heading, where the headings are not the usual ones. Raises UnreadableExportError, OSError.
    """
    opened: list[IO[bytes]] = []
    if isinstance(source, str | Path):
        source = Path(source).open("rb")  # noqa: SIM115  closed with the export
        opened.append(source)
    again = seekable(source)
    if again is not source:
        opened.append(again)
    try:
        return PersonnelExport(again, columns or {}, opened)
    except BaseException:
        for each in opened:
            each.close()
        raise


def _header(lines: Iterator[str]) -> tuple[list[str], int]:
    """The lines that the headings may be on, the first that are not blank, and the number of the first of them."""
    header: list[str] = []
    first_line = 1
    for line in lines:
        if not header and not line.strip(" \t\r\n,;\u3000"):
            first_line += 1
            continue
        header.append(line)
        if sum(part.count('"') for part in header) % 2 == 0 or len(header) == MOST_LINES:
            break
    if not header:
        raise UnreadableExportError("The file is empty.")
    return header, first_line


def _worth(header: list[str], delimiter: str, wanted: Mapping[str, str]) -> tuple[int, int]:
    """How much this delimiter makes of the headings."""
    cells = next(records_of(iter(header), delimiter), Record(1, [])).cells
    return count_known(cells, wanted), len(cells)


def _whole_row_bad(line: int, text: str, code: str, reason: str, expected: str) -> BadRow:
    return BadRow(line, (Remark("", text[:200], code, reason, expected),))
