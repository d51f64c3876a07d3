"""Good choices by swaps: from several starts, always the best swap, until none helps."""

import random
from collections.abc import Sequence
from typing import Final

from ekkyo_members.model.leaders.problem import Problem, Value

STARTS: Final = 8
SEED: Final = 20261127
"""Any: it makes the same question have the same answer."""
MOST_LOOKS: Final = 120_000
"""Swaps that are looked at, over all starts: some 0.3 s of CPU."""


class Choice:
    """How many of each kind are chosen."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        kinds = list(problem.kinds.items())
        self.values = [values for (values, _), _ in kinds]
        self._under = [[n for n, falls in enumerate(under) if falls] for (_, under), _ in kinds]
        self.room = [len(some) for _, some in kinds]
        self._wrong = problem.whole + 1
        """What breaking a rule by one person costs: more than any difference of shares."""
        self.take([0] * len(kinds))

    def take(self, counts: Sequence[int]) -> None:
        """Choose so many of each kind."""
        self.counts = list(counts)
        self._have: list[dict[Value, int]] = [{} for _ in self._problem.scales]
        self._meet = [0] * len(self._problem.rules)
        for kind, n in enumerate(self.counts):
            self._count(kind, n)

    def _count(self, kind: int, n: int) -> None:
        for have, value in zip(self._have, self.values[kind], strict=True):
            have[value] = have.get(value, 0) + n
        for rule in self._under[kind]:
            self._meet[rule] += n

    def exchange(self, gone: int | None, new: int) -> None:
        """Take one of a kind instead of one of another."""
        if gone is not None:
            self.counts[gone] -= 1
            self._count(gone, -1)
        self.counts[new] += 1
        self._count(new, 1)

    @property
    def cost(self) -> int:
        """What this choice costs, with what the broken rules cost."""
        problem = self._problem
        values = [[value for value, n in have.items() for _ in range(n)] for have in self._have]
        off = sum(s.weight * problem.off(s, some) for s, some in zip(problem.scales, values, strict=True))
        return off + self._wrong * sum(self._broken(n) for n in range(len(problem.rules)))

    def _broken(self, rule: int, more: int = 0) -> int:
        one, n = self._problem.rules[rule], self._meet[rule] + more
        return max(0, one.at_least - n, n - one.at_most)

    def steps(self) -> tuple[list[dict[Value, int]], list[dict[Value, int]]]:
        """By scale and value, what one more and what one less of it changes."""
        more: list[dict[Value, int]] = []
        less: list[dict[Value, int]] = []
        people, choose = self._problem.people, self._problem.choose
        for n, (scale, have) in enumerate(zip(self._problem.scales, self._have, strict=True)):
            more.append({})
            less.append({})
            for value in {values[n] for values in self.values}:
                left = choose * scale.people.get(value, 0) - people * have.get(value, 0)
                more[n][value] = scale.weight * (abs(left - people) - abs(left))
                less[n][value] = scale.weight * (abs(left + people) - abs(left))
        return more, less

    def ruled(self, gone: int | None, new: int) -> int:
        """What an exchange changes of what the broken rules cost."""
        if not self._problem.rules:
            return 0
        out = set(self._under[gone]) if gone is not None else set()
        into = set(self._under[new])
        changed = sum(self._broken(rule, 1) - self._broken(rule) for rule in into - out)
        changed += sum(self._broken(rule, -1) - self._broken(rule) for rule in out - into)
        return changed * self._wrong


class Exchanges:
    """What every exchange of one for another would change of a choice, as it is now."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        more, less = choice.steps()
        self._gain = [sum(step[value] for step, value in zip(more, values, strict=True)) for values in choice.values]
        self._lost = [sum(step[value] for step, value in zip(less, values, strict=True)) for values in choice.values]
        self._both = [
            {value: n + gone[value] for value, n in come.items()} for come, gone in zip(more, less, strict=True)
        ]

    def change(self, gone: int | None, new: int) -> int:
        """By how much the cost grows when one of a kind is taken instead of one of another."""
        changed = self._gain[new] + self._choice.ruled(gone, new)
        if gone is None:
            return changed
        changed += self._lost[gone]
        for both, value, other in zip(self._both, self._choice.values[gone], self._choice.values[new], strict=True):
            if value == other:
                changed -= both[value]
        return changed


def swapped(problem: Problem) -> tuple[int, ...]:
    """The best choice that swaps find, as counts by kind. It may break rules, if none was found that does not."""
    choice = Choice(problem)
    shuffle = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    best: tuple[int, tuple[int, ...]] | None = None
    looks = 0
    for start in range(STARTS):
        if start and looks >= MOST_LOOKS:
            break
        choice.take(_random(choice, problem.choose, shuffle) if start else [0] * len(choice.room))
        for _ in range(0 if start else problem.choose):  # the first start is greedy
            looks += _improve(choice, [None])[1]
        while looks < MOST_LOOKS:
            helped, looked = _improve(choice, [kind for kind, n in enumerate(choice.counts) if n])
            looks += looked
            if not helped:
                break
        found = choice.cost, tuple(choice.counts)
        if best is None or found[0] < best[0]:
            best = found
    assert best
    return best[1]


def _random(choice: Choice, choose: int, shuffle: random.Random) -> list[int]:
    counts = [0] * len(choice.room)
    for kind in shuffle.sample([kind for kind, n in enumerate(choice.room) for _ in range(n)], choose):
        counts[kind] += 1
    return counts


def _improve(choice: Choice, gone: Sequence[int | None]) -> tuple[bool, int]:
    """Make the best exchange for one of these, where it helps or fills an empty place; and how many were looked at."""
    exchanges = Exchanges(choice)
    best: tuple[int, int | None, int] | None = None
    free = [kind for kind, room in enumerate(choice.room) if choice.counts[kind] < room]
    for old in gone:
        for new in free:
            if new != old:
                changed = exchanges.change(old, new)
                if best is None or changed < best[0]:
                    best = changed, old, new
    looked = len(gone) * len(free)
    if best is None or (best[1] is not None and best[0] >= 0):
        return False, looked
    choice.exchange(best[1], best[2])
    return True, looked
