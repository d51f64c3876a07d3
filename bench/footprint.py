"""How much memory each service has after the demo, and how long each takes from its process's start to being ready.

Memory is the resident set once the season is over, and the highest it ever was by the kernel's own account. Readiness
is asked for every few milliseconds, five starts each, one service at a time on an installation of its own. Wanted:
under 120 MB, and under 2 s.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from ekkyo.installation.embedded import script
from ekkyo_cli.local.folder import SERVICES, Folder

from bench.installation import Installation, installation
from bench.load import resident

ROUNDS = 5
ROOT = Path(__file__).parent.parent


async def run() -> str:
    memory = await asyncio.to_thread(_after_the_demo)
    lines = ["| service | MB after the demo | MB at most | ready after s | fastest to slowest |",
             "| --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    async with installation() as on:
        for service in SERVICES:
            times = sorted([await _ready(on, service) for _ in range(ROUNDS)])
            now, most = memory[service]
            lines.append(
                f"| {service} | {now:.0f} | {most:.0f} | {median(times):.2f} | {times[0]:.2f} to {times[-1]:.2f} |"
            )
    return "\n".join(lines)


def _after_the_demo() -> dict[str, tuple[float, float]]:
    """Play the season, and look at the services before they are stopped: megabytes now, and at most."""
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        stack = str(Path(folder) / "stack")
        play = [sys.executable, "-m", "ekkyo_cli.demo", "--keep", "--dir", stack]
        try:
            subprocess.run(play, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            state = Folder.at(Path(stack)).state()
            assert state
            pids = {name: part.process.pid for name in SERVICES if (part := state.parts[name]).process}
            return {name: (resident(pid), resident(pid, at_most=True)) for name, pid in pids.items()}
        finally:
            subprocess.run([script("ekkyo"), "down", "--dir", stack], check=False, stdout=subprocess.DEVNULL)


async def _ready(on: Installation, service: str) -> float:
    """Seconds from the start of the process."""
    await on.provision(service)
    began = time.perf_counter()
    async with on.service(service, provisioned=True):
        return time.perf_counter() - began
