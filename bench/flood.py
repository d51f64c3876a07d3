"""What another caller notices while one sends ten thousand requests at once, or a hundred large ones.

Both call the events service over connections of their own; the other asks for an event every 50 ms until the flood is
over. Wanted: 99 of 100 answers within 2 s, and nobody in silence. The floods are those of tests/abuse/test_flood.py.
"""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from ekkyo.contracts import events
from ekkyo.installation.embedded import start_mongo
from ekkyo.testing.keys import Keys

from tests.abuse.asks import DETAILS, TIMES
from tests.abuse.test_flood import FLOODS, answered, during, p99
from tests.abuse.world import SYSTEM, World, a_world

ROUNDS = 5


async def run() -> str:
    return await asyncio.to_thread(_run)


def _run() -> str:
    lines = ["| | p50 ms | p99 ms | p99 of each round | the flood was answered |", "| --- | ---: | ---: | ---: | --- |"]
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        mongo = start_mongo(Path(folder) / "mongo")
        try:
            with a_world(Path(folder), mongo, Keys.make(Path(folder)), "events") as world:
                world.ask(events.DraftEvent(event_id="e1", community_id="c1", details=DETAILS, **TIMES), *SYSTEM)
                world.ask(events.PublishEvent(event_id="e1"), *SYSTEM)
                lines.append(_line("nothing else", [world.run(_alone(world)) for _ in range(ROUNDS)], Counter()))
                for what, wishes in FLOODS.items():
                    rounds, told = [], Counter[str]()
                    for _ in range(ROUNDS):
                        answers, waited = world.run(during(world, wishes, forged="forged" in what))
                        rounds.append([seconds for seconds, _ in waited])
                        told.update(answers)
                    lines.append(_line(f"{len(wishes):,} {what}", rounds, told))
        finally:
            mongo.stop()
    return "\n".join(lines)


async def _alone(world: World) -> list[float]:
    return [(await answered(world))[0] for _ in range(100)]


def _line(what: str, rounds: list[list[float]], told: Counter[str]) -> str:
    half, most = (1000 * median(map(part, rounds)) for part in (median, p99))
    each = " ".join(f"{1000 * p99(one):.0f}" for one in rounds)
    shares = ", ".join(f"{status}: {count / sum(told.values()):.0%}" for status, count in sorted(told.items()))
    return f"| {what} | {half:.0f} | {most:.0f} | {each} | {shares} |"
