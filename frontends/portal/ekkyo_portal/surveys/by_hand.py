"""Surveys that leaders open by hand."""

import asyncio

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import Community
from ekkyo.contracts.surveys import ListTemplates, OpenSurvey, PreviewForm
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name
from starlette.responses import Response

from ekkyo_portal.lead.section import led_community
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.surveys import pulsing, views
from ekkyo_portal.surveys.routes import section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/surveys/new", who=Who.LEADERS)
async def new_survey(visit: Visit, community_id: str) -> Response:
    """A survey to be opened: questions, whom it asks, until when."""
    community = await led_community(visit, community_id)
    return await _page(visit, community, new_id(), Form.filled({"whom": "everybody", "anonymous": True}))


@section.post("/c/{community_id}/surveys/{survey_id}", who=Who.LEADERS)
async def open_survey(visit: Visit, community_id: str, survey_id: str) -> Response:
    """Open it, or show its questions. The address names it: a second press opens nothing."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    if form["do"] == "preview":
        return await _page(visit, community, survey_id, form, preview=True)
    sample = form["whom"] == "sample"
    if not (form["title_ja"] or form["title_en"]):
        form.wrong("title_ja", "missing")
    if sample and not form["sample"]:
        form.wrong("sample", "missing")
    deadline = form.local("deadline", community.timezone)
    made = form.make(
        OpenSurvey,
        {**pulsing.FIELDS, "sample": "sample", "invited": "whom"},
        survey_id=survey_id,
        community_id=community_id,
        title=pulsing.title(form),
        template=form["template"],
        anonymous=form.on("anonymous"),
        whom="sample" if sample else "everybody",
        sample=pulsing.whole(form["sample"]) if sample else None,
        deadline=deadline or visit.now,
    )
    if made is None:
        return await _page(visit, community, survey_id, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        pulsing.beside(form, why, {"whom": "whom", "sample": "sample", "invited": "whom"})
        return await _page(visit, community, survey_id, form, status=422)
    return visit.see_other(f"/s/{survey_id}/results", did="pulses.opened")


async def _page(
    visit: Visit, community: Community, survey_id: str, form: Form, *, status: int = 200, preview: bool = False
) -> Response:
    asked = ListTemplates(community_id=community.community_id)
    told, seen = await asyncio.gather(visit.ask(asked), _seen(visit, community, form) if preview else _nothing())
    view = {
        "community_id": community.community_id,
        "name": one_line(community.name),
        "survey_id": survey_id,
        "zone": zone_name(community.timezone, visit.reader.locale),
        "templates": pulsing.templates(visit.reader, told),
        "seen": seen,
    }
    wrongs = {**REFUSALS[visit.reader.locale], **pulsing.wrongs(visit.reader)}
    return visit.page("surveys/by_hand.html", view, status=status, form=form, typed=Form(), wrongs=wrongs)


async def _seen(visit: Visit, community: Community, form: Form) -> object:
    try:
        ask = PreviewForm(template=form["template"], community_id=community.community_id)
    except ValueError:
        raise Refused("template_not_found", "There is no such template.") from None
    return views.preview(visit.reader, await visit.ask(ask))


async def _nothing() -> None:
    return None
