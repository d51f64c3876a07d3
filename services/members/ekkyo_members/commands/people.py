"""What the members service can be asked to do with members and communities."""

import asyncio
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
