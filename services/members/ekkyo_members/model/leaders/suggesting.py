"""Whom to make leaders, and why: the choice, its shares, and what each swap would cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.decision import Refused

from ekkyo_members.model.leaders.people import (
    FEWEST,
    OPEN,
    SENSITIVE,
    Did,
    candidates_of,
    figures_of,
    sensitive_values,
    value_of,
)
from ekkyo_members.model.leaders.problem import Problem, Rule, Scale
from ekkyo_members.model.leaders.searching import Found, solve
from ekkyo_members.model.leaders.swapping import Choice, Exchanges
from ekkyo_members.model.member import Member

SHARES: Final = 50
SWAPS: Final = 20
CLOSE: Final = 0.25


@dataclass(frozen=True)
class _Compared:
    """The candidates in numbers. `open`: without what may not be told."""

    whole: Problem
    open: Problem
    weighed: list[contract.OpenAttribute]
    """Of each scale of `open` its attribute."""
    hidden: list[contract.SensitiveAttribute]
    """Of each further scale of `whole` its attribute."""


def suggest(
    question: contract.SuggestLeaders, people: Sequence[Member], done: Mapping[str, Did], today: date
) -> contract.SuggestedLeaders:
    """Choose, and explain the choice. people: the active members that are mirrored, who include the candidates."""
    figures = figures_of(question, people)
    candidates, unknown = candidates_of(question, people, done, figures)
    compared = _compared(question, people, candidates, today)
    found = solve(compared.whole)
    if found.chosen is None:
        if found.proven:
            raise Refused("rules_cannot_be_met", "No choice among these candidates keeps all of the rules.")
        raise Refused("no_choice_found", "No choice that keeps all of the rules was found. Ask with fewer rules.")
    chosen = found.chosen
    swaps = _swaps(compared, candidates, chosen)
    shown = [a for a in OPEN if a in question.weights or any(rule.attribute == a for rule in question.rules)]
    return contract.SuggestedLeaders(
        chosen=[
            contract.SuggestedLeader(
                member_id=candidates[one].id,
                values={attribute: value_of(candidates[one], attribute, today) for attribute in shown},
                figure=figures.get(candidates[one].id),
                leads=question.community_id in candidates[one].leads,
                swaps=swaps[one],
            )
            for one in chosen
        ],
        candidates=len(candidates),
        mirrored=len(people),
        distance=_share(compared.open.cost(chosen), compared.open.whole),
        proven=found.proven,
        better_by=_better_by(compared, found),
        attributes=[
            _mirrored(attribute, compared.open, scale, chosen)
            for attribute, scale in zip(compared.weighed, compared.open.scales, strict=True)
        ],
        sensitive=[
            contract.MirroredWithin(attribute=attribute, within=_within(compared.whole, scale, chosen))
            for attribute, scale in zip(compared.hidden, compared.whole.scales[len(compared.weighed) :], strict=True)
        ],
        unknown=unknown,
    )


def _compared(
    question: contract.SuggestLeaders, people: Sequence[Member], candidates: Sequence[Member], today: date
) -> _Compared:
    weighed = [attribute for attribute in OPEN if attribute in question.weights]
    open_ = [
        Scale(
            question.weights[attribute],
            Counter(value_of(member, attribute, today) for member in people),
            [value_of(member, attribute, today) for member in candidates],
        )
        for attribute in weighed
    ]
    hidden = [attribute for attribute in SENSITIVE if attribute in question.weights]
    all_ = [
        *open_,
        *(Scale(question.weights[a], *sensitive_values(a, people, candidates, today)) for a in hidden),
    ]
    rules = [
        Rule(
            frozenset(n for n, m in enumerate(candidates) if value_of(m, rule.attribute, today) == rule.value),
            rule.at_least,
            rule.at_most,
        )
        for rule in question.rules
    ]
    shared = (rules, len(candidates))
    return _Compared(
        Problem(question.choose, len(people), all_, *shared),
        Problem(question.choose, len(people), open_, *shared),
        weighed,
        hidden,
    )


def _swaps(compared: _Compared, candidates: Sequence[Member], chosen: Sequence[int]) -> dict[int, list[contract.Swap]]:
    """For each of the chosen who could be chosen instead, the cheapest first.

    Where a sensitive attribute is weighed, a swap may be cheaper in what is told than the choice itself; that would
    say that it is dearer in what is not, and is told as 0.
    """
    problem = compared.open
    if not problem.scales:
        return {one: [] for one in chosen}
    number = {kind: n for n, kind in enumerate(problem.kinds)}
    kinds = [number[problem.kind(one)] for one in range(problem.candidates)]
    counts = Counter(kinds[one] for one in chosen)
    choice = Choice(problem)
    choice.take([counts[kind] for kind in range(len(number))])
    exchanges = Exchanges(choice)
    least = 0 if compared.hidden else -problem.whole
    others = [one for one in range(problem.candidates) if one not in chosen]
    told: dict[int, list[contract.Swap]] = {}
    for one in chosen:
        swaps = [
            (max(least, exchanges.change(kinds[one], kinds[new])) if kinds[new] != kinds[one] else 0, new)
            for new in others
            if choice.ruled(kinds[one], kinds[new]) <= 0
        ]
        told[one] = [
            contract.Swap(member_id=candidates[new].id, cost=_share(cost, problem.whole))
            for cost, new in sorted(swaps)[:SWAPS]
        ]
    return told


def _mirrored(
    attribute: contract.OpenAttribute, problem: Problem, scale: Scale, chosen: Sequence[int]
) -> contract.Mirrored:
    values = [scale.of[one] for one in chosen]
    counts = Counter(values)
    order = sorted(scale.people, key=lambda value: (-scale.people[value], value is None, str(value)))
    return contract.Mirrored(
        attribute=attribute,
        weight=scale.weight,
        distance=_share(problem.off(scale, values), 2 * problem.choose * problem.people),
        shares=[
            contract.MirroredShare(
                value=value,
                share=_share(scale.people[value], problem.people),
                chosen=counts[value],
            )
            for n, value in enumerate(order)
            if n < SHARES or value in counts
        ],
    )


def _within(problem: Problem, scale: Scale, chosen: Sequence[int]) -> float | None:
    """Whether these mirror a sensitive attribute closely: told of five people or more, no finer, and only where it
    was weighed."""
    if len(chosen) < FEWEST or len(set(scale.of)) == 1:
        return None
    off = problem.off(scale, [scale.of[one] for one in chosen])
    return CLOSE if off <= CLOSE * 2 * problem.choose * problem.people else None


def _better_by(compared: _Compared, found: Found) -> float:
    if found.proven:
        return 0.0
    exact = (found.cost - found.least) / compared.whole.whole
    if compared.hidden:
        return ceil(exact * 10) / 10
    return ceil(exact * 10_000) / 10_000


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
