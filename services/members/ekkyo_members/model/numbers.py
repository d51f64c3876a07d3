"""A new personnel number for the same person."""

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision

from ekkyo_members.model.member import Member, changed, plain, unchanged, with_profile


def change_number(member: Member, number: str) -> Decision[Member, contract.Member]:
    """The same person under another personnel number."""
    if number == member.number:
        return unchanged(member)
    return renumbered(member, member.profile.model_copy(update={"number": number}))


def renumbered(member: Member, profile: contract.Profile) -> Decision[Member, contract.Member]:
    """The same person with this profile, under its number."""
    after = with_profile(member, plain(profile))
    return changed(after, [contract.ProfileChanged(member_id=member.id, member=after.state())])
