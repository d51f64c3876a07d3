"""The report as one self-contained HTML page: no script, nothing loaded from anywhere."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ekkyo.contracts.events import EventFormat
from ekkyo.contracts.members import Locale, LogoFile
from ekkyo.contracts.reports import EventFigures, Report
from ekkyo.look import CHARTS, FONTS, HEADING, LIGHT, properties
from ekkyo.report import charts
from ekkyo.report.charts.bars import Bar
from ekkyo.report.charts.draw import GREY, INDIGO, INDIGO_LIGHT, OCHRE, VERMILION
from ekkyo.report.charts.timeline import Column
from ekkyo.report.measure_words import MEASURE_WORDS
from ekkyo.report.measures import shown
from ekkyo.report.periods import beside, in_words
from ekkyo.report.words import WORDS
from ekkyo.words.names import OUTPUT_KINDS
from ekkyo.words.numbers import count, signed

MARKS: dict[EventFormat, str] = {"online": "○", "onsite": "●", "hybrid": "◐"}
FILLS: dict[EventFormat, str] = {"online": INDIGO, "onsite": VERMILION, "hybrid": OCHRE}
SHOWN = 12
"""How many departments and themes the page shows; the figures as JSON hold all."""


def page(report: Report, *, made_at: datetime, locale: Locale | None = None, logo: LogoFile | None = None) -> str:
    """The page in the community's language, or in another. Times are told in the community's zone."""
    chosen = locale or report.community.locale
    words = WORDS[chosen]
    template = environment().get_template("report.html.j2")
    return template.render(
        r=report,
        logo=f"data:{logo.kind};base64,{logo.data}" if logo else None,
        w=words,
        mw=MEASURE_WORDS[chosen],
        measures=shown(report.measures, chosen),
        locale=chosen,
        charts=_charts(report, words),
        marks=MARKS,
        kinds=OUTPUT_KINDS[chosen],
        day=lambda at: day_of(at, report.community.timezone, chosen),
        period=in_words(report.period, chosen) if report.period else _period(report, chosen),
        before=in_words(report.before.period, chosen) if report.before else None,
        beside=beside(report, words),
        made=words["made"].format(date=day_of(made_at, report.community.timezone, chosen)),
        measured=_measured(report, made_at, chosen),
        share=_share,
        count=count,
        signed=signed,
    )


@cache
def environment() -> Environment:
    """What templates of reports are filled in with."""
    made = Environment(
        loader=PackageLoader("ekkyo.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    colours = {**LIGHT, **CHARTS, **{f"heading-{name}": colour for name, colour in HEADING.items()}}
    made.globals["look"] = Markup(properties({**colours, "fonts": FONTS}))  # noqa: S704  nobody else's text is in it
    return made


def _charts(report: Report, words: dict[str, str]) -> dict[str, Markup]:
    columns = [_column(event) for event in report.events]
    totals, surveys = report.totals, report.surveys
    seated = sum(e.attended - e.walk_ins for e in report.events)
    waiting = max(totals.registrations - seated - totals.no_shows - totals.withdrawn, 0)
    met = report.meetings
    return {
        "formats": charts.ring(
            [
                (
                    words[name],
                    totals.events.get(name, 0),
                    FILLS[name],
                    f"{words['attendances']} {report.attendances_by_format.get(name, 0)}",
                )
                for name in FILLS
            ],
            centre=words["events"],
            label=words["by_format"],
        ),
        "timeline": charts.timeline(
            columns, label=words["by_event"], first=words["first_timers"], again=words["again"]
        ),
        "course": charts.course(columns, label=words["course"]),
        "departments": charts.bars(_departments(report, words), label=words["by_department"]),
        "met": charts.matrix(met.departments[:SHOWN], [row[:SHOWN] for row in met.events[:SHOWN]], label=words["met"]),
        "satisfaction": charts.histogram(surveys.satisfaction, label=words["satisfaction"]),
        "themes": charts.bars(
            [Bar(t.theme, t.votes) for t in report.themes[:SHOWN]], label=words["themes"], fill=VERMILION
        ),
        "crossings": charts.stairs(
            [(words[step], people) for step, people in report.crossings.items()], label=words["crossings"]
        ),
        "seats": charts.parts(
            [
                (words["attended"], seated, INDIGO),
                (words["no_show"], totals.no_shows, VERMILION),
                *([(words["late"], totals.late_cancellations, OCHRE)] if totals.late_cancellations else []),
                (words["withdrawn"], totals.withdrawn - totals.late_cancellations, GREY),
                (words["waiting"], waiting, INDIGO_LIGHT),
            ],
            label=words["seats"],
        ),
    }


def _departments(report: Report, words: dict[str, str]) -> list[Bar]:
    """Those told apart, and all others as one."""
    found = [
        Bar(
            d.department,
            d.attendances,
            count(words["reach_of" if d.members > d.people else "reach"], d.people, members=d.members),
        )
        for d in report.departments[:SHOWN]
    ]
    if rest := report.others:
        name = words["other_departments" if rest.departments else "unknown_department"]
        found.append(Bar(name, rest.attendances, count(words["reach"], rest.people)))
    return found


def _column(event: EventFigures) -> Column:
    local = event.starts_at.astimezone(ZoneInfo(event.timezone))
    return Column(
        day=f"{local.month}/{local.day}",
        title=event.title,
        mark=MARKS[event.format],
        first=event.first_timers,
        again=event.returners,
        nps=event.nps,
        hidden=event.suppressed,
    )


def day_of(at: datetime, zone: str, locale: Locale) -> str:
    """The day of a moment, in words."""
    local = at.astimezone(ZoneInfo(zone))
    if locale == "ja":
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {local:%B} {local.year}"


def _measured(report: Report, made_at: datetime, locale: Locale) -> str:
    """As of when the measures stand, and what a light column is, where there is one."""
    words, period = MEASURE_WORDS[locale], report.period
    zone = report.community.timezone
    if period and (end := period.until(zone)) <= made_at:
        lead = words["lead_then"].format(day=day_of(end - timedelta(seconds=1), zone, locale))
    else:
        lead = words["lead"]
    runs = any(not point.full for one in report.measures for point in one.points)
    return f"{lead} {words['so_far']}" if runs else lead


def _period(report: Report, locale: Locale) -> str:
    if not report.events:
        return ""
    first, last = report.events[0], report.events[-1]
    days = [day_of(event.starts_at, event.timezone, locale) for event in (first, last)]
    return " – ".join(dict.fromkeys(days))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"
