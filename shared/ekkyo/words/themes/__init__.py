"""Themes that people ask for: spellings compared, a vocabulary with synonyms, words found in texts, and the ranking.

Pure. The surveys service counts with it, and whoever recomputes the ranking from facts gets the same.
"""

from ekkyo.words.themes.matching import is_on, names, same
from ekkyo.words.themes.ranking import Ranked, asked_for, mentioned, most_wanted, one_line, ranked, ranked_of
from ekkyo.words.themes.spelling import folded, key
from ekkyo.words.themes.starter import NEWEST, common, starter, starting, vocabulary_of
from ekkyo.words.themes.vocabulary import Found, Vocabulary

__all__ = [
    "NEWEST",
    "Found",
    "Ranked",
    "Vocabulary",
    "asked_for",
    "common",
    "folded",
    "is_on",
    "key",
    "mentioned",
    "most_wanted",
    "names",
    "one_line",
    "ranked",
    "ranked_of",
    "same",
    "starter",
    "starting",
    "vocabulary_of",
]
