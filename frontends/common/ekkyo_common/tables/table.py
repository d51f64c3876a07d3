"""Opening a file of any kind as one table of records, with what was decided on the way."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ekkyo_common.tables.encoding import decode
from ekkyo_common.tables.kinds import is_workbook
from ekkyo_common.tables.records import MOST_ROWS, SEPARATORS, Record, records_of, told_separator
from ekkyo_common.tables.told import Evidence, Reason, UnreadableTable
from ekkyo_common.tables.vocabulary import Vocabulary
from ekkyo_common.tables.workbook import sheets_of

_LOOKED_AT = 60
"""Records that are looked at to decide."""


class Table:
    """The records of one file, in its order, as often as they are asked for."""

    def __init__(self, encoding: str, separator: str, evidence: list[Evidence], text: str, skip: int) -> None:
        self.encoding, self.separator, self.evidence = encoding, separator, evidence
        self._text, self._skip = text, skip
        self._rows: Sequence[Record] | None = None

    @classmethod
    def of_sheet(cls, evidence: list[Evidence], rows: Sequence[Record]) -> "Table":
        """A table whose records are there already."""
        table = cls("xlsx", "", evidence, "", 0)
        table._rows = rows
        return table

    def records(self) -> Iterator[Record]:
        """Every record, the empty ones too. Raises UnreadableTable at the first one beyond the limit."""
        rows = self._rows
        for count, record in enumerate(rows if rows is not None else self._records_of_text(), start=1):
            if count > MOST_ROWS:
                limit, row = f"{MOST_ROWS:,}", f"{record.line:,}"
                raise UnreadableTable(
                    f"This file has more than {limit} rows, which is the limit; empty rows count too. Row {row} is the "
                    "first one beyond it. Delete empty rows, or split the file.",
                    "too_many_rows",
                    limit,
                    row,
                )
            yield record

    def _records_of_text(self) -> Iterator[Record]:
        return records_of(self._text, self.separator, skip=self._skip)


def open_table(data: bytes, vocabulary: Vocabulary) -> Table:
    """The file's table; `vocabulary` tells its headings, which show encoding, separator and sheet.

    Raises UnreadableTable for what is no table.
    """
    if not data.strip():
        raise UnreadableTable("The file is empty.", "empty")
    if is_workbook(data):
        return _sheet(data, vocabulary)
    text, evidence, codec = decode(data, vocabulary.knows)
    told = [evidence]
    separator = told_separator(text)
    if separator:
        told.append(Evidence("separator", SEPARATORS.get(separator, separator), "the first line says so", (("said",),)))
        return Table(codec, separator, told, text, 1)
    separator = max(SEPARATORS, key=lambda each: _worth(records_of(text, each), vocabulary))
    known: Reason = ("known_headings",)
    told.append(Evidence("separator", SEPARATORS[separator], "this way, the headings are known ones", (known,)))
    return Table(codec, separator, told, text, 0)


def _sheet(data: bytes, vocabulary: Vocabulary) -> Table:
    sheets = list(sheets_of(data))
    if not sheets:
        raise UnreadableTable("This workbook has no visible sheet.", "no_sheet")
    name, rows = max(sheets, key=lambda sheet: _worth(iter(sheet[1]), vocabulary))
    others = [other for other, some in sheets if other != name and any(each.filled for each in some)]
    because = f"not read: {', '.join(others)}" if others else "it is the only one with anything in it"
    reason: Reason = ("other_sheets", ", ".join(others)) if others else ("only_sheet",)
    return Table.of_sheet([Evidence("sheet", name, because, (reason,))], rows)


def _worth(records: Iterator[Record], vocabulary: Vocabulary) -> tuple[int, int]:
    """How much a way of reading makes of the first records: known headings in one of them, then equal widths."""
    best = 0
    widths: dict[int, int] = {}
    for record in islice(records, _LOOKED_AT):
        if not record.filled:
            continue
        best = max(best, len({m.noun for cell in record.cells if (m := vocabulary.meaning(cell.strip()))}))
        widths[len(record.cells)] = widths.get(len(record.cells), 0) + 1
    return best, max((count * (width > 1) for width, count in widths.items()), default=0)
