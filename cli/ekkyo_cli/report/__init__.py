"""The impact report: what came of a community, held against its charter."""

from ekkyo_cli.report.figures import Report, figures_of
from ekkyo_cli.report.page import page

__all__ = ["Report", "figures_of", "page"]
