"""The rules of a community over time; and for its leaders, who accepted which version."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.members import GetCards, GetRulesVersions, ListAcceptances
from ekkyo.words.text import one_line, several_lines
from starlette.responses import Response

from ekkyo_portal.community.routes import found, section
from ekkyo_portal.look.marks import Mark, mark
from ekkyo_portal.web.visit import Visit

PAGE = 100


@dataclass(frozen=True)
class Version:
    """One version. since: when it became the newest, in words; both are empty where that was not kept."""

    version: int
    text: str
    since: str


@dataclass(frozen=True)
class RulesView:
    community_id: str
    name: str
    mark: Mark
    versions: Sequence[Version]
    leads: bool


@dataclass(frozen=True)
class Accepted:
    """What one member accepted."""

    name: str
    department: str
    version: int
    when: str


@dataclass(frozen=True)
class AcceptancesView:
    """Who accepted which. counted: how many accepted each version. missing: those who did not accept the newest."""

    community_id: str
    name: str
    mark: Mark
    newest: int
    counted: Sequence[tuple[int, int]]
    members: Sequence[Accepted]
    missing: bool
    next: str | None


@section.get("/c/{community_id}/rules")
async def rules(visit: Visit, community_id: str) -> Response:
    """The rules as they are and as they were."""
    question = GetRulesVersions(community_id=community_id)
    listed, told = await asyncio.gather(found(visit, community_id), visit.ask(question))
    versions = [
        Version(one.version, several_lines(one.text or ""), visit.reader.day(one.since) if one.since else "")
        for one in told.versions
    ]
    community = listed.community
    leads = visit.me.may_lead(community_id)
    view = RulesView(community_id, one_line(community.name), mark(community), versions, leads)
    return visit.page("community/rules.html", view)


@section.get("/c/{community_id}/rules/accepted")
async def accepted(visit: Visit, community_id: str) -> Response:
    """Which version each member accepted, or who has not accepted the newest."""
    query = visit.request.query_params
    missing = query.get("show") == "missing"
    question = ListAcceptances(community_id=community_id, missing=missing, after=query.get("after") or None, limit=PAGE)
    listed, told = await asyncio.gather(found(visit, community_id), visit.ask(question))
    cards = await visit.maybe(GetCards(member_ids=[one.member_id for one in told.members]))
    known = {card.member_id: card for card in cards.cards} if cards else {}
    members = [
        Accepted(
            one_line(known[one.member_id].name) if one.member_id in known else one.member_id,
            one_line(known[one.member_id].department) if one.member_id in known else "",
            one.version,
            visit.reader.day(one.accepted_at) if one.accepted_at else "",
        )
        for one in told.members
    ]
    view = AcceptancesView(
        community_id,
        one_line(listed.community.name),
        mark(listed.community),
        told.rules_version,
        [(one.version, one.members) for one in told.counted],
        members,
        missing,
        told.next,
    )
    return visit.page("community/accepted.html", view)
