"""What a front end needs to know of who is signed in, and whom other members may see."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.events import HOSTS_UNTIL, EventState, OutputState
from ekkyo.decision import Caller, Decision, Refused

from ekkyo_members.model.member import Member
from ekkyo_members.model.parts import Hosting

ADDRESS_LEADS: Final = timedelta(days=30)
"""How long the address of an absorbed record leads to the kept one."""


def address_leads_to(member: Member, *, now: datetime) -> bool:
    """Whether an address of a record that this one absorbed is still theirs: companies give it to somebody else later,
    who may sign in with it before Ekkyo hears of them."""
    return any(now < one.told.merged_at + ADDRESS_LEADS for one in member.absorbed)


def identity(member: Member, *, now: datetime) -> contract.Identity:
    """Who they are and what they may do. Whoever left the company may do nothing; a role whose time is over gives
    nothing, even before its timer has ended it."""
    state = member.state()
    over = {one.community_id for one in member.planned if one.kind == "end" and one.at <= now}
    return contract.Identity(
        member_id=member.id,
        name=member.name,
        locale=state.locale,
        timezone=state.timezone,
        active=member.active,
        steward=member.steward and member.active and None not in over,
        leads=[one for one in member.leads if one not in over] if member.active else [],
        communities=member.communities,
        signed_out_before=member.signed_out_before,
    )


def sign_out(member: Member, before: datetime, *, now: datetime) -> Decision[Member, contract.Identity]:
    """End the sessions that began before a point in time, which is not in the future."""
    before = min(before, now)
    if member.signed_out_before and member.signed_out_before >= before:
        return Decision(member, identity(member, now=now))
    after = member.model_copy(update={"signed_out_before": before})
    fact = contract.MemberSignedOut(member_id=member.id, member=after.state())
    return Decision(after, identity(after, now=now), facts=[fact])


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


def host_of(member: Member, event: EventState, *, now: datetime) -> Decision[Member, None]:
    """Keep whether they host an event, so that they may see who its guests are. The event's own fact told of it."""
    kept = next((one for one in member.hosting if one.event_id == event.event_id), None)
    until, still = event.ends_at + HOSTS_UNTIL, member.id in event.hosts
    if member.erased or (kept and kept.revision >= event.revision) or (kept is None and not still):
        return Decision(member, None)
    hosting = Hosting(
        event_id=event.event_id, community_id=event.community_id, until=until, revision=event.revision, still=still
    )
    others = [one for one in member.hosting if one.event_id != event.event_id and one.until > now]
    return Decision(member.model_copy(update={"hosting": [*others, hosting]}), None)


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


def card(member: Member, who: Caller, asker: Member | None, *, now: datetime) -> contract.MemberCard | None:
    """What this caller may see of them; None: nothing. asker: the caller, where they are a member."""
    hosts = asker.hosting if asker is not None and asker.active else []
    seen_in = who.led | {one.community_id for one in hosts if one.still and now <= one.until}
    theirs = who.sub == member.id or who.leads_all or not seen_in.isdisjoint([*member.communities, *member.guest_of])
    if member.erased or not (theirs or (member.active and (member.speaks or member.leads))):
        return None
    return shown_card(member)


def shown_card(member: Member) -> contract.MemberCard:
    """A card for whoever may see it: every member may see those of active leaders."""
    return contract.MemberCard(member_id=member.id, name=member.name, department=member.department)
