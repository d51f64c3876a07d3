"""Members who left the company, and those who are erased: what stays, who has yet to forget them, what is purged."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import ClassVar, get_args

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Fact, all_messages, owner_of
from ekkyo.decision import Caller, Decision, Purge, Refused, Timer

from ekkyo_members.model.importing import new_member_id
from ekkyo_members.model.member import GONE, Member, changed, keep_address, not_found, unchanged
from ekkyo_members.model.parts import Erased

AGAIN_AFTER = timedelta(days=1)
PERSONAL: tuple[type[Fact], ...] = tuple(all_messages(contract.MemberFact, contract))
"""The facts that tell who a member is."""
FORGETTERS: tuple[contract.Forgetter, ...] = get_args(contract.Forgetter)


class PurgeTimer(Timer):
    """A day has passed since somebody's facts were purged."""

    subject: ClassVar[str] = "ekkyo.timer.members.purge"


def deactivate(member: Member) -> Decision[Member, contract.Member]:
    """They left the company."""
    if not member.active:
        return unchanged(member)
    member = member.model_copy(update={"active": False})
    return changed(member, [contract.MemberDeactivated(member_id=member.id, member=member.state())])


def reactivate(member: Member, *, handed_on: bool = False) -> Decision[Member, contract.Member]:
    """They are back, with their address. handed_on: somebody else has it by now."""
    if member.active:
        return unchanged(member)
    if handed_on:
        raise Refused("address_handed_on", "Another member has this person's address by now. Change it first.")
    member = keep_address(member).document.model_copy(update={"active": True})
    return changed(member, [contract.MemberReactivated(member_id=member.id, member=member.state())])


def known_by(member: Member, but: Iterable[Member] = ()) -> tuple[list[str], list[str]]:
    """The numbers and addresses of a member, former ones and those of absorbed records too.

    but: who has some of them by now.
    """
    former, others = member.former or contract.Former(), list(but)
    numbers = {member.number, *former.numbers} - {one.number for one in others}
    addresses = {member.address, *former.emails} - {one.address for one in others}
    return sorted(numbers), sorted(addresses)


def without_manager(member: Member, numbers: Collection[str]) -> Decision[Member, None]:
    """Keep no number of a manager who is erased."""
    if member.erased or member.manager_number not in numbers:
        return Decision(member, None)
    member = member.model_copy(update={"manager_number": None})
    return Decision(member, None, facts=[contract.ProfileChanged(member_id=member.id, member=member.state())])


def erase(member: Member, *, now: datetime) -> Decision[Member, contract.Erasure]:
    """Forget who they were. Left are their crossings and counts, and by what an import would bring them back."""
    if member.erased:
        return Decision(member, erasure(member))
    was_in = sorted(member.communities)
    after = Member(
        id=member.id,
        revision=member.revision,
        number=GONE + member.id,
        email=GONE + member.id,
        name="",
        department="",
        active=False,
        crossings=member.crossings,
        attended=member.attended,
        erased=Erased(at=now, communities=was_in),
        came_from=_came_from(member),
    )
    fact = contract.MemberErased(member_id=member.id, communities=was_in, crossings=member.crossings)
    return Decision(after, erasure(after), facts=[fact])


def _came_from(member: Member) -> str | list[str]:
    if member.merged and member.merged_into:
        return member.merged.came_from
    first, *more = [new_member_id(one) for one in (member.number, *(member.former.numbers if member.former else ()))]
    return [first, *more] if more else first


def follow(member: Member, fact: contract.MemberForgotten | contract.MemberPurged) -> Decision[Member, None]:
    """What became of an erasure: a service has forgotten the member, or their facts have left the stream."""
    return purged(member, fact) if isinstance(fact, contract.MemberPurged) else forgotten(member, fact)


def forgotten(member: Member, fact: contract.MemberForgotten) -> Decision[Member, None]:
    """Note that a service has forgotten them; when all have, their facts leave the stream."""
    service = owner_of(type(fact))
    if member.erased is None or service not in FORGETTERS or service in member.erased.receipts:
        return Decision(member, None)
    receipts = {**member.erased.receipts, service: fact.meta.time}
    after = member.model_copy(update={"erased": member.erased.model_copy(update={"receipts": receipts})})
    if _waits_for(after):
        return Decision(after, None)
    return Decision(after, None, facts=[contract.MemberPurged(member_id=member.id)], purges=_purges(member.id))


def purged(member: Member, fact: contract.MemberPurged) -> Decision[Member, None]:
    """Note that their facts have left the stream. It is looked after once more, when whatever was late has come."""
    if member.erased is None or member.erased.purged_at:
        return Decision(member, None)
    erased = member.erased.model_copy(update={"purged_at": fact.meta.time})
    after = member.model_copy(update={"erased": erased})
    return Decision(after, None, timers=[PurgeTimer(id=member.id).at(fact.meta.time + AGAIN_AFTER)])


def purge_again(member: Member) -> Decision[Member, None]:
    """Purge what a service that was frozen said late."""
    if member.erased is None or member.erased.purged_at is None:
        return Decision(member, None)
    return Decision(member, None, purges=_purges(member.id))


def erasure(member: Member | None) -> contract.Erasure:
    """How far the erasure of this member has got."""
    if member is None:
        raise not_found()
    if member.erased is None:
        raise Refused("member_not_erased", "This member was not erased.")
    return contract.Erasure(
        member_id=member.id,
        erased_at=member.erased.at,
        receipts=member.erased.receipts,
        waits_for=_waits_for(member),
        purged_at=member.erased.purged_at,
        communities=member.erased.communities,
    )


def erasures(members: Iterable[Member], community_id: str | None, who: Caller) -> list[contract.Erasure]:
    """The erasures of those who were in this community, as this caller sees them: leaders see communities they lead."""
    told = [erasure(m) for m in members if community_id is None or (m.erased and community_id in m.erased.communities)]
    if who.leads_all:
        return told
    return [one.model_copy(update={"communities": sorted(who.led.intersection(one.communities))}) for one in told]


def _waits_for(member: Member) -> list[contract.Forgetter]:
    assert member.erased
    return [service for service in FORGETTERS if service not in member.erased.receipts]


def _purges(member_id: str) -> list[Purge]:
    return [Purge(fact, member_id) for fact in PERSONAL]
