"""What the members service can be asked to do with members and communities."""

import asyncio
from contextlib import suppress
from typing import Annotated

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import logos, model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Communities, Members

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]

# Communities


@router.subscriber(**asked(contract.FoundCommunity))
async def found_community(cmd: contract.FoundCommunity, communities: Communities) -> contract.Community:
    """Found a community with its charter and its rules."""
    return await communities.create(cmd.community_id, lambda c, _: model.found(c, cmd, now=utcnow()))


@router.subscriber(**asked(contract.ReviseCharter))
async def revise_charter(cmd: contract.ReviseCharter, communities: Communities) -> contract.Community:
    """Change a community's charter, its rules, or both."""
    return await communities.change(
        cmd.community_id, lambda c, _: model.with_reminder(c, model.revise_charter(c, cmd, now=utcnow()), now=utcnow())
    )


@router.subscriber(**asked(contract.ReviseCommunity))
async def revise_community(cmd: contract.ReviseCommunity, communities: Communities) -> contract.Community:
    """Change a community's name, its colour, its logo, or several of them."""
    logo = await asyncio.to_thread(logos.kept, cmd.community_id, cmd.logo_file) if cmd.logo_file else None
    return await communities.change(cmd.community_id, lambda c, _: model.revise(c, cmd, logo))


# Members


@router.subscriber(**asked(contract.RegisterMember))
async def register(cmd: contract.RegisterMember, members: Members, settings: MySettings) -> contract.Member:
    """Make somebody known to Ekkyo."""
    return await members.create(cmd.member_id, lambda m, _: model.register(m, cmd, settings.company))


@router.subscriber(**asked(contract.ImportMembers))
async def import_members(cmd: contract.ImportMembers, members: Members, settings: MySettings) -> contract.Imported:
    """Take over rows of a personnel export, or tell what would become of them."""
    ids = [model.new_member_id(p.number) for p in cmd.profiles]
    known, erased = await asyncio.gather(
        members.find({"id": {"$in": ids}}, limit=0), members.find({"came_from": {"$in": ids}}, limit=0)
    )
    if erased:  # a person registered again after an erasure is found only by number
        known += [*erased, *await members.find({"number": {"$in": [p.number for p in cmd.profiles]}}, limit=0)]
    if cmd.dry_run:
        known += await _others(cmd.profiles, known, members)
    rows = model.outcomes(cmd.profiles, model.Found.of(known))
    company = model.Company(cmd.locale or settings.locale, cmd.timezone or settings.timezone)
    return contract.Imported(rows=rows if cmd.dry_run else await _take_over(cmd.profiles, rows, members, company))


@router.subscriber(**asked(contract.ChangeProfile))
async def change_profile(cmd: contract.ChangeProfile, members: Members) -> contract.Member:
    """Replace a member's profile."""
    return await members.change(cmd.member_id, lambda m, _: model.change_profile(model.present(m), cmd.profile))


@router.subscriber(**asked(contract.SetPreferences))
async def set_preferences(cmd: contract.SetPreferences, members: Members) -> contract.Member:
    """Choose channels, language and time zone."""
    return await members.change(cmd.member_id, lambda m, _: model.set_preferences(model.present(m), cmd.preferences))


@router.subscriber(**asked(contract.ChooseMessages))
async def choose_messages(cmd: contract.ChooseMessages, members: Members) -> contract.Member:
    """Have one kind of message, or have it no more."""
    return await members.change(cmd.member_id, lambda m, _: model.choose_messages(model.present(m), cmd))


@router.subscriber(**asked(contract.SignOutEverywhere))
async def sign_out_everywhere(cmd: contract.SignOutEverywhere, members: Members) -> contract.Identity:
    """End all sessions of a member."""
    return await members.change(cmd.member_id, lambda m, _: model.sign_out(model.present(m), cmd.before, now=utcnow()))


@router.subscriber(**asked(contract.MakeCalendarAddress))
async def make_calendar_address(cmd: contract.MakeCalendarAddress, members: Members) -> contract.CalendarAddress:
    """Have calendar programs read a member's events under a new address."""
    return await members.change(
        cmd.member_id, lambda m, _: model.make_calendar_address(model.present(m), cmd.digest, now=utcnow())
    )


@router.subscriber(**asked(contract.EndCalendarAddress))
async def end_calendar_address(cmd: contract.EndCalendarAddress, members: Members) -> contract.CalendarAddress:
    """End that address."""
    return await members.change(cmd.member_id, lambda m, _: model.end_calendar_address(model.present(m)))


# Memberships


@router.subscriber(**asked(contract.InviteMember))
async def invite(cmd: contract.InviteMember, members: Members, communities: Communities, who: Who) -> contract.Invited:
    """Invite somebody to a community."""
    community = await _community(cmd.community_id, communities)
    return await members.change(
        cmd.member_id, lambda m, _: model.invite(model.present(m), community, who=who, now=utcnow())
    )


