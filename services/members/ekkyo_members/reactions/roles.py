"""What begins and ends roles, and reminds members of rules they have not accepted."""

from functools import partial

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
)
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Communities, Members, active_people

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

    A record that gets something back by a merge, or by its undoing, may stand in for somebody by it who does not lead.
    """
    leaders = {fact.leader_id if isinstance(fact, DeputyNamed) else fact.member_id}
    if isinstance(fact, RecordAbsorbed | RecordReleased | MergeUndone) and (now := await members.get(fact.member_id)):
        leaders |= set(now.stands_in_for)
    for leader_id in sorted(leaders):
        deputies = await members.find({"stands_in_for": {"$in": [leader_id]}}, limit=0)
        leader, actor = await members.get(leader_id) if deputies else None, fact.meta.actor
        for deputy in deputies:
            await members.change(deputy.id, partial(_without_leader, leader_id, leader, actor))


def _without_leader(
    leader_id: str, leader: model.Member | None, actor: str | None, deputy: model.Member, _: Entries[model.Step]
) -> Decision[model.Member, None]:
    return model.without_leader(deputy, leader_id, leader, actor)


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
