"""The impact report: what came of a community, held against its charter."""

from ekkyo_common.report.figures import Report, figures_of
from ekkyo_common.report.page import page

__all__ = ["Report", "figures_of", "page"]
