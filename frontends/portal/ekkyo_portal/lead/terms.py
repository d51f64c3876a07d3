"""The terms of an event's registration, as its leaders set them."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, SetTerms, Terms, WantedTerms
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name
from starlette.responses import Response

from ekkyo_portal.events.views import when
from ekkyo_portal.lead.room import led, room, wrong_words
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

TIMES: Final = ("opens_at", "closes_at", "withdraw_by")


@room.get("/e/{event_id}/terms", who=Who.LEADERS)
async def terms(visit: Visit, event_id: str) -> Response:
    """The form with the terms as they are."""
    event = await led(visit, event_id)
    return _page(visit, event, Form.filled(_typed(event)))


@room.post("/e/{event_id}/terms", who=Who.LEADERS)
async def set_terms(visit: Visit, event_id: str) -> Response:
    """Set the terms. What does not fit stands beside its field."""
    event = await led(visit, event_id)
    form = await visit.form()
    made = form.make(SetTerms, event_id=event_id, terms=_wanted(form, event))
    if made is None:
        return _page(visit, event, form, 422)
    try:
        await visit.send(made)
    except Refused as why:
        if not why.errors:
            raise
        for error in why.errors:
            form.wrong(error.field.removeprefix("terms."), error.code)
        return _page(visit, event, form, 422)
    return visit.see_other(f"/e/{event_id}", did="terms.set")


def _wanted(form: Form, event: EventState) -> WantedTerms:
    """What the form says, with errors beside the fields that cannot be read."""
    times = {name: form.local(name, event.timezone) for name in TIMES if form[name]}
    return WantedTerms(**times)


def _typed(event: EventState) -> dict[str, Any]:
    """The terms as fields of the form have them: times by the clock of the event."""
    terms, zone = event.terms or Terms(), ZoneInfo(event.timezone)
    return {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name in TIMES if (at := getattr(terms, name))}


def _page(visit: Visit, event: EventState, form: Form, status: int = 200) -> Response:
    reader = visit.reader
    view = {
        "event": event,
        "form": form,
        "title": one_line(event.title),
        "when": when(reader, event).first,
        "zone": zone_name(event.timezone, reader.locale),
        "may": event.status in ("draft", "published"),
        "told": event.status == "published" and event.confirmed + event.waitlisted + event.applied > 0,
    }
    wrong = {**wrong_words(visit), **vars(reader.words.terms)}
    return visit.page("lead/terms.html", view, status=status, wrong=wrong)
