"""A member's places in communities: joining, leaving, and the rules they accepted."""

from dataclasses import replace
from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Decision, Refused

from ekkyo_members.model.community import Community
from ekkyo_members.model.member import Member, changed, must_be_active, unchanged
from ekkyo_members.model.reminding import AFTER, RulesTimer

Answer = Decision[Member, contract.Member]


def invite(member: Member, community: Community, *, who: Caller, now: datetime) -> Decision[Member, contract.Invited]:
    """Invite somebody to this community, unless they are invited or in it already."""
    answer = contract.Invited(member_id=member.id, community_id=community.id, status="invited")
    if member.membership(community.id):
        return Decision(member, answer.model_copy(update={"status": "member"}))
    if any(invitation.community_id == community.id for invitation in member.invitations):
        return Decision(member, answer)
    must_be_active(member)
    invitation = contract.Invitation(community_id=community.id, invited_by=who.sub, invited_at=now)
    member = member.model_copy(update={"invitations": [*member.invitations, invitation]})
    fact = contract.MemberInvited(member_id=member.id, member=member.state(), community_id=community.id)
    return Decision(member, answer, facts=[fact])


def decline(member: Member, community_id: str) -> Answer:
    """Decline an invitation. Without one there is nothing to decline, and nothing to refuse."""
    left = [invitation for invitation in member.invitations if invitation.community_id != community_id]
    if len(left) == len(member.invitations):
        return unchanged(member)
    member = member.model_copy(update={"invitations": left})
    fact = contract.InvitationDeclined(member_id=member.id, member=member.state(), community_id=community_id)
    return changed(member, [fact])


def join(member: Member, community: Community, *, who: Caller, now: datetime) -> Answer:
    """Become a member of this community. Joining accepts an invitation, so nobody but the member can be led to it."""
    if who.sub != member.id and not who.leads_all:
        raise Refused(
            "not_allowed", "Only members themselves can join. Leaders can invite them with members.invite.", 403
        )
    if member.membership(community.id):
        return unchanged(member)
    must_be_active(member)
    place = contract.Membership(community_id=community.id, joined_at=now)
    open_still = [invitation for invitation in member.invitations if invitation.community_id != community.id]
    settled = {
        "memberships": [*member.memberships, place],
        "invitations": open_still,
        "locale": member.locale or community.locale,
        "timezone": member.timezone or community.timezone,
    }
    member = member.model_copy(update=settled)
    told = changed(
        member, [contract.MemberJoined(member_id=member.id, member=member.state(), community_id=community.id)]
    )
    return replace(told, timers=[RulesTimer(id=member.id).at(now + AFTER)])


def leave(member: Member, community_id: str) -> Answer:
    """Leave a community; the role in it ends, and is announced to have ended, first."""
    place = member.membership(community_id)
    if place is None:
        return unchanged(member)
    left_with = {
        "memberships": [m for m in member.memberships if m != place],
        "planned": [one for one in member.planned if one.community_id != community_id],
        "follows": [one for one in member.follows if one.community_id != community_id],
    }
    member = member.model_copy(update=left_with)
    left = contract.MemberLeft(member_id=member.id, member=member.state(), community_id=community_id)
    if place.role is None:
        return changed(member, [left])
    revoked = contract.RoleRevoked(
        member_id=member.id,
        member=left.member,
        community_id=community_id,
        role=place.role,
        deputy_of=place.deputising.leader_id if place.deputising else None,
    )
    return changed(member, [revoked, left])


def accept_rules(member: Member, community: Community, version: int, *, now: datetime) -> Answer:
    """Accept the rules as they are now; a version that was replaced cannot be accepted any more."""
    place = place_in(member, community.id)
    if place.rules_accepted >= version:
        return unchanged(member)
    must_be_active(member)
    if version != community.rules_version:
        raise Refused(
            "rules_version_not_current",
            f"The current version of the rules is {community.rules_version}. Accept that version.",
        )
    member = with_place(member, place.model_copy(update={"rules_accepted": version, "rules_accepted_at": now}))
    fact = contract.RulesAccepted(
        member_id=member.id, member=member.state(), community_id=community.id, rules_version=version
    )
    return changed(member, [fact])


def place_in(member: Member, community_id: str) -> contract.Membership:
    """Their place in this community. Refuses who has none."""
    place = member.membership(community_id)
    if place is None:
        raise Refused("not_a_member", "Only members of this community can do this.")
    return place


def with_place(member: Member, place: contract.Membership) -> Member:
    """The member with this place instead of the one they had in that community."""
    places = [place if m.community_id == place.community_id else m for m in member.memberships]
    return member.model_copy(update={"memberships": places})
