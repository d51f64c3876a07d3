"""Deputies: members who stand in for a leader of their community, for some days or until the leader ends it.

A deputy has the role of a leader, and `deputising` says for whom. Whether that leader still leads is asked when they
are named, and again on each fact that could change it. Deputies are named one at a time, so a leader has one at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Refused, turn

from ekkyo_members.model.member import Member, changed, must_be_active, not_found, unchanged
from ekkyo_members.model.membership import Answer, place_in, with_place
from ekkyo_members.model.parts import Planned
from ekkyo_members.model.roles import Granting, then, without_role, wrong_day


@dataclass(frozen=True)
class OtherDeputies:
    """Who stands in for a leader anywhere, and until when a deputy may be named by it."""

    members: Iterable[Member]
    until: datetime


def leads_itself(leader: Member | None, community_id: str) -> bool:
    """Whether they lead this community in their own right."""
    place = leader.membership(community_id) if leader is not None and leader.active else None
    return place is not None and place.role == "leader" and place.deputising is None


def name_deputy(
    deputy: Member, cmd: contract.NameDeputy, leader: Member | None, others: OtherDeputies, granting: Granting
) -> Answer:
    """Have this member stand in for a leader, who has no other deputy in this community."""
    if leader is None or leader.erased:
        raise not_found()
    if not leads_itself(leader, cmd.community_id):
        raise Refused("not_a_leader", "Only a leader of this community can have a deputy, and not a deputy of one.")
    place = place_in(deputy, cmd.community_id)
    stands = place.deputising
    if stands and stands.leader_id == leader.id and stands.until == cmd.until and cmd.since in (None, stands.since):
        return unchanged(deputy)
    must_be_active(deputy)
    if place.role == "leader" and stands is None:
        raise Refused("leads_already", "This member leads the community already.")
    if stands and stands.leader_id != leader.id:
        raise Refused("deputy_already", "This member stands in for another leader of the community.")
    if granting.now >= others.until:
        raise turn.busy()
    if any(one.id != deputy.id and _stands_in(one, cmd.member_id, cmd.community_id) for one in others.members):
        raise Refused("deputy_exists", "This leader has another deputy. End that first.")
    since = cmd.since or (stands.since if stands else granting.today)
    if since < granting.today and not (stands and stands.since == since):
        raise wrong_day("since", "in_the_past", f"must be {granting.today} or later; or leave it out")
    if cmd.until and cmd.until < since:
        raise wrong_day("until", "before_since", "must not be before the first day")
    granting.ends(since, "since")
    planned = granting.plan(deputy, cmd.community_id, cmd.until)
    begins = since <= granting.today
    if not begins:
        later = Planned(kind="begin", community_id=cmd.community_id, at=granting.begins(since), by=granting.by)
        planned = [*planned, later]
    deputising = contract.Deputising(leader_id=leader.id, since=since, until=cmd.until)
    had = {
        "deputising": deputising,
        "role": "leader" if begins else None,
        "role_until": cmd.until if begins else None,
    }
    after = with_place(deputy, place.model_copy(update=had)).model_copy(update={"planned": planned})
    about = {"member_id": after.id, "member": after.state(), "community_id": cmd.community_id}
    facts: list[contract.MemberFact] = [
        contract.DeputyNamed(**about, leader_id=leader.id, since=since, until=cmd.until)
    ]
    if begins:
        facts.append(contract.RoleGranted(**about, role="leader", until=cmd.until, deputy_of=leader.id))
    elif place.role:
        facts.append(contract.RoleRevoked(**about, role="leader", deputy_of=leader.id))
    return then(changed(after, facts))


def end_deputy(deputy: Member, cmd: contract.EndDeputy) -> Answer:
    """End that a member stands in for a leader. Who does not has nothing to end."""
    place = deputy.membership(cmd.community_id)
    if place is None or place.deputising is None or place.deputising.leader_id != cmd.member_id:
        return unchanged(deputy)
    after, fact = _ended(deputy, place)
    return changed(after, [fact])


def without_leader(
    deputy: Member, leader_id: str, leader: Member | None, actor: str | None, others: Iterable[Member] = ()
) -> Decision[Member, None]:
    """End that they stand in where this leader, as they are now, does not lead any more. actor: who ended that.

    others: who stands in for that leader already, if this one got it back by a merge or its undoing.
    """
    others = list(others)
    for place in deputy.memberships:
        stands, community = place.deputising, place.community_id
        has_another = any(one.id != deputy.id and _stands_in(one, leader_id, community) for one in others)
        if stands and stands.leader_id == leader_id and (has_another or not leads_itself(leader, community)):
            after, fact = _ended(deputy, place)
            rest = without_leader(after, leader_id, leader, actor, others)
            return Decision(rest.document, None, facts=[fact, *rest.facts], actor=actor)
    return Decision(deputy, None)


def _ended(deputy: Member, place: contract.Membership) -> tuple[Member, contract.MemberFact]:
    after, revoked = without_role(deputy, place)
    if place.role or place.deputising is None:
        return after, revoked
    told = contract.DeputyRemoved(
        member_id=after.id,
        member=after.state(),
        community_id=place.community_id,
        leader_id=place.deputising.leader_id,
    )
    return after, told


def _stands_in(one: Member, leader_id: str, community_id: str) -> bool:
    place = one.membership(community_id)
    return place is not None and place.deputising is not None and place.deputising.leader_id == leader_id
