"""Taking 50,000 people over from a personnel export through a local stack of its own, all services hearing of them.

CPU is user and system time until notify knows everybody; memory is the resident set at its highest, seen four times a
second. Within two minutes and 200 MB for each process is what is promised.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ekkyo.installation.embedded import script
from ekkyo_cli.connection import place
from ekkyo_cli.local.folder import Folder
from nats import connect

from bench import personnel
from bench.load import cpu_seconds

ROWS = int(os.environ.get("BENCH_ROWS", "50000"))
WATCHED = ("nats", "mongo", "members", "notify", "surveys", "events")


@dataclass
class Used:
    """What a process used: seconds of CPU, and megabytes at the most."""

    cpu: float = 0.0
    megabytes: float = 0.0
    at_first: float = 0.0

    def look(self, pid: int) -> None:
        try:
            self.cpu = cpu_seconds(pid) - self.at_first
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        resident = next((line for line in status.splitlines() if line.startswith("VmRSS")), "VmRSS: 0")
        self.megabytes = max(self.megabytes, int(resident.split()[1]) / 1024)


async def run() -> str:
    """One import, and the same file again. Linux only: it looks into /proc."""
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        file, stack = Path(folder) / "employees.csv", Path(folder) / "stack"
        personnel.write(file, ROWS)
        ekkyo = script("ekkyo")
        subprocess.run([ekkyo, "up", "--detach", "--dir", str(stack)], check=True, stdout=subprocess.DEVNULL)
        try:
            texts = [
                await _import(ekkyo, file, stack, heading) for heading in ("the first time", "the same file again")
            ]
        finally:
            subprocess.run([ekkyo, "down", "--dir", str(stack)], check=False, stdout=subprocess.DEVNULL)
    return "\n\n".join(texts)


async def _import(ekkyo: str, file: Path, stack: Path, heading: str) -> str:
    state = Folder.at(stack).state()
    assert state
    pids = {name: part.process.pid for name in WATCHED if (part := state.parts[name]).process}
    used = {name: Used() for name in ("importer", *pids)}
    for name, pid in pids.items():
        used[name].look(pid)
        used[name].at_first = used[name].cpu
    began = time.perf_counter()
    command = [ekkyo, "members", "import", str(file), "--dir", str(stack)]
    importer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
    pids["importer"] = importer.pid
    answered = heard = 0.0
    at = place(stack, ops=True)
    nc = await connect(at.url, **at.login.options(), inbox_prefix=at.inbox_prefix.encode())
    try:
        while not heard:
            await asyncio.sleep(0.25)
            for name, pid in pids.items():
                used[name].look(pid)
            if importer.poll() is None:
                continue
            answered = answered or time.perf_counter() - began
            stream = await nc.jetstream().stream_info("FACTS")
            info = await nc.jetstream().consumer_info("FACTS", "notify-contacts")
            if stream.state.messages >= ROWS and not info.num_pending and not info.num_ack_pending:
                heard = time.perf_counter() - began
    finally:
        await nc.close()
    told = importer.stdout.read().strip().splitlines()[-1] if importer.stdout else ""
    lines = [
        f"{ROWS} rows, {heading}: answered after {answered:.1f} s, heard by notify after {heard:.1f} s. {told}",
        "",
        "| process | CPU s | ms a row | MB at most |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| {n} | {u.cpu:.1f} | {1000 * u.cpu / ROWS:.3f} | {u.megabytes:.0f} |" for n, u in used.items()]
    lines.append(f"| all | {sum(u.cpu for u in used.values()):.1f} | | |")
    return "\n".join(lines)
