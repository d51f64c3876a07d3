"""Leading a series: it is planned with its dates shown before, changed, moved and cancelled."""

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    CancelSeries,
    ChangeSeriesRule,
    EventDetails,
    GetSeries,
    PlanSeries,
    PreviewSeries,
    PreviewSeriesRule,
    RescheduleSeries,
    ReviseSeries,
    SeriesAnswer,
    SeriesDates,
)
from ekkyo.contracts.members import Community
from starlette.responses import Response

from ekkyo_portal.events.series import carried_out
from ekkyo_portal.lead import series_views, speakers
from ekkyo_portal.lead.section import beside, led_community, must_lead, section, wrong_words
from ekkyo_portal.lead.writing import CAPACITY, details_of
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

DATES_ALONE: Final = ("series_too_long", "series_without_dates")


@section.get("/c/{community_id}/series/new", who=Who.LEADERS)
async def new(visit: Visit, community_id: str) -> Response:
    """A form for a new series."""
    community = await led_community(visit, community_id)
    begun = {"series_id": new_id(), "capacity": CAPACITY, "context": "IT", "format": "online", "minutes": 60}
    form = Form.filled({**begun, "repeat": "every_week", "end": "by_count", "count": 12})
    view = series_views.planning(visit.reader, form, community_id, community.timezone, community.name)
    return _page(visit, "lead/series_plan.html", view)


