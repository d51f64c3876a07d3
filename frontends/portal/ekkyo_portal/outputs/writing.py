"""Adding an output to the board, and correcting one."""

from typing import Any

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import AttachOutput, GetEvent, GetOutput, ReviseOutput
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.events.routes import known
from ekkyo_portal.lead import speakers
from ekkyo_portal.lead.section import must_lead
from ekkyo_portal.lead.speakers import Speakers
from ekkyo_portal.outputs.routes import section
from ekkyo_portal.outputs.views import kinds
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/board/new")
async def new(visit: Visit, community_id: str) -> Response:
    """The form for an output, of an event if the address names one."""
    query = visit.request.query_params
    values: dict[str, Any] = {"output_id": new_id(), "event_id": query.get("event", ""), "kind": "article"}
    return await _page(visit, community_id, Form.filled(values))


@section.post("/c/{community_id}/board/new")
async def add(visit: Visit, community_id: str) -> Response:
    """Put it on the board, or propose it. The form names the output: a second press is the same one."""
    form = await visit.form()
    leads = visit.me.may_lead(community_id)
    found = await speakers.found(visit, form, community_id, []) if leads else Speakers([visit.me.member_id])
    made = form.make(
        AttachOutput,
        {"authors": "speakers"},
        output_id=form["output_id"] or new_id(),
        community_id=community_id,
        event_id=form["event_id"] or None,
        member_id=None if leads else visit.me.member_id,
        details=_details(form, found),
    )
    if made is None:
        return await _page(visit, community_id, form, unsure=found, status=400)
    try:
        done = await visit.send(made)
    except Refused as why:
        if why.code not in ("not_a_member", "too_many_proposals", "event_elsewhere"):
            raise
        form.wrong("form", why.code)
        return await _page(visit, community_id, form, status=why.status)
    return visit.see_other(f"/o/{done.output_id}", did=f"outputs.{done.status}")


@section.get("/o/{output_id}/edit", who=Who.LEADERS)
async def edit(visit: Visit, output_id: str) -> Response:
    """The form with an output as it is."""
    it = await visit.ask(GetOutput(output_id=output_id))
    must_lead(visit, it.community_id)
    lines = await speakers.lines_of(visit, it.community_id, it.authors)
    values = {"kind": it.kind, "title": it.title, "url": it.url, "speakers": "\n".join(lines)}
    return await _page(visit, it.community_id, Form.filled(values), output_id=output_id)


@section.post("/o/{output_id}/edit", who=Who.LEADERS)
async def correct(visit: Visit, output_id: str) -> Response:
    """Correct an output."""
    form = await visit.form()
    it = await visit.ask(GetOutput(output_id=output_id))
    must_lead(visit, it.community_id)
    found = await speakers.found(visit, form, it.community_id, it.authors)
    made = form.make(ReviseOutput, {"authors": "speakers"}, output_id=output_id, details=_details(form, found))
    if made is None:
        return await _page(visit, it.community_id, form, unsure=found, output_id=output_id, status=400)
    await visit.send(made)
    return visit.see_other(f"/o/{output_id}", did="outputs.revised")


def _details(form: Form, authors: Speakers) -> dict[str, Any]:
    """What the form says of an output. Everything but a talk outside needs an address."""
    if not form["url"] and form["kind"] != "talk_outside":
        form.wrong("url", "missing")
    known: dict[str, Any] = {"kind": form["kind"], "title": form["title"], "url": form["url"] or None}
    return {**known, "authors": authors.member_ids}


async def _page(
    visit: Visit,
    community_id: str,
    form: Form,
    *,
    unsure: Speakers | None = None,
    output_id: str | None = None,
    status: int = 200,
) -> Response:
    event_id = form["event_id"]
    event = await visit.ask(GetEvent(event_id=event_id)) if event_id else None
    mark = (await known(visit)).get(community_id)
    if mark is None:
        raise Refused("community_not_found", "There is no such community.", 404)
    return visit.page(
        "outputs/write.html",
        mark,
        status=status,
        form=form,
        event=one_line(event.title) if event else "",
        leads=visit.me.may_lead(community_id),
        unsure=unsure.unsure if unsure else [],
        kinds=kinds(visit.reader),
        output_id=output_id,
        community_id=community_id,
    )
