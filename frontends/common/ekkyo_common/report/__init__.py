"""The impact report: its records are gathered and its figures computed here; `ekkyo.report` makes the page."""

from ekkyo_common.report.figures import figures_of
from ekkyo_common.report.periods import needed

__all__ = ["figures_of", "needed"]
