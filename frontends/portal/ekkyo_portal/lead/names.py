"""Who people on a roster are, as far as its reader may know."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import FindMembers, GetCards, MemberCard
from ekkyo.words.text import one_line
from pydantic import ValidationError

from ekkyo_portal.lead.speakers import where
from ekkyo_portal.web.visit import Visit

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """One person. number: empty where the reader may not know it."""

    member_id: str
    name: str
    department: str
    number: str = ""


async def of(visit: Visit, community_id: str, member_ids: Iterable[str]) -> dict[str, Person]:
    """Those of these members whom the visitor may know. Raises Refused, also while the members service is away."""
    ids = sorted(set(member_ids))
    within = where(visit, community_id)
    asked = ids if visit.me.may_lead(community_id) else []  # hosts of an event may know names alone
    questions = [FindMembers(community_id=within, member_ids=some, limit=500) for some in _parts(asked, 500)]
    known: dict[str, Person] = {}
    for page in await asyncio.gather(*(visit.ask(question) for question in questions)):
        known |= {
            one.member_id: Person(one.member_id, one_line(one.name), one_line(one.department), one.number)
            for one in page.members
        }
    cards = await cards_of(visit, [one for one in ids if one not in known])
    return known | {one.member_id: Person(one.member_id, one_line(one.name), one_line(one.department)) for one in cards}


async def cards_of(visit: Visit, member_ids: Sequence[str]) -> list[MemberCard]:
    """Name and department of those of these whom the visitor may know by them, such as guests of the community."""
    questions = [GetCards(member_ids=some) for some in _parts(member_ids, 200)]
    answers = await asyncio.gather(*(visit.ask(question) for question in questions))
    return [card for answer in answers for card in answer.cards]


async def known_to(visit: Visit, community_id: str, member_ids: Iterable[str]) -> tuple[dict[str, Person], bool]:
    """The same, and whether the members service is away: then nobody is known, and the roster still works."""
    try:
        return await of(visit, community_id, member_ids), False
    except Refused as refused:
        if refused.status in (429, 503):
            return {}, True
        raise


async def search(visit: Visit, community_id: str, text: str, limit: int = 20) -> list[Person]:
    """Members whose number this is, or whose name begins like it."""
    within = where(visit, community_id)
    found: dict[str, Person] = {}
    if not visit.me.may_lead(community_id):
        return []
    for by in ({"numbers": [text]}, {"name": text}):
        try:
            question = FindMembers.model_validate({"community_id": within, "limit": limit, **by})
        except ValidationError:  # no number and no name looks like this
            continue
        answer = await visit.maybe(question)
        for one in answer.members if answer else []:
            if one.active:
                person = Person(one.member_id, one_line(one.name), one_line(one.department), one.number)
                found.setdefault(one.member_id, person)
        if found:
            break
    return list(found.values())


def _parts(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[at : at + size] for at in range(0, len(items), size)]
