"""Reports that were released to sponsors, and what there is to tell of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Instant
from ekkyo.contracts.members import Locale, ReportDue, ReportReminderDue, SponsorAdded
from ekkyo.contracts.notify import (
    ReleasedReport,
    ReportRelease,
    ReportReleased,
    SendReport,
    SponsorDelivery,
    Topic,
    report_id,
)
from ekkyo.contracts.reports import Period, Report
from ekkyo.decision import Decision, Document, Refused
from pydantic import Field

from ekkyo_notify.model.contact import CommunityName, Contact
from ekkyo_notify.model.delivery import Delivery
from ekkyo_notify.model.notice import Notice

FEWEST: Final = 5
"""A department of which fewer people came is not told apart: reports made by earlier versions did."""
LARGEST: Final = 700_000
"""Characters of a report as JSON: with its page it must fit into a message and a document."""


class Release(Document):
    """A report of a month that a leader released."""

    community_id: str
    month: str
    report: Report
    sponsors: list[str]
    released_by: str
    released_at: Instant

    def told(self) -> ReportRelease:
        return ReportRelease(report_id=self.id, **self.model_dump(include=_TOLD))


_TOLD = {"community_id", "month", "sponsors", "released_by", "released_at"}


class KnownSponsor(Document):
    """Who a sponsor is: a projection of the members service's facts."""

    community_id: str
    name: str = Field(repr=False)
    email: str = Field(repr=False)
    locale: Locale
    member_id: str | None = None

    @classmethod
    def of(cls, fact: SponsorAdded) -> "KnownSponsor":
        names = {"community_id", "name", "email", "locale", "member_id"}
        return cls(id=fact.sponsor_id, revision=fact.meta.revision, **fact.sponsor.model_dump(include=names))

    def contact(self, member: Contact | None, zone: str) -> Contact:
        """How to reach them. member: who they are as a member; then their address is the one that they have there."""
        return Contact(
            id=self.id,
            revision=self.revision,
            name=self.name,
            email=member.email if member else self.email,
            channels=["mail"],
            locale=self.locale,
            timezone=zone,
            active=member.active if member else True,
        )


def must_be_of(community: CommunityName | None, month: str, report: Report, now: datetime) -> CommunityName:
    """The community, if it is known, the month is over there, and the report is of both. Raises Refused."""
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    if report.community.community_id != community.id or str(report.period) != month:
        raise Refused("report_differs", "This is a report of another community or of another month.")
    if now < Period.read(month).until(community.timezone):
        raise Refused("month_not_over", "This month is not over yet.")
    apart = {one.department for one in report.departments if one.people >= FEWEST}
    if {one.department for one in report.departments if one.people} | {*report.meetings.departments} > apart:
        raise Refused(
            "too_few_people",
            "A report that leaves the company tells nothing about fewer than five people of a department. Update the"
            " program that made it.",
        )
    return community


def release(
    kept: Release | None, cmd: SendReport, community: CommunityName | None, *, who: str, now: datetime
) -> Decision[Release, ReportRelease]:
    """Release a report, unless that month was released before, by whomever."""
    if kept is not None:
        return Decision(kept, kept.told())
    must_be_of(community, cmd.month, cmd.report, now)
    if len(cmd.report.model_dump_json()) > LARGEST:
        raise Refused("report_too_large", "This report is too large to be sent by mail.")
    sponsors = list(dict.fromkeys(cmd.sponsors))
    made = Release(
        id=report_id(cmd.community_id, cmd.month),
        community_id=cmd.community_id,
        month=cmd.month,
        report=cmd.report,
        sponsors=sponsors,
        released_by=who,
        released_at=now,
    )
    fact = ReportReleased(report_id=made.id, community_id=made.community_id, month=made.month, sponsors=sponsors)
    return Decision(made, made.told(), facts=[fact])


def released(kept: Release, deliveries: Iterable[Delivery]) -> ReleasedReport:
    """A release, with what became of it."""
    return ReleasedReport(
        **kept.told().model_dump(),
        deliveries=[
            SponsorDelivery(sponsor_id=d.sponsor_id, status=d.status, reason=d.reason, done_at=d.done_at)
            for d in deliveries
            if d.sponsor_id
        ],
    )


def release_notice(fact: ReportReleased) -> Notice:
    """What sponsors get. The report itself is added when it is sent: `with_report`."""
    return Notice.of(fact, "report_sent", fact.community_id, month=fact.month)


def due_notice(fact: ReportDue | ReportReminderDue) -> Notice:
    """What leaders are asked for."""
    topic: Topic = "report_due" if isinstance(fact, ReportDue) else "report_reminder"
    return Notice.of(fact, topic, fact.community_id, month=fact.month)


def month_named(month: str, locale: Locale) -> str:
    """2026年11月, or November 2026."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=ZoneInfo("UTC"))
    return f"{first.year}年{first.month}月" if locale == "ja" else f"{first:%B %Y}"
