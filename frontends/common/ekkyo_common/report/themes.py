"""Themes of several surveys counted together, as the surveys service ranks them. Pure."""

from collections.abc import Iterable, Sequence

from ekkyo.contracts.surveys import ThemeCount, VocabularyState, WordCount
from ekkyo.words.themes import most_wanted, vocabulary_of

Ranking = tuple[Sequence[ThemeCount], Sequence[WordCount]]
"""What one survey found: the themes that people asked for, and the words that they mentioned."""


def together(
    rankings: Iterable[Ranking], vocabulary: VocabularyState | None = None, *, limit: int = 100
) -> list[ThemeCount]:
    """One ranking of all. vocabulary: as the community's leaders changed it last."""
    return most_wanted(rankings, vocabulary_of(vocabulary))[:limit]
