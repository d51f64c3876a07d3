"""One cell: what spreadsheets put around it, and whether it is damaged."""

import re

from ekkyo_common.tables.encoding import LOST
from ekkyo_common.tables.names import without_invisible
from ekkyo_common.tables.told import RemarkCode

_AS_TEXT = re.compile(r'\s*=\s*"(.*)"\s*', re.S)
_APOSTROPHE = re.compile(r"'(?=[\d=+\-@０-９])")
_FORMULA_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"}
_QUESTIONS = re.compile(r"[\s?？]*[?？]{2}[\s?？]*")
_QUESTION_INSIDE = re.compile(r"[^\W\d_]\?+[^\W\d_]")
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
"""C1, which nobody types; NEL alone may come from a line break."""
_SIGNS = (
    (re.compile("[縺繧繝]"), "cp932", "UTF-8 text was read as Windows-31J"),
    (re.compile("[Â-ôšŽ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"), "cp1252", "UTF-8 text was read as Windows-1252"),
)
"""What the first bytes of characters in UTF-8 look like in other encodings."""
_CP1252 = bytes(n for n in range(0x80, 0xA0) if n not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)).decode("cp1252")
_RARE = re.compile("[\u0250-\u02ff\u0700-\u08ff]")
"""What ß and capitals with an accent make of a quotation mark behind them, and nearly nobody writes."""


def text_of(cell: str) -> str:
    """What is meant: `="000001"` and `'000001` are text, spaces around it and what nobody sees are not."""
    cell = without_invisible(cell).strip()
    if found := _AS_TEXT.fullmatch(cell):
        cell = found[1].replace('""', '"').strip()
    return _APOSTROPHE.sub("", cell, count=1) if cell.startswith("'") else cell


def damage_of(cell: str) -> tuple[RemarkCode, str] | None:
    """Why this cell cannot be what somebody wrote, as a code and in words; None: nothing speaks against it."""
    if LOST in cell:
        return "undecodable", "holds bytes that are no characters in this file's encoding"
    if cell.strip().upper() in _FORMULA_ERRORS:
        return "formula_error", "is the error of a formula"
    if _QUESTIONS.fullmatch(cell) or ("?" in cell and _QUESTION_INSIDE.search(cell)):
        return "undecodable", "holds question marks where characters were lost"
    if not cell.isascii() and (garbled := _garbled(cell)):
        return "mojibake", garbled
    if _CONTROLS.search(cell):
        return "mojibake", "is garbled: it holds control characters where letters were read in a wrong encoding"
    return None


def _garbled(cell: str) -> str | None:
    for signs, codec, why in _SIGNS:
        found = len(signs.findall(cell))
        meant = _read_again(cell, codec) if found else None
        if meant and not _RARE.search(meant):
            return f"is garbled: {why}; it may have been “{meant}”"
        if found >= 2 and (codec != "cp1252" or _mostly_utf8(cell)):
            return f"is garbled: {why}"
    return None


def _mostly_utf8(cell: str) -> bool:
    """Whether most letters beyond ASCII, read again as UTF-8, are some: not those before a quotation mark or a dash."""
    data = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252", "replace") for c in cell)
    meant = data.decode("utf-8", "replace")
    wrong = meant.count(LOST) + len(_RARE.findall(meant)) + sum(ord(c) > 0xFF and c not in _CP1252 for c in cell)
    right = sum(not c.isascii() for c in meant) - meant.count(LOST) - len(_RARE.findall(meant))
    return right > wrong


def _read_again(cell: str, codec: str) -> str | None:
    """What the cell was before it was read in the wrong encoding, if nothing was lost."""
    try:
        data = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode(codec) for c in cell)
        meant = data.decode("utf-8")
    except UnicodeError:
        return None
    return meant if not meant.isascii() and len(meant) < len(cell) else None
