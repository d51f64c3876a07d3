"""Reading a personnel export row by row, in the memory that a row needs."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Literal

from ekkyo.contracts.members import Profile

from ekkyo_common.personnel import dates
from ekkyo_common.personnel.cells import cells_of, code_of, mail_of, read_cells, remark_of
from ekkyo_common.personnel.columns import Columns, UnreadableExportError, choose, judge, vocabulary
from ekkyo_common.personnel.employed import employment_of, leaver
from ekkyo_common.personnel.guessing import Sections, find_who_left
from ekkyo_common.personnel.rows import BadRow, Leaver, Row, SkippedRow
from ekkyo_common.personnel.words import VOCABULARY
from ekkyo_common.personnel.words.values import nothing, post, yes
from ekkyo_common.tables import (
    Evidence,
    Headings,
    Reason,
    Record,
    Remark,
    RemarkCode,
    Table,
    UnreadableTable,
    find_headings,
    one_row,
)
from ekkyo_common.tables import open_table as open_any
from ekkyo_common.tables.cells import damage_of
from ekkyo_common.tables.headings import WITHIN
from ekkyo_common.tables.moments import Order, Written, decide
from ekkyo_common.tables.rows import is_total

AnyRow = Row | BadRow | SkippedRow | Leaver


class PersonnelExport:
    """An export whose headings are known; iterate over it for its rows, as often as needed.

    encoding: as Python names it, or xlsx. delimiter: between cells. columns: field to heading. unknown: headings not
    used. evidence: what was decided once for the whole file.
    """

    def __init__(
        self,
        table: Table,
        headings: Headings,
        columns: Columns,
        *,
        today: date,
        order: Order | None,
        statuses: Mapping[str, str],
    ) -> None:
        self.encoding, self.delimiter = table.encoding, table.separator
        self.headings, self.unknown = columns.headings, columns.unknown
        self.columns = {field: columns.heading(field) for field in Profile.model_fields if columns.tells(field)}
        self._table, self._found, self._columns = table, headings, columns
        self._today, self._statuses = today, statuses
        self._numbers, self._emails = _Lines(), _Lines()
        self._main: dict[str, int] = {}
        self._sections = Sections(next((one.decided for one in table.evidence if one.what == "sheet"), ""))
        self.evidence = [
            *table.evidence,
            Evidence(
                "headings",
                f"line {headings.line}",
                _meanings(columns),
                (("line", str(headings.line)), *_means(columns)),
            ),
        ]
        self.evidence += columns.evidence
        if self.unknown:
            self.evidence.append(
                Evidence(
                    "unused", ", ".join(self.unknown), "these headings are not known or not needed", (("not_known",),)
                )
            )
        self._order = self._look(order)

    def __iter__(self) -> Iterator[AnyRow]:
        taken: dict[tuple[str, str], Row] = {}
        for record in self._records():
            read = self._read(record)
            if isinstance(read, Row):
                read = self._once(read, record, taken)
            yield read

    def _records(self) -> Iterator[Record]:
        return islice(self._table.records(), self._found.records, None)

    def _look(self, order: Order | None) -> Order | None:
        """What all rows together tell: the order of dates, who is on several lines, which of them is the main post."""
        asked: set[Written] = set()
        for record in self._records():
            if record.broken or is_total(record):
                continue
            self._sections.note(record)
            for noun in ("birth_date", "hired_on", "left_on"):
                for text in cells_of(self._columns, record, noun):
                    try:
                        found = dates.told(text)
                    except dates.NotADateError:
                        continue
                    if found.numbers:
                        asked.add(found)
            if not isinstance(self._employment(record, order), str):
                continue
            self._look_at(record)
        if order is not None or not asked:
            return order
        decided = decide(asked, languages=self._found.languages[:1])
        if decided.evidence:
            self.evidence.append(decided.evidence)
        return decided.order

    def _look_at(self, record: Record) -> None:
        number = code_of("".join(cells_of(self._columns, record, "number")[:1]))
        if not number:
            return
        if self._post(record) == "main":
            self._main.setdefault(number, record.line)
        self._numbers.note(number, record.line)
        try:
            email = mail_of("".join(cells_of(self._columns, record, "email")[:1]))
        except ValueError:
            return
        self._emails.note(email, record.line)

    def _post(self, record: Record) -> Literal["main", "also"] | None:
        """Whether this row is somebody's main post or another one; None: it does not say."""
        for text in cells_of(self._columns, record, "post"):
            said = post(text)
            if said:
                return "main" if said == "main" else "also"
            if (flag := yes(text)) is not None:
                return "main" if flag else "also"
        for text in cells_of(self._columns, record, "also"):
            flag = yes(text)
            if flag or post(text) == "also":
                return "also"
            if flag is False and not nothing(text):
                return "main"
        return None

    def _read(self, record: Record) -> AnyRow:
        if record.broken:
            return _whole_row_bad(record.line, record.text, "broken", record.broken, "quotation marks in pairs")
        if not record.filled:
            return SkippedRow(record.line, "empty")
        text = " ".join(record.filled)
        if is_total(record):
            return SkippedRow(record.line, "total", text)
        if self._found.repeated_by(record) or self._heads(record):
            return SkippedRow(record.line, "headings", text)
        if any(cell.strip() for cell in record.cells[len(self.headings) :]):
            expected = f"{len(self.headings)} cells"
            if self.delimiter:
                expected += f"; a cell that holds “{self.delimiter}” stands in quotation marks"
            text = (self.delimiter or " ").join(record.cells)
            return _whole_row_bad(record.line, text, "too_many_cells", f"has {len(record.cells)} cells", expected)
        said = self._employment(record, self._order)
        if isinstance(said, Leaver):
            return said
        if isinstance(said, Remark):
            return BadRow(record.line, (said,))
        if other := self._other_post(record):
            return SkippedRow(record.line, "concurrent_post", f"{text} (line {other} counts)")
        profile, remarks = read_cells(self._columns, record, self._order, self._today)
        if profile is None:
            return BadRow(record.line, tuple(remarks))
        return Row(record.line, profile, tuple(remarks))

    def _employment(self, record: Record, order: Order | None) -> str | Leaver | Remark:
        said = employment_of(self._columns, record, self._today, order, self._statuses)
        title = self._sections.of(record.line)
        return leaver(self._columns, record, title) if title and said == "active" and len(record.filled) > 1 else said

    def _heads(self, record: Record) -> bool:
        """Whether this is the headings once more, in another language."""
        if any(c.isdigit() for c in "".join(cells_of(self._columns, record, "number"))):
            return False
        return sum(VOCABULARY.knows(cell) for cell in record.filled) * 2 > len(record.filled)

    def _other_post(self, record: Record) -> int | None:
        """The line with the main post of who is on this one with another post, which counts instead."""
        if not ({"post", "also"} & self._columns.at.keys()):
            return None
        number = code_of("".join(cells_of(self._columns, record, "number")[:1]))
        lines = self._numbers.of(number)
        counts = self._main.get(number, lines[0] if lines else record.line)
        return None if counts == record.line or self._post(record) == "main" else counts

    def _once(self, row: Row, record: Record, taken: dict[tuple[str, str], Row]) -> Row | BadRow | SkippedRow:
        """The row, unless a good one before it has its number or address; then it says so of both."""
        keys = [("number", row.profile.number, self._numbers), ("email", row.profile.email, self._emails)]
        shared = [(field, key, lines.of(key)) for field, key, lines in keys if len(lines.of(key)) > 1]
        if not shared:
            return row
        problems: list[Remark] = []
        same = taken.get(("number", row.profile.number))
        if same is not None and same.profile == row.profile:
            return SkippedRow(row.line, "same_row", " ".join(record.filled))
        for field, key, _ in shared:
            cell = " ".join(cells_of(self._columns, record, field))
            if (before := taken.get((field, key))) is not None:
                problems.append(
                    Remark(
                        self.columns[field], cell, "repeated", f"is on line {before.line} already", "each person once"
                    )
                )
        if problems:
            return BadRow(row.line, tuple(problems))
        taken |= {(field, key): row for field, key, _ in shared}
        others = [
            remark_of(
                self._columns,
                field,
                " ".join(cells_of(self._columns, record, field)),
                "shared",
                f"is on line {', '.join(str(line) for line in lines if line != row.line)} too; this line was taken",
            )
            for field, _, lines in shared
            if not {"post", "also"} & self._columns.at.keys()
        ]
        return Row(row.line, row.profile, (*row.remarks, *others))


