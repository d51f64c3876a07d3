"""How a member wants to be told, and of what."""

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision

from ekkyo_members.model.member import Member, changed, preferences_of, unchanged


def set_preferences(member: Member, preferences: contract.Preferences) -> Decision[Member, contract.Member]:
    """Tell this member things in another way from now on."""
    wanted = member.model_copy(update=preferences_of(preferences))
    if wanted == member:
        return unchanged(member)
    return changed(wanted, [contract.PreferencesChanged(member_id=member.id, member=wanted.state())])


def choose_messages(member: Member, cmd: contract.ChooseMessages) -> Decision[Member, contract.Member]:
    """Have one kind of message, or have it no more."""
    if cmd.kind == "surveys":
        wanted = member.model_copy(update={"surveys": cmd.wanted})
    else:
        others = [one for one in member.muted if one != cmd.community_id]
        muted = others if cmd.wanted else [*others, cmd.community_id]
        wanted = member if set(muted) == set(member.muted) else member.model_copy(update={"muted": muted})
    if wanted == member:
        return unchanged(member)
    return changed(wanted, [contract.PreferencesChanged(member_id=member.id, member=wanted.state())])
