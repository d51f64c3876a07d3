"""Reminding members of rules that they have not accepted: once for each version, after some days.

A timer of the member is set when they join, one of the community when its rules change. Leaders, and hosts of an event,
are reminded earlier, when an event is near.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Timer

from ekkyo_members.model.community import Community
from ekkyo_members.model.member import Member

AFTER: Final = timedelta(days=7)


class RulesTimer(Timer):
    """Some days have passed since a member joined a community. Its id is the member's."""

    subject: ClassVar[str] = "ekkyo.timer.members.rules"


class RevisedRulesTimer(Timer):
    """Some days have passed since a community's rules changed. Its id is the community's."""

    subject: ClassVar[str] = "ekkyo.timer.members.revised_rules"


def lacks_rules(member: Member, community: Community) -> bool:
    """Whether an active member of a community has not accepted its newest rules, and was not reminded of them."""
    place = member.membership(community.id)
    if place is None or not member.active or place.rules_accepted >= community.rules_version:
        return False
    return member.rules_reminded.get(community.id, 0) < community.rules_version


def remind_of_rules(
    member: Member, communities: Iterable[Community], because: Literal["days", "event"], *, now: datetime
) -> Decision[Member, None]:
    """Remind a member of what they have not accepted; without an event, only where some days have passed."""
    due = [one for one in communities if lacks_rules(member, one) and (because == "event" or _waited(member, one, now))]
    if not due:
        return Decision(member, None)
    reminded = member.rules_reminded | {one.id: one.rules_version for one in due}
    after = member.model_copy(update={"rules_reminded": reminded})
    facts = [
        contract.RulesDue(
            member_id=after.id,
            member=after.state(),
            community_id=one.id,
            rules_version=one.rules_version,
            because=because,
        )
        for one in due
    ]
    return Decision(after, None, facts=facts)


def with_reminder(
    before: Community, decision: Decision[Community, contract.Community], *, now: datetime
) -> Decision[Community, contract.Community]:
    """The decision with the timer for the reminder, where it changes the rules."""
    if decision.document.rules_version == before.rules_version:
        return decision
    return replace(decision, timers=[RevisedRulesTimer(id=before.id).at(now + AFTER)])


def _waited(member: Member, community: Community, now: datetime) -> bool:
    place = member.membership(community.id)
    since = max(filter(None, [place.joined_at if place else None, community.rules_since or community.founded_at]))
    return now >= since + AFTER
