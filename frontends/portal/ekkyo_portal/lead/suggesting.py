"""Suggestions for the next event, and the draft that one of them becomes."""

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, WantedFromTheme
from ekkyo_common.suggestions import gather
from starlette.responses import Response

from ekkyo_portal.lead import names, suggested
from ekkyo_portal.lead.made import Patient
from ekkyo_portal.lead.section import led, led_community, must_lead, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.headers import in_no_page
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/suggestions", who=Who.LEADERS)
async def suggestions(visit: Visit, community_id: str) -> Response:
    """What to hold next, and why."""
    must_lead(visit, community_id)
    told = await gather(Patient(visit), community_id, visit.now)
    who = {talk.member_id for one in told.suggestions for talk in one.talks}
    people, _ = await names.known_to(visit, community_id, who) if who else ({}, False)
    return visit.page("lead/suggestions.html", suggested.suggestions(visit.reader, told, people))


@section.get("/c/{community_id}/suggestions.json", who=Who.LEADERS)
async def as_json(visit: Visit, community_id: str) -> Response:
    """The same as a file for programs."""
    must_lead(visit, community_id)
    told = await gather(Patient(visit), community_id, visit.now)
    headers = {"content-disposition": 'attachment; filename="suggestions.json"'}
    return Response(in_no_page(told.model_dump_json(indent=2).encode()), media_type="application/json", headers=headers)


@section.post("/c/{community_id}/suggestions", who=Who.LEADERS)
async def draft(visit: Visit, community_id: str) -> Response:
    """Make a draft of a suggestion, to be looked through and published. The form names it: a second press finds it."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    made = _draft(form, community_id, community.timezone)
    if made is None:
        raise Refused("malformed", "This suggestion cannot become a draft. Open the page of suggestions again.", 400)
    try:
        event = await visit.send(made)
    except Refused as why:
        if why.code != "event_taken":
            raise
        event = await led(visit, made.event_id)  # from “back” to the page: the draft is there
    return visit.see_other(f"/e/{event.event_id}/edit", did="suggestions.drafted")


def _draft(form: Form, community_id: str, zone: str) -> DraftEvent | None:
    starts, ends = form.local("starts", zone), form.local("ends", zone)
    online = form["format"] != "onsite"
    details = form.make(
        EventDetails, title=form["title"], format=form["format"], capacity=form["capacity"], url_follows=online
    )
    origin = form.make(
        WantedFromTheme,
        theme=form["theme"],
        votes=form["votes"] or 0,
        followers=form["followers"] or 0,
        asked_since=form["since"] or None,
    )
    if starts is None or ends is None or details is None or origin is None:
        return None
    return form.make(
        DraftEvent,
        event_id=form["event_id"] or new_id(),
        community_id=community_id,
        details=details,
        starts_at=starts,
        ends_at=ends,
        timezone=zone,
        from_theme=origin,
    )
