"""The board with what came of events and communities, and the page of one output."""

import asyncio
from typing import Final

from ekkyo.contracts.events import Board, GetOutput, OutputPage, OutputState, ProposedOutputs
from ekkyo.contracts.members import Cards, GetCards
from pydantic import ValidationError
from starlette.responses import Response

from ekkyo_portal.events.routes import known, nothing
from ekkyo_portal.outputs import views
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit

section = Section("outputs")
PAGE: Final = 30
"""Outputs on one page."""
MOST_AUTHORS: Final = 200
"""Authors whose names are asked for at once."""


@section.get("/board")
async def board(visit: Visit) -> Response:
    """What came of events and communities, newest first; for leaders, what waits for them comes first."""
    wanted = views.wanted(visit.request.query_params)
    try:
        question = Board(
            community_id=wanted.community or None,
            kind=wanted.kind or None,
            after=visit.request.query_params.get("after"),
            limit=PAGE,
        )
    except ValidationError:  # an address that somebody wrote by hand
        wanted, question = views.Wanted(), Board(limit=PAGE)
    leads = bool(wanted.community) and visit.me.may_lead(wanted.community)
    found, waiting, communities = await asyncio.gather(
        visit.maybe(question),
        visit.maybe(ProposedOutputs(community_id=wanted.community)) if leads else nothing(),
        known(visit),
    )
    cards = await named(visit, found, waiting)
    view = views.board(visit.reader, wanted, found, waiting, communities, cards, mine=visit.me.communities)
    return visit.page("outputs/board.html", view)


@section.get("/o/{output_id}")
async def output(visit: Visit, output_id: str) -> Response:
    """One output, and what the visitor may do with it."""
    return await shown(visit, output_id)


async def shown(visit: Visit, output_id: str, *, wrong: str = "", reason: str = "", status: int = 200) -> Response:
    """The page of an output. wrong, reason: what was wrong with a reason for declining it. Raises Refused."""
    found, communities = await asyncio.gather(visit.ask(GetOutput(output_id=output_id)), known(visit))
    cards = await named(visit, OutputPage(outputs=[found]))
    view = views.output(visit.reader, visit.me, found, communities, cards)
    return visit.page("outputs/output.html", view, wrong=wrong, reason=reason, status=status)


async def named(visit: Visit, *pages: OutputPage | None) -> Cards | None:
    """The cards of those who made these outputs; None: nobody, or the members service is away."""
    outputs: list[OutputState] = [one for page in pages if page for one in page.outputs]
    authors = list(dict.fromkeys(author for one in outputs for author in one.authors))[:MOST_AUTHORS]
    return await visit.maybe(GetCards(member_ids=authors)) if authors else None
