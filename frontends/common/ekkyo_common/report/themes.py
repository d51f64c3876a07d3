"""Themes of several surveys counted together. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from ekkyo.contracts.surveys import ThemeCount


def together(rankings: Iterable[Sequence[ThemeCount]], *, limit: int = 100) -> list[ThemeCount]:
    """One ranking of all: the same theme written differently counts once, under its most frequent spelling."""
    spellings: dict[str, Counter[str]] = {}
    for ranking in rankings:
        for entry in ranking:
            spellings.setdefault(_same(entry.theme), Counter())[entry.theme] += entry.votes
    found = sorted(spellings.items(), key=lambda kv: (-kv[1].total(), kv[0]))[:limit]
    return [
        ThemeCount(theme=min(written, key=lambda text: (-written[text], text)), votes=written.total())
        for _, written in found
    ]


def _same(theme: str) -> str:
    """What themes are compared by: NFKC, casefolded, one space between words."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", theme).casefold())
    return " ".join(folded.split())
