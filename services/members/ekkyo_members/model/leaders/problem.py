"""Choosing k of n so that shares come close to wanted ones: what a choice costs, in whole numbers.

The distance of one attribute is half the sum, over its values, of the differences between the share of the chosen and
the share of the people who are mirrored (total variation). Multiplied by 2 · k · people it is a whole number, so that
comparing choices and proving one best is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Value = str | None


@dataclass(frozen=True)
class Scale:
    """One attribute: its weight, how many of the mirrored people have each value, and the candidates' values."""

    weight: int
    people: Mapping[Value, int]
    of: Sequence[Value]


@dataclass(frozen=True)
class Rule:
    """At least and at most so many of the chosen are among these candidates."""

    candidates: frozenset[int]
    at_least: int
    at_most: int


Kind = tuple[tuple[Value, ...], tuple[bool, ...]]
"""What tells candidates apart: their values on all scales, and which rules they fall under."""


@dataclass(frozen=True)
class Problem:
    """Choose so many of the candidates, who are numbered; of equal ones, those with the lowest numbers."""

    choose: int
    people: int
    scales: Sequence[Scale]
    rules: Sequence[Rule]
    candidates: int

    @cached_property
    def kinds(self) -> dict[Kind, list[int]]:
        """Candidates by what tells them apart."""
        found: dict[Kind, list[int]] = {}
        for one in range(self.candidates):
            found.setdefault(self.kind(one), []).append(one)
        return found

    def kind(self, candidate: int) -> Kind:
        """What tells this candidate from others."""
        return (
            tuple(scale.of[candidate] for scale in self.scales),
            tuple(candidate in rule.candidates for rule in self.rules),
        )

    def cost(self, chosen: Sequence[int]) -> int:
        """How far these are from the mirrored people."""
        return sum(scale.weight * self.off(scale, [scale.of[one] for one in chosen]) for scale in self.scales)

    def off(self, scale: Scale, values: Sequence[Value]) -> int:
        """The distance on one scale, unweighted."""
        missing = dict.fromkeys(values, 0) | {value: self.choose * count for value, count in scale.people.items()}
        for value in values:
            missing[value] -= self.people
        return sum(abs(left) for left in missing.values())

    def broken(self, chosen: Sequence[int]) -> int:
        """By how many people the rules are broken."""
        counts = [sum(one in rule.candidates for one in chosen) for rule in self.rules]
        return sum(max(0, rule.at_least - n, n - rule.at_most) for rule, n in zip(self.rules, counts, strict=True))

    @property
    def whole(self) -> int:
        """The cost of a choice that has nothing in common with the people."""
        return 2 * self.choose * self.people * sum(scale.weight for scale in self.scales)
