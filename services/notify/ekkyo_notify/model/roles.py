"""What members hear of their roles: that they lead, that they stand in for a leader, and that it is over."""

from ekkyo.contracts.members import DeputyNamed, DeputyRemoved, RoleGranted, RoleRevoked

from ekkyo_notify.model.notice import Notice, RoleTold


def role_notice(fact: RoleGranted | RoleRevoked | DeputyNamed | DeputyRemoved) -> Notice | None:
    """What a member hears of their role; None for who left with it, and where another fact tells it.

    A deputy is told once, when they are named, and not again when it begins.
    """
    community = fact.community_id
    if isinstance(fact, DeputyNamed):
        told = RoleTold(deputy=True, since=fact.since, until=fact.until)
        return Notice.of(fact, "deputy_named", community, role=told, both=[fact.member_id, fact.leader_id])
    if isinstance(fact, RoleGranted):
        if fact.deputy_of:
            return None
        return Notice.of(fact, "leader_named", community, role=RoleTold(until=fact.until))
    there = any(one.community_id == community for one in fact.member.communities)
    if not there or not fact.member.active or has_role(fact):
        return None
    deputy = isinstance(fact, DeputyRemoved) or fact.deputy_of is not None
    planned = isinstance(fact, RoleRevoked) and fact.planned
    return Notice.of(fact, "role_ended", community, role=RoleTold(deputy=deputy, planned=planned))


def has_role(fact: RoleRevoked | DeputyRemoved) -> bool:
    """Whether the member has a role there all the same, or will have one, as a deputy who was named for later."""
    places = [one for one in fact.member.communities if one.community_id == fact.community_id]
    return any(place.role or place.deputising for place in places)
