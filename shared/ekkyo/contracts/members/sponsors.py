"""Sponsors of a community: people who get its report every month. They need not be members."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Command, Email, Fact, Id, Instant, Line, Model, Month, Question, may
from ekkyo.contracts.members.community import Community
from ekkyo.contracts.members.member import Locale


class Sponsor(Model):
    """Somebody to whom a community reports: by mail, in their language. Personal data."""

    sponsor_id: Id
    community_id: Id
    name: str = Field(repr=False)
    email: str = Field(repr=False)
    locale: Locale
    member_id: Id | None = None
    """The member who had this address when the sponsor was added. They get the report at the address they have now, and
    none once they left the company."""
    added_at: Instant
    revision: int


class AddSponsor(Command[Sponsor]):
    """Have somebody get a community's report every month, once a leader has released it.

    A community has at most 50 sponsors, and one with the same address only once. To change a sponsor, remove them and
    add them again with a new id.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.add_sponsor"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    sponsor_id: Id
    community_id: Id
    name: Line = Field(repr=False)
    email: Email = Field(repr=False)
    locale: Locale = "ja"


class SponsorRemoval(Model):
    """A sponsor who gets no more reports. Nothing is left of who they were."""

    sponsor_id: Id
    community_id: Id
    removed_at: Instant


class RemoveSponsor(Command[SponsorRemoval]):
    """Send somebody no more reports, and delete who they were: here, at notify, and in the stream of facts.

    Sponsors can do it themselves, by a link in each mail. The id is never given to anybody again.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.remove_sponsor"
    may: ClassVar = may("self", "leader", "steward", "system", who="sponsor_id", community="community_id")
    sponsor_id: Id
    community_id: Id


class SponsorList(Model):
    """The sponsors of a community, in the order they were added."""

    sponsors: list[Sponsor]


class ListSponsors(Question[SponsorList]):
    """Who gets a community's report."""

    subject: ClassVar[str] = "ekkyo.ask.members.sponsors"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id


# Facts


class SponsorAdded(Fact):
    """Somebody gets a community's report from now on. Purged from the stream when they are removed."""

    subject: ClassVar[str] = "ekkyo.fact.members.sponsor_added"
    about: ClassVar[str] = "sponsor_id"
    sponsor_id: Id
    sponsor: Sponsor


class SponsorRemoved(Fact):
    """Every service must forget this sponsor. The fact does not say who they were."""

    subject: ClassVar[str] = "ekkyo.fact.members.sponsor_removed"
    about: ClassVar[str] = "sponsor_id"
    sponsor_id: Id
    community_id: Id


class ReportDueFact(Fact):
    """What facts about a report that is due carry."""

    about: ClassVar[str] = "community_id"
    community_id: Id
    community: Community
    month: Month
    """The month that is over."""


class ReportDue(ReportDueFact):
    """A month is over, and a community with sponsors has to report: its leaders look at the report and release it."""

    subject: ClassVar[str] = "ekkyo.fact.members.report_due"


class ReportReminderDue(ReportDueFact):
    """Some working days have passed since a report became due. It is told once, whether it was released or not."""

    subject: ClassVar[str] = "ekkyo.fact.members.report_reminder_due"
