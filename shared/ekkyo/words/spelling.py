"""One spelling of a word or a name of a skill for the ways in which people write it."""

import re
from functools import lru_cache
from unicodedata import normalize

_BETWEEN = re.compile(r"[\s_\-‐-―・･/,、]+|(?<=\w)\.(?=\w)")
"""Spaces, hyphens, middle dots and the like: one writes Power BI, the other PowerBI; but + and # are not between."""
_LONG = re.compile(r"(?<=[ァ-ヴー]{2}[ァ-ヴ])ー+(?![ァ-ヴー])")
"""The long-vowel mark at the end of a longer word in kana: サーバー and サーバ are both in use (JIS Z 8301)."""
_KANA = {ord("ぁ") + n: ord("ァ") + n for n in range(ord("ゔ") - ord("ぁ") + 1)}
"""Hiragana to katakana: each is 96 further."""


@lru_cache(10_000)
def folded(text: str) -> str:
    """The text by which spellings of one word are compared: full and half width, case, kana, spaces and hyphens.

    NFKC and case folding as in Unicode's TR 15 and TR 21. For comparing alone: it is not shown to anybody.
    """
    plain = normalize("NFKC", normalize("NFKC", text).casefold()).translate(_KANA)
    return _LONG.sub("", _BETWEEN.sub("", plain)) or " ".join(plain.split())
