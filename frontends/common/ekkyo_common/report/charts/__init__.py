"""Charts as inline SVG: no script, no outside resource. Each function returns one `<svg>`."""

from ekkyo_common.report.charts.bars import bars, histogram, parts
from ekkyo_common.report.charts.matrix import matrix
from ekkyo_common.report.charts.ring import ring
from ekkyo_common.report.charts.stairs import stairs
from ekkyo_common.report.charts.timeline import course, timeline

__all__ = ["bars", "course", "histogram", "matrix", "parts", "ring", "stairs", "timeline"]
