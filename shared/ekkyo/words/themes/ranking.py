"""Themes counted and ranked by a vocabulary, over the answers of one survey or of many. Pure.

What people wrote stays as they wrote it, with how many did; which theme that belongs to is decided whenever themes are
ranked. So words that are merged or parted later change the ranking of every closed survey.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ekkyo.contracts.surveys import ThemeCount, WordCount
from ekkyo.words.themes.spelling import key
from ekkyo.words.themes.vocabulary import Found, Vocabulary

_BETWEEN = re.compile("[、,;\uff0c\uff1b\n]")
"""What stands between themes that were written into one field."""


@dataclass(frozen=True)
class Ranked:
    """A theme: how many asked for it, in how many free texts it is mentioned, and as what."""

    theme: str
    votes: int
    mentions: int = 0
    term: int | None = None
    """The number of its term in the vocabulary; None: people's own words."""
    written: Sequence[tuple[str, int]] = field(default=())
    """As it was asked for, most frequent first."""


def one_line(text: str) -> str:
    """Text trimmed, with every run of white space or control characters as one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def asked_for(named: Iterable[Sequence[str]], vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """What people asked for as they wrote it, and how many did. named: the themes of each person.

    A person counts once for each theme, however they write it: of two texts on one theme the first by code point
    counts. A text that names several themes counts as these. Texts that differ only in spelling are one, as
    most people wrote it.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for texts in named:
        for text in _of_one_person(texts, vocabulary):
            spellings[key(text)][text] += 1
    counts = [(_most(written), written.total()) for written in spellings.values()]
    return sorted(counts, key=lambda kv: (-kv[1], key(kv[0])))


def mentioned(texts: Iterable[str], vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """The words of the vocabulary in free texts, and in how many of them each theme's word stands.

    A text counts once for a theme, under the first of its words.
    """
    counts = Counter(found.word for text in texts for found in vocabulary.themes_in(text))
    return sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))


def ranked(
    votes: Iterable[tuple[str, int]], vocabulary: Vocabulary, mentions: Iterable[tuple[str, int]] = ()
) -> list[Ranked]:
    """Themes by votes, then by mentions, then by their names.

    A theme is shown as most people wrote it, a term by the word that most people used (its name where as many used
    that), or by the name that leaders gave it.
    A text that names several terms counts for each.
    """
    written: dict[tuple[int | None, str], Counter[str]] = defaultdict(Counter)
    words: dict[int, Counter[str]] = defaultdict(Counter)
    in_texts: Counter[int] = Counter()
    for text, count in votes:
        shown = one_line(text)
        found = vocabulary.themes_in(shown)
        for one in found:
            written[one.term, ""][shown] += count
            words[one.term][one.word] += count
        if not found and (own := key(shown)):
            written[None, own][shown] += count
    for word, count in mentions:
        if named := _term_of(word, vocabulary):
            in_texts[named.term] += count
            words[named.term][named.word] += 0
            written.setdefault((named.term, ""), Counter())
    themes = [
        Ranked(
            theme=_shown(vocabulary, term, words[term]) if term is not None else _most(spellings),
            votes=spellings.total(),
            mentions=in_texts[term] if term is not None else 0,
            term=term,
            written=sorted(((t, n) for t, n in spellings.items()), key=lambda kv: (-kv[1], kv[0])),
        )
        for (term, _), spellings in written.items()
    ]
    return sorted(themes, key=lambda t: (-t.votes, -t.mentions, key(t.theme), t.theme))


def most_wanted(
    surveys: Iterable[tuple[Iterable[ThemeCount], Iterable[WordCount]]], vocabulary: Vocabulary
) -> list[ThemeCount]:
    """What people asked for in several closed surveys, most wanted first. surveys: the themes and mentions of each."""
    found = [one for one in ranked_of(surveys, vocabulary) if one.votes]
    return [ThemeCount(theme=one.theme, votes=one.votes, mentions=one.mentions) for one in found]


def ranked_of(
    surveys: Iterable[tuple[Iterable[ThemeCount], Iterable[WordCount]]], vocabulary: Vocabulary
) -> list[Ranked]:
    """The ranking of several closed surveys, with the themes that are only mentioned."""
    votes: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    for themes, words in surveys:
        for theme in themes:
            votes[theme.theme] += theme.votes
        for word in words:
            mentions[word.word] += word.count
    return ranked(votes.items(), vocabulary, mentions.items())


def _of_one_person(texts: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """What one person asked for, each theme once."""
    counted: set[int | str] = set()
    kept: list[str] = []
    for text in sorted(one for whole in texts for one in _parts(whole, vocabulary)):
        found = vocabulary.themes_in(text)
        several = [(one.word, one.term) for one in found]
        for piece, theme in several if len(several) > 1 else [(text, found[0].term if found else key(text))]:
            if theme not in counted and theme != "":
                counted.add(theme)
                kept.append(piece)
    return kept


def _parts(text: str, vocabulary: Vocabulary) -> list[str]:
    """The themes that one field holds."""
    if vocabulary.whole(text):
        return [one_line(text)]
    return [part for one in _BETWEEN.split(text) if (part := one_line(one))]


def _term_of(word: str, vocabulary: Vocabulary) -> Found | None:
    """The term that has this word now."""
    return vocabulary.whole(word) or next(iter(vocabulary.find(word)), None)


def _shown(vocabulary: Vocabulary, term: int, words: Counter[str]) -> str:
    name = vocabulary.terms[term].name
    if term < vocabulary.named:
        return name
    best = max(words.values(), default=0)
    return name if words[name] == best else min(word for word, count in words.items() if count == best)


def _most(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda text: (-spellings[text], text))
