"""Learning hours as the services tell them, to a steward or a leader of the community."""

import asyncio
from dataclasses import dataclass

from ekkyo.contracts.events import Registration
from ekkyo.contracts.members import FindMembers, GetCards, GetCommunity
from ekkyo.contracts.reports import Period

from ekkyo_common.hours import Learned, Person, of_departments, of_members
from ekkyo_common.report.from_services import Asking, chunks, events_of, roster_of

AT_ONCE = 16


@dataclass(frozen=True)
class LearningHours:
    """Of each member and of each department."""

    community: str
    members: list[Learned]
    departments: list[Learned]
    people: dict[str, Person]


async def gather(ekkyo: Asking, community_id: str, period: Period | None) -> LearningHours:
    """Ask for the events of a period, who came, and who they are. Raises Refused."""
    community = await ekkyo.ask(GetCommunity(community_id=community_id))
    zone = community.timezone
    events = [e for e in await events_of(ekkyo, community_id) if period is None or period.holds(e.starts_at, zone)]
    limit = asyncio.Semaphore(AT_ONCE)

    async def roster(n: int) -> list[Registration]:
        async with limit:
            return await roster_of(ekkyo, events[n])

    places = [place for found in await asyncio.gather(*map(roster, range(len(events)))) for place in found]
    members = of_members(events, places, period, zone)
    people = await _people(ekkyo, community_id, [one.who for one in members])
    return LearningHours(community.name, members, of_departments(members, people), people)


async def _people(ekkyo: Asking, community_id: str, ids: list[str]) -> dict[str, Person]:
    """Members of the community with their number; guests as far as whoever asks may know them."""
    found: dict[str, Person] = {}
    for some in chunks(ids, 200):
        page = await ekkyo.ask(FindMembers(community_id=community_id, member_ids=some, limit=200))
        found |= {m.member_id: Person(m.number, m.name, m.department) for m in page.members}
        if guests := [one for one in some if one not in found]:
            cards = await ekkyo.ask(GetCards(member_ids=guests))
            found |= {c.member_id: Person("", c.name, c.department) for c in cards.cards}
    return found
