"""Text folded for comparison: width, case, hiragana and katakana, long vowels, and the spaces between words.

Pure. `key` makes two spellings of the same words equal; `Folded` keeps, for each character that is left, what is
needed to say where a word begins and ends.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Script = Literal["latin", "digit", "katakana", "hiragana", "kanji", "other"]
JAPANESE: Final = frozenset({"katakana", "hiragana", "kanji"})
LONG: Final = "ー"
_LONG_BY_MISTAKE: Final = frozenset("\u2012\u2013\u2014\u2015\u2212\u2500")
"""Dashes that are typed instead of the long-vowel mark."""
_JOINERS: Final = frozenset("-_・·./'\u2010\u2011\u2019")
"""Characters between the parts of one word that some people leave out: Power-BI, Node.js, ヘルプ・デスク."""
_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_E_ROW: Final = frozenset("エケセテネヘメレゲゼデベペ")
_O_ROW: Final = frozenset("オコソトノホモヨロゴゾドボポ")
_V: Final = {"ア": "バ", "イ": "ビ", "エ": "ベ", "オ": "ボ"}
_SHORT: Final = 3
"""Characters that a katakana word keeps at least when the mark at its end is dropped: サーバー, but not キー."""


@dataclass(frozen=True, slots=True)
class Char:
    """One folded character. gap: a space or a joining mark stood before it. capital: it was written as one."""

    text: str
    script: Script
    gap: bool
    capital: bool


Folded = tuple[Char, ...]


def key(text: str) -> str:
    """What two spellings of the same words have in common; never empty for a text that is not blank."""
    return "".join(one.text for one in folded(text)) or " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def folded(text: str) -> Folded:
    """The text as it is compared: NFKC, casefolded, kana as large katakana, without spaces and joining marks."""
    found: list[Char] = []
    gap = False
    for char in unicodedata.normalize("NFKC", text):
        if char.isspace() or not (char.isprintable() or char in "\u200d"):
            gap = True
            continue
        script = script_of(char)
        if char in _LONG_BY_MISTAKE and found and found[-1].script == "katakana" and not gap:
            char, script = LONG, "katakana"
        elif char == LONG and found and found[-1].script in ("katakana", "hiragana"):
            script = found[-1].script
        elif char in _JOINERS or char in _LONG_BY_MISTAKE:
            gap = True
            continue
        for one in unicodedata.normalize("NFKC", char.casefold()):
            found.append(Char(_kana(one), script, gap, char.isupper()))
            gap = False
    return tuple(_long_vowels(found))


def script_of(char: str) -> Script:
    """The script of one character after NFKC."""
    code = ord(char)
    if 0x30A1 <= code <= 0x30FA or code in (0x30FC, 0x30FD, 0x30FE):
        return "katakana"
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF or char in "々〆":
        return "kanji"
    if char.isdigit():
        return "digit"
    return "latin" if char.isalpha() else "other"


def _kana(char: str) -> str:
    if "ぁ" <= char <= "ゖ":
        char = chr(ord(char) + 0x60)
    return char.translate(_SMALL)


def _long_vowels(chars: list[Char]) -> list[Char]:
    """ヴァ as バ, and long vowels of katakana as they are mostly written: メイト as メート, サーバー as サーバ."""
    found: list[Char] = []
    run = 0
    for n, one in enumerate(chars):
        after = chars[n + 1] if n + 1 < len(chars) else None
        before = found[-1] if found and not one.gap else None
        text = one.text
        if one.script != "katakana" or before is None or before.script != "katakana":
            run = 0
        if text == "ヴ":
            text = "ブ"
        elif before and before.script == one.script == "katakana":
            if chars[n - 1].text == "ヴ" and text in _V:
                found[-1] = Char(_V[text], before.script, before.gap, before.capital)
                continue
            if (text == "イ" and before.text in _E_ROW) or (text == "ウ" and before.text in _O_ROW):
                text = LONG
        ends = after is None or after.gap or after.script != "katakana"
        if text == LONG and one.script == "katakana" and one.text == LONG and ends and run >= _SHORT:
            continue
        run += one.script == "katakana"
        found.append(one if text == one.text else Char(text, one.script, one.gap, one.capital))
    return found
