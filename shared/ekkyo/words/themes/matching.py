"""Whether an event is on a theme. Pure: whoever asks with the same vocabulary gets the same answer."""

from collections.abc import Iterable
from functools import lru_cache

from ekkyo.contracts.events import EventState
from ekkyo.contracts.surveys import Term
from ekkyo.words.themes.spelling import key
from ekkyo.words.themes.vocabulary import Vocabulary


def is_on(event: EventState, theme: str, vocabulary: Vocabulary) -> bool:
    """Whether the theme that an event was drafted from, its title or what it is about names this theme.

    Its description does not count: it names much that the event is not on.
    """
    said = [event.title, event.context]
    if event.from_theme:
        said.append(event.from_theme.theme)
    return names(said, theme, vocabulary)


def names(texts: Iterable[str], theme: str, vocabulary: Vocabulary) -> bool:
    """Whether one of these texts names a theme: a term in common, or the theme's own words where it has none."""
    terms = {one.term for one in vocabulary.themes_in(theme)}
    if terms:
        return any(not terms.isdisjoint(one.term for one in vocabulary.themes_in(text)) for text in texts)
    return any(key(text) == key(theme) or _own(theme).find(text) for text in texts)


def same(one: str, other: str, vocabulary: Vocabulary) -> bool:
    """Whether two ways to write a theme mean the same."""
    return key(one) == key(other) or names([one], other, vocabulary)


@lru_cache(2_000)
def _own(theme: str) -> Vocabulary:
    """A vocabulary of these words alone: they are found where words of a vocabulary would be."""
    return Vocabulary((Term(name=theme),))
