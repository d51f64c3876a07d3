"""The vocabulary of a community: which words mean the same theme, and the ranking that follows from it."""

import uuid
from typing import ClassVar, Final

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Fact, Id, Model, Question, may
from ekkyo.contracts.fields import Word as Word
from ekkyo.contracts.surveys.results import ThemeCount, WordCount

VOCABULARIES_OF_COMMUNITIES: Final = uuid.UUID("8d1b8f62-51c7-5f0e-9f3a-27c94be0a6d3")
"""The namespace of the ids under which the vocabulary of a community is kept."""


def vocabulary_id_of(community_id: str) -> str:
    """The id under which the vocabulary of a community is kept: the UUIDv5 of the community's id. No survey has it."""
    return str(uuid.uuid5(VOCABULARIES_OF_COMMUNITIES, community_id))


class Term(Model):
    """A theme's name, and its other words: synonyms, other spellings, the name in another language."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Excel", "words": ["エクセル", "MS Excel"]}})
    name: str
    words: list[str] = []

    @property
    def all(self) -> list[str]:
        """The name and the words."""
        return [self.name, *self.words]


class VocabularyState(Model):
    """What the leaders of a community made of the starter vocabulary.

    A word of `terms` belongs to that term and to no term of the starter. The words in `removed` belong to no term.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "starter": 1,
                "terms": [{"name": "花見", "words": ["お花見会"]}],
                "removed": ["PAD"],
                "ignored": ["懇親会"],
                "revision": 3,
            }
        }
    )
    community_id: Id
    starter: int
    """The version of the starter vocabulary that it builds on."""
    terms: list[Term] = []
    removed: list[str] = []
    ignored: list[str] = []
    """Words that are not proposed again."""
    revision: int = 0


# Commands


class MergeThemes(Command[VocabularyState]):
    """Count several themes as one, with all their words. `into` is its name: one of theirs or a new one.

    The ranking over all closed surveys changes at once. In a survey that closed before, a person who named two of these
    themes counts twice: nobody knows any more who named what.
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.merge_themes"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "themes": ["花見", "お花見会"],
                "into": "花見",
            }
        }
    )
    community_id: Id
    themes: list[Word] = Field(min_length=1, max_length=50)
    into: Word


class SplitTheme(Command[VocabularyState]):
    """Take words out of a theme and count them as another one, `into`, which may exist already."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.split_theme"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "theme": "Excel",
                "words": ["Excelの関数"],
                "into": "Excelの関数",
            }
        }
    )
    community_id: Id
    theme: Word
    words: list[Word] = Field(min_length=1, max_length=50)
    into: Word


class AddTerm(Command[VocabularyState]):
    """Add a theme to the vocabulary, or words to a theme that it has. A word of another theme moves to this one."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.add_term"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"community_id": "0192f0c1-7a00-7000-8000-000000000001", "theme": "Excel", "words": ["表計算"]}
        }
    )
    community_id: Id
    theme: Word
    words: list[Word] = Field(default=[], max_length=50)


class RemoveWords(Command[VocabularyState]):
    """Take words out of the vocabulary. A theme without words is none any more; what people wrote stays as it is."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.remove_words"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={"example": {"community_id": "0192f0c1-7a00-7000-8000-000000000001", "words": ["表計算"]}}
    )
    community_id: Id
    words: list[Word] = Field(min_length=1, max_length=50)


class IgnoreWords(Command[VocabularyState]):
    """Propose these words no more."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.ignore_words"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={"example": {"community_id": "0192f0c1-7a00-7000-8000-000000000001", "words": ["懇親会"]}}
    )
    community_id: Id
    words: list[Word] = Field(min_length=1, max_length=50)


# Questions


class ThemeDetail(ThemeCount):
    """A theme in the ranking, with what is counted as it. term: it is in the vocabulary."""

    term: bool
    written: list[WordCount] = []
    """As people asked for it in answers to questions about themes, and how many did."""


class VocabularyAnswer(Model):
    """The vocabulary, the themes that it makes, and words that may be missing in it."""

    vocabulary: VocabularyState
    terms: list[Term]
    """All of it: what leaders made, then what is left of the starter."""
    themes: list[ThemeDetail]
    """Asked for or mentioned, most wanted first; at most 200."""
    proposals: list[WordCount] = []
    """Words in what closed surveys published that the vocabulary does not have, and in how many texts they stand."""


class GetVocabulary(Question[VocabularyAnswer]):
    """The words of a community's themes, what is counted as which theme, and words that are proposed."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.vocabulary"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id


# Facts


class VocabularyChanged(Fact):
    """Leaders changed which words mean which theme. With `surveys.themes_ranked`, the ranking can be recomputed."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.vocabulary_changed"
    about: ClassVar[str] = "vocabulary_id"
    vocabulary_id: Id
    community_id: Id
    vocabulary: VocabularyState
