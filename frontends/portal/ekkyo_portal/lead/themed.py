"""What the pages about themes show, made from the vocabulary. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ekkyo.contracts.members import Community
from ekkyo.contracts.surveys import Term, ThemeDetail, VocabularyAnswer, WordCount
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line
from ekkyo.words.themes import Vocabulary, key, vocabulary_of

from ekkyo_portal.look.reader import Reader

SHOWN: Final = 100
"""Themes of the ranking."""
WRITTEN: Final = 6
"""Spellings that are shown beside a theme."""


@dataclass(frozen=True)
class Theme:
    """A theme in the ranking. written: as people asked for it, where that is not just its name."""

    name: str
    address: str
    counts: str
    written: str


@dataclass(frozen=True)
class Word:
    """A word that can be chosen. counts: how often it was written; empty where it was not."""

    text: str
    counts: str


@dataclass(frozen=True)
class Themes:
    """The ranking, the vocabulary, and words that are proposed."""

    community_id: str
    name: str
    themes: Sequence[Theme]
    proposals: Sequence[Word]
    choices: Sequence[str]
    """The themes that a proposed word may belong to."""
    own: Sequence[tuple[str, str, str]]
    """Name, address and words of each."""
    starter: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class One:
    """One theme with its words. term: it is in the vocabulary."""

    community_id: str
    theme: str
    counts: str
    term: bool
    words: Sequence[Word]
    there: bool


def themes(reader: Reader, community: Community, told: VocabularyAnswer) -> Themes:
    """The page of all themes."""
    own = len(told.vocabulary.terms)
    return Themes(
        community_id=community.community_id,
        name=one_line(community.name),
        themes=[_theme(reader, community.community_id, one) for one in told.themes[:SHOWN]],
        proposals=[Word(one_line(one.word), count(reader.words.themes.times, one.count)) for one in told.proposals],
        choices=list(dict.fromkeys([one.theme for one in told.themes[:SHOWN]] + [term.name for term in told.terms])),
        own=[_term(reader, community.community_id, term) for term in told.terms[:own]],
        starter=[_term(reader, community.community_id, term) for term in told.terms[own:]],
    )


def theme(reader: Reader, community_id: str, name: str, told: VocabularyAnswer) -> One:
    """The page of one theme: its words, and what people wrote that counts as it."""
    words = vocabulary_of(told.vocabulary)
    ranked = _ranked(words, name, told)
    found = words.whole(name)
    term = words.terms[found.term] if found else None
    written = {key(one.word): one for one in (ranked.written if ranked else [])}
    counts = {same: reader.words.themes.votes.format(n=one.count) for same, one in written.items()}
    listed = list(term.all) if term else []
    listed += [one.word for same, one in written.items() if same not in {key(word) for word in listed}]
    return One(
        community_id=community_id,
        theme=one_line(ranked.theme if ranked else term.name if term else name),
        counts=_counts(reader, ranked) if ranked else "",
        term=term is not None,
        words=[Word(one_line(word), counts.get(key(word), "")) for word in listed],
        there=bool(ranked or term),
    )


def _ranked(words: Vocabulary, name: str, told: VocabularyAnswer) -> ThemeDetail | None:
    """The theme of this name in the ranking; a term may be shown there by another of its words."""
    meant = words.whole(name)
    for one in told.themes:
        shown = words.whole(one.theme)
        if (shown.term == meant.term) if shown and meant else (key(one.theme) == key(name)):
            return one
    return None


def _theme(reader: Reader, community_id: str, one: ThemeDetail) -> Theme:
    others = len(one.written) > 1 or any(key(word.word) != key(one.theme) for word in one.written)
    name = one_line(one.theme)
    written = reader.words.themes.between.join(_written(word) for word in one.written[:WRITTEN]) if others else ""
    if len(one.written) > WRITTEN:
        written += " …"
    return Theme(name, _address(community_id, name), _counts(reader, one), written)


def _counts(reader: Reader, one: ThemeDetail) -> str:
    words = reader.words.themes
    told = [words.votes.format(n=one.votes)] if one.votes or not one.mentions else []
    told += [words.mentions.format(n=one.mentions)] if one.mentions else []
    return " · ".join(told)


def _written(one: WordCount) -> str:
    return f"{one_line(one.word)} ({one.count})"


def _term(reader: Reader, community_id: str, term: Term) -> tuple[str, str, str]:
    name = one_line(term.name)
    return name, _address(community_id, name), reader.words.themes.between.join(one_line(word) for word in term.words)


def _address(community_id: str, name: str) -> str:
    return f"/c/{community_id}/themes/theme?name={quote(name, safe='')}"
