"""The page of a series that members see: its dates, and taking part in all of them."""

import asyncio
from typing import Final

from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import GetSeries, RegisterForSeries, WithdrawFromSeries
from starlette.responses import Response

from ekkyo_portal.events import series_views
from ekkyo_portal.events.routes import section
from ekkyo_portal.web.visit import Visit

LOOKS: Final = 12
"""How often it is looked whether a change was carried out, before the page says that it is under way."""


@section.get("/series/{series_id}")
async def series(visit: Visit, series_id: str) -> Response:
    """A series with its dates, and what the visitor has on them."""
    answer = await visit.ask(GetSeries(series_id=series_id))
    return visit.page("events/series.html", series_views.series(visit.reader, visit.me, answer))


@section.post("/series/{series_id}/register")
async def register(visit: Visit, series_id: str) -> Response:
    """Ask for a seat on each date. The form names the registration, so that a second press is the same wish."""
    form = await visit.form()
    wish = form["registration_id"] or new_id()
    me = visit.me.member_id
    await visit.send(RegisterForSeries(series_id=series_id, member_id=me, registration_id=wish))
    await carried_out(visit, series_id)
    return visit.see_other(f"/series/{series_id}", did="series.registered")


@section.post("/series/{series_id}/withdraw")
async def withdraw(visit: Visit, series_id: str) -> Response:
    """Give up the seats on all dates."""
    form = await visit.form()
    wish = form["registration_id"] or None
    me = visit.me.member_id
    await visit.send(WithdrawFromSeries(series_id=series_id, member_id=me, registration_id=wish))
    await carried_out(visit, series_id)
    return visit.see_other(f"/series/{series_id}", did="series.withdrawn")


async def carried_out(visit: Visit, series_id: str) -> None:
    """Wait a moment until a change was carried out in the events; the page says so where it takes longer."""
    for look in range(LOOKS):
        answer = await visit.maybe(GetSeries(series_id=series_id))
        if answer is None or not answer.under_way:
            return
        await asyncio.sleep(0.05 * (look + 1))
