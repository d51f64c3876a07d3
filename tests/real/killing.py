"""A service under a steady workload, killed again and again between two steps of its work."""

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Command, Fact
from ekkyo.testing import eventually

from tests.real.installation import PATIENCE, Installation, Process, insist

KILLS = int(os.environ.get("EKKYO_TEST_KILLS", "20"))


def chances() -> random.Random:
    """What decides what is done and where it is killed. Printed: say EKKYO_TEST_SEED=… to play it again.

    The same seed gives the same commands and the same counts; how the machine interleaves them stays its own affair.
    """
    seed = os.environ.get("EKKYO_TEST_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"EKKYO_TEST_SEED={seed}")
    return random.Random(seed)


@dataclass
class Work:
    """Callers who go on asking until they are told to stop, and insist on an answer each time."""

    installation: Installation
    chance: random.Random
    answered: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    new: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, client: Ekkyo, command: Command[Any]) -> Any:
        answer = await insist(client, command)
        self.answered += 1
        self.new.set()
        return answer


class Killed(Protocol):
    """What is done besides, when the process has died and before it is started again."""

    async def __call__(self) -> None: ...


async def nothing_besides() -> None:
    return None


async def under_fire(
    process: Process, work: Work, workers: Iterable[Any], *, pieces: int, besides: Killed = nothing_besides
) -> None:
    """Let them work while the process is killed KILLS times, each time at the n-th piece that goes over its proxies.

    A piece is what one side says at once: a request, a query, a write, an acknowledgement, a reply. Most kills come
    after it has answered anew, some while it is starting; half of them lose the piece, the others come right after it.
    """
    chance = work.chance
    tasks = [asyncio.create_task(worker) for worker in workers]
    process.start()
    try:
        for _ in range(KILLS):
            starting = chance.random() < 0.2
            if not starting:
                work.new.clear()
                await _unless_failed(tasks, work.new.wait())
            at = chance.randint(1, 120 if starting else pieces)
            process.proxies.after(at, process.kill, before=chance.random() < 0.5)
            await _unless_failed(tasks, process.dead.wait())
            process.proxies.disarm()
            await besides()
            process.start()
        work.over.set()
        await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unless_failed(tasks: list[asyncio.Task[Any]], waiting: Any) -> None:
    """Wait, but not for what cannot come because a worker has failed."""
    wait = asyncio.ensure_future(waiting)
    async with asyncio.timeout(PATIENCE):
        try:
            await asyncio.wait([wait, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            wait.cancel()
    for task in tasks:
        if task.done():
            task.result()


def by_entity(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.entity_id].append(fact)
    return found


def told_once_and_in_order(facts: Iterable[Fact], *, first: int = 1, silent: dict[str, int] | None = None) -> None:
    """Each id once; of each entity the revisions in order and without gaps, and the facts of each numbered from 0.

    first: the revision of an entity's first fact. silent: by entity, how many of its changes make no fact.
    """
    facts = list(facts)
    twice = [id for id, times in Counter(f.meta.id for f in facts).items() if times > 1]
    assert not twice, f"told twice: {twice[:5]}"
    for entity, told in by_entity(facts).items():
        numbers = [(f.meta.revision, int(f.meta.id.rpartition("/")[2])) for f in told]
        assert numbers == sorted(numbers), f"{entity} is told out of order: {numbers}"
        last = -1
        for revision, n in numbers:
            expected = n == last + 1 if n else True
            assert expected, f"{entity}: a fact of revision {revision} is missing before number {n}"
            last = n
        revisions = sorted({revision for revision, _ in numbers})
        gaps = revisions[-1] - first + 1 - len(revisions)
        allowed = (silent or {}).get(entity, 0)
        assert gaps <= allowed, f"{entity}: {gaps} changes without their fact, {allowed} may be: {revisions}"
        if not allowed:
            assert revisions[0] == first, f"{entity} begins with revision {revisions[0]}"


async def quiet(installation: Installation, *names: str) -> None:
    """Wait until these services have heard, done and told everything, and gave nothing up.

    What one of them tells last, another may have to hear after it was looked at: so until nothing more is told.
    """
    told = None
    while told != (told := await installation.told()):
        await installation.heard(*names)
        await installation.settled(*names)
    await eventually(lambda: _no_dead_letters(installation))


async def _no_dead_letters(installation: Installation) -> bool:
    assert await installation.dead_letters() == 0
    return True
