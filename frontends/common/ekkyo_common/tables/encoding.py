"""How a file's text is encoded: by its mark, by what can be read at all, and by what makes sense when read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from ekkyo_common.tables import frequent
from ekkyo_common.tables.told import Evidence, Reason

LOST = "\N{REPLACEMENT CHARACTER}"
"""Stands for bytes that mean nothing in the file's encoding."""
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16, little-endian"),
    (b"\xfe\xff", "utf-16", "UTF-16, big-endian"),
    (b"\x84\x31\x95\x33", "gb18030", "GB 18030"),
)
_SAMPLE = 200_000
_HEADING = 1.5
"""How much a known heading speaks for an encoding, where a usual character speaks for it by 1 at most: headings do not
come about by accident."""


@dataclass(frozen=True)
class _Legacy:
    codec: str
    called: str
    common: frozenset[str]
    first_level: tuple[str, int, int]
    """The codec and the two bytes between which its more usual ideographs or syllables stand."""
    kana: float
    """How much kana speaks for it."""


_LEGACY = (
    _Legacy("cp932", "Windows-31J", frozenset(frequent.JAPANESE), ("shift_jis", 0x889F, 0x9872), 0.95),
    _Legacy("euc_jis_2004", "EUC-JP", frozenset(frequent.JAPANESE), ("euc_jp", 0xB0A1, 0xCFFE), 0.95),
    _Legacy("gb18030", "GB 18030", frozenset(frequent.SIMPLIFIED), ("gb2312", 0xB0A1, 0xD7FE), 0.1),
    _Legacy("cp950", "Big5", frozenset(frequent.TRADITIONAL), ("big5", 0xA440, 0xC67E), 0.1),
    _Legacy("cp949", "Windows-949", frozenset(frequent.KOREAN), ("euc_kr", 0xB0A1, 0xC8FE), 0.1),
)
_CP1252 = "cp1252"
_TWO_IN_A_WORD = re.compile(r"([a-zA-Z])([à-öø-ÿß])([à-öø-ÿß])(?=[a-z])")
"""As in Größe and Müßiggang: an accented letter before another one, inside a word."""


def decode(data: bytes, known: Callable[[str], bool]) -> tuple[str, Evidence, str]:
    """The text, what was decided, and the codec. `known` says of a cell whether it is a heading that is looked for.

    Bytes that mean nothing become LOST.
    """
    codec, called, because, reason = _decide(data, known)
    reasons: tuple[Reason, ...] = (reason,)
    text = data.decode(codec, errors="replace").removeprefix("\ufeff")
    if codec == "cp932":  # single bytes that Windows-31J leaves undefined, which Python keeps
        text = re.sub("[\x80\xa0\uf8f0-\uf8f3]", LOST, text)
    if LOST in text:
        because = f"{because}; {text.count(LOST)} characters are damaged"
        reasons = (reason, ("lost", str(text.count(LOST))))
    return text, Evidence("encoding", called, because, reasons), codec


def _decide(data: bytes, known: Callable[[str], bool]) -> tuple[str, str, str, Reason]:
    for mark, codec, called in _BOMS:
        if data.startswith(mark):
            return codec, called, "the file begins with its byte order mark", ("mark",)
    start = data[:4096]
    if re.search(rb"\x1b\$[@B(]", data[:_SAMPLE]):
        return "iso2022_jp_ext", "ISO-2022-JP", "it has the escape sequences of this encoding", ("escapes",)
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) / 20:  # the upper halves of separators, digits and line ends
        codec, called = ("utf-16-le", "little-endian") if odd > even else ("utf-16-be", "big-endian")
        return codec, f"UTF-16, {called}", "every second byte of many is zero", ("zeros",)
    if data.isascii():
        return "utf-8", "ASCII", "it has no other characters", ("ascii",)
    if _is_utf8(data):  # U+FFFD in it was lost before it was written, and tells nothing of its encoding
        return "utf-8", "UTF-8", "all of it is valid UTF-8", ("utf8",)
    read = data.decode("utf-8", errors="replace")
    lost = read.count(LOST)
    others = sum(not c.isascii() for c in read) - lost
    if lost <= others:  # in other encodings nearly nothing is UTF-8 by accident, so a damaged file is still UTF-8
        return "utf-8", "UTF-8", "nearly all of it is valid UTF-8", ("nearly_utf8",)
    return _guess(data[:_SAMPLE], known)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes, known: Callable[[str], bool]) -> tuple[str, str, str, Reason]:
    """The older encoding in which most makes sense: headings that are known, then usual characters."""
    found: list[tuple[float, int, str, str]] = []
    for each in _LEGACY:
        text = sample.decode(each.codec, errors="replace")
        score, headings = _sense(text, partial(_weight, each)), _headings(text, known)
        found.append((score + _HEADING * min(headings, 8), headings, each.codec, each.called))
    text = sample.decode(_CP1252, errors="replace")
    headings = _headings(text, known)
    found.append((_western(text) + _HEADING * min(headings, 8), headings, _CP1252, "Windows-1252"))
    _, headings, codec, called = max(found, key=lambda each: each[0])
    if headings:
        because = f"it is not valid UTF-8, and {headings} known headings can be read this way"
        return codec, called, because, ("by_headings", str(headings))
    return codec, called, "it is no UTF-8, and most of its characters make sense this way", ("by_characters",)


def _headings(text: str, known: Callable[[str], bool]) -> int:
    """How many different cells that are not plain ASCII are headings that are looked for."""
    cells = {cell.strip(' "\u3000') for cell in re.split(r"[,;\t|\r\n]", text[:20_000])}
    return sum(known(cell) for cell in cells if cell and not cell.isascii())


def _sense(text: str, weight: Callable[[str], float]) -> float:
    others = [c for c in text[:50_000] if not c.isascii()]
    return sum(map(weight, others)) / len(others) if others else 0.0


@lru_cache(maxsize=100_000)
def _weight(of: _Legacy, c: str) -> float:
    """How much one character speaks for an encoding, from -3 (it means nothing) to 1."""
    if c == LOST or "\ue000" <= c <= "\uf8ff" or "\x80" <= c <= "\x9f":
        return -3.0
    if "ぁ" <= c <= "ヿ":
        return of.kana
    if c in of.common:
        return 0.9
    if "\uff61" <= c <= "\uff9f":
        return 0.15
    if "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef":
        return 0.4
    codec, first, last = of.first_level
    try:
        place = int.from_bytes(c.encode(codec), "big")
    except UnicodeEncodeError:
        return -0.2
    return 0.4 if first <= place <= last else 0.05


def _western(text: str) -> float:
    """Accented letters stand beside plain ones in western text, at the edge of a word too, and rarely two by two."""
    text = _TWO_IN_A_WORD.sub(lambda found: f"{found[1]}{found[2]}e{found[3]}", text[:50_000])
    near = [
        (c, text[at - 1 : at], text[at + 1 : at + 2])
        for at, c in enumerate(text)
        if not c.isascii()
    ]  # fmt: skip
    good = sum(
        (c.isalpha() and c not in "ªº" and _in_a_word(before, after)) or c in "–—’“”€\xa0" for c, before, after in near
    )
    return (2 * good - len(near)) / len(near) if near else 0.0


def _in_a_word(before: str, after: str) -> bool:
    """Whether a letter with these neighbours is part of a word of plain letters: inside it, or first or last."""
    plain = [c.isascii() and c.isalpha() for c in (before, after)]
    edge = [not c or c in " ,;|\t\r\n\"'" for c in (before, after)]
    return any(plain) and all(p or e for p, e in zip(plain, edge, strict=True))
