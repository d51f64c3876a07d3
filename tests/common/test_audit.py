"""The audit finds what could be linked, and nothing where nothing can be."""

from typing import Any

import pytest
from ekkyo.contracts.surveys import ResultsAnswer
from ekkyo_common.audit import Audited, audit

STATE = {
    "survey_id": "s1",
    "community_id": "c1",
    "title": {"en": "How?"},
    "anonymous": True,
    "template": "pulse",
    "status": "closed",
    "opened_at": "2026-11-01T00:00:00Z",
    "deadline": "2026-11-08T00:00:00Z",
    "invited": 30,
    "answered": 12,
    "revision": 3,
}


def audited(answered: int = 12, *, id: str = "s1", first: int = 0, event: str | None = None, **told: Any) -> Audited:
    texts = told.pop("texts", {})
    after = frozenset(told.pop("after", ()))
    state = {**STATE, "survey_id": id, "event_id": event, "status": told.pop("status", "closed")}
    results = {"survey_id": id, "invited": 30, "answered": answered, **told}
    said = ResultsAnswer.model_validate({"survey": state, "results": results, "texts": texts})
    return Audited(said, frozenset(f"m{n}" for n in range(first, first + answered)), after)


def question(kind: str = "choice", answered: int | None = 12, **more: Any) -> dict[str, Any]:
    cells = [{"answers": answers, "people": people} for answers, people in more.pop("cells", [])]
    return {"question": "q", "kind": kind, "asked": 12, "answered": answered, "cells": cells, **more}


SCORES = [[str(n) for n in range(9)], ["9", "10"]]
FINDS = [
    ({"questions": [question(cells=[(["a"], 7), (["b"], 5)])]}, []),
    ({"questions": [question(cells=[(["a"], 9), (["b"], 3)])]}, [3]),
    ({"questions": [question(answered=10, cells=[(["a"], 10)])]}, [2]),
    ({"questions": [question("choices", None, cells=[(["a"], 9)])]}, [3]),
    ({"questions": [question("nps", cells=[([str(n) for n in range(11)], 12)], nps=41.7)]}, []),
    ({"questions": [question("nps", cells=[([str(n) for n in range(11)], 12)], nps=91.7)]}, [1, 1]),
    ({"questions": [question("nps", cells=[(SCORES[0], 5), (SCORES[1], 7)], nps=41.7)]}, [2, 3]),
    ({"distributions": {"q": {"a": 8, "b": 4}}}, [4]),
    (
        {"cross_tables": [{"questions": ["q", "r"], "rows": [["a"]], "columns": [["x"], ["y"]], "people": [[9, 3]]}]},
        [3],
    ),
    ({"texts": {"q": ["a", "b"]}}, [2]),
    ({"texts": {"q": ["a", "b", "c", "e", "d"]}}, [1]),
    ({"suppressed": True, "texts": {"q": ["a"]}}, [12]),
    ({"after": ["m1", "m2"]}, [2]),
    ({"after": [f"m{n}" for n in range(5)]}, []),
    ({"status": "open", "distributions": {"q": {"a": 12}}}, [1]),
    ({"status": "open"}, []),
]


@pytest.mark.parametrize(("told", "people"), FINDS)
def test_small_groups_in_one_survey_are_found(told: dict[str, Any], people: list[int]) -> None:
    assert sorted(finding.people for finding in audit([audited(**told)]) if finding.linked) == people


def test_sums_and_differences_of_two_and_three_surveys_are_found() -> None:
    assert audit([audited(12), audited(12, id="s2", first=12)]) == []
    assert audit([audited(12), audited(17, id="s2")]) == []
    [found] = audit([audited(12), audited(13, id="s2")])
    assert (found.survey_id, found.people, found.linked, found.what) == ("s1", 1, True, "compared with s2")
    [found] = audit([audited(12), audited(12, id="s2", first=12), audited(25, id="s3")])
    assert (found.people, found.what) == (1, "compared with s2 and s3")
    [found] = audit([audited(12, event="e1"), audited(14, id="s2", event="e2")])
    assert (found.people, found.linked) == (2, False), "other events: a guess"
