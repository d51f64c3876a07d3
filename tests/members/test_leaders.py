"""Whom to make leaders: the best choice, why it is one, and that nobody's age or gender is told."""

import json
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo_members import model
from ekkyo_members.model.leaders.people import Did, value_of
from ekkyo_members.model.leaders.problem import Problem, Rule, Scale
from ekkyo_members.model.leaders.searching import solve
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.members.people import NOW, member

TODAY = date(2026, 4, 1)
SITES = ("Osaka", "Tokyo", "Osaka", "Nagoya")


def somebody(n: int, **other: Any) -> model.Member:
    known: dict[str, Any] = {
        "site": SITES[n % 4],
        "job_family": "IT" if n % 3 else "Sales",
        "gender": "female" if n % 2 else "male",
        "birth_date": date(1960 + n % 40, 5, 1),
        "hired_on": date(2026 - n % 15, 5, 1),
    }
    return member(f"m{n}", n).model_copy(update=known | other)


COMPANY = [somebody(n) for n in range(1, 61)]


def asked(**other: Any) -> contract.SuggestLeaders:
    known: dict[str, Any] = {
        "community_id": "c1",
        "choose": 4,
        "candidates": [f"m{n}" for n in range(1, 21)],
        "weights": {"site": 2, "job_family": 1},
    }
    return contract.SuggestLeaders.model_validate(known | other)


def suggested(people: Sequence[model.Member] = COMPANY, **other: Any) -> contract.SuggestedLeaders:
    return model.suggest(asked(**other), people, {}, TODAY)


def ids(told: contract.SuggestedLeaders) -> list[str]:
    return [one.member_id for one in told.chosen]


# The best choice


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    n = draw(st.integers(1, 8))
    choose = draw(st.integers(1, min(3, n)))
    people = draw(st.integers(1, 12))
    values = st.sampled_from("abc")
    scales = [
        Scale(
            draw(st.integers(1, 5)),
            {v: got.count(v) for v in "abc"},
            draw(st.lists(values, min_size=n, max_size=n)),
        )
        for got in draw(st.lists(st.lists(values, min_size=people, max_size=people), min_size=1, max_size=3))
    ]
    numbers = st.frozensets(st.integers(0, n - 1))
    limits = st.lists(st.integers(0, choose), min_size=2, max_size=2).map(sorted)
    rules = [Rule(some, *limit) for some, limit in draw(st.lists(st.tuples(numbers, limits), max_size=2))]
    return Problem(choose, people, scales, rules, n)


@settings(max_examples=60, deadline=None)
@given(problems(), st.sampled_from([0, 40, 10**9]))
def test_the_choice_is_the_best_of_all_or_says_how_far_from_it_it_is_at_most(problem: Problem, work: int) -> None:
    found = solve(problem, work)
    costs = [problem.cost(c) for c in combinations(range(problem.candidates), problem.choose) if not problem.broken(c)]
    if work == 10**9:
        assert found.proven
    if found.chosen is None:
        assert not found.proven or costs == []
        return
    assert not problem.broken(found.chosen)
    assert found.least <= min(costs) <= found.cost == problem.cost(found.chosen)


def test_four_of_twenty_mirror_the_company_and_say_so() -> None:
    told = suggested()
    assert (len(told.chosen), told.candidates, told.mirrored, told.proven, told.better_by) == (4, 20, 60, True, 0)
    site, family = {one.attribute: one for one in told.attributes}["site"], told.attributes[0]
    assert [(s.value, s.share, s.chosen) for s in site.shares] == [
        ("Osaka", 0.5, 2),
        ("Nagoya", 0.25, 1),
        ("Tokyo", 0.25, 1),
    ]
    assert (site.distance, family.attribute, family.distance) == (0, "job_family", 0.0833)
    assert told.distance == pytest.approx((2 * 0 + 0.0833) / 3, abs=1e-4)
    assert suggested() == told, "the same question has the same answer"


def test_every_swap_is_told_with_what_it_costs() -> None:
    told = suggested()
    for one in told.chosen:
        assert len(one.swaps) == 16
        for swap in one.swaps:
            others = [swap.member_id, *(i for i in ids(told) if i != one.member_id)]
            swapped = suggested(candidates=others)
            assert swap.cost == pytest.approx(swapped.distance - told.distance, abs=2e-4)
            assert swap.cost >= 0, "a proven choice has no better swap"


def test_rules_are_kept_or_it_is_said_that_they_cannot_be() -> None:
    told = suggested(rules=[{"attribute": "site", "value": "Nagoya", "at_least": 3}])
    assert [one.values["site"] for one in told.chosen].count("Nagoya") == 3
    with pytest.raises(Refused) as no:
        suggested(rules=[{"attribute": "site", "value": "Sapporo", "at_least": 1}])
    assert no.value.code == "rules_cannot_be_met"


def test_of_many_the_best_found_is_told_with_its_bound() -> None:
    crowd = [
        somebody(n, department=f"d{n * 7919 % 41}", site=f"s{n * 104729 % 17}", job_family=f"j{n * 15485863 % 11}")
        for n in range(1, 121)
    ]
    weights = {"department": 3, "site": 2, "job_family": 2, "tenure": 1}
    told = suggested(crowd, candidates=[m.id for m in crowd], choose=12, weights=weights)
    assert len(told.chosen) == 12
    assert told.proven or 0 < told.better_by < 0.1


# Candidates


