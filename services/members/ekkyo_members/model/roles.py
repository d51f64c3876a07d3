"""The roles people have: leader of a community, steward of the company; and when they end.

What begins or ends on a day is planned in the member's document. One timer for each member is set for the earliest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import FieldError
from ekkyo.decision import Decision, Refused, Set, Timer, turn

from ekkyo_members.model.member import Member, changed, must_be_active, unchanged
from ekkyo_members.model.membership import Answer, place_in, with_place
from ekkyo_members.model.parts import Planned

Stewardship = Literal["lasting", "ending", "gone", "none"]
"""Whether some active steward has no end, all who are active have one, all have left, or there is none."""


class RoleTimer(Timer):
    """A role begins or ends. Its id is the member's."""

    subject: ClassVar[str] = "ekkyo.timer.members.role"


@dataclass(frozen=True)
class Granting:
    """Who grants a role, when, and in which time zone the day of its end is meant."""

    by: str
    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def begins(self, day: date) -> datetime:
        """When this day begins."""
        return datetime.combine(day, time(), ZoneInfo(self.zone))

    def ends(self, until: date, field: str = "until") -> datetime:
        """When a role ends whose last day this is. Refuses (400) days that are over, or far away."""
        if until < self.today:
            raise wrong_day(field, "in_the_past", f"must be {self.today} or later")
        if until.year - self.today.year > contract.LONGEST_YEARS:
            raise wrong_day(field, "out_of_range", f"must be within {contract.LONGEST_YEARS} years; or leave it out")
        return self.begins(until + timedelta(days=1))

    def plan(self, member: Member, community_id: str | None, until: date | None) -> list[Planned]:
        """What is planned for this member once a role of theirs ends after this day, or without an end."""
        others = [one for one in member.planned if one.community_id != community_id]
        if until is None:
            return others
        return [*others, Planned(kind="end", community_id=community_id, at=self.ends(until), by=self.by)]


def wrong_day(field: str, code: str, detail: str) -> Refused:
    """What is said of a day that cannot be meant."""
    return Refused("malformed", f"{field} {detail}.", 400, [FieldError(field=field, code=code, detail=detail)])


def timers(member: Member) -> list[Set]:
    """The timer for what is planned next, if anything is. One that is set for nothing more changes nothing."""
    return [RoleTimer(id=member.id).at(min(one.at for one in member.planned))] if member.planned else []


def grant_role(member: Member, cmd: contract.GrantRole, granting: Granting) -> Answer:
    """Give a member of a community a role in it, or another end of it. A deputy becomes a leader of their own right."""
    place = place_in(member, cmd.community_id)
    if (place.role, place.role_until, place.deputising) == (cmd.role, cmd.until, None):
        return unchanged(member)
    must_be_active(member)
    planned = granting.plan(member, cmd.community_id, cmd.until)
    had = {"role": cmd.role, "role_until": cmd.until, "deputising": None}
    member = with_place(member, place.model_copy(update=had)).model_copy(update={"planned": planned})
    fact = contract.RoleGranted(
        member_id=member.id, member=member.state(), community_id=cmd.community_id, role=cmd.role, until=cmd.until
    )
    return then(changed(member, [fact]))


def revoke_role(member: Member, cmd: contract.RevokeRole) -> Answer:
    """End a role. Somebody who left has none any more, so there is nothing to refuse."""
    place = member.membership(cmd.community_id)
    if place is None or place.role != cmd.role:
        return unchanged(member)
    after, fact = without_role(member, place)
    return changed(after, [fact])


def without_role(
    member: Member, place: contract.Membership, *, planned: bool = False
) -> tuple[Member, contract.RoleRevoked]:
    """The member without the role in this place, and what tells it."""
    none = {"role": None, "role_until": None, "deputising": None}
    left = [one for one in member.planned if one.community_id != place.community_id]
    after = with_place(member, place.model_copy(update=none)).model_copy(update={"planned": left})
    fact = contract.RoleRevoked(
        member_id=after.id,
        member=after.state(),
        community_id=place.community_id,
        role="leader",
        planned=planned,
        deputy_of=place.deputising.leader_id if place.deputising else None,
    )
    return after, fact


