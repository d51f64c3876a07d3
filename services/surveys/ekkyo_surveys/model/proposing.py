"""Words that the vocabulary may lack, from what closed surveys published: themes asked for, and comments. Pure.

Japanese is written without spaces, and no analyser is used: a candidate is a run of one script (katakana, kanji, Latin
words), or of several without hiragana between them (生成AI). A shorter run that stands nowhere but in a longer one is
left out for it.
"""

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from ekkyo.contracts.surveys import WordCount
from ekkyo.words.themes import Vocabulary, common, key

FEWEST = 3
"""Texts that a word must stand in before it is proposed."""
SHOWN = 20
_LONGEST = 40
_ALONE = 2
_COUNTED = 200
_KATAKANA = r"[ァ-ヺー]"
_KANJI = r"[々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_LATIN = r"[A-Za-z\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f+#]*"
_RUN = re.compile(f"{_KATAKANA}+|{_KANJI}+|{_LATIN}|[0-9]+")
_COMPOUND = re.compile(f"(?:{_KATAKANA}|{_KANJI}|[A-Za-z0-9+#\u00c0-\u024f])+")
_PHRASE = re.compile(f"{_LATIN}(?: {_LATIN})+")


def proposals(texts: Iterable[tuple[str, int]], vocabulary: Vocabulary, ignored: Iterable[str] = ()) -> list[WordCount]:
    """Words that stand in at least FEWEST texts, most frequent first. texts: each with how many wrote it.

    What the vocabulary has a word in, and what leaders ignored, is not proposed. A word must stand alone in two texts;
    then those where it is part of a longer one count too.
    """
    unwanted = {key(word) for word in ignored}
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for text, count in texts:
        whole[key(text)] += count
        for same, word in _candidates(text).items():
            counts[same] += count
            spellings[same][word] += count
    likely = [same for same, count in counts.most_common() if count >= _ALONE and _is_new(same, vocabulary)]
    frequent: dict[str, int] = {}
    for same in likely[:_COUNTED]:
        count = counts[same] if same.isascii() else sum(n for text, n in whole.items() if same in text)
        if count >= FEWEST:
            frequent[same] = count
    best = [
        same
        for same, count in frequent.items()
        if same not in unwanted
        and not any(same != longer and same in longer and frequent[longer] >= count for longer in frequent)
    ]
    best.sort(key=lambda same: (-frequent[same], same))
    return [
        WordCount(word=min(spellings[same], key=lambda w: (-spellings[same][w], w)), count=frequent[same])
        for same in best[:SHOWN]
    ]


def _candidates(text: str) -> dict[str, str]:
    """The words that a text may hold, each once, as it is spelled there."""
    text = unicodedata.normalize("NFKC", text)
    found = [*_RUN.findall(text), *_COMPOUND.findall(text)]
    for phrase in _PHRASE.findall(text):
        words = phrase.split(" ")
        found += [" ".join(pair) for pair in itertools.pairwise(words) if not _common(*pair)]
    return {same: word for word in found if 2 <= len(word) <= _LONGEST and (same := key(word)) and not word.isdigit()}


def _common(*words: str) -> bool:
    return any(key(word) in common() for word in words)


def _is_new(same: str, vocabulary: Vocabulary) -> bool:
    return same not in common() and len(same) > 1 and not vocabulary.find(same)
