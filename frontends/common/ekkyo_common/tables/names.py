"""When two writings are the same: invisible characters, width, case, spaces, kana, twin characters.

Sources: Unicode property Default_Ignorable_Code_Point (variation selectors among them, which UTS 37 uses for ideographs
and UAX 31 leaves out of comparisons), UAX 15 (NFKC).
"""

import re
from functools import lru_cache
from unicodedata import combining, normalize

from ekkyo_common.tables.twins import TWINS

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|(?<![\u0600-\u0dff])[\u200c\u200d]"
)
"""Of those, what nobody writes a name with; variation selectors may belong to it, and joiners after Arabic or Indic."""
_CODE_BEFORE = re.compile(r"^\s*[(（]?\d{1,3}[)）]?\s*[:：.．_\-–—\s]?\s*(?=[^\W\d_])")
_CODE_AFTER = re.compile(r"(?<=[^\W\d_])\s*[(（]\d{1,3}[)）]\s*$")
_IN_BRACKETS = re.compile(r"[(（\[［【〔<＜「]([^()（）\[\]［］【】〔〕<>＜＞「」]*)[)）\]］】〕>＞」]")
_APART = re.compile("[\\s_・･.,、，\u2027\u30fb/／|｜@＠:：\u2010-\u2015-]+")


def without_invisible(text: str) -> str:
    """The text without characters that nobody sees and nobody means: zero-width spaces, marks of direction."""
    return _INVISIBLE.sub("", text)


def without_ignorable(text: str) -> str:
    """The same without variation selectors and joiners: for words that are compared, not names that people have."""
    return _IGNORABLE.sub("", text)


def plain(text: str) -> str:
    """Full-width letters narrow, half-width kana wide, nothing invisible, spaces single: as people mean it."""
    return " ".join(normalize("NFKC", _IGNORABLE.sub("", text)).split())


def without_code(text: str) -> str:
    """`1:在籍`, `02 Active`, `Active (1)` without the code that a system has for what the words say."""
    return _CODE_AFTER.sub("", _CODE_BEFORE.sub("", text))


def in_brackets(text: str) -> list[str]:
    """What stands in brackets of any kind, as in `（退職）山田 花子`."""
    return [found.strip() for found in _IN_BRACKETS.findall(text) if found.strip()]


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """What two writings of one name have in common: no spaces, no case, nothing invisible, katakana for hiragana."""
    folded = _IGNORABLE.sub("", normalize("NFKC", _IGNORABLE.sub("", text)).casefold())
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded if not c.isspace())


@lru_cache(maxsize=50_000)
def twin_key(text: str) -> str:
    """The same, with one of all twin characters and without accents: alike to the eye, not surely the same name."""
    bare = "".join(c for c in normalize("NFD", key(text)) if not combining(c) or c in "\u3099\u309a")
    return normalize("NFC", bare).translate(TWINS)


def words_of(text: str) -> tuple[str, ...]:
    """The parts of a name in the order of the alphabet, alike to the eye: for names told in another order."""
    return tuple(sorted(twin_key(part) for part in _APART.split(plain(text)) if part))
