"""What the pages of reports to sponsors show, made from answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import Community, Sponsor, SponsorList
from ekkyo.contracts.notify import ReleasedReport, ReleasedReports, SponsorDelivery
from ekkyo.contracts.reports import Period, Report
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader

MONTHS: Final = 6
"""So many months that are over are listed."""


@dataclass(frozen=True)
class SponsorShown:
    """A sponsor. state: what became of the report for them."""

    sponsor_id: str
    name: str
    email: str
    language: str
    lang: str
    member: bool
    state: str = ""


@dataclass(frozen=True)
class MonthShown:
    """A month that is over. sent: when its report was sent, and to how many; empty: it was not."""

    month: str
    name: str
    sent: str


@dataclass(frozen=True)
class Reports:
    """The sponsors of a community, and the newest months. None: the service is away."""

    community_id: str
    name: str
    sponsors: list[SponsorShown] | None
    months: list[MonthShown] | None


@dataclass(frozen=True)
class MonthReport:
    """The report of one month. figures: None where it was sent, or is not over."""

    community_id: str
    name: str
    month: str
    title: str
    over: bool
    empty: bool
    sent: str
    figures: list[tuple[str, str]]
    sponsors: list[SponsorShown]


@dataclass(frozen=True)
class Removing:
    """Who would be removed."""

    community_id: str
    sponsor_id: str
    name: str
    community: str


def reports(
    reader: Reader, community: Community, sponsors: SponsorList | None, releases: ReleasedReports | None
) -> Reports:
    """Who gets the report, and which months were sent."""
    sent = {one.month: one for one in releases.reports} if releases else {}
    period = Period.month(reader.now.astimezone(ZoneInfo(community.timezone)).date())
    months: list[MonthShown] = []
    for _ in range(MONTHS):
        period = period.before()
        if period.until(community.timezone) <= community.founded_at:
            break
        months.append(MonthShown(str(period), month_name(reader, period), _sent(reader, sent.get(str(period)))))
    return Reports(
        community_id=community.community_id,
        name=one_line(community.name),
        sponsors=None if sponsors is None else [_sponsor(reader, one) for one in sponsors.sponsors],
        months=None if releases is None else months,
    )


def month(
    reader: Reader,
    community: Community,
    month: str,
    sponsors: SponsorList,
    releases: ReleasedReports,
    report: Report | None,
    *,
    over: bool,
) -> MonthReport:
    """A month's report before it is sent, or what became of it."""
    released = next(iter(releases.reports), None)
    became = {one.sponsor_id: one for one in released.deliveries} if released else {}
    whom = [one for one in sponsors.sponsors if released is None or one.sponsor_id in released.sponsors]
    return MonthReport(
        community_id=community.community_id,
        name=one_line(community.name),
        month=month,
        title=month_name(reader, Period.read(month)),
        over=over,
        empty=report is not None and not report.events,
        sent=_sent(reader, released),
        figures=_figures(reader, report) if report else [],
        sponsors=[_sponsor(reader, one, released, became) for one in whom],
    )


def removing(community: Community, sponsor: Sponsor) -> Removing:
    """Who would be removed from whose reports."""
    return Removing(community.community_id, sponsor.sponsor_id, one_line(sponsor.name), one_line(community.name))


def month_name(reader: Reader, period: Period) -> str:
    """2026年11月, or November 2026."""
    first = period.starts_on
    return f"{first.year}年{first.month}月" if reader.locale == "ja" else f"{first:%B %Y}"


def _sponsor(
    reader: Reader,
    one: Sponsor,
    released: ReleasedReport | None = None,
    became: Mapping[str, SponsorDelivery] | None = None,
) -> SponsorShown:
    words = reader.words.sponsors
    state = ""
    if released:
        done = (became or {}).get(one.sponsor_id)
        status = done.status if done else "planned"
        state = {"sent": words.arrived, "planned": words.under_way}.get(status, words.failed)
        if done and done.reason and status in ("failed", "dropped"):
            state = f"{state} ({words.left_company if done.reason == 'member_left' else done.reason})"
    return SponsorShown(
        sponsor_id=one.sponsor_id,
        name=one_line(one.name),
        email=one.email,
        language=words.languages[one.locale],
        lang=one.locale,
        member=one.member_id is not None,
        state=state,
    )


def _sent(reader: Reader, released: ReleasedReport | None) -> str:
    if released is None:
        return ""
    return count(reader.words.sponsors.sent_at, len(released.sponsors), at=reader.moment(released.released_at))


def _figures(reader: Reader, report: Report) -> list[tuple[str, str]]:
    words = reader.words.results
    return [
        (f"{len(report.events):,}", words.events),
        (f"{report.totals.attendances:,}", words.attendances),
        (f"{report.totals.people:,}", words.people),
    ]
