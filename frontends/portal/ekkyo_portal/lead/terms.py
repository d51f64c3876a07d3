"""The terms of an event's registration, as its leaders set them."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, SetTerms, Terms, WantedLottery
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name
from starlette.responses import Response

from ekkyo_portal.events.views import when
from ekkyo_portal.lead import quotas
from ekkyo_portal.lead.section import led, section, wrong_words
from ekkyo_portal.lead.visibility import registers, visibilities, visibility_in, visibility_of
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

TIMES: Final = ("opens_at", "closes_at", "withdraw_by")
FIELDS: Final = {"terms.lottery": "draws_at", "terms.lottery.draws_at": "draws_at"}
"""Fields of the form that are called otherwise in the terms."""
NUMBERS: Final = ("online_capacity", "group_size")
QUOTAS: Final = {"departments": "departments_1", "seats": "seats_1", "kept": quotas.FIRST}
"""Fields of quotas, for what only the contract finds wrong with them."""


@section.get("/e/{event_id}/terms", who=Who.LEADERS)
async def terms(visit: Visit, event_id: str) -> Response:
    """The form with the terms as they are."""
    event = await led(visit, event_id)
    return _page(visit, event, Form.filled(_typed(event)))


@section.post("/e/{event_id}/terms", who=Who.LEADERS)
async def set_terms(visit: Visit, event_id: str) -> Response:
    """Set the terms. What does not fit stands beside its field."""
    event = await led(visit, event_id)
    form = await visit.form()
    kept, fields = quotas.wanted(form)
    made = form.make(SetTerms, QUOTAS, event_id=event_id, terms=_wanted(form, event, kept))
    if made is None:
        return _page(visit, event, form, 422)
    try:
        await visit.send(made)
    except Refused as why:
        if not why.errors:
            raise
        for error in why.errors:
            of_quotas = quotas.field_of(error.field, fields)
            form.wrong(of_quotas or FIELDS.get(error.field, error.field.removeprefix("terms.")), error.code)
        return _page(visit, event, form, 422)
    if revise := registers(form, event):
        await visit.send(revise)
    return visit.see_other(f"/e/{event_id}", did="terms.set")


def _wanted(form: Form, event: EventState, kept: list[dict[str, Any]]) -> dict[str, Any]:
    """What the form says, with errors beside the fields that cannot be read."""
    times = {name: _time(form, event, name) for name in TIMES if form[name]}
    numbers = {name: form[name] for name in NUMBERS if form[name]}
    private = visibility_in(form, event) == "invited"
    chosen = {"invited_only": private, "approval": form.on("approval")}
    released_at = _time(form, event, "released_at") if kept else None
    quotas_wanted = {"kept": kept, "released_at": released_at} if released_at else None
    return {**times, **numbers, **chosen, "lottery": _lottery(form, event), "quotas": quotas_wanted}


def _lottery(form: Form, event: EventState) -> WantedLottery | None:
    draws_at = _time(form, event, "draws_at") if form["draws_at"] else None
    return WantedLottery(draws_at=draws_at) if draws_at else None


def _time(form: Form, event: EventState, name: str) -> datetime | None:
    """A time of the form. One that was not changed stays as it is, to the second."""
    if form[name] == _typed(event).get(name):
        return _times(event)[name]
    return form.local(name, event.timezone)


def _times(event: EventState) -> dict[str, datetime | None]:
    terms = event.terms or Terms()
    times = {name: getattr(terms, name) for name in TIMES}
    draws_at = terms.lottery.draws_at if terms.lottery else None
    return {**times, "draws_at": draws_at, "released_at": terms.quotas.released_at if terms.quotas else None}


def _typed(event: EventState) -> dict[str, Any]:
    """The terms as fields of the form have them: times by the clock of the event."""
    terms, zone = event.terms or Terms(), ZoneInfo(event.timezone)
    shown = {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in _times(event).items() if at}
    numbers = {name: getattr(terms, name) for name in NUMBERS}
    return {**shown, **numbers, **quotas.typed(event), "visibility": visibility_of(event), "approval": terms.approval}


def _page(visit: Visit, event: EventState, form: Form, status: int = 200) -> Response:
    reader, lottery = visit.reader, event.terms.lottery if event.terms else None
    drawn = lottery is not None and reader.now >= lottery.draws_at and event.draw is not None
    hints = reader.words.lottery
    view = {
        "event": event,
        "form": form,
        "title": one_line(event.title),
        "when": when(reader, event).first,
        "zone": zone_name(event.timezone, reader.locale),
        "drawn": drawn,
        "lottery": "" if event.draw is None else hints.over_hint if drawn else hints.later_hint,
        "places": event.format == "hybrid" or (event.terms is not None and event.terms.online_capacity is not None),
        "visibility": visibilities(reader),
        "rows": quotas.rows(form),
        "may": event.status in ("draft", "published"),
        "told": event.status == "published" and event.confirmed + event.waitlisted + event.applied > 0,
    }
    wrong = {
        **wrong_words(visit),
        **vars(reader.words.lottery),
        **vars(reader.words.groups),
        **vars(reader.words.quotas),
        **vars(reader.words.terms),
    }
    return visit.page("lead/terms.html", view, status=status, wrong=wrong)