def then(decision: Answer) -> Answer:
    """The decision with the timer for what its member has planned."""
    return Decision(decision.document, decision.answer, facts=decision.facts, timers=timers(decision.document))


@dataclass(frozen=True)
class OtherStewards:
    """Whether there are other active stewards without an end, and until when the role of this one may end by it."""

    any: bool
    until: datetime


def grant_steward(
    member: Member, cmd: contract.GrantSteward, others: OtherStewards | None, granting: Granting
) -> Answer:
    """Make them a steward, or name another end of it. others: needed for an end, since one steward has none."""
    if member.steward and member.steward_until == cmd.until:
        return unchanged(member)
    must_be_active(member)
    planned = granting.plan(member, None, cmd.until)
    if cmd.until:
        _must_leave_one(others, granting.now)
    after = member.model_copy(update={"steward": True, "steward_until": cmd.until, "planned": planned})
    return then(changed(after, [contract.StewardGranted(member_id=member.id, member=after.state(), until=cmd.until)]))


def revoke_steward(member: Member, others: OtherStewards, *, now: datetime) -> Answer:
    """Take the role of a steward away. The last active steward without an end keeps it."""
    if not member.steward:
        return unchanged(member)
    if now >= others.until:
        raise turn.busy()
    if member.active:
        _must_leave_one(others, now)
    after, fact = _no_steward(member)
    return changed(after, [fact])


def _must_leave_one(others: OtherStewards | None, now: datetime) -> None:
    if others is None or now >= others.until:
        raise turn.busy()
    if not others.any:
        text = "This is the last steward whose role has no end. Make someone else a steward without an end first."
        raise Refused("last_steward", text)


def _no_steward(member: Member, *, planned: bool = False) -> tuple[Member, contract.StewardRevoked]:
    left = [one for one in member.planned if one.community_id is not None]
    after = member.model_copy(update={"steward": False, "steward_until": None, "planned": left})
    return after, contract.StewardRevoked(member_id=after.id, member=after.state(), planned=planned)


def role_due(member: Member, *, now: datetime) -> Decision[Member, None]:
    """Begin or end the role that is due first; what is due as well has its own turn at once, for its own actor."""
    one = min(member.planned, key=lambda one: one.at, default=None)
    if one is None:
        return Decision(member, None)
    if one.at > now:
        return Decision(member, None, timers=timers(member))
    fact: contract.MemberFact
    if one.community_id is None:
        after, fact = _no_steward(member, planned=True)
    elif one.kind == "end":
        after, fact = without_role(member, place_in(member, one.community_id), planned=True)
    else:
        after, fact = begun(member, one)
    return Decision(after, None, facts=[fact], timers=timers(after), actor=one.by)


def begun(member: Member, one: Planned) -> tuple[Member, contract.RoleGranted]:
    """The member who stands in from now on, and what tells it."""
    place = place_in(member, one.community_id or "")
    until = place.deputising.until if place.deputising else None
    stands = place.model_copy(update={"role": "leader", "role_until": until})
    left = [other for other in member.planned if other != one]
    after = with_place(member, stands).model_copy(update={"planned": left})
    return after, contract.RoleGranted(
        member_id=after.id,
        member=after.state(),
        community_id=place.community_id,
        role="leader",
        until=until,
        deputy_of=place.deputising.leader_id if place.deputising else None,
    )


def lasting(member: Member, but: str | None = None) -> bool:
    """Whether this is another active steward whose role has no end."""
    return member.id != but and member.active and member.steward and member.steward_until is None


def stewardship(stewards: Iterable[Member]) -> Stewardship:
    """What becomes of the company's stewards, left to themselves. stewards: all who are, also who left."""
    there = list(stewards)
    if any(lasting(one) for one in there):
        return "lasting"
    return "ending" if any(one.active for one in there) else "gone" if there else "none"
