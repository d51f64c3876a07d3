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
    cpu: float
    ratios: tuple[float | None, ...]

    @classmethod
    def of(cls, name: str, rounds: Sequence[Measured], *floors: Sequence[Measured] | None) -> "Row":
        speeds = [m.per_second for m in rounds]
        p50, p99, cpu = (median(getattr(m, what) for m in rounds) for what in ("p50", "p99", "cpu"))
        ratios = tuple(ratio(rounds, floor) if floor is not None else None for floor in floors)
        return cls(name, median(speeds), min(speeds), max(speeds), p50, p99, cpu, ratios)


def ratio(side: Sequence[Measured], floor: Sequence[Measured]) -> float:
    """The median of the ratios, round by round, so that a machine that changes its speed changes both sides."""
    return median(a.per_second / b.per_second for a, b in zip(side, floor, strict=True))


def table(rows: Sequence[Row], floors: Sequence[str]) -> str:
    """As a Markdown table. floors: what the ratios are to."""
    heads = [
        "",
        "per second",
        "lowest to highest",
        "p50 ms",
        "p99 ms",
        "CPU ms each",
        *(f"× {floor}" for floor in floors),
    ]
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for r in rows:
        against = " | ".join(f"{one:.2f}" if one is not None else "" for one in r.ratios)
        speed = f"{r.per_second:,.0f} | {r.lowest:,.0f} to {r.highest:,.0f}"
        lines.append(f"| {r.name} | {speed} | {r.p50:.0f} | {r.p99:.0f} | {r.cpu:.2f} | {against} |")
    return "\n".join(lines)
