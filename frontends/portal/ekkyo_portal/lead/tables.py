"""Tables at an event: made, seen, printed, and changed by hand."""

from typing import Any, Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import EventState, GetTables, MoveSeat, SeatTables, Tables
from starlette.responses import Response

from ekkyo_portal.lead import names
from ekkyo_portal.lead.seated import seated
from ekkyo_portal.lead.section import led, section
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

SIZE: Final = 5
"""People at a table, until a leader says otherwise."""


@section.get("/e/{event_id}/tables", who=Who.LEADERS)
async def tables(visit: Visit, event_id: str) -> Response:
    """Who sits where, and the form to make tables."""
    event = await led(visit, event_id)
    return await _shown(visit, event, await visit.ask(GetTables(event_id=event_id)), Form())


@section.post("/e/{event_id}/tables", who=Who.LEADERS)
async def make(visit: Visit, event_id: str) -> Response:
    """Make the tables. The form names the request, so that a second press makes no others."""
    event = await led(visit, event_id)
    form = await visit.form()
    wish: dict[str, Any] = {"size": form["size"], "seed": form["seed"] or 0}
    made = form.make(SeatTables, event_id=event_id, seating_id=form["seating_id"] or new_id(), **wish)
    if made is None:
        return await _shown(visit, event, await visit.ask(GetTables(event_id=event_id)), form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        return await _refused(visit, event, form, why)
    return visit.see_other(f"/e/{event_id}/tables", did="tables.made")


@section.post("/e/{event_id}/tables/move", who=Who.LEADERS)
async def move(visit: Visit, event_id: str) -> Response:
    """Seat somebody elsewhere. `to` is a table, or a table and, after a slash, who changes places with them."""
    event = await led(visit, event_id)
    form = await visit.form()
    table, _, other = form["to"].partition("/")
    made = form.make(MoveSeat, event_id=event_id, member_id=form["member"], table=table, swap_with=other or None)
    if made is None:
        return visit.see_other(f"/e/{event_id}/tables")
    try:
        await visit.send(made)
    except Refused as why:
        return await _refused(visit, event, form, why)
    return visit.see_other(f"/e/{event_id}/tables", did="tables.moved")


async def _refused(visit: Visit, event: EventState, form: Form, why: Refused) -> Response:
    if why.status in (401, 403):
        raise why
    wrong = refusal(visit.reader.locale, why.code, why.detail)
    told = await visit.ask(GetTables(event_id=event.event_id))
    return await _shown(visit, event, told, form, wrong=wrong, status=why.status)


async def _shown(
    visit: Visit, event: EventState, told: Tables, form: Form, *, wrong: str = "", status: int = 200
) -> Response:
    people = [member for table in told.tables for member in table]
    known, away = await names.known_to(visit, event.community_id, people)
    if not form["size"]:
        form.values["size"] = [str(told.size or SIZE)]
    view = seated(visit.reader, event, told, known, form, away=away)
    return visit.page("lead/tables.html", view, status=status, wrong=wrong)
