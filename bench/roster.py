"""What a registration costs where 100, 1,000, 10,000 and 50,000 are registered already: time, CPU and memory.

Events of these sizes are filled; then, in turn, a service just started takes 500 more members for one of them, 256 at
once. There are 50 seats, so all of these wait. Wanted: flat, within 1.3 times. The plot is [roster.svg](roster.svg).
`BENCH_ROSTER` takes other sizes.
"""

import os
from pathlib import Path
from statistics import median

from bench.installation import installation
from bench.load import Measured, resident
from bench.plot import Line, plot
from bench.registrations import Load, published

SIZES = [int(size) for size in os.environ.get("BENCH_ROSTER", "100,1000,10000,50000").split(",")]
MORE, ROUNDS = 500, 5
PLOT = Path(__file__).parent / "results" / "roster.svg"


async def run() -> str:
    found: dict[int, list[Measured]] = {size: [] for size in SIZES}
    memory: dict[int, list[float]] = {size: [] for size in SIZES}
    async with installation() as on, on.client() as ekkyo:
        load, events = Load(on, ekkyo), {}
        async with on.service("events") as service:
            for size in SIZES:
                events[size] = await published(ekkyo, 50)
                await load.more(events[size], range(size), service.pid)
            filled = resident(service.pid)
        for n in range(ROUNDS):
            for size in SIZES if n % 2 else reversed(SIZES):
                small = size <= MORE * ROUNDS
                async with on.service("events", provisioned=True) as service:
                    event = await published(ekkyo, 50) if small else events[size]
                    if small:  # the ones measured would make it larger than it is called
                        await load.more(event, range(size), service.pid)
                    else:
                        await load.rush(service.pid, 100)  # warm
                    more = range(size + n * MORE, size + (n + 1) * MORE)
                    found[size].append(await load.more(event, more, service.pid))
                    memory[size].append(resident(service.pid))
    lines = ["| registered | ms each | lowest to highest | CPU ms each | MB |", "| ---: | ---: | ---: | ---: | ---: |"]
    ms = {size: sorted(1000 / m.per_second for m in rounds) for size, rounds in found.items()}
    cpu = {size: median(m.cpu for m in rounds) for size, rounds in found.items()}
    mb = {size: median(rounds) for size, rounds in memory.items()}
    for size in SIZES:
        spread = f"{ms[size][0]:.2f} to {ms[size][-1]:.2f}"
        lines.append(f"| {size:,} | {median(ms[size]):.2f} | {spread} | {cpu[size]:.2f} | {mb[size]:.0f} |")
    figures = {"time": {s: median(ms[s]) for s in SIZES}, "CPU": cpu, "memory": mb}
    units = {"time": "ms", "CPU": "ms", "memory": "MB"}
    drawn = [Line(f"{name}, {unit}", list(figures[name].values())) for name, unit in units.items()]
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(plot("A registration, by how many are registered already", [f"{size:,}" for size in SIZES], drawn))
    flat = ", ".join(f"{name} {max(f.values()) / min(f.values()):.2f}" for name, f in figures.items())
    return "\n".join(lines) + f"\n\nThe highest over the lowest: {flat}. After filling all of them: {filled:.0f} MB."
