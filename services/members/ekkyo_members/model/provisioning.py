"""What the company's directory says of people: joiners, movers and leavers."""

from collections.abc import Sequence
from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Refused

from ekkyo_members.model.directory import Directory
from ekkyo_members.model.importing import new_member_id
from ekkyo_members.model.member import Member, merged, new, not_found, present, with_profile
from ekkyo_members.model.parts import NO_DEFAULTS, Company

Answer = Decision[Member, contract.Provisioned]


def provision(
    member: Member | None, cmd: contract.ProvisionMember, company: Company = NO_DEFAULTS, *, now: datetime
) -> Answer:
    """Register this person, or apply what the directory says of them. What it does not say stays."""
    if member is None:
        if cmd.revision is not None:
            raise not_found()
        return _registered(cmd, company, now)
    if member.erased:
        raise Refused("member_erased", "The member with this number was erased.")
    if member.merged_into:
        raise merged(member.merged_into)
    if cmd.number != member.number:
        raise Refused("number_differs", "A member's personnel number cannot change.")
    after = with_profile(member, _profile(cmd, member)).model_copy(
        update={"directory": _directory(cmd, member.directory, now), "active": cmd.active}
    )
    return _changed(member, after, cmd.revision)


def deprovision(member: Member, revision: int | None) -> Answer:
    """They are no longer in the directory: they left, and it is told of them no more."""
    if present(member).directory is None:
        if member.active:
            raise not_found()
        return Decision(member, told_to_directory(member))
    return _changed(member, member.model_copy(update={"directory": None, "active": False}), revision)


def told_to_directory(member: Member) -> contract.Provisioned:
    """A member as the directory is told of them."""
    known = member.directory or Directory(user_name=member.address)
    return contract.Provisioned(
        member_id=member.id,
        user_name=known.user_name,
        external_id=known.external_id,
        number=member.number,
        name=member.name,
        email=member.address,
        department=member.department,
        active=member.active,
        created_at=known.since,
        revision=member.revision,
    )


def _registered(cmd: contract.ProvisionMember, company: Company, now: datetime) -> Answer:
    profile = _profile(cmd, None)
    member = new(new_member_id(cmd.number), profile, contract.Preferences(), company)
    facts: list[contract.MemberFact] = [contract.MemberRegistered(member_id=member.id, member=member.state())]
    member = member.model_copy(update={"directory": _directory(cmd, None, now), "active": cmd.active})
    if not cmd.active:
        facts.append(contract.MemberDeactivated(member_id=member.id, member=member.state()))
    return _announced(member, facts)


def _changed(member: Member, after: Member, revision: int | None) -> Answer:
    """The member as they are after it. It is refused where they changed meanwhile, unless nothing is left to do."""
    if after == member:
        return Decision(member, told_to_directory(member))
    if revision is not None and revision != member.revision:
        raise Refused("revision_differs", "The member has changed since this revision was read. Read it again.")
    facts: list[contract.MemberFact] = []
    if after.active != member.active:
        kind = contract.MemberReactivated if after.active else contract.MemberDeactivated
        facts.append(kind(member_id=after.id, member=after.state()))
    if after.model_copy(update={"active": member.active}) != member:
        facts.insert(0, contract.ProfileChanged(member_id=after.id, member=after.state()))
    return _announced(after, facts)


def _announced(member: Member, facts: Sequence[contract.MemberFact]) -> Answer:
    answer = told_to_directory(member).model_copy(update={"revision": member.revision + 1})
    return Decision(member, answer, facts=facts)


def _directory(cmd: contract.ProvisionMember, known: Directory | None, now: datetime) -> Directory:
    return Directory(user_name=cmd.user_name, external_id=cmd.external_id, since=known.since if known else now)


def _address(cmd: contract.ProvisionMember, member: Member | None) -> str:
    """Their mail address. A steward's or leader's is for no directory to say: whoever had its token would be one.

    So is that of who stands in for a leader from a later day on.
    """
    if member is None or cmd.email == member.address or not (member.steward or member.leads or member.deputises):
        return cmd.email
    if not cmd.active:
        return member.address
    if member.steward:
        text = "This member is a steward, who signs in by mail: a steward changes the address in Ekkyo first."
        raise Refused("steward_address", text)
    text = "This member is a leader, who signs in by mail: a steward changes the address in Ekkyo first."
    raise Refused("leader_address", text)


def _profile(cmd: contract.ProvisionMember, member: Member | None) -> contract.Profile:
    """The whole profile: what the directory says, and of the rest what was known."""
    said = {
        "number": cmd.number,
        "name": cmd.name,
        "email": _address(cmd, member),
        "department": cmd.department,
        "locale": cmd.locale,
        "timezone": cmd.timezone,
    }
    return member.profile.model_copy(update=said) if member else contract.Profile.model_validate(said)
