"""The vocabulary of a community's themes: merged, split and extended by its leaders. Pure.

The document holds what leaders made of the starter vocabulary, and never what people answered. Rankings are made from
it and from the results of closed surveys whenever somebody asks for them.
"""

from collections.abc import Iterable, Sequence

from ekkyo.contracts.surveys import (
    AddTerm,
    IgnoreWords,
    MergeThemes,
    RemoveWords,
    SplitTheme,
    Term,
    VocabularyChanged,
    VocabularyState,
    vocabulary_id_of,
)
from ekkyo.decision import Decision, Document, Refused
from ekkyo.words.themes import NEWEST, Vocabulary, key, vocabulary_of

MOST_TERMS = 500
MOST_WORDS = 100
"""Of one theme."""
MOST_LISTED = 2000
"""Words removed, or not proposed again."""


class ThemeVocabulary(Document):
    """What leaders made of the starter vocabulary. Its id follows from the community's, and no survey can have it."""

    community_id: str
    starter: int = NEWEST
    terms: list[Term] = []
    removed: list[str] = []
    ignored: list[str] = []

    @classmethod
    def of(cls, community_id: str) -> "ThemeVocabulary":
        """As it is before leaders change it."""
        return cls(id=vocabulary_id_of(community_id), community_id=community_id)

    def told(self, *, after: int = 0) -> VocabularyState:
        """As facts and answers carry it; within a decision as of the next revision (`after=1`)."""
        kept = self.model_dump(exclude={"id", "revision"})
        return VocabularyState(revision=self.revision + after, **kept)


Changed = Decision[ThemeVocabulary, VocabularyState]


def merge(vocabulary: ThemeVocabulary | None, cmd: MergeThemes) -> Changed:
    """Count themes as one, with all their words."""
    before = vocabulary or ThemeVocabulary.of(cmd.community_id)
    words = vocabulary_of(before.told())
    named = [cmd.into, *cmd.themes]
    all_of_them = [word for name in named for word in [name, *_words_of(words, name)]]
    return _decided(before, _with_term(before, cmd.into, all_of_them))


def split(vocabulary: ThemeVocabulary | None, cmd: SplitTheme) -> Changed:
    """Take words out of a theme and count them as another one."""
    before = vocabulary or ThemeVocabulary.of(cmd.community_id)
    words = vocabulary_of(before.told())
    target, source = words.whole(cmd.into), words.whole(cmd.theme)
    moved = {key(word) for word in cmd.words}
    there = target and all((one := words.whole(word)) and one.term == target.term for word in cmd.words)
    if there and not (source and target and source.term == target.term):
        return Decision(before, before.told())  # said twice, done once
    if source is None:
        raise Refused("theme_not_found", "The vocabulary has no theme with this name.")
    if key(cmd.into) == key(words.terms[source.term].name) and key(cmd.into) not in moved:
        raise Refused("same_theme", "The words would stay in the same theme. Give the new theme another name.")
    for word in cmd.words:
        if source.term not in [found.term for found in words.themes_in(word)]:
            raise Refused("word_of_another_theme", f"“{word}” does not belong to this theme.")
    others = _words_of(words, cmd.into) if target and target.term != source.term else []
    return _decided(before, _with_term(before, cmd.into, [cmd.into, *others, *cmd.words]))


def add(vocabulary: ThemeVocabulary | None, cmd: AddTerm) -> Changed:
    """Add a theme, or words to one that is there."""
    before = vocabulary or ThemeVocabulary.of(cmd.community_id)
    words = vocabulary_of(before.told())
    found = words.whole(cmd.theme)
    name = words.terms[found.term].name if found else cmd.theme
    return _decided(before, _with_term(before, name, [name, *_words_of(words, name), cmd.theme, *cmd.words]))


def remove(vocabulary: ThemeVocabulary | None, cmd: RemoveWords) -> Changed:
    """Take words out of the vocabulary."""
    before = vocabulary or ThemeVocabulary.of(cmd.community_id)
    gone = {key(word) for word in cmd.words}
    terms = _without(before.terms, gone)
    left = vocabulary_of(before.told().model_copy(update={"terms": terms}))
    known = {key(word) for word in before.removed}
    starters = [word for word in _unique(cmd.words) if left.whole(word) and key(word) not in known]
    return _decided(before, {"terms": terms, "removed": sorted([*before.removed, *starters])})


def ignore(vocabulary: ThemeVocabulary | None, cmd: IgnoreWords) -> Changed:
    """Propose words no more."""
    before = vocabulary or ThemeVocabulary.of(cmd.community_id)
    return _decided(before, {"ignored": sorted(_unique([*before.ignored, *cmd.words]))})


def _with_term(before: ThemeVocabulary, name: str, words: Sequence[str]) -> dict[str, object]:
    """The vocabulary with a term of this name and these words, which no other term has then."""
    all_words = _unique([name, *words])
    taken = {key(word) for word in all_words}
    term = Term(name=name, words=sorted(all_words[1:], key=lambda word: (key(word), word)))
    terms = sorted([*_without(before.terms, taken), term], key=lambda one: key(one.name))
    return {"terms": terms, "removed": [word for word in before.removed if key(word) not in taken]}


def _without(terms: Iterable[Term], taken: set[str]) -> list[Term]:
    """The terms without these words. One that lost its name gets that of its first word that is left."""
    left = [[word for word in term.all if key(word) not in taken] for term in terms]
    return [Term(name=words[0], words=words[1:]) for words in left if words]


def _words_of(vocabulary: Vocabulary, name: str) -> list[str]:
    found = vocabulary.whole(name)
    return vocabulary.terms[found.term].all if found else []


def _unique(words: Iterable[str]) -> list[str]:
    """Each word once, in its first spelling."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(key(word), word)
    return list(found.values())


def _decided(before: ThemeVocabulary, changes: dict[str, object]) -> Changed:
    after = before.model_copy(update=changes)
    if after == before:
        return Decision(before, before.told())
    if (
        len(after.terms) > MOST_TERMS
        or any(len(term.words) >= MOST_WORDS for term in after.terms)
        or len(after.removed) > MOST_LISTED
        or len(after.ignored) > MOST_LISTED
    ):
        text = f"A vocabulary has at most {MOST_TERMS} themes of its own, each with at most {MOST_WORDS} words."
        raise Refused("vocabulary_full", text)
    told = after.told(after=1)
    fact = VocabularyChanged(vocabulary_id=after.id, community_id=after.community_id, vocabulary=told)
    return Decision(after, told, facts=[fact])
