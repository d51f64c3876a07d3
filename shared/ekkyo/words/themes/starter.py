"""The vocabulary that every community begins with, as data. A published version is never changed."""

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from ekkyo.contracts.surveys import Term, VocabularyState
from ekkyo.words.themes.spelling import key
from ekkyo.words.themes.vocabulary import Vocabulary

NEWEST: Final = 1
"""The version that a community gets which changes its vocabulary for the first time."""


@cache
def starter(version: int = NEWEST) -> tuple[Term, ...]:
    """The terms of one version. Raises FileNotFoundError when there is none."""
    read = json.loads(files(__package__).joinpath(f"starter.v{version}.json").read_bytes())
    return tuple(Term.model_validate(one) for one in read["terms"])


@cache
def common() -> frozenset[str]:
    """Words that are no themes though they stand in many comments, as they are compared."""
    lines = files(__package__).joinpath("common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(key(word) for line in lines if not line.startswith("#") for word in line.split())


@cache
def starting() -> Vocabulary:
    """The vocabulary of a community that changed nothing."""
    return Vocabulary(starter())


def vocabulary_of(state: VocabularyState | None) -> Vocabulary:
    """The whole vocabulary of a community. None: it changed nothing."""
    return _made(state.model_dump_json(exclude={"ignored", "revision"})) if state else starting()


@lru_cache(64)
def _made(state_json: str) -> Vocabulary:
    state = VocabularyState.model_validate_json(state_json)
    taken = {key(word) for term in state.terms for word in term.all} | {key(word) for word in state.removed}
    rest = ([word for word in term.all if key(word) not in taken] for term in starter(state.starter))
    left = [Term(name=words[0], words=words[1:]) for words in rest if words]
    return Vocabulary((*state.terms, *left), named=len(state.terms))