@router.subscriber(**asked(contract.DeclineInvitation))
async def decline(cmd: contract.DeclineInvitation, members: Members) -> contract.Member:
    """Decline an invitation to a community."""
    return await members.change(cmd.member_id, lambda m, _: model.decline(model.present(m), cmd.community_id))


@router.subscriber(**asked(contract.JoinCommunity))
async def join(cmd: contract.JoinCommunity, members: Members, communities: Communities, who: Who) -> contract.Member:
    """Become a member of a community."""
    community = await _community(cmd.community_id, communities)
    return await members.change(
        cmd.member_id, lambda m, _: model.join(model.present(m), community, who=who, now=utcnow())
    )


@router.subscriber(**asked(contract.LeaveCommunity))
async def leave(cmd: contract.LeaveCommunity, members: Members) -> contract.Member:
    """Leave a community; roles in it end."""
    return await members.change(cmd.member_id, lambda m, _: model.leave(model.present(m), cmd.community_id))


@router.subscriber(**asked(contract.AcceptRules))
async def accept_rules(cmd: contract.AcceptRules, members: Members, communities: Communities) -> contract.Member:
    """Accept a community's rules as they are now."""
    community = await _community(cmd.community_id, communities)
    return await members.change(
        cmd.member_id, lambda m, _: model.accept_rules(model.present(m), community, cmd.rules_version, now=utcnow())
    )


@router.subscriber(**asked(contract.RecordContribution))
async def record_contribution(cmd: contract.RecordContribution, members: Members) -> contract.Journey:
    """Record that a member shared something, or carried it outside."""
    return await members.change(
        cmd.member_id,
        lambda m, steps: model.record_contribution(model.present(m), steps, cmd, now=utcnow()),
        entries=[model.contribution_key(cmd.contribution_id)],
    )


async def _community(community_id: str, communities: Communities) -> model.Community:
    community = await communities.get(community_id)
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    return community


async def _others(profiles: list[contract.Profile], known: list[model.Member], members: Members) -> list[model.Member]:
    """Members who have a number or an address of these rows and were not made known by an import, or by another row."""
    numbers, emails = {m.number for m in known}, {m.email for m in known}
    return [
        *await members.find({"number": {"$in": [p.number for p in profiles if p.number not in numbers]}}, limit=0),
        *await members.find({"email": {"$in": [p.email for p in profiles if p.email not in emails]}}, limit=0),
    ]


async def _take_over(
    profiles: list[contract.Profile], planned: list[contract.ImportedRow], members: Members, company: model.Company
) -> list[contract.ImportedRow]:
    """The rows as they came out, in their order; all at once, so that the store writes them in groups.

    Nobody is looked for by number or address beforehand: the unique indexes tell at no cost. A row they refuse is tried
    again on the member who has its number, and as long as others were taken: they may have given its address up. Those
    who want each other's addresses lend them first.
    """
    by_number: dict[str, str | None] = {}
    lent: dict[str, str] = {}

    async def take(place: int) -> contract.ImportedRow:
        profile, known_as = profiles[place], by_number.get(profiles[place].number)
        try:
            do = members.change if known_as else members.create
            member_id = known_as or planned[place].member_id or ""
            return await do(member_id, lambda m, _: model.take_over(m, profile, company))
        except Refused as no:
            if no.code not in ("number_taken", "email_taken", "member_erased"):
                raise
            return model.refused(profile, no.code)

    rows = list(planned)
    left = [place for place, row in enumerate(planned) if row.outcome in ("registered", "changed")]
    while left:
        for place, row in zip(left, await asyncio.gather(*map(take, left)), strict=True):
            rows[place] = row
        refused = [place for place in left if rows[place].outcome == "refused"]
        if unasked := [number for place in refused if (number := profiles[place].number) not in by_number]:
            by_number |= dict.fromkeys(unasked)
            by_number |= {m.number: m.id for m in await members.find({"number": {"$in": unasked}}, limit=0)}
            left = refused
        elif len(refused) < len(left):
            left = refused
        else:
            lending = await _lend([profiles[place] for place in refused], members, without=lent)
            lent |= lending
            left = refused if lending else []
    back = {profiles[p].number for p, row in enumerate(rows) if row.outcome == "refused"} & lent.keys()
    for number in back:
        with suppress(Refused):  # somebody else has it by now
            await members.change(lent[number], lambda m, _: model.keep_address(m))
    return rows


async def _lend(profiles: list[contract.Profile], members: Members, *, without: dict[str, str]) -> dict[str, str]:
    """Have one of each circle of people who want each other's addresses lend theirs: their numbers and ids."""
    wants = {p.number: p.email for p in profiles if p.number not in without}
    holders = {m.email: m for m in await members.find({"email": {"$in": list(wants.values())}}, limit=0)}
    found = model.circles(wants, {email: m.number for email, m in holders.items()})
    ids = {m.number: m.id for m in holders.values()}
    lending = {circle[0]: ids[circle[0]] for circle in found}
    await asyncio.gather(*(members.change(i, lambda m, _: model.lend_address(m)) for i in lending.values()))
    return lending
