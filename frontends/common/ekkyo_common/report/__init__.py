"""The impact report: its records are gathered and its figures computed here; `ekkyo.report` makes the page."""

from ekkyo_common.report.figures import figures_of

__all__ = ["figures_of"]
