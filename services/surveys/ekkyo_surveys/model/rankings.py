"""What members want next: the ranking of themes over closed surveys, and what leaders see of it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ekkyo.contracts.surveys import Results, ThemeCount, ThemeDetail, VocabularyAnswer, VocabularyState, WordCount
from ekkyo.words.themes import Vocabulary, mentioned, most_wanted, ranked_of, starting, vocabulary_of

from ekkyo_surveys.model.proposing import proposals

MOST_THEMES = 200
MOST_TEXTS = 2000
"""Free texts that are searched for words that the vocabulary lacks: the newest."""


def mentions(comments: Iterable[str], words: Vocabulary | None) -> list[WordCount]:
    """The vocabulary's words in the comments that are published; they reveal nothing that these do not."""
    return [WordCount(word=word, count=n) for word, n in mentioned(comments, words or starting())]


def ranking(closed: Iterable[Results | None], words: Vocabulary) -> list[ThemeCount]:
    """What people asked for in these surveys, most wanted first."""
    return most_wanted(((found.themes, found.mentions) for found in closed if found), words)


def vocabulary_told(state: VocabularyState, closed: Sequence[tuple[Results | None, Sequence[str]]]) -> VocabularyAnswer:
    """The vocabulary and what it makes of these surveys. closed: the results and comments of each, the newest first."""
    words = vocabulary_of(state)
    themes = ranked_of(((found.themes, found.mentions) for found, _ in closed if found), words)
    texts = Counter(text for _, comments in closed for text in comments)
    wanted = Counter({one.theme: one.votes for found, _ in closed if found for one in found.themes})
    newest = dict(list(texts.items())[:MOST_TEXTS])
    return VocabularyAnswer(
        vocabulary=state,
        terms=list(words.terms),
        themes=[
            ThemeDetail(
                theme=one.theme,
                votes=one.votes,
                mentions=one.mentions,
                term=one.term is not None,
                written=[WordCount(word=text, count=n) for text, n in one.written],
            )
            for one in themes[:MOST_THEMES]
        ],
        proposals=proposals([*newest.items(), *wanted.items()], words, state.ignored),
    )
