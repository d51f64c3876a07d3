"""What begins and ends roles, and reminds members of rules they have not accepted."""

from functools import partial

import structlog
from ekkyo.broker import Router, due, told
from ekkyo.contracts.events import EventReminderDue
from ekkyo.contracts.members import (
    DeputyNamed,
    MemberDeactivated,
    MemberErased,
    MemberMerged,
    MergeUndone,
    RecordAbsorbed,
    RecordReleased,
    RoleRevoked,
    StewardRevoked,
)
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Communities, Members, active_people

log = structlog.stdlib.get_logger("ekkyo.members")
router = Router()


@router.subscriber(**due(model.RoleTimer))
async def role_is_due(timer: model.RoleTimer, members: Members) -> None:
    """Begin or end a role on the day that was named for it."""
    await members.change(timer.id, lambda m, _: model.role_due(m, now=utcnow()))


@router.subscriber(
    **told(
        RoleRevoked, MemberDeactivated, MemberErased, MemberMerged, RecordAbsorbed, RecordReleased, MergeUndone,
        DeputyNamed,
        by="members", name="deputies", start="new",
    )
)  # fmt: skip
async def end_deputies(
    fact: RoleRevoked
    | MemberDeactivated
    | MemberErased
    | MemberMerged
    | RecordAbsorbed
    | RecordReleased
    | MergeUndone
    | DeputyNamed,
    members: Members,
) -> None:
    """End that somebody stands in for a leader who does not lead any more, or did not when they were named.

    A record that gets something by a merge, or by its undoing, may stand in for somebody by it who does not lead, or
    who has named another deputy since.
    """
    leaders = {fact.leader_id if isinstance(fact, DeputyNamed) else fact.member_id}
    got_back = isinstance(fact, RecordAbsorbed | RecordReleased | MergeUndone)
    if got_back and (now := await members.get(fact.member_id)):
        leaders |= set(now.stands_in_for)
    for leader_id in sorted(leaders):
        deputies = await members.find({"stands_in_for": {"$in": [leader_id]}}, limit=0)
        leader, actor = await members.get(leader_id) if deputies else None, fact.meta.actor
        for deputy in deputies:
            others = deputies if got_back and deputy.id == fact.member_id else []
            await members.change(deputy.id, partial(_without_leader, leader_id, leader, actor, others))


def _without_leader(
    leader_id: str,
    leader: model.Member | None,
    actor: str | None,
    others: list[model.Member],
    deputy: model.Member,
    _: Entries[model.Step],
) -> Decision[model.Member, None]:
    return model.without_leader(deputy, leader_id, leader, actor, others)


@router.subscriber(**told(MemberDeactivated, MemberErased, StewardRevoked, by="members", name="stewards", start="new"))
async def look_after_stewards(fact: MemberDeactivated | MemberErased | StewardRevoked, members: Members) -> None:
    """Log it as an error when a leaver, or the end of a role, leaves no steward whose role has no end.

    Nobody is refused to leave the company. Whoever runs Ekkyo makes another steward from the command line.
    """
    stewards = await members.find({"steward": True}, limit=0)
    if isinstance(fact, MemberDeactivated) and all(one.id != fact.member_id for one in stewards):
        return
    if (left := model.stewardship(stewards)) != "lasting":
        log.error("no steward without an end is left: run `ekkyo steward add NUMBER`", stewards=left)


@router.subscriber(**due(model.RulesTimer))
async def rules_are_due(timer: model.RulesTimer, members: Members, communities: Communities) -> None:
    """Remind a member of rules that they did not accept after joining."""
    if (member := await members.get(timer.id)) and member.communities:
        found = await communities.find({"id": {"$in": member.communities}}, limit=0)
        await members.change(timer.id, lambda m, _: model.remind_of_rules(m, found, "days", now=utcnow()))


@router.subscriber(**due(model.RevisedRulesTimer))
async def revised_rules_are_due(timer: model.RevisedRulesTimer, members: Members, communities: Communities) -> None:
    """Remind the members of a community of its changed rules."""
    if community := await communities.get(timer.id):
        for one in await active_people(community.id, members):
            if model.lacks_rules(one, community):
                await members.change(one.id, lambda m, _: model.remind_of_rules(m, [community], "days", now=utcnow()))


@router.subscriber(**told(EventReminderDue, by="members", name="near_events", start="new"))
async def rules_before_event(fact: EventReminderDue, members: Members, communities: Communities) -> None:
    """Remind leaders and hosts of rules that they have not accepted, before their next event."""
    community = await communities.get(fact.event.community_id)
    if community is None:
        return
    leaders = await members.find({"leads": {"$in": [community.id]}}, limit=0)
    hosts = await members.find({"id": {"$in": fact.event.hosts}}, limit=0) if fact.event.hosts else []
    for one in [*leaders, *hosts]:
        if model.lacks_rules(one, community):
            await members.change(one.id, lambda m, _: model.remind_of_rules(m, [community], "event", now=utcnow()))
