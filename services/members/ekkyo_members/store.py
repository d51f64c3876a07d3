"""Communities, each with its logo and the figures reported of it; members, each with what they did; introductions,
and how many a member asked for; sponsors; the words of communities; and whose turn it is to do what must not be done
twice at the same moment."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from ekkyo.contracts.surveys import vocabulary_id_of
from ekkyo.decision import turn
from ekkyo.store import Collection, CollectionWithEntries, Index, Projection, Turns
from ekkyo.words.themes import Vocabulary, vocabulary_of
from faststream import Context

from ekkyo_members import model
from ekkyo_members.model import (
    Community,
    CommunityPart,
    Introduction,
    KnownVocabulary,
    Member,
    Sponsor,
    Step,
    Wishes,
    no_wishes,
    without,
)

communities = CollectionWithEntries.of(Community, CommunityPart, "communities")
members = CollectionWithEntries.of(
    Member,
    Step,
    "members",
    indexes=[
        Index("number", unique=True, name="number"),
        Index("email", unique=True, name="email"),
        Index("communities", "number"),
        Index("name"),
        Index("came_from"),
        Index("signs_in_as"),
        Index("merged_into"),
        Index("manager_number"),
        Index("user_name", unique=True, name="user_name", where={"user_name": {"$gt": ""}}),
        Index("external_id", where={"user_name": {"$gt": ""}}),
        Index("calendar"),
        Index("stands_in_for"),
        Index("leads_any", where={"leads_any": True}),
        Index("communities", "name", name="teachers", where={"can_teach": True}),
    ],
)
introductions = Collection.of(Introduction, "introductions", indexes=[Index("asked_by"), Index("teacher_id")])
wishes = Collection.of(Wishes, "wishes")
sponsors = Collection.of(
    Sponsor,
    "sponsors",
    indexes=[
        Index("held", unique=True, name="email"),
        Index("community_id"),
        Index("email", name="address"),
        Index("member_id"),
    ],
)
known_vocabularies = Projection.of(KnownVocabulary, "known_vocabularies")
turns = Collection.of(turn.Turn, "turns")
Communities = Annotated[CollectionWithEntries[Community, CommunityPart], Context("communities")]
Members = Annotated[CollectionWithEntries[Member, Step], Context("members")]
AllIntroductions = Annotated[Collection[Introduction], Context("introductions")]
AllWishes = Annotated[Collection[Wishes], Context("wishes")]
KnownVocabularies = Annotated[Projection[KnownVocabulary], Context("known_vocabularies")]
Sponsors = Annotated[Collection[Sponsor], Context("sponsors")]
DeputyTurns = Annotated[Turns, Context("deputy_turns")]
MergeTurns = Annotated[Turns, Context("merge_turns")]
SponsorTurns = Annotated[Turns, Context("sponsor_turns")]
StewardTurns = Annotated[Turns, Context("steward_turns")]


async def words_of(community_id: str, vocabularies: KnownVocabularies) -> Vocabulary:
    """The vocabulary of a community, as far as it was heard of."""
    known = await vocabularies.get(vocabulary_id_of(community_id))
    return vocabulary_of(known.vocabulary if known else None)


async def teaching_in(community_id: str, members: Members) -> list[Member]:
    """Who in a community shows anybody what they can teach."""
    return await members.find({"can_teach": True, "communities": {"$in": [community_id]}}, limit=0)


async def active_people(community_id: str | None, members: Members) -> list[Member]:
    """Everybody who is active, in a community or in the company."""
    there = {} if community_id is None else {"communities": {"$in": [community_id]}}
    return [one for one in await members.find({"active": True, **there}, limit=0) if not one.erased]


async def steps_of(member_ids: Sequence[str], members: Members) -> list[Step]:
    """What these members did."""
    some = [member_ids[n : n + 500] for n in range(0, len(member_ids), 500)]
    found = [await members.find_entries({"document_id": {"$in": ids}}, limit=0) for ids in some]
    return [step for steps in found for step in steps]


async def introductions_of(member_id: str, introductions: AllIntroductions) -> list[Introduction]:
    """What a member asked for, and what they were asked."""
    return await introductions_of_any([member_id], introductions)


async def introductions_of_any(ids: Sequence[str], introductions: AllIntroductions) -> list[Introduction]:
    """What the member with one of these ids asked for, and what they were asked."""
    some = {"$in": list(ids)}
    asked, received = await asyncio.gather(
        introductions.find({"asked_by": some}, limit=0), introductions.find({"teacher_id": some}, limit=0)
    )
    return list({one.id: one for one in [*asked, *received]}.values())


async def forget_introductions(member_id: str, introductions: AllIntroductions, wishes: AllWishes) -> None:
    """Forget what an erased member asked for, and that others asked them."""
    if await wishes.get(member_id):
        await wishes.change(member_id, no_wishes)
    for kept in await introductions_of(member_id, introductions):
        await introductions.change(kept.id, lambda one: without(one, member_id))


async def the_record(member: Member, members: Members) -> Member:
    """The record that this one is a part of; else itself."""
    while member.merged_into and (kept := await members.get(member.merged_into)):
        member = kept
    return member


async def ids_of(member_id: str, members: Members) -> list[str]:
    """The id of a member, and those of the records that are part of theirs."""
    return [member_id, *(part.id for part in await parts_of(member_id, members))]


async def whole(member_id: str | None, members: Members) -> Member | None:
    """The member with this id; of a record that is part of another one, that one."""
    found = await members.get(member_id) if member_id else None
    return await the_record(found, members) if found else None


async def parts_of(member_id: str, members: Members) -> list[Member]:
    """The records that are part of this one."""
    found: list[Member] = []
    for part in await members.find({"merged_into": member_id}, limit=0):
        found += [*await parts_of(part.id, members), part]
    return found


async def take_in(absorbed: Member | None, members: Members, *, now: datetime) -> None:
    """Have the kept record take in what another one had that is part of it; nothing if it did."""
    if absorbed is None or not absorbed.merged_into:
        return
    theirs = await members.entries(absorbed.id)
    into, keys = absorbed.merged_into, [step.key for step in theirs]
    if (kept := await members.get(into)) and kept.erased:
        await members.change(absorbed.id, lambda m, _: model.erase(m, now=now))
        return
    with suppress(model.Elsewhere):  # then it is part of another one, with what it had
        await members.change(into, lambda m, steps: model.take_in(m, steps, absorbed, theirs), entries=keys)
