"""Who may see a member, and what of them."""

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Refused

from ekkyo_members.model.member import Member


def may_see(member: Member, who: Caller) -> None:
    """Refuse (403) a leader of communities this member is not in. The member, stewards and systems pass."""
    if who.sub == member.id or who.leads_all:
        return
    if who.led.isdisjoint(member.communities):
        raise Refused("not_allowed", "Only leaders of one of this member's communities may see the member.", 403)


def told_to(member: Member, who: Caller) -> contract.Member:
    """As this caller is told: leaders learn nothing of invitations to communities that they do not lead.

    Which themes a member follows is told to themselves alone.
    """
    if who.sub == member.id:
        return member.told()
    told = member.told().model_copy(update={"follows": []})
    if who.leads_all:
        return told
    return told.model_copy(update={"invitations": [i for i in told.invitations if i.community_id in who.led]})


def may_find(who: Caller, community_id: str | None) -> None:
    """Refuse (403) leaders who look for members elsewhere than in the communities they lead."""
    if community_id is not None:
        who.must_lead(community_id)
    elif not who.leads_all:
        raise Refused("not_allowed", "Leaders can search only in communities that they lead. Give `community_id`.", 403)
