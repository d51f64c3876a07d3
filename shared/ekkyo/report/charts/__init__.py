"""Charts as inline SVG: no script, no outside resource. Each function returns one `<svg>`."""

from ekkyo.report.charts.bars import bars, histogram, parts
from ekkyo.report.charts.matrix import matrix
from ekkyo.report.charts.ring import ring
from ekkyo.report.charts.stairs import stairs
from ekkyo.report.charts.target import target
from ekkyo.report.charts.timeline import course, timeline

__all__ = ["bars", "course", "histogram", "matrix", "parts", "ring", "stairs", "target", "timeline"]