def read_personnel(
    data: bytes,
    name: str = "",
    *,
    columns: Mapping[str, str] | None = None,
    today: date = date.max,
    order: Order | None = None,
    statuses: Mapping[str, str] | None = None,
) -> PersonnelExport:
    """Open a personnel export.

    columns: field to heading (or #3 for the third column), where the headings are not the usual ones. today: who
    leaves later has not left. order: of day, month and year, where the file cannot tell. statuses: what a cell of a
    column about employment says, `active` or `left`, where it is not known. Raises UnreadableExportError.
    """
    wanted = dict(columns or {})
    words = vocabulary({field: heading for field, heading in wanted.items() if not heading.startswith("#")})
    try:
        table = open_any(data, words)
    except UnreadableTable as no:
        raise UnreadableExportError(f"{name}: {no}" if name else str(no), no.code, *no.names) from None
    first = list(islice(table.records(), WITHIN))
    headings = find_headings(first, words, judge)
    if headings is None:
        at = next((i for i, record in enumerate(first) if record.filled), None)
        if at is None:
            raise UnreadableExportError("The file is empty.", "empty")
        headings = one_row(first, at, words)
    try:
        found = choose(headings, wanted)
    except UnreadableExportError as no:
        damage = next((d for record in first[:20] for cell in record.cells if (d := damage_of(cell))), None)
        raise UnreadableExportError(f"{no} The text {damage[1]}." if damage else str(no), no.code, *no.names) from None
    try:
        find_who_left(found, headings.columns, islice(table.records(), headings.records, None))
        return PersonnelExport(table, headings, found, today=today, order=order, statuses=statuses or {})
    except UnreadableTable as no:
        raise UnreadableExportError(f"{name}: {no}" if name else str(no), no.code, *no.names) from None


def _meanings(columns: Columns) -> str:
    return ", ".join(f"{column.shown}: {noun}" for noun, some in columns.at.items() for column in some)


def _means(columns: Columns) -> list[Reason]:
    return [("means", column.shown, noun) for noun, some in columns.at.items() for column in some]


class _Lines:
    """On which lines a text stands, in the memory that one line each needs."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}

    def note(self, text: str, line: int) -> None:
        """Remember that it stands on this line too."""
        if self._first.setdefault(text, line) != line:
            self._more.setdefault(text, []).append(line)

    def of(self, text: str) -> list[int]:
        """The lines it stands on, in their order."""
        first = self._first.get(text)
        return [] if first is None else [first, *self._more.get(text, ())]


def _whole_row_bad(line: int, text: str, code: RemarkCode, reason: str, expected: str) -> BadRow:
    return BadRow(line, (Remark("", text[:200], code, reason, expected),))
