"""The report of a department as one self-contained HTML page, like the impact report."""

from datetime import datetime

from ekkyo.contracts.members import Locale, LogoFile
from ekkyo.contracts.reports import DepartmentReport
from ekkyo.report import charts
from ekkyo.report.charts.bars import Bar
from ekkyo.report.page import MARKS, day_of, environment
from ekkyo.report.periods import in_words
from ekkyo.report.words import WORDS


def department_page(
    report: DepartmentReport, *, made_at: datetime, locale: Locale | None = None, logo: LogoFile | None = None
) -> str:
    """The page in the community's language, or in another. Times are told in the community's zone."""
    chosen = locale or report.community.locale
    words, zone = WORDS[chosen], report.community.timezone
    quarters = [(in_words(one.period, chosen), one) for one in report.quarters]
    told = [(name, one) for name, one in quarters if one.people is not None]
    return (
        environment()
        .get_template("department.html.j2")
        .render(
            r=report,
            logo=f"data:{logo.kind};base64,{logo.data}" if logo else None,
            w=words,
            locale=chosen,
            period=quarters[-1][0],
            quarters=quarters,
            now=report.quarters[-1],
            before=report.quarters[-2] if len(report.quarters) > 1 else None,
            hidden=any(one.people is None for one in report.quarters),
            chart=charts.bars(
                [Bar(name, one.people or 0, f"{words['department_times']} {one.attendances}") for name, one in told],
                label=words["department_table"],
            )
            if told
            else None,
            marks=MARKS,
            day=lambda at: day_of(at, zone, chosen),
            made=words["made"].format(date=day_of(made_at, zone, chosen)),
        )
    )