def test_candidates_are_named_in_any_way_or_found_by_what_they_did() -> None:
    told = suggested(candidates=["m1", "000002", "HANAKO3@example.co.jp", "m4", "nobody"])
    assert (sorted(ids(told)), told.unknown) == (["m1", "m2", "m3", "m4"], ["nobody"])
    at = {"community_id": "c1", "reached_at": NOW, "proof": "e1", "crossing": "taught"}
    taught = [contract.CrossingReached.model_validate(at)]
    people = [somebody(n, crossings=taught if n < 8 else []) for n in range(1, 30)]
    found = suggested(people, candidates=None, did={"crossings": ["taught"]})
    assert (found.candidates, set(ids(found)) <= {f"m{n}" for n in range(1, 8)}) == (7, True)
    did = {"m5": Did(attended=3, contributions=1), "m6": Did(attended=3), "m7": Did(attended=2, contributions=1)}
    wish = asked(candidates=None, choose=1, did={"attended": 3, "contributions": 1})
    assert ids(model.suggest(wish, people, did, TODAY)) == ["m5"]


def test_figures_find_candidates_and_decide_between_equal_ones() -> None:
    alike = [somebody(n, site="Osaka", job_family="IT") for n in range(1, 10)]
    figures = {"000004": 31, "m6": 40.5, "hanako7@example.co.jp": 9, "m8": 35}
    told = suggested(alike, candidates=None, did={"figure": 10}, figures=figures, choose=2)
    assert [(one.member_id, one.figure) for one in told.chosen] == [("m6", 40.5), ("m8", 35)]
    assert told.candidates == 3


def test_what_was_undone_or_was_elsewhere_does_not_count() -> None:
    def step(key: str, **other: Any) -> model.Step:
        known: dict[str, Any] = {"document_id": "m1", "key": key, "community_id": "c1", "at": NOW, "proof": key}
        return model.Step.model_validate(known | other)

    steps = [step("a"), step("b", community_id="c2"), step("c", undone=True), step("d", kind="shared")]
    assert model.counted(steps, "c1") == {"m1": Did(1, 1)}
    assert model.counted(steps, None) == {"m1": Did(2, 1)}


def test_too_few_candidates_are_refused_and_too_many() -> None:
    with pytest.raises(Refused) as no:
        suggested(candidates=["m1", "m2"])
    assert no.value.code == "too_few_candidates"
    crowd = [somebody(n) for n in range(1, 502)]
    with pytest.raises(Refused) as no:
        suggested(crowd, candidates=None)
    assert no.value.code == "too_many_candidates"
    assert suggested(crowd[:500], candidates=None, choose=1).candidates == 500


# Age and gender


def test_age_and_gender_are_weighed_among_many_and_never_told() -> None:
    told = suggested(weights={"gender": 5, "age_band": 1, "site": 1}, choose=8)
    women = [one for one in ids(told) if int(one[1:]) % 2]
    assert len(women) == 4
    assert [(one.attribute, one.within) for one in told.sensitive] == [("age_band", 0.25), ("gender", 0.25)]
    said = json.loads(told.model_dump_json())
    assert {key for one in said["chosen"] for key in one["values"]} == {"site"}
    assert not any(word in told.model_dump_json() for word in ("female", "male", "under_30", "50_and_over", "others"))
    assert all(swap.cost >= 0 for one in told.chosen for swap in one.swaps)
    few = suggested(weights={"gender": 5, "site": 1}, choose=4)
    assert few.sensitive == [contract.MirroredWithin(attribute="gender", within=None)]


@pytest.mark.parametrize("other", [{"candidates": [f"m{n}" for n in range(1, 20)]}, {"choose": 11}])
def test_among_few_they_are_not_weighed(other: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        suggested(weights={"gender": 5, "site": 1}, **other)
    assert no.value.code == "too_few_for_sensitive"


@pytest.mark.parametrize("gender", ["female", "male", "other", None])
def test_one_candidate_exchanged_among_people_of_one_gender_changes_nothing(gender: str | None) -> None:
    men = [somebody(n, gender="male") for n in range(1, 20)]
    others = [somebody(n, gender="female") for n in range(30, 60)]
    told = suggested([*men, somebody(20, gender=gender), *others], weights={"gender": 9, "site": 1}, choose=6)
    plain = suggested([*men, somebody(20), *others], weights={"site": 1}, choose=6)
    assert ids(told) == ids(plain)
    assert told.sensitive[0].within is None


def test_rules_about_them_are_not_possible() -> None:
    with pytest.raises(ValidationError):
        asked(rules=[{"attribute": "gender", "value": "female", "at_least": 1}])


def test_bands_change_on_the_day() -> None:
    one = somebody(1, birth_date=date(1996, 4, 2), hired_on=date(2016, 4, 1))
    assert (value_of(one, "age_band", TODAY), value_of(one, "age_band", date(2026, 4, 2))) == ("under_30", "30_to_39")
    assert value_of(one, "tenure", TODAY) == "10_and_over"
    assert value_of(somebody(1, hired_on=None), "tenure", TODAY) is None


# Who may


def test_leaders_choose_among_their_members_and_without_age_and_gender() -> None:
    leader = Caller("l1", frozenset({"leader:c1"}))
    model.may_suggest(asked(of="community"), leader)
    model.may_suggest(asked(weights={"gender": 1}), Caller("s1", frozenset({"steward"})))
    for wish in (asked(), asked(of="community", weights={"gender": 1})):
        with pytest.raises(Refused) as no:
            model.may_suggest(wish, leader)
        assert (no.value.code, no.value.status) == ("not_allowed", 403)
