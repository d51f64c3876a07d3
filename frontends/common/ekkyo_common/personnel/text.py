"""From bytes to records: the encoding found out, lines numbered, quotes and line breaks in cells understood."""

import codecs
import csv
import io
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

LOST = "\N{REPLACEMENT CHARACTER}"
"""Stands for bytes that mean nothing in the file's encoding."""
MEANINGLESS = re.compile(f"[{LOST}\x80\uf8f0-\uf8f3]")
"""LOST, and what Python makes of the single bytes that Windows-31J leaves undefined."""
MOST_LINES = 20
"""Lines one record may span; a quote that is not closed by then was never meant to open."""
MOST_CHARACTERS = 65_536
"""Of one line. Longer ones are not a table's."""

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class UnreadableExportError(Exception):
    """The file as a whole cannot be read as a personnel export; the text says why, for people."""


@dataclass(frozen=True)
class Record:
    """The cells of one record, and the line it starts on, from 1. `broken` says why there are no cells."""

    line: int
    cells: list[str]
    broken: str | None = None
    text: str = ""


def seekable(source: IO[bytes]) -> IO[bytes]:
    """The same bytes, readable twice: a pipe is kept in a nameless temporary file."""
    if source.seekable():
        return source
    copy = tempfile.TemporaryFile()  # noqa: SIM115  closed by who asked for it
    shutil.copyfileobj(source, copy)
    copy.seek(0)
    return copy


def encoding_of(source: IO[bytes]) -> str:
    """How the text is encoded: by its byte order mark, else UTF-8 where most of it is UTF-8, else Windows-31J.

    Reads the whole source, in pieces, and goes back to where it was. A damaged UTF-8 file is still UTF-8: in
    Windows-31J text, other than ASCII, nearly nothing is UTF-8 by accident.
    """
    start = source.tell()
    try:
        piece = source.read(65_536)
        for bom, encoding in _BOMS.items():
            if piece.startswith(bom):
                return encoding
        even, odd = piece[0:4096:2].count(0), piece[1:4096:2].count(0)
        if max(even, odd) > len(piece[:4096]) / 20:  # the upper halves of delimiters, digits and line ends
            return "utf-16-le" if odd > even else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        read = lost = 0
        while piece:
            text = decoder.decode(piece)
            lost += text.count(LOST)
            read += sum(not c.isascii() for c in text) if not text.isascii() else 0
            piece = source.read(65_536)
        return "utf-8" if lost <= read - lost else "cp932"
    finally:
        source.seek(start)


def lines_of(source: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines with their ends, bytes without a meaning replaced by LOST. Leaves the source open."""
    text = io.TextIOWrapper(source, encoding=encoding, errors="replace", newline="")
    try:
        while line := text.readline(MOST_CHARACTERS):
            yield line
            while len(line) == MOST_CHARACTERS and not line.endswith(("\r", "\n")):
                line = text.readline(MOST_CHARACTERS)
    finally:
        with suppress(ValueError):  # closed already, by whoever opened it
            text.detach()


def records_of(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """The records, each with the line it starts on. One with broken quoting costs its first line only."""
    ahead: deque[str] = deque()
    number = first_line
    while True:
        held = _next(ahead, lines)
        if not held:
            return
        record = _parse(held, number, delimiter)
        while record is None and len(held) < MOST_LINES and (more := _next(ahead, lines)):
            held += more
            record = _parse(held, number, delimiter)
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


def _parse(held: list[str], number: int, delimiter: str) -> Record | None:
    """The record in these lines; None: it goes on in the next."""
    try:
        return Record(number, next(csv.reader(held, delimiter=delimiter, strict=True)))
    except csv.Error as error:
        if str(error) == "unexpected end of data":
            return None
        return Record(number, [], "its quotation marks or its length make no sense", held[0].strip())
