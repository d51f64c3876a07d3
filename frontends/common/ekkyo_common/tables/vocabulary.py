"""Which headings mean what: words by language, and patterns for those that no list has."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from ekkyo_common.tables.names import plain

Words = Mapping[str, str]
"""What is meant, to its headings with a bar between them."""
_BRACKETS = re.compile(r"[(（\[［【〔<＜{]([^)）\]］】〕>＞}]*)[)）\]］】〕>＞}]")
_MARKS = re.compile(
    r"必須|必須項目|任意|入力必須|required|optional|mandatory|pflicht\w*|erforderlich|obligatoire|obligatorio|必填|选填|選填|필수|선택",
    re.I,
)


@dataclass(frozen=True)
class Meaning:
    """What a heading means, what its brackets add, and in which languages it is written so."""

    noun: str
    qualifier: str = ""
    languages: frozenset[str] = frozenset()
    senses: tuple[tuple[str, str], ...] = ()
    """What else it means: each language in which it means something else, with that."""


class Vocabulary:
    """The headings of one kind of table. `languages`: each with its words; `patterns`: in the order they are tried."""

    def __init__(self, languages: Mapping[str, Words], patterns: Iterable[tuple[str, str]] = ()) -> None:
        self._known: dict[str, Meaning] = {}
        for language, words in languages.items():
            for noun, headings in words.items():
                for heading in headings.split("|"):
                    self._add(heading_key(heading), noun, language)
        self._patterns: Sequence[tuple[str, re.Pattern[str]]] = [(n, re.compile(p)) for n, p in patterns]
        self._meanings: dict[str, Meaning | None] = {}

    def _add(self, key: str, noun: str, language: str) -> None:
        known = self._known.get(key)
        if known is None:
            self._known[key] = Meaning(noun, languages=frozenset({language}))
        elif known.noun == noun:
            self._known[key] = replace(known, languages=known.languages | {language})
        else:
            self._known[key] = replace(known, senses=(*known.senses, (language, noun)))

    def also(self, headings: Mapping[str, str]) -> "Vocabulary":
        """The same with headings that somebody said, noun to heading; they go before all others."""
        if not headings:
            return self
        more = Vocabulary({})
        more._known = self._known | {heading_key(h): Meaning(noun) for noun, h in headings.items()}
        more._patterns = self._patterns
        return more

    def meaning(self, heading: str, group: str = "") -> Meaning | None:
        """What this heading means under the group that stands above it; None: it is not known."""
        if group and (found := self._known.get(heading_key(group + heading))):
            return found
        if heading not in self._meanings:
            self._meanings[heading] = self._find(heading)
        return self._meanings[heading]

    def knows(self, cell: str) -> bool:
        """Whether this is one of the headings of the lists."""
        return len(cell) < 80 and bool(cell) and heading_key(cell) in self._known

    def _find(self, heading: str) -> Meaning | None:
        if not heading or len(heading) > 100:
            return None
        if found := self._known.get(heading_key(heading)):
            return replace(found, qualifier=qualifier_of(heading))
        if found := self._known.get(heading_key(_BRACKETS.sub(" ", heading))):
            return replace(found, qualifier=qualifier_of(heading))
        text = plain(_BRACKETS.sub(" ", heading)).casefold().replace("_", " ")
        for noun, pattern in self._patterns:
            if pattern.search(text):
                return Meaning(noun, qualifier_of(heading))
        return None


@lru_cache(maxsize=20_000)
def heading_key(heading: str) -> str:
    """What two writings of a heading have in common: no marks such as `*` or （必須）, no spaces, no case."""
    bare = _BRACKETS.sub(lambda found: "" if _MARKS.fullmatch(plain(found[1])) else f" {found[1]} ", heading)
    return re.sub(r"[\W_]+", "", normalize("NFKC", bare).casefold())


def qualifier_of(heading: str) -> str:
    """What stands in a heading's brackets: a unit, or which of several."""
    found = [plain(part).casefold() for part in _BRACKETS.findall(heading)]
    return " ".join(part for part in found if not _MARKS.fullmatch(part))


def shown_heading(cell: str) -> str:
    """A heading as it is told to people: on one line."""
    return " ".join(normalize("NFKC", cell).split())
