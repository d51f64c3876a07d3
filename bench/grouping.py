"""A rush of 1,000 members to one event of 300 seats, 256 at once, with the grouping of writes and without.

The same service three times ([floors/ungrouped.py](../floors/ungrouped.py)): as it is; one change written after
another from a queue; each change read, decided and replaced by itself, and again when another was faster, which is how
services write that know no groups. The last is stopped after some seconds and counted as far as it came. Wanted: at
least 20 times the last.
"""

import sys

from bench.installation import FLOORS, installation
from bench.load import Measured
from bench.registrations import Load
from bench.table import Row, ratio, table

MEMBERS, ROUNDS, AT_MOST = 1000, 3, 15.0


async def run() -> str:
    """In turn, each on a process of its own: what is stopped in the middle must not go on beside the others."""
    sides: dict[str, list[Measured]] = {"": [], "queued": [], "apart": []}
    async with installation() as on, on.client() as ekkyo:
        load = Load(on, ekkyo)
        for _ in range(ROUNDS):
            for how, rounds in sides.items():
                command = [sys.executable, str(FLOORS / "ungrouped.py"), how] if how else None
                async with on.service("events", command=command) as events:
                    await load.rush(events.pid, 20)  # warm
                    at_most = AT_MOST if how == "apart" else None
                    rounds.append(await load.rush(events.pid, MEMBERS, at_most=at_most))
                    events.kill()  # what is left undone of the last is nobody's loss
    grouped, queued, apart = sides.values()
    rows = [
        Row.of("as it is", grouped, queued, apart),
        Row.of("one after another", queued, None, apart),
        Row.of(f"each by itself, {AT_MOST:.0f} s of it", apart, None, None),
    ]
    reached = ratio(grouped, apart)
    return table(rows, ("one after another", "each by itself")) + f"\n\n{reached:.0f} times; at least 20 is wanted."
