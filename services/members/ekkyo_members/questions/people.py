"""What the members service can be asked to tell of members and communities."""

import asyncio
import re
from typing import Any

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Communities, Members, the_record

router = Router()
COUNTED = 10.0
"""Seconds for which it is told how many people are in a community, where another instance may have changed it."""


@router.subscriber(**asked(contract.GetMember))
async def get(question: contract.GetMember, members: Members, who: Who) -> contract.Member:
    """One member."""
    return model.told_to(model.present(await _member(question.member_id, members, who)), who)


@router.subscriber(**asked(contract.FindMembers))
async def find(question: contract.FindMembers, members: Members, who: Who) -> contract.MemberPage:
    """Members that meet all these conditions, in the order of their personnel numbers."""
    model.may_find(who, question.community_id)
    found = await members.find(_where(question), sort="number", after=question.after, limit=question.limit + 1)
    page = found[: question.limit]
    return contract.MemberPage(
        members=[model.told_to(m, who) for m in page], next=page[-1].id if len(found) > len(page) else None
    )


@router.subscriber(**asked(contract.GetCommunity))
async def community(question: contract.GetCommunity, communities: Communities) -> contract.Community:
    """A community: its name, charter and rules."""
    found = await communities.get(question.community_id)
    if found is None:
        raise Refused("community_not_found", "There is no community with this id.")
    return found.told()


@router.subscriber(**asked(contract.GetLogo))
async def logo(question: contract.GetLogo, communities: Communities) -> contract.LogoFile:
    """The logo that a community has now."""
    return model.logo_file(*await communities.entry(question.community_id, model.LOGO))


@router.subscriber(**asked(contract.ListCommunities))
async def communities(
    question: contract.ListCommunities, communities: Communities, members: Members
) -> contract.CommunityPage:
    """The communities one may join, with how many people are in each and who leads it."""
    where: dict[str, Any] = {} if question.community_ids is None else {"id": {"$in": question.community_ids}}
    found = await communities.find(where, sort="founded_at", after=question.after, limit=question.limit + 1)
    page = found[: question.limit]
    listed = await asyncio.gather(*(_listed(community, members, cards=question.cards) for community in page))
    return contract.CommunityPage(communities=listed, next=page[-1].id if len(found) > len(page) else None)


@router.subscriber(**asked(contract.Identify))
async def identify(question: contract.Identify, members: Members) -> contract.Identity:
    """Who somebody is, by id, personnel number, mail address, or the address that their calendar programs read."""
    where = {name: value for name, value in question.model_dump(exclude={"member_id"}).items() if value is not None}
    if question.member_id is not None:
        found = await members.get(question.member_id)
    else:
        known = question.number or question.email
        found = next(iter(await members.find(where, limit=1)), None)
        if found is None and known:  # the number or the address of a record that became part of this one
            found = next(iter(await members.find({"signs_in_as": {"$in": [known]}}, limit=1)), None)
            if found and question.email and not model.address_leads_to(found, now=utcnow()):
                found = None
    if found is None:
        raise model.not_found()
    return model.identity(model.present(await the_record(found, members)), now=utcnow())


@router.subscriber(**asked(contract.GetCalendarAddress))
async def calendar_address(question: contract.GetCalendarAddress, members: Members) -> contract.CalendarAddress:
    """Whether a member has an address for calendar programs."""
    member = await members.get(question.member_id)
    if member is None:
        raise model.not_found()
    return model.calendar_address(model.present(member))


@router.subscriber(**asked(contract.GetCards))
async def cards(question: contract.GetCards, members: Members, who: Who) -> contract.Cards:
    """Names and departments of those whom the caller may see."""
    asker, some = await asyncio.gather(
        members.get(who.sub), members.find({"id": {"$in": question.member_ids}}, limit=0)
    )
    found, now = {m.id: m for m in some}, utcnow()
    whole = {one: await the_record(found[one], members) for one in dict.fromkeys(question.member_ids) if one in found}
    cards = {one: model.card(member, who, asker, now=now) for one, member in whole.items()}
    return contract.Cards(cards=[card.model_copy(update={"member_id": one}) for one, card in cards.items() if card])


