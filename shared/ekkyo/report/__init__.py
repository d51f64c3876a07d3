"""The impact report as a page, from its figures: the same in a browser, in a file and in a mail."""

from ekkyo.report.department import department_page
from ekkyo.report.page import page

__all__ = ["department_page", "page"]
