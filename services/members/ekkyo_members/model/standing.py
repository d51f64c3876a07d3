"""What a front end needs to know of who is signed in, who is a steward, and whom other members may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.contracts.events import OutputState
from ekkyo.decision import Caller, Decision, Refused, turn

from ekkyo_members.model.member import Member, changed, must_be_active, unchanged


def identity(member: Member) -> contract.Identity:
    """Who they are and what they may do. Whoever left the company may do nothing."""
    state = member.state()
    return contract.Identity(
        member_id=member.id,
        name=member.name,
        locale=state.locale,
        timezone=state.timezone,
        active=member.active,
        steward=member.steward and member.active,
        leads=member.leads if member.active else [],
        communities=member.communities,
        signed_out_before=member.signed_out_before,
    )


def sign_out(member: Member, before: datetime, *, now: datetime) -> Decision[Member, contract.Identity]:
    """End the sessions that began before a point in time, which is not in the future."""
    before = min(before, now)
    if member.signed_out_before and member.signed_out_before >= before:
        return Decision(member, identity(member))
    after = member.model_copy(update={"signed_out_before": before})
    fact = contract.MemberSignedOut(member_id=member.id, member=after.state())
    return Decision(after, identity(after), facts=[fact])


def grant_steward(member: Member) -> Decision[Member, contract.Member]:
    """Make them a steward."""
    if member.steward:
        return unchanged(member)
    must_be_active(member)
    after = member.model_copy(update={"steward": True})
    return changed(after, [contract.StewardGranted(member_id=member.id, member=after.state())])


@dataclass(frozen=True)
class OtherStewards:
    """Whether there are other active stewards, and until when no other steward can be revoked."""

    any: bool
    until: datetime


def revoke_steward(member: Member, others: OtherStewards, *, now: datetime) -> Decision[Member, contract.Member]:
    """Take the role of a steward away. The last active steward keeps it."""
    if not member.steward:
        return unchanged(member)
    if now >= others.until:
        raise turn.busy()
    if member.active and not others.any:
        raise Refused("last_steward", "This is the last steward. Make someone else a steward first.")
    after = member.model_copy(update={"steward": False})
    return changed(after, [contract.StewardRevoked(member_id=member.id, member=after.state())])


def named_speaker(member: Member) -> Decision[Member, None]:
    """Keep that an event named them as a speaker. Nobody is told: the event's own fact did."""
    after = member if member.speaks or member.erased else member.model_copy(update={"speaks": True})
    return Decision(after, None)


def seen_as_author(member: Member, output: OutputState) -> Member:
    """The member, whom others may see as an author once an output of theirs is on the board."""
    if output.status != "attached" or member.id not in output.authors or member.speaks or member.erased:
        return member
    return member.model_copy(update={"speaks": True})


def had_a_place(member: Member, community_id: str) -> Decision[Member, None]:
    """Keep that they have or had a place at an event of this community. Nobody is told: the event's own fact did."""
    if member.erased or community_id in member.guest_of:
        return Decision(member, None)
    return Decision(member.model_copy(update={"guest_of": sorted([*member.guest_of, community_id])}), None)


def must_share(community_id: str, asker: Member | None, who: Caller) -> None:
    """Refuse (403) who does not belong to a community what its members may ask."""
    belongs = asker is not None and asker.active and community_id in asker.communities
    if not (belongs or who.leads_all or community_id in who.led):
        raise Refused("not_allowed", "Only members of the community may ask this.", 403)


def colleagues(question: contract.FindColleagues, found: Iterable[Member]) -> contract.Colleagues:
    """Those of these addresses that are of active members of the community."""
    by_email = {
        member.email: member.id for member in found if member.active and question.community_id in member.communities
    }
    return contract.Colleagues(
        colleagues=[
            contract.Colleague(email=email, member_id=by_email[email])
            for email in dict.fromkeys(question.emails)
            if email in by_email
        ]
    )


def card(member: Member, who: Caller) -> contract.MemberCard | None:
    """What this caller may see of them; None: nothing."""
    known_in = [*member.communities, *member.guest_of]
    theirs = who.sub == member.id or who.leads_all or not who.led.isdisjoint(known_in)
    if member.erased or not (theirs or (member.active and (member.speaks or member.leads))):
        return None
    return contract.MemberCard(member_id=member.id, name=member.name, department=member.department)
