"""From text to records: lines numbered, quotation marks and line breaks in cells understood."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MOST_ROWS = 200_000
"""Of one table, the empty ones too: a file of 5 MB can have as many empty lines, which cost as much as people do."""
MOST_LINES = 20
"""Lines one record may span; a quotation mark that is not closed by then was never meant to open."""
MOST_CHARACTERS = 65_536
"""Of one line. Longer ones are not a table's."""
LONGEST = 500
"""Characters of one cell. What is longer is no name, address, time or number, and costs more than it tells."""
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEP = re.compile(r'"?sep=(.)"?[,;|\t]*\s*', re.I)


@dataclass(frozen=True)
class Record:
    """The cells of one record, and the line it starts on, from 1. `broken` says why there are no cells."""

    line: int
    cells: list[str]
    broken: str = ""
    text: str = ""
    above: tuple[int, ...] = ()
    """Places of cells that are merged with the one above, whose text they have."""

    @property
    def filled(self) -> list[str]:
        """What stands in the cells that are not empty."""
        return [cell.strip() for cell in self.cells if cell.strip()]


def told_separator(text: str) -> str | None:
    """The separator that a first line such as `sep=;` names, as Excel reads it."""
    found = _LINE.match(text)
    told = _SEP.fullmatch(found[0].strip("\r\n")) if found else None
    return told[1] if told else None


def records_of(text: str, separator: str, *, skip: int = 0) -> Iterator[Record]:
    """The records, each with the line it starts on; the first `skip` lines left out.

    One with broken quoting costs its first line only.
    """
    lines = (found[0][:MOST_CHARACTERS] for found in _LINE.finditer(text))
    for _ in range(skip):
        next(lines, None)
    ahead: deque[str] = deque()
    number = 1 + skip
    while held := _next(ahead, lines):
        record = _parse(held, number, separator)
        while record is None and len(held) < MOST_LINES and (more := _next(ahead, lines)):
            held += more
            record = _parse(held, number, separator)
        if record is None:
            record = Record(number, [], "a quotation mark opens here and is not closed", held[0].strip())
        if record.broken:
            ahead.extendleft(reversed(held[1:]))
            number += 1
        else:
            number += len(held)
        yield record


def _next(ahead: deque[str], lines: Iterator[str]) -> list[str]:
    line = ahead.popleft() if ahead else next(lines, "")
    return [line] if line else []


def _parse(held: list[str], number: int, separator: str) -> Record | None:
    """The record in these lines; None: it goes on in the next."""
    try:
        return Record(number, [cell[:LONGEST] for cell in next(csv.reader(held, delimiter=separator, strict=True))])
    except csv.Error as error:
        if str(error) == "unexpected end of data":
            return None
        return Record(number, [], "its quotation marks or its length make no sense", held[0].strip())
