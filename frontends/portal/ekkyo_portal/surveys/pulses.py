"""Pulses, as the leaders of a community plan them."""

import asyncio
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import EndPulse, ListPulses, ListTemplates, PlanPulse
from starlette.responses import Response

from ekkyo_portal.lead.section import led_community, must_lead
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.surveys import pulsing
from ekkyo_portal.surveys.routes import section
from ekkyo_portal.surveys.written import new_pulse
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/pulses", who=Who.LEADERS)
async def pulses(visit: Visit, community_id: str) -> Response:
    """The pulses of a community, and what became of their days."""
    question = ListPulses(community_id=community_id)
    community, told = await asyncio.gather(led_community(visit, community_id), visit.ask(question))
    return visit.page("surveys/pulses.html", pulsing.listed(visit.reader, community, told))


@section.get("/c/{community_id}/pulses/new", who=Who.LEADERS)
async def new(visit: Visit, community_id: str) -> Response:
    """A pulse to be planned."""
    community = await led_community(visit, community_id)
    first = visit.now.astimezone(ZoneInfo(community.timezone)).date()
    return await _page(visit, community_id, new_pulse(), Form.filled(pulsing.begun(first)))


@section.get("/c/{community_id}/pulses/{pulse}", who=Who.LEADERS)
async def pulse(visit: Visit, community_id: str, pulse: str) -> Response:
    """A pulse as it is, to be changed."""
    must_lead(visit, community_id)
    told = await visit.ask(ListPulses(community_id=community_id))
    state = next((one for one in told.pulses if one.pulse == pulse), None)
    if state is None:
        raise Refused("pulse_not_found", "There is no such pulse.", 404)
    return await _page(visit, community_id, pulse, Form.filled(pulsing.filled(state)), running=state.status == "active")


@section.post("/c/{community_id}/pulses/{pulse}", who=Who.LEADERS)
async def plan(visit: Visit, community_id: str, pulse: str) -> Response:
    """Plan it, or change it."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    amount = "share" if form["by"] == "share" else "sample"
    for name in ("clock", "starts_on", "amount", "days"):
        if not form[name]:
            form.wrong(name, "missing")
    if not (form["title_ja"] or form["title_en"]):
        form.wrong("title_ja", "missing")
    made = form.make(
        PlanPulse,
        pulsing.FIELDS,
        community_id=community_id,
        pulse=pulse,
        title=pulsing.title(form),
        template=form["template"],
        anonymous=form.on("anonymous"),
        weeks=None if form["every"] == "month" else form["every"],
        weekday=form["weekday"],
        clock=form["clock"] or "00:00",
        timezone=community.timezone,
        starts_on=form["starts_on"] or str(visit.now.date()),
        days=pulsing.whole(form["days"]) or 1,
        **{amount: pulsing.whole(form["amount"])},
    )
    if made is None:
        return await _page(visit, community_id, pulse, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        pulsing.beside(form, why)
        return await _page(visit, community_id, pulse, form, status=422)
    return visit.see_other(f"/c/{community_id}/pulses", did="pulses.planned")


@section.post("/c/{community_id}/pulses/{pulse}/end", who=Who.LEADERS)
async def end(visit: Visit, community_id: str, pulse: str) -> Response:
    """Open no more surveys of it. It can be planned again, so nothing has to be asked first."""
    must_lead(visit, community_id)
    await visit.send(EndPulse(community_id=community_id, pulse=pulse))
    return visit.see_other(f"/c/{community_id}/pulses", did="pulses.ended")


async def _page(
    visit: Visit, community_id: str, pulse: str, form: Form, *, status: int = 200, running: bool = False
) -> Response:
    question = ListTemplates(community_id=community_id)
    community, told = await asyncio.gather(led_community(visit, community_id), visit.ask(question))
    view = pulsing.planned(visit.reader, community, told, pulse, running=running)
    return visit.page(
        "surveys/pulse.html",
        view,
        status=status,
        form=form,
        wrongs={**REFUSALS[visit.reader.locale], **pulsing.wrongs(visit.reader)},
    )