@section.post("/c/{community_id}/series/new", who=Who.LEADERS)
async def plan(visit: Visit, community_id: str) -> Response:
    """Show the dates of a series; plan it once they were seen."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    who = await speakers.found(visit, form, community_id, [])
    details, when = details_of(form, who.member_ids), _when(form, community.timezone)
    if details is None or when is None or form.errors:
        return _planning(visit, form, community, who.unsure)
    try:
        dates = await visit.ask(PreviewSeries(**when))
    except Refused as why:
        beside(form, why)
        return _planning(visit, form, community, who.unsure)
    seen = hashlib.sha256(json.dumps(when, default=str, sort_keys=True).encode()).hexdigest()[:16]
    if form["do"] == "plan" and form["seen"] == seen:
        series_id = form["series_id"] or new_id()
        try:
            await visit.send(PlanSeries(series_id=series_id, community_id=community_id, details=details, **when))
        except Refused as why:
            beside(form, why)
            return _planning(visit, form, community, who.unsure, dates, seen)
        await carried_out(visit, series_id)
        return visit.see_other(f"/series/{series_id}", did="series.planned")
    return _planning(visit, form, community, who.unsure, dates, seen, again=form["do"] == "plan", status=200)


@section.get("/series/{series_id}/edit", who=Who.LEADERS)
async def edit(visit: Visit, series_id: str) -> Response:
    """The form with what the next events of the series will say."""
    answer = await _led(visit, series_id)
    it = answer.series
    form = Form.filled(
        {
            "change_id": new_id(),
            "from_event": visit.request.query_params.get("from", ""),
            **it.model_dump(include=set(EventDetails.model_fields) - {"speakers"}),
            "speakers": "\n".join(await speakers.lines_of(visit, it.community_id, it.speakers)),
        }
    )
    return _page(visit, "lead/series_edit.html", series_views.changing(visit.reader, form, answer))


@section.post("/series/{series_id}/edit", who=Who.LEADERS)
async def revise(visit: Visit, series_id: str) -> Response:
    """Change what the events of the series say, all to come or from one on."""
    answer = await _led(visit, series_id)
    form = await visit.form()
    who = await speakers.found(visit, form, answer.series.community_id, answer.series.speakers)
    details = details_of(form, who.member_ids)
    made = form.make(ReviseSeries, details=details, **_named(form, series_id)) if details and not form.errors else None
    view = series_views.changing(visit.reader, form, answer, who.unsure)
    return await _send(visit, series_id, form, made, "lead/series_edit.html", view, "series.changed")


@section.get("/series/{series_id}/time", who=Who.LEADERS)
async def moving(visit: Visit, series_id: str) -> Response:
    """The form for another time of day."""
    answer = await _led(visit, series_id)
    it = answer.series
    begun = {"change_id": new_id(), "clock": it.starts[11:], "minutes": it.minutes}
    form = Form.filled({**begun, "from_event": visit.request.query_params.get("from", "")})
    return _page(visit, "lead/series_time.html", series_views.changing(visit.reader, form, answer))


@section.post("/series/{series_id}/time", who=Who.LEADERS)
async def move(visit: Visit, series_id: str) -> Response:
    """Move the events of the series to another time of day."""
    answer = await _led(visit, series_id)
    form = await visit.form()
    made = form.make(RescheduleSeries, clock=form["clock"][:5], minutes=form["minutes"], **_named(form, series_id))
    view = series_views.changing(visit.reader, form, answer)
    return await _send(visit, series_id, form, made, "lead/series_time.html", view, "series.changed")


@section.get("/series/{series_id}/rule", who=Who.LEADERS)
async def repeating(visit: Visit, series_id: str) -> Response:
    """The form for another rule, filled with the one that the series has."""
    answer = await _led(visit, series_id)
    it = answer.series
    named = visit.request.query_params.get("from", "")
    start = series_views.next_start(answer, visit.now, named)
    begun = {"change_id": new_id(), "repeat": "own_rule", "rule": it.rule, "end": "endless", "minutes": it.minutes}
    form = Form.filled({**begun, "starts": start, "from_event": named})
    return _page(visit, "lead/series_rule.html", series_views.repeating(visit.reader, form, answer))


@section.post("/series/{series_id}/rule", who=Who.LEADERS)
async def repeat(visit: Visit, series_id: str) -> Response:
    """Show what another rule would do to the events; give it to the series once that was seen."""
    answer = await _led(visit, series_id)
    form = await visit.form()
    when = _when(form, answer.series.timezone)
    if when is None or form.errors:
        return _page(visit, "lead/series_rule.html", series_views.repeating(visit.reader, form, answer), 422)
    asked = {**_named(form, series_id), **{name: to for name, to in when.items() if name != "timezone"}}
    try:
        preview = await visit.ask(PreviewSeriesRule(**{n: to for n, to in asked.items() if n != "change_id"}))
        told = json.dumps([when, form["from_event"], preview.model_dump(mode="json")], default=str, sort_keys=True)
        seen = hashlib.sha256(told.encode()).hexdigest()[:16]
        if form["do"] == "change" and form["seen"] == seen:
            await visit.send(ChangeSeriesRule(**asked))
            await carried_out(visit, series_id)
            return visit.see_other(f"/series/{series_id}", did="series.changed")
    except Refused as why:
        beside(form, why)
        return _page(visit, "lead/series_rule.html", series_views.repeating(visit.reader, form, answer), 422)
    again = form["do"] == "change"
    view = series_views.repeating(visit.reader, form, answer, preview=preview, seen=seen, again=again)
    return _page(visit, "lead/series_rule.html", view)


@section.get("/series/{series_id}/cancel", who=Who.LEADERS)
async def cancelling(visit: Visit, series_id: str) -> Response:
    """The question which events of the series are to be cancelled."""
    answer = await _led(visit, series_id)
    form = Form.filled({"change_id": new_id(), "from_event": visit.request.query_params.get("from", "")})
    return _page(visit, "lead/series_cancel.html", series_views.changing(visit.reader, form, answer))


@section.post("/series/{series_id}/cancel", who=Who.LEADERS)
async def cancel(visit: Visit, series_id: str) -> Response:
    """Cancel the events of the series, all to come or from one on."""
    answer = await _led(visit, series_id)
    form = await visit.form()
    made = form.make(CancelSeries, reason=form["reason"], **_named(form, series_id))
    view = series_views.changing(visit.reader, form, answer)
    return await _send(visit, series_id, form, made, "lead/series_cancel.html", view, "series.cancelled")


async def _led(visit: Visit, series_id: str) -> SeriesAnswer:
    """The series, for those who lead its community. Raises Refused for everybody else."""
    answer = await visit.ask(GetSeries(series_id=series_id))
    must_lead(visit, answer.series.community_id)
    return answer


async def _send(visit: Visit, series_id: str, form: Form, made: Any, template: str, view: Any, did: str) -> Response:
    """Send a change and go on to the series; or show the form with what was wrong."""
    if made is None:
        return _page(visit, template, view, 422)
    try:
        await visit.send(made)
    except Refused as why:
        beside(form, why)
        return _page(visit, template, view, 422)
    await carried_out(visit, series_id)
    return visit.see_other(f"/series/{series_id}", did=did)


def _named(form: Form, series_id: str) -> dict[str, Any]:
    return {
        "series_id": series_id,
        "change_id": form["change_id"] or new_id(),
        "from_event": form["from_event"] or None,
    }


def _when(form: Form, zone: str) -> dict[str, Any] | None:
    """How the series recurs; None with errors beside the fields."""
    if form.local("starts", zone) is None and form.errors.get("starts") != "left_out":
        return None
    form.errors.pop("starts", None)  # a time that the clock skips is shown with a note
    first = datetime.fromisoformat(form["starts"])
    made = form.make(
        PreviewSeries,
        starts=f"{first:%Y-%m-%dT%H:%M}",
        minutes=form["minutes"],
        timezone=zone,
        rule=series_views.rule(form, first),
        except_on=series_views.days(form, "except_on"),
        also_on=series_views.days(form, "also_on"),
    )
    if form.errors.get("rule") == "wrong":
        form.errors["rule"] = "wrong_rule"
    if "rule" in form.errors and form["repeat"] != "own_rule":
        form.errors.setdefault("repeat", form.errors.pop("rule"))
    return made.model_dump() if made else None


def _planning(
    visit: Visit,
    form: Form,
    community: Community,
    unsure: Any,
    dates: SeriesDates | None = None,
    seen: str = "",
    *,
    again: bool = False,
    status: int = 422,
) -> Response:
    view = series_views.planning(
        visit.reader,
        form,
        community.community_id,
        community.timezone,
        community.name,
        unsure=unsure,
        dates=dates,
        seen=seen,
        again=again,
    )
    return _page(visit, "lead/series_plan.html", view, status)


def _page(visit: Visit, template: str, view: Any, status: int = 200) -> Response:
    words = {**wrong_words(visit), **vars(visit.reader.words.series)}
    return visit.page(template, view, status=status, wrong=words)
