"""`python -m bench [NAME ...]`: run benchmarks, print their tables, and keep them in bench/results/."""

import asyncio
import importlib
import os
import sys
from pathlib import Path

NAMES = (
    "registrations",
    "grouping",
    "latency",
    "roster",
    "flood",
    "scaling",
    "catching_up",
    "footprint",
    "costs",
    "importing",
    "portal",
    "calendars",
    "seating",
    "lottery",
    "starting",
)
RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> None:
    for name in names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        print(f"## {name}\n\n{(module.__doc__ or '').strip()}\n", flush=True)
        before = os.getloadavg()[0]
        text = asyncio.run(module.run())
        text += (
            f"\n\nLoad average {before:.1f} before and {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} processors."
        )
        print(text, flush=True)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.md").write_text(f"# {name}\n\n{(module.__doc__ or '').strip()}\n\n{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
