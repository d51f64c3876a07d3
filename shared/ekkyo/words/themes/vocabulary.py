"""The words of a vocabulary found in what people wrote, the longest first. Pure.

No analyser of Japanese is needed: a word is found where it stands, if its edges are edges of a word in the text.
Latin words need a boundary on both sides, short katakana words too (ワード is no part of パスワード); kanji need none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from ekkyo.contracts.surveys import Term
from ekkyo.words.themes.spelling import JAPANESE, LONG, Char, Folded, folded, key

EVERYDAY: Final = frozenset(
    [
        "access",
        "box",
        "bookings",
        "chat",
        "edge",
        "flow",
        "form",
        "forms",
        "go",
        "lists",
        "loop",
        "meet",
        "notes",
        "notion",
        "outlook",
        "planner",
        "publisher",
        "r",
        "ruby",
        "rust",
        "slack",
        "spark",
        "stream",
        "swift",
        "team",
        "teams",
        "visual",
        "word",
        "words",
        "workspace",
        "zoom",
    ]
)
"""Names of products that are plain English too: in English they count only where they begin with a capital."""
_JOINED: Final = 5
"""Characters from which a word is also found when it is written apart: java script."""
_ANYWHERE: Final = 5
"""Characters from which a katakana word is found inside a longer one: インタフェース in ユーザーインタフェース."""
_AT_THE_START: Final = 4
"""Characters from which it is found where one begins: フォーム in フォームデザイン, but not in プラットフォーム."""
_REMEMBERED: Final = 20_000
_SHORT: Final = 100
_MARKS: Final = 3
"""Long-vowel marks of one word that may each be left out."""


@dataclass(frozen=True, slots=True)
class Found:
    """A word found in a text: the term's number, and the word as the vocabulary spells it."""

    term: int
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One spelling of a word. apart: it is also found with spaces in it."""

    chars: str
    term: int
    word: str
    apart: bool
    everyday: bool
    kana: bool


@dataclass(frozen=True)
class Vocabulary:
    """Terms, each with its words. A word that two terms have belongs to the first."""

    terms: tuple[Term, ...] = ()
    named: int = 0
    """How many of them, from the first, are shown by their names, which leaders gave them."""

    def find(self, text: str) -> list[Found]:
        """The words in a text from left to right, the longest at each place, none overlapping."""
        chars = folded(text)
        found: list[Found] = []
        at = 0
        while at < len(chars):
            one = self._at(chars, at, follows=bool(found) and found[-1].end == at)
            if one:
                found.append(one)
                at = one.end
            else:
                at += 1
        return found

    def whole(self, text: str) -> Found | None:
        """The word that this text is, and nothing else."""
        wanted = key(text)
        entry = self._exact.get(wanted)
        return Found(entry.term, entry.word, 0, len(wanted)) if entry else None

    def themes_in(self, text: str) -> list[Found]:
        """What a text is about: the first word of each term that it names."""
        known = self._known.get(text)
        if known is None:
            exactly = self.whole(text)
            found = [exactly] if exactly else self.find(text)
            first: dict[int, Found] = {}
            for one in found:
                first.setdefault(one.term, one)
            known = list(first.values())
            if len(self._known) < _REMEMBERED and len(text) <= _SHORT:
                self._known[text] = known
        return known

    @cached_property
    def _known(self) -> dict[str, list[Found]]:
        """Short texts that were read before: a ranking reads the same ones every time."""
        return {}

    @cached_property
    def _exact(self) -> Mapping[str, _Entry]:
        found: dict[str, _Entry] = {}
        for number, term in enumerate(self.terms):
            for word in term.all:
                for entry in _entries(word, number):
                    found.setdefault(entry.chars, entry)
        return found

    @cached_property
    def _by_first(self) -> Mapping[str, Sequence[_Entry]]:
        found: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self._exact.values():
            found[entry.chars[0]].append(entry)
        return {first: sorted(entries, key=lambda e: (-len(e.chars), e.chars)) for first, entries in found.items()}

    def _at(self, chars: Folded, at: int, *, follows: bool) -> Found | None:
        for entry in self._by_first.get(chars[at].text, ()):
            end = at + len(entry.chars)
            if end > len(chars) or any(chars[at + n].text != c for n, c in enumerate(entry.chars)):
                continue
            if not entry.apart and any(one.gap for one in chars[at + 1 : end]):
                continue
            if end < len(chars) and chars[end].text == LONG and not chars[end].gap:
                end += 1
            if self._stands_alone(chars, at, end, entry, follows=follows):
                return Found(entry.term, entry.word, at, end)
        return None

    def _stands_alone(self, chars: Folded, at: int, end: int, entry: _Entry, *, follows: bool) -> bool:
        first, last = chars[at], chars[end - 1]
        before = chars[at - 1] if at else None
        after = chars[end] if end < len(chars) else None
        if entry.everyday and not first.capital and not _japanese(before, after):
            return False
        starts = before is None or first.gap or before.script != first.script or follows
        ends = after is None or after.gap or after.script != last.script
        if first.script == "latin" and not starts:
            return False
        if last.script in ("latin", "digit") and not ends:
            return False
        if first.script == "digit" and not starts:
            return False
        if entry.kana and first.script == "hiragana":
            return len(entry.chars) >= _AT_THE_START or (starts and ends)
        if entry.kana and first.script == "katakana" and len(entry.chars) < _ANYWHERE:
            long_enough = len(entry.chars) >= _AT_THE_START
            return starts and (ends or long_enough or self._at(chars, end, follows=True) is not None)
        return True


def _japanese(*beside: Char | None) -> bool:
    return any(one is not None and one.script in JAPANESE for one in beside)


def _entries(word: str, term: int) -> Iterable[_Entry]:
    """The spellings of a word: with and without each long-vowel mark, and the plural of an English one."""
    chars = folded(word)
    text = "".join(one.text for one in chars)
    if not text:
        return
    apart = len(text) >= _JOINED or any(one.gap for one in chars)
    kana = all(one.script in ("katakana", "hiragana") for one in chars)
    everyday = text in EVERYDAY
    latin = all(one.script == "latin" for one in chars)
    written = [text]
    if latin and len(text) >= 3 and not text.endswith("s") and not everyday:
        written.append(text + "s")
    marks = [n for n, c in enumerate(text) if c == LONG][:_MARKS]
    for count in range(1, len(marks) + 1):
        for some in combinations(marks, count):
            shorter = "".join(c for n, c in enumerate(text) if n not in some)
            if len(shorter) >= _AT_THE_START:
                written.append(shorter)
    for one in written:
        yield _Entry(one, term, word, apart, everyday, kana)
