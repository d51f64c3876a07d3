"""What is printed and kept: medians, their spread, and the ratio to a floor measured in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Measured


@dataclass(frozen=True)
class Row:
    """One side of a comparison over all its rounds."""

    name: str
    per_second: float
    lowest: float
    highest: float
    p50: float
    p99: float
    ratio: float | None

    @classmethod
    def of(cls, name: str, rounds: Sequence[Measured], to_floor: float | None = None) -> "Row":
        speeds = [m.per_second for m in rounds]
        p50, p99 = median(m.p50 for m in rounds), median(m.p99 for m in rounds)
        return cls(name, median(speeds), min(speeds), max(speeds), p50, p99, to_floor)


def ratio(side: Sequence[Measured], floor: Sequence[Measured]) -> float:
    """The median of the ratios, round by round, so that a machine that changes its speed changes both sides."""
    return median(a.per_second / b.per_second for a, b in zip(side, floor, strict=True))


def table(rows: Sequence[Row]) -> str:
    """As a Markdown table."""
    lines = [
        "| | per second | lowest to highest | p50 ms | p99 ms | × floor |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for r in rows:
        against = f"{r.ratio:.2f}" if r.ratio is not None else ""
        speed = f"{r.per_second:,.0f} | {r.lowest:,.0f} to {r.highest:,.0f}"
        lines.append(f"| {r.name} | {speed} | {r.p50:.0f} | {r.p99:.0f} | {against} |")
    return "\n".join(lines)
