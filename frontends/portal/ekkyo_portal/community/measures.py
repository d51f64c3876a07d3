"""The pages of a community's measures: how each stands, a figure that is reported, and the form that changes them."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Community, ReportMeasure, ReviseCharter
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.community import measuring
from ekkyo_portal.community.routes import found, section
from ekkyo_portal.community.standing import standing
from ekkyo_portal.look.marks import mark
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/measures")
async def measures(visit: Visit, community_id: str) -> Response:
    """Each measure of a community against its target over time."""
    return await _shown(visit, (await found(visit, community_id)).community, Form())


async def _shown(visit: Visit, it: Community, form: Form, status: int = 200) -> Response:
    views = await standing(visit, it)
    leads = visit.me.may_lead(it.community_id)
    return visit.page("community/measures.html", views, status=status, **_head(it), form=form, leads=leads)


@section.post("/c/{community_id}/measures/report", who=Who.LEADERS)
async def report(visit: Visit, community_id: str) -> Response:
    """Report a figure. The form names the report, so that a second press replaces nothing."""
    form, it = await visit.form(), await led(visit, community_id)
    if not form["value"]:
        form.wrong("value", "missing")
    try:
        value = float(measuring.number(form["value"])) if form["value"] else None
    except ValueError:
        form.wrong("value", "no_number")
        value = None
    command = form.make(
        ReportMeasure,
        report_id=form["report_id"],
        community_id=community_id,
        measure=form["measure"],
        on=form["on"] or None,
        value=value,
    )
    if command is None:
        return await _shown(visit, it, form, 400)
    await visit.send(command)
    return visit.see_other(f"/c/{community_id}/measures", did="measures.reported")


@section.get("/c/{community_id}/measures/edit", who=Who.LEADERS)
async def edit(visit: Visit, community_id: str) -> Response:
    """The form of the measures."""
    it = await led(visit, community_id)
    return _form(visit, it, measuring.filled(it.charter.measures))


@section.post("/c/{community_id}/measures/edit", who=Who.LEADERS)
async def revise(visit: Visit, community_id: str) -> Response:
    """Add a row, take one away, or save all. What the charter says in words stays as it is."""
    form, it = await visit.form(), await led(visit, community_id)
    rows, do = measuring.read(form), form["do"]
    if do != "save":
        return _form(visit, it, measuring.changed(rows, do))
    wanted = measuring.made(rows)
    if any(row.wrong for row in rows):
        return _form(visit, it, rows, 400)
    charter = it.charter.model_copy(update={"measures": wanted})
    await visit.send(ReviseCharter(community_id=community_id, charter=charter))
    return visit.see_other(f"/c/{community_id}/measures", did="measures.saved")


def _form(visit: Visit, it: Community, rows: list[measuring.Row], status: int = 200) -> Response:
    return visit.page(
        "community/measures_edit.html",
        rows,
        status=status,
        **_head(it),
        counted=measuring.COUNTED,
        periods=measuring.PERIODS,
        full=len(rows) >= measuring.MOST,
        wrong=any(row.wrong for row in rows),
    )


def _head(it: Community) -> dict[str, object]:
    return {"community_id": it.community_id, "name": one_line(it.name), "mark": mark(it)}


async def led(visit: Visit, community_id: str) -> Community:
    """The community, for those who lead it. Raises Refused for everybody else."""
    listed = await found(visit, community_id)
    if not visit.me.may_lead(community_id):
        raise Refused("not_allowed", "Only leaders of this community and stewards may do this.", 403)
    return listed.community
