"""Where the CPU of a hot path goes: python -m bench.profile rush|spread|lottery|notify|surveys, into bench/profiles/.

Needs py-spy, on the path or named by PY_SPY. Samples of the service while it holds the GIL, 200 a second, each
counted for the innermost frame of a package or a module of ours: what the standard library does is its caller's.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench import catching_up, lottery
from bench.installation import installation
from bench.registrations import Load

PROFILES = Path(__file__).parent / "profiles"
PACKAGES = "faststream|fast_depends|nats|motor|pymongo|bson|pydantic|prometheus_client|uvicorn|jwt|asyncio|concurrent"
FRAME = re.compile(rf"^(?P<function>.+) \((?:.*?/)?(?P<file>(?P<package>ekkyo\w*|{PACKAGES})/.*?)(?::\d+)?\)$")
SHOWN = 20


async def main(what: str) -> None:
    if what in ("notify", "surveys"):
        print(await catching_up.after(what, watch=lambda pid: recorded(pid, what)))
        return
    async with installation(outside=False) as on, on.service("events") as events, on.client() as ekkyo:
        load = Load(on, ekkyo)
        if what == "lottery":
            event_id, _ = await lottery.opened(ekkyo)
            await load.more(event_id, range(lottery.ENTRANTS), events.pid)
            async with recorded(events.pid, what):
                await lottery.over(ekkyo, event_id)
            return
        drive = {"rush": load.rush, "spread": load.spread}[what]
        await drive(events.pid)  # warm
        async with recorded(events.pid, what):
            for _ in range(3):
                await drive(events.pid)


@asynccontextmanager
async def recorded(pid: int, what: str) -> AsyncIterator[None]:
    """Record this process, and sum it up under this name."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        command = [os.environ.get("PY_SPY", "py-spy"), "record", "--gil", "--nonblocking", "--rate", "200"]
        command += ["--duration", "600", "--format", "raw", "--output", str(raw), "--pid", str(pid)]
        recording = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            recording.send_signal(signal.SIGINT)
            await asyncio.to_thread(recording.wait, 30)
        PROFILES.mkdir(exist_ok=True)
        text = summary(raw.read_text())
        (PROFILES / f"{what}.txt").write_text(text)
        print(text)


def summary(raw: str) -> str:
    """Shares by part and by function, of samples as `outer;…;inner count`."""
    parts, functions, total = Counter[str](), Counter[str](), 0
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        total += int(count)
        found = next((m for frame in reversed(stack.split(";")) if (m := FRAME.match(frame))), None)
        part = _part(found["package"], found["file"]) if found else "other"
        parts[part] += int(count)
        functions[f"{found['file']} {found['function']}" if found else "other"] += int(count)
    lines = [f"{total} samples", ""]
    lines += [f"{100 * n / total:5.1f} %  {part}" for part, n in parts.most_common()]
    lines += ["", *(f"{100 * n / total:5.1f} %  {function}" for function, n in functions.most_common(SHOWN))]
    return "\n".join(lines) + "\n"


def _part(package: str, file: str) -> str:
    """Our own code by its modules, others' by its package."""
    return "/".join(file.removesuffix(".py").split("/")[:2]) if package.startswith("ekkyo") else package


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
