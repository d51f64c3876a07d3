"""A member's places in communities: joining, leaving, the rules they accepted, and the roles they have."""

from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Decision, Refused

from ekkyo_members.model.community import Community
from ekkyo_members.model.member import Member, changed, must_be_active, unchanged

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
    return changed(
        member, [contract.MemberJoined(member_id=member.id, member=member.state(), community_id=community.id)]
    )


def leave(member: Member, community_id: str) -> Answer:
    """Leave a community; the role in it ends, and is announced to have ended, first."""
    place = member.membership(community_id)
    if place is None:
        return unchanged(member)
    follows = [one for one in member.follows if one.community_id != community_id]
    memberships = [m for m in member.memberships if m != place]
    member = member.model_copy(update={"memberships": memberships, "follows": follows})
    left = contract.MemberLeft(member_id=member.id, member=member.state(), community_id=community_id)
    if place.role is None:
        return changed(member, [left])
    revoked = contract.RoleRevoked(member_id=member.id, member=left.member, community_id=community_id, role=place.role)
    return changed(member, [revoked, left])


def accept_rules(member: Member, community: Community, version: int, *, now: datetime) -> Answer:
    """Accept the rules as they are now; a version that was replaced cannot be accepted any more."""
    place = _place(member, community.id)
    if place.rules_accepted >= version:
        return unchanged(member)
    must_be_active(member)
    if version != community.rules_version:
        raise Refused(
            "rules_version_not_current",
            f"The current version of the rules is {community.rules_version}. Accept that version.",
        )
    member = _with(member, place.model_copy(update={"rules_accepted": version, "rules_accepted_at": now}))
    fact = contract.RulesAccepted(
        member_id=member.id, member=member.state(), community_id=community.id, rules_version=version
    )
    return changed(member, [fact])


def grant_role(member: Member, cmd: contract.GrantRole) -> Answer:
    """Give a member of a community a role in it."""
    place = _place(member, cmd.community_id)
    if place.role == cmd.role:
        return unchanged(member)
    must_be_active(member)
    member = _with(member, place.model_copy(update={"role": cmd.role}))
    fact = contract.RoleGranted(
        member_id=member.id, member=member.state(), community_id=cmd.community_id, role=cmd.role
    )
    return changed(member, [fact])


def revoke_role(member: Member, cmd: contract.RevokeRole) -> Answer:
    """End a role. Somebody who left has none any more, so there is nothing to refuse."""
    place = member.membership(cmd.community_id)
    if place is None or place.role != cmd.role:
        return unchanged(member)
    member = _with(member, place.model_copy(update={"role": None}))
    fact = contract.RoleRevoked(
        member_id=member.id, member=member.state(), community_id=cmd.community_id, role=cmd.role
    )
    return changed(member, [fact])


def _place(member: Member, community_id: str) -> contract.Membership:
    place = member.membership(community_id)
    if place is None:
        raise Refused("not_a_member", "Only members of this community can do this.")
    return place


def _with(member: Member, place: contract.Membership) -> Member:
    places = [place if m.community_id == place.community_id else m for m in member.memberships]
    return member.model_copy(update={"memberships": places})