@router.subscriber(**asked(contract.FindColleagues))
async def colleagues(question: contract.FindColleagues, members: Members, who: Who) -> contract.Colleagues:
    """Ids of members of a community by their work addresses, told to its members."""
    asker = await members.get(who.sub)
    model.must_share(question.community_id, asker, who)
    return model.colleagues(question, await members.find({"email": {"$in": question.emails}}, limit=0))


@router.subscriber(**asked(contract.GetJourney))
async def journey(question: contract.GetJourney, members: Members, who: Who) -> contract.Journey:
    """A member's crossings, each with its proof."""
    return model.journey_for(await _member(question.member_id, members, who), who)


@router.subscriber(**asked(contract.ListCrossings))
async def crossings(question: contract.ListCrossings, members: Members) -> contract.CrossedList:
    """Which crossings people reached in one community."""
    return model.crossed(await members.find({"id": {"$in": question.member_ids}}, limit=0), question.community_id)


@router.subscriber(**asked(contract.GetErasure))
async def erasure(question: contract.GetErasure, members: Members) -> contract.Erasure:
    """How far the erasure of one member has got."""
    return model.erasure(await members.get(question.member_id))


@router.subscriber(**asked(contract.ListErasures))
async def erasures(question: contract.ListErasures, members: Members, who: Who) -> contract.ErasurePage:
    """Members who were erased."""
    model.may_find(who, question.community_id)
    where: dict[str, Any] = {"number": {"$gte": model.GONE, "$lt": model.MERGED}}
    if question.complete is not None:
        where["purged"] = question.complete
    found = await members.find(where, sort="number", after=question.after, limit=question.limit + 1)
    page = found[: question.limit]
    more = page[-1].id if len(found) > len(page) else None
    return contract.ErasurePage(erasures=model.erasures(page, question.community_id, who), next=more)


async def _listed(community: model.Community, members: Members, *, cards: bool) -> contract.CommunityListed:
    people = {"communities": community.id, "active": True}
    count, leaders = await asyncio.gather(
        members.count_lately(people, COUNTED),
        members.find({"leads_any": True, **people, "leads": community.id}, sort="number", limit=100),
    )
    deputies = [m.id for m in leaders if (place := m.membership(community.id)) and place.deputising]
    return contract.CommunityListed(
        community=community.told(),
        members=count,
        leaders=[m.id for m in leaders],
        deputies=deputies,
        cards=[model.shown_card(m) for m in leaders] if cards else [],
    )


async def _member(member_id: str, members: Members, who: Who) -> model.Member:
    member = await members.get(member_id)
    if member is None:
        raise model.not_found()
    member = await the_record(member, members)
    model.may_see(member, who)
    return member


def _where(question: contract.FindMembers) -> dict[str, Any]:
    """The question as conditions on members."""
    where: dict[str, Any] = {"number": {"$lt": model.GONE}}
    if question.community_id is not None:
        where["communities"] = question.community_id
    if question.role is not None and question.community_id is not None:
        where |= {"leads_any": True, "leads": question.community_id}
    elif question.role is not None:
        where["leads_any"] = True
    if question.steward:
        where["steward"] = True
    if question.deputising:
        where["deputises"] = True
    if question.department is not None:
        where["department"] = question.department
    for field, wanted in (("id", question.member_ids), ("number", question.numbers), ("email", question.emails)):
        if wanted is not None:
            where[field] = {**where.get(field, {}), "$in": wanted}
    if question.name is not None:
        begins = {"$regex": "^" + re.escape(" ".join(question.name.split()))}
        where["$or"] = [{"name": begins}, {"name_kana": begins}]
    return where
