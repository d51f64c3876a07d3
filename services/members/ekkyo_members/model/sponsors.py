"""Sponsors of communities: who gets a report every month."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Instant
from ekkyo.decision import Decision, Document, Purge, Refused, Timer, turn
from pydantic import Field

from ekkyo_members.model.reporting import Reporting, ReportTimer

MOST: Final = 50
AGAIN_AFTER: Final = timedelta(days=1)


class SponsorPurgeTimer(Timer):
    """A day has passed since a sponsor was removed."""

    subject: ClassVar[str] = "ekkyo.timer.members.sponsor_purge"


class Sponsor(Document):
    """Somebody to whom a community reports. Personal data: it leaves only in facts about this sponsor."""

    community_id: str
    name: str = Field(default="", repr=False)
    email: str = Field(default="", repr=False)
    locale: contract.Locale = "ja"
    member_id: str | None = None
    """The member who had this address then."""
    held: str = Field(repr=False)
    """The community and the address, which no other sponsor has; once removed, the id."""
    added_at: Instant
    removed_at: Instant | None = None

    def told(self) -> contract.Sponsor:
        """As those who lead the community may know them."""
        return contract.Sponsor(sponsor_id=self.id, **self.model_dump(exclude={"id", "held", "removed_at"}))


def add_sponsor(
    sponsor: Sponsor | None,
    cmd: contract.AddSponsor,
    zone: str,
    reporting: Reporting,
    *,
    others: int,
    until: datetime,
    member_id: str | None,
    now: datetime,
) -> Decision[Sponsor, contract.Sponsor]:
    """Have somebody get the report. others: how many sponsors the community has, none more before `until`.

    zone: the community's. member_id: who has this address. The timer of the next report is set, as communities without
    sponsors have none.
    """
    said = cmd.model_dump(exclude={"sponsor_id"})
    if sponsor is not None:
        if sponsor.removed_at:
            raise Refused("sponsor_removed", "This sponsor was removed. Add them with a new id.")
        if any(getattr(sponsor, name) != value for name, value in said.items()):
            raise Refused("sponsor_exists", "Another sponsor already has this id.")
        return Decision(sponsor, sponsor.told())
    if now >= until:
        raise turn.busy()
    if others >= MOST:
        raise Refused("too_many_sponsors", f"A community has at most {MOST} sponsors.")
    held = f"{cmd.community_id}/{cmd.email}"
    made = Sponsor(id=cmd.sponsor_id, **said, member_id=member_id, held=held, added_at=now)
    told = made.told().model_copy(update={"revision": 1})
    return Decision(
        made,
        told,
        facts=[contract.SponsorAdded(sponsor_id=made.id, sponsor=told)],
        timers=[ReportTimer(id=made.community_id).at(reporting.next_after(now, zone))],
    )


def remove_sponsor(sponsor: Sponsor, community_id: str, *, now: datetime) -> Decision[Sponsor, contract.SponsorRemoval]:
    """Forget who they were, and purge it from the stream; a day later once more, for what was announced late."""
    if sponsor.community_id != community_id:
        raise Refused("sponsor_not_found", "This community has no sponsor with this id.")
    if sponsor.removed_at:
        return Decision(sponsor, _removal(sponsor))
    gone = Sponsor(
        id=sponsor.id,
        revision=sponsor.revision,
        community_id=community_id,
        held=f"~{sponsor.id}",
        added_at=sponsor.added_at,
        removed_at=now,
    )
    return Decision(
        gone,
        _removal(gone),
        facts=[contract.SponsorRemoved(sponsor_id=gone.id, community_id=community_id)],
        timers=[SponsorPurgeTimer(id=gone.id).at(now + AGAIN_AFTER)],
        purges=_purges(gone),
    )


def purge_sponsor_again(sponsor: Sponsor) -> Decision[Sponsor, None]:
    """Purge what was announced late by a process that was frozen."""
    return Decision(sponsor, None, purges=_purges(sponsor) if sponsor.removed_at else [])


def _removal(sponsor: Sponsor) -> contract.SponsorRemoval:
    assert sponsor.removed_at
    return contract.SponsorRemoval(
        sponsor_id=sponsor.id, community_id=sponsor.community_id, removed_at=sponsor.removed_at
    )


def _purges(sponsor: Sponsor) -> list[Purge]:
    return [Purge(contract.SponsorAdded, sponsor.id)]
