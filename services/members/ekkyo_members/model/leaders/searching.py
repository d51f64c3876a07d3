"""The best choice, proven by branch and bound, or the best found and how much better another could be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ekkyo_members.model.leaders.problem import Problem, Scale, Value
from ekkyo_members.model.leaders.swapping import swapped

MOST_WORK: Final = 350_000
"""Values that are looked at in the search: some 0.4 s of CPU."""


@dataclass(frozen=True)
class Found:
    """The chosen candidates; what they cost, and what any choice costs at least. None: no choice keeps the rules."""

    chosen: tuple[int, ...] | None
    cost: int
    least: int

    @property
    def proven(self) -> bool:
        """Whether nothing is better, or, where nothing was found, that nothing is possible."""
        return self.least >= self.cost


def solve(problem: Problem, most_work: int = MOST_WORK) -> Found:
    """Choose. Needs at least as many candidates as are chosen."""
    return _Search(problem, most_work).run()


@dataclass(frozen=True)
class _Node:
    """A part of all choices: so many of the first kinds are taken; none of them costs less than `least`."""

    least: int
    taken: tuple[int, ...]


class _Side:
    """One scale as the search needs it: what is missing of each value, and what the kinds still to come have."""

    def __init__(self, problem: Problem, scale: Scale, values: Sequence[Value], room: Sequence[int]) -> None:
        self.weight, self.values = scale.weight, values
        self.wanted = {value: problem.choose * scale.people.get(value, 0) for value in values}
        self.later: list[dict[Value, int]] = [{}]
        """From which kind on, to how many candidates have each value."""
        for value, n in zip(reversed(values), reversed(room), strict=True):
            self.later.append({**self.later[-1], value: self.later[-1].get(value, 0) + n})
        self.later.reverse()

    def least(self, taken: Sequence[int], left: int, people: int) -> int:
        """What a choice costs at least on this scale that begins so.

        The differences add up to 0, so that the cost is twice what is too much. Whoever comes next fills what is
        missing of their value (and costs nothing), or exceeds it in part, or wholly. The cheapest come first; nothing
        asks whether one choice does so on all scales.
        """
        have: dict[Value, int] = {}
        for value, n in zip(self.values, taken, strict=False):
            if n:
                have[value] = have.get(value, 0) + n
        over = sum(max(0, n * people - self.wanted[value]) for value, n in have.items())
        parts: list[int] = []
        for value, room in self.later[len(taken)].items():
            free, rest = divmod(max(0, self.wanted[value] - have.get(value, 0) * people), people)
            left -= min(free, room)
            if free < room and rest:
                parts.append(people - rest)
        if left > 0:
            parts.sort()
            over += sum(parts[:left]) + people * max(0, left - len(parts))
        return 2 * self.weight * over


class _Search:
    def __init__(self, problem: Problem, most_work: int) -> None:
        self.problem, self.work = problem, most_work
        start = swapped(problem)
        kinds = list(problem.kinds.items())
        # Kinds of the first choice and large ones come first: good choices are found early, and the rest is cut off.
        self.order = sorted(range(len(kinds)), key=lambda n: (-start[n], -len(kinds[n][1]), n))
        self.room = [len(kinds[n][1]) for n in self.order]
        self.people = [kinds[n][1] for n in self.order]
        values = [kinds[n][0][0] for n in self.order]
        self.sides = [
            _Side(problem, scale, [some[n] for some in values], self.room) for n, scale in enumerate(problem.scales)
        ]
        self.under = [[kinds[n][0][1][rule] for n in self.order] for rule in range(len(problem.rules))]
        self.rest = [sum(self.room[n:]) for n in range(len(kinds) + 1)]
        self.best: tuple[int, ...] | None = None
        self.cost = problem.whole + 1
        first = self._candidates([start[n] for n in self.order])
        if not problem.broken(first):
            self.best, self.cost = first, problem.cost(first)

    def _candidates(self, taken: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(one for some, n in zip(self.people, taken, strict=False) for one in some[:n]))

    def run(self) -> Found:
        """Look at what may be better, in each branch the most promising part first, until nothing is or time is up."""
        open_ = [_Node(self._least(()), ())] if self._possible(()) else []
        while open_ and self.work > 0:
            node = open_.pop()
            if node.least >= self.cost:
                continue
            left = self.problem.choose - sum(node.taken)
            if not left:
                self.best, self.cost = self._candidates(node.taken), node.least
                continue
            open_ += sorted(self._parts(node.taken, left), key=lambda part: -part.least)
        least = min([self.cost, *(node.least for node in open_)])
        return Found(self.best, self.cost, least)

    def _parts(self, taken: tuple[int, ...], left: int) -> list[_Node]:
        most = min(self.room[len(taken)], left)
        ways = [(*taken, n) for n in range(most + 1)]
        parts = [_Node(self._least(way), way) for way in ways if self._possible(way)]
        return [part for part in parts if part.least < self.cost]

    def _least(self, taken: tuple[int, ...]) -> int:
        left = self.problem.choose - sum(taken)
        self.work -= len(taken) + sum(len(side.later[len(taken)]) for side in self.sides)
        return sum(side.least(taken, left, self.problem.people) for side in self.sides)

    def _possible(self, taken: tuple[int, ...]) -> bool:
        """Whether enough candidates are left, and each rule can still be kept."""
        left, at = self.problem.choose - sum(taken), len(taken)
        if left > self.rest[at]:
            return False
        for rule, under in zip(self.problem.rules, self.under, strict=True):
            have = sum(n for n, falls in zip(taken, under, strict=False) if falls)
            may = sum(n for n, falls in zip(self.room[at:], under[at:], strict=True) if falls)
            must = max(0, left - (self.rest[at] - may))
            if have + must > rule.at_most or have + min(left, may) < rule.at_least:
                return False
        return True
