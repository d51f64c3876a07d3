"""An event's life: what its leaders have, publishing, cancelling, concluding."""

import asyncio
from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    CancelEvent,
    ConcludeEvent,
    ListEvents,
    ListInvitees,
    MyRegistrationAnswer,
    PublishEvent,
)
from ekkyo.contracts.members import ListCommunities
from starlette.responses import Response

from ekkyo_portal.events import views as events
from ekkyo_portal.events.routes import asks_of, nothing, speakers_of
from ekkyo_portal.lead import views, writing
from ekkyo_portal.lead.section import BESIDE, beside, led, run, section
from ekkyo_portal.lead.visibility import publishing_privately, visibility_of
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

RECENT: Final = timedelta(days=1)
"""How long an event that began is listed for its leaders."""


@section.get("/lead", who=Who.LEADERS)
async def leading(visit: Visit) -> Response:
    """The communities one leads, their drafts, and what is coming."""
    mine = None if visit.me.steward else sorted(visit.me.leads)
    communities, drafts, coming = await asyncio.gather(
        visit.maybe(ListCommunities(community_ids=mine, limit=200)),
        visit.maybe(ListEvents(community_ids=mine, status=["draft"], limit=100)),
        visit.maybe(ListEvents(community_ids=mine, status=["published"], starts_from=visit.now - RECENT, limit=100)),
    )
    return visit.page("lead/leading.html", views.leading(visit.reader, communities, drafts, coming))


@section.get("/e/{event_id}/publish", who=Who.LEADERS)
async def preview(visit: Visit, event_id: str) -> Response:
    """A draft as members will see it, and the question whether to publish it."""
    event = await led(visit, event_id)
    if event.status != "draft":
        return visit.see_other(f"/e/{event_id}")
    private = visibility_of(event) == "invited"
    told, invited, speakers = await asyncio.gather(
        nothing() if private else visit.maybe(ListCommunities(community_ids=[event.community_id], limit=1)),
        visit.maybe(ListInvitees(event_id=event_id, limit=1)) if private else nothing(),
        speakers_of(visit, event),
    )
    as_published = event.model_copy(update={"status": "published", "url": None})
    shown = events.event(visit.reader, visit.me, MyRegistrationAnswer(event=as_published), speakers=speakers)
    about, asks = (
        publishing_privately(visit.reader, event, invited) if private else views.publishing(visit.reader, event, told),
        await asks_of(visit, MyRegistrationAnswer(event=as_published)),
    )
    return visit.page("lead/publish.html", shown, about=about, preview=True, asks=asks, form=Form())


@section.post("/e/{event_id}/publish", who=Who.LEADERS)
async def publish(visit: Visit, event_id: str) -> Response:
    """Announce the event. Where something is missing, its form says what."""
    event = await led(visit, event_id)
    try:
        await visit.send(PublishEvent(event_id=event_id))
    except Refused as why:
        if why.code not in BESIDE or event.status != "draft":
            raise
        form = await writing.filled(visit, event)
        beside(form, why)
        return writing.again(visit, form, event)
    return visit.see_other(f"/e/{event_id}", did="lead.published")


@section.get("/e/{event_id}/cancel", who=Who.LEADERS)
async def cancelling(visit: Visit, event_id: str) -> Response:
    """The question whether to cancel, which says how many people are told."""
    event = await led(visit, event_id)
    return visit.page("lead/cancel.html", views.ending(visit.reader, event, Form()))


@section.post("/e/{event_id}/cancel", who=Who.LEADERS)
async def cancel(visit: Visit, event_id: str) -> Response:
    """Cancel the event, or discard the draft."""
    event = await led(visit, event_id)
    form = await visit.form()
    made = form.make(CancelEvent, event_id=event_id, reason=form["reason"])
    if made is None:
        return visit.page("lead/cancel.html", views.ending(visit.reader, event, form), status=422)
    await visit.send(made)
    if event.status == "draft":
        return visit.see_other("/lead", did="lead.discarded")
    return visit.see_other(f"/e/{event_id}", did="lead.cancelled")


@section.get("/e/{event_id}/conclude", who=Who.HOSTS)
async def concluding(visit: Visit, event_id: str) -> Response:
    """The question whether the event is over, which says who becomes a no-show."""
    event = await run(visit, event_id)
    return visit.page("lead/conclude.html", views.ending(visit.reader, event, Form()))


@section.post("/e/{event_id}/conclude", who=Who.HOSTS)
async def conclude(visit: Visit, event_id: str) -> Response:
    """Say that the event is over."""
    await run(visit, event_id)
    await visit.send(ConcludeEvent(event_id=event_id))
    return visit.see_other(f"/e/{event_id}", did="lead.concluded")
