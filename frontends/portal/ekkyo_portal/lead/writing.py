"""Writing an event: a new draft, and what is changed later."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    DraftEvent,
    DuplicateEvent,
    EventDetails,
    EventState,
    RescheduleEvent,
    ReviseEvent,
)
from starlette.responses import Response

from ekkyo_portal.lead import speakers, views
from ekkyo_portal.lead.section import beside, led, led_community, section, wrong_words
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

CAPACITY: Final = 30
"""What a new event begins with."""


@section.get("/c/{community_id}/events/new", who=Who.LEADERS)
async def new(visit: Visit, community_id: str) -> Response:
    """A form for a new event, empty or like another one."""
    community = await led_community(visit, community_id)
    like = await _like(visit, community_id, visit.request.query_params.get("like"))
    if like:
        form = await filled(visit, like, again=True)
    else:
        form = Form.filled({"event_id": new_id(), "capacity": CAPACITY, "context": "IT", "format": "online"})
    zone = like.timezone if like else community.timezone
    return _page(visit, views.writing(visit.reader, form, None, community_id, zone, community.name))


@section.post("/c/{community_id}/events/new", who=Who.LEADERS)
async def draft(visit: Visit, community_id: str) -> Response:
    """Keep what was written as a draft, with the terms and questions of the event that it is a copy of, if any.

    Sent again with other words, it changes the draft.
    """
    community = await led_community(visit, community_id)
    form = await visit.form()
    like = await _like(visit, community_id, form["like"])
    zone = like.timezone if like else community.timezone
    who = await speakers.found(visit, form, community_id, like.speakers if like else [])
    details, times = details_of(form, who.member_ids), _times(form, zone)
    named: dict[str, Any] = {"event_id": form["event_id"] or new_id()}
    made: DraftEvent | DuplicateEvent | None = None
    if details and times and not form.errors:
        named |= {"starts_at": times[0], "ends_at": times[1]}
        if like:
            made = form.make(DuplicateEvent, like=like.event_id, **named)
        else:
            made = form.make(DraftEvent, community_id=community_id, details=details, timezone=zone, **named)
    if details and made:
        try:
            return await _drafted(visit, made, community_id, details, zone)
        except Refused as why:
            beside(form, why)
    return _page(visit, views.writing(visit.reader, form, None, community_id, zone, community.name, who.unsure), 422)


async def _drafted(
    visit: Visit, made: DraftEvent | DuplicateEvent, community_id: str, details: EventDetails, zone: str
) -> Response:
    """The draft with what was written. From “back” to the form: it is there, and takes these words."""
    try:
        event = await visit.send(made)
        as_written = isinstance(made, DraftEvent)
    except Refused as why:
        if why.code != "event_taken":
            raise
        event = await led(visit, made.event_id)
        if event.status != "draft" or event.community_id != community_id:
            raise
        at = {"starts_at": made.starts_at, "ends_at": made.ends_at, "timezone": zone}
        await visit.send(RescheduleEvent(event_id=event.event_id, **at))
        as_written = False
    if not as_written:
        await visit.send(ReviseEvent(event_id=event.event_id, details=details))
    return visit.see_other(f"/e/{event.event_id}/publish", did="lead.drafted")


async def _like(visit: Visit, community_id: str, event_id: str | None) -> EventState | None:
    """The event of this community that is copied, if any. Raises Refused."""
    if not event_id:
        return None
    event = await led(visit, event_id)
    if event.community_id != community_id:
        raise Refused("event_not_found", "There is no event with this id in this community.")
    return event


@section.get("/e/{event_id}/edit", who=Who.LEADERS)
async def edit(visit: Visit, event_id: str) -> Response:
    """The form with what the event says now."""
    event = await led(visit, event_id)
    form = await filled(visit, event)
    return _page(visit, views.writing(visit.reader, form, event, event.community_id, event.timezone))


@section.post("/e/{event_id}/edit", who=Who.LEADERS)
async def revise(visit: Visit, event_id: str) -> Response:
    """Change what the event says; of a draft, also when it is."""
    event = await led(visit, event_id)
    form = await visit.form()
    who = await speakers.found(visit, form, event.community_id, event.speakers)
    details = details_of(form, who.member_ids)
    is_draft = event.status == "draft"
    times = _times(form, event.timezone) if is_draft else None
    if details and not form.errors:
        try:
            await visit.send(ReviseEvent(event_id=event_id, details=details))
            if times:
                await visit.send(RescheduleEvent(event_id=event_id, starts_at=times[0], ends_at=times[1]))
        except Refused as why:
            beside(form, why)
        else:
            if is_draft:
                return visit.see_other(f"/e/{event_id}/publish", did="lead.drafted")
            return visit.see_other(f"/e/{event_id}", did="lead.revised")
    view = views.writing(visit.reader, form, event, event.community_id, event.timezone, unsure=who.unsure)
    return _page(visit, view, 422)


@section.get("/e/{event_id}/move", who=Who.LEADERS)
async def moving(visit: Visit, event_id: str) -> Response:
    """The form for another time."""
    event = await led(visit, event_id)
    form = Form.filled(_local(event, event.timezone))
    return _move_page(visit, event, form)


@section.post("/e/{event_id}/move", who=Who.LEADERS)
async def move(visit: Visit, event_id: str) -> Response:
    """Move the event to another time."""
    event = await led(visit, event_id)
    form = await visit.form()
    times = _times(form, event.timezone)
    if times:
        try:
            await visit.send(RescheduleEvent(event_id=event_id, starts_at=times[0], ends_at=times[1]))
            return visit.see_other(f"/e/{event_id}", did="lead.moved")
        except Refused as why:
            beside(form, why)
    return _move_page(visit, event, form, 422)


def again(visit: Visit, form: Form, event: EventState) -> Response:
    """The form of an event with what is still missing in it."""
    return _page(visit, views.writing(visit.reader, form, event, event.community_id, event.timezone), 422)


def _page(visit: Visit, view: views.Writing, status: int = 200) -> Response:
    return visit.page("lead/write.html", view, status=status, wrong=wrong_words(visit))


def _move_page(visit: Visit, event: EventState, form: Form, status: int = 200) -> Response:
    view = views.moving(visit.reader, event, form)
    return visit.page("lead/move.html", view, status=status, wrong=wrong_words(visit))


async def filled(visit: Visit, event: EventState, *, again: bool = False) -> Form:
    """A form with what an event says. again: for another event like this one, a week later."""
    later = timedelta(days=7) if again else timedelta()
    form = Form.filled(
        {
            "event_id": new_id() if again else event.event_id,
            "like": event.event_id if again else None,
            **_local(event, event.timezone, later),
            **event.model_dump(include=set(EventDetails.model_fields) - {"speakers"}),
            "speakers": "\n".join(await speakers.lines_of(visit, event.community_id, event.speakers)),
        }
    )
    if again and event.format != "onsite":
        form.values.pop("url", None)  # the meeting of that day; a new one may be another
    return form


def _local(event: EventState, zone: str, later: timedelta = timedelta()) -> dict[str, str]:
    """The times by the clock of a zone, as fields of forms have them. later: on the same clock, so many days after."""
    times = {"starts": event.starts_at, "ends": event.ends_at}
    return {name: f"{at.astimezone(ZoneInfo(zone)) + later:%Y-%m-%dT%H:%M}" for name, at in times.items()}


def _times(form: Form, zone: str) -> tuple[datetime, datetime] | None:
    """From when until when; None with errors beside the fields."""
    starts, ends = form.local("starts", zone), form.local("ends", zone)
    if starts is None or ends is None:
        return None
    if ends <= starts:
        form.wrong("ends", "ends_first")
        return None
    return starts, ends


def details_of(form: Form, speaker_ids: list[str]) -> EventDetails | None:
    """What was written; None with errors beside the fields."""
    if not form["capacity"]:
        form.wrong("capacity", "missing")
    made = form.make(
        EventDetails,
        title=form["title"],
        description=form["description"],
        format=form["format"],
        context=form["context"],
        place=form["place"] or None,
        url=form["url"] or None,
        url_follows=form.on("url_follows"),
        capacity=form["capacity"],
        speakers=speaker_ids,
        members_only=form.on("members_only"),
    )
    if form.errors.get("url") == "wrong":
        form.errors["url"] = "url_wrong"
    return made
