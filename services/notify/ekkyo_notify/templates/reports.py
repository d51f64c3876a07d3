"""The mail with a report: its first page in the mail, the whole as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import Locale, LogoFile
from ekkyo.contracts.notify import PreviewReport, ReportPreview, report_id
from ekkyo.contracts.reports import EventFigures, Report
from ekkyo.report import page
from ekkyo.report.measures import MeasureView, shown
from ekkyo.report.words import WORDS
from ekkyo.words.numbers import count, signed
from ekkyo.words.text import one_line

from ekkyo_notify.model import CommunityName, Notice, Recipient, month_named
from ekkyo_notify.templates import Message, said
from ekkyo_notify.templates.labels import LABELS
from ekkyo_notify.templates.links import Links
from ekkyo_notify.templates.pages import FirstPage
from ekkyo_notify.templates.pictures import logo as shown_logo
from ekkyo_notify.templates.reader import Reader

EVENTS = 20
THEMES = 5


@dataclass(frozen=True)
class _Counted:
    """What the first page says of a period."""

    events: int
    attendances: int
    people: int
    first_timers: int
    pairs: int
    outputs: int
    nps: float | None
    response: float | None


def report_mail(notice: Notice, recipient: Recipient, reader: Reader, links: Links) -> Message:
    """A report in a sponsor's language. Raises LookupError without the report: it was not released."""
    report, month = notice.report, notice.month
    if report is None or month is None:
        raise LookupError("there is no report to send")
    locale, labels = reader.locale, LABELS[reader.locale]
    community = one_line(reader.community) or labels["community"]
    words = _words(report, month, community, locale)
    texts = said(locale, "report_sent", words)
    logo = LogoFile(community_id=notice.community_id, logo="logo.png", kind="image/png", data=reader.logo)
    file = page(report, made_at=notice.told_at, locale=locale, logo=logo if reader.logo else None)
    return Message(
        locale=locale,
        community=community,
        subject=one_line(texts["subject"], 250),
        title=texts["title"].strip(),
        lead=texts["lead"].strip(),
        rows=[],
        description="",
        join=None,
        topic="report_sent",
        words=words,
        calendar=None,
        name=one_line(reader.name) if reader.name else None,
        unsubscribe=links.no_reports(notice, recipient),
        greeting=labels["to_sponsor"],
        stop=labels["no_reports"],
        footer=labels["report_footer"].format(community=community),
        colour=reader.colour,
        logo=shown_logo(reader.logo) if reader.logo else None,
        first_page=_first_page(report, locale),
        file=(f"report-{month}.html", file),
    )


def previewed(
    ask: PreviewReport, community: CommunityName, name: str | None, links: Links, now: datetime
) -> ReportPreview:
    """The mail as a sponsor would get it. Its link ends nobody's reports."""
    notice = Notice(
        topic="report_sent",
        fact_id="",
        told_at=now,
        entity_id=report_id(community.id, ask.month),
        entity_revision=0,
        community_id=community.id,
        month=ask.month,
        report=ask.report,
    )
    looks = (community.colour, community.logo)
    reader = Reader(ask.locale, community.timezone, community.name, name, *looks)
    message = report_mail(notice, Recipient(), reader, links)
    assert message.file
    file_name, file = message.file
    return ReportPreview(
        subject=message.subject, text=message.text(), html=message.html(inline=True), file_name=file_name, file=file
    )


def _words(report: Report, month: str, community: str, locale: Locale) -> Mapping[str, Any]:
    now = _of(report)
    return {
        "community": community,
        "month": month_named(month, locale),
        "events": now.events,
        "attendances": now.attendances,
        "people": now.people,
        "first_timers": now.first_timers,
    }


def _of(report: Report) -> _Counted:
    return _Counted(
        events=sum(report.totals.events.values()),
        attendances=report.totals.attendances,
        people=report.totals.people,
        first_timers=sum(event.first_timers for event in report.events),
        pairs=report.meetings.pairs,
        outputs=len(report.outputs),
        nps=report.surveys.nps,
        response=report.surveys.response_rate,
    )


def _before(report: Report) -> _Counted | None:
    if (before := report.before) is None:
        return None
    return _Counted(
        events=sum(before.totals.events.values()),
        attendances=before.totals.attendances,
        people=before.totals.people,
        first_timers=before.first_timers,
        pairs=before.pairs,
        outputs=before.outputs,
        nps=before.surveys.nps,
        response=before.surveys.response_rate,
    )


def _first_page(report: Report, locale: Locale) -> FirstPage:
    words, labels = WORDS[locale], LABELS[locale]
    now, before = _of(report), _before(report)
    named = {
        "events": labels["events_held"],
        "attendances": words["attendances"],
        "people": words["people"],
        "first_timers": labels["first_time"],
        "pairs": words["pairs"],
        "nps": labels["recommended"],
        "response": words["response"],
        "outputs": labels["new_outputs"],
    }
    rows = [
        (label, _figure(name, getattr(now, name)), _figure(name, getattr(before, name)) if before else "")
        for name, label in named.items()
        if getattr(now, name) is not None or (before and getattr(before, name) is not None)
    ]
    events = report.events[-EVENTS:]
    period, earlier = report.period, report.before
    month = month_named(str(period), locale) if period else ""
    return FirstPage(
        month=month,
        before=month_named(str(earlier.period), locale) if earlier else "",
        objective=one_line(report.community.charter.objective, 300),
        rows=rows,
        events=[_event(event, locale) for event in events],
        more_events=count(labels["more_events"], more) if (more := len(report.events) - len(events)) else "",
        themes=[(one_line(theme.theme), count(labels["votes"], theme.votes)) for theme in report.themes[:THEMES]],
        measures=[_measure(one, month) for one in shown(report.measures, locale)],
    )


def _measure(one: MeasureView, month: str) -> tuple[str, str, str, str]:
    """The name, the figure, the target with the month that the figure is of where that is another, and the outcome."""
    goal = f"{one.of} · {one.goal}" if one.of and one.of != month else one.goal
    return one_line(one.label), one.value, goal, one.outcome


def _figure(name: str, value: float | None) -> str:
    """As it is read; a dash where there is none."""
    if value is None:
        return "–"
    if name == "nps":
        return signed(value)
    return f"{value:.0f}%" if name == "response" else f"{value:,.0f}"


def _event(event: EventFigures, locale: Locale) -> tuple[str, str, str]:
    """The day, the title, and how many came."""
    local = event.starts_at.astimezone(ZoneInfo(event.timezone))
    day = f"{local.month}/{local.day}" if locale == "ja" else f"{local.day} {local:%b}"
    return day, one_line(event.title), count(LABELS[locale]["came"], event.attended)
