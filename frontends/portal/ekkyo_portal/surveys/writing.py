"""Templates of surveys, as the leaders of a community write and look at them."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Form, ListTemplates, PreviewForm
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.lead.section import led_community
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.surveys import lines, saving, views, written
from ekkyo_portal.surveys.routes import section
from ekkyo_portal.web.forms import Form as Typed
from ekkyo_portal.web.sections import FORM
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/templates", who=Who.LEADERS)
async def templates(visit: Visit, community_id: str) -> Response:
    """The templates of a community, and those that are built in."""
    community = await led_community(visit, community_id)
    told = await visit.ask(ListTemplates(community_id=community_id))
    listed = [(one, one_line(views.worded(one.title, visit.reader))) for one in told.templates]
    view = {"community_id": community_id, "name": one_line(community.name), "templates": listed}
    return visit.page("surveys/templates.html", view)


@section.get("/c/{community_id}/templates/new", who=Who.LEADERS)
async def new_template(visit: Visit, community_id: str) -> Response:
    """A template to write: an empty one, or a copy of the one that the address names (`from`)."""
    await led_community(visit, community_id)
    sheet, source = written.begun(written.new_template()), visit.request.query_params.get("from")
    if source:
        form = await _form(visit, community_id, source)
        sheet = written.filled(form, based_on=0)
        sheet.template = written.new_template()
    return _page(visit, community_id, sheet)


@section.get("/c/{community_id}/templates/{template}", who=Who.LEADERS)
async def template(visit: Visit, community_id: str, template: str) -> Response:
    """A template as it is, to be changed."""
    await led_community(visit, community_id)
    form = await _form(visit, community_id, template)
    told = await visit.ask(ListTemplates(community_id=community_id))
    state = next((one for one in told.templates if one.template == template and one.community_id), None)
    if state is None:
        raise Refused("template_not_found", "There is no such template of this community.")
    sheet = written.filled(form, based_on=form.version, use_after_events=state.use_after_events, retired=state.retired)
    return _page(visit, community_id, sheet)


@section.post("/c/{community_id}/templates/{template}", who=Who.LEADERS, largest=8 * FORM)
async def save_template(visit: Visit, community_id: str, template: str) -> Response:
    """Save it, show what it would look like, or change the form: add a question, remove one, move one up."""
    await led_community(visit, community_id)
    form = await visit.form()
    sheet, do = written.read(form, template), form["do"]
    if do not in ("", "save", "preview"):
        return _page(visit, community_id, written.changed(sheet, do))
    command = saving.made(sheet, community_id)
    if command is None:
        return _page(visit, community_id, sheet, status=422)
    if do == "preview":
        seen = Form.model_validate({**command.model_dump(), "version": sheet.based_on + 1})
        return _page(visit, community_id, sheet, seen=seen)
    try:
        await visit.send(command)
    except Refused as why:
        if why.code not in ("malformed", "template_changed", "too_many_templates"):
            raise
        saving.beside(sheet, why)
        code = "" if sheet.is_wrong else why.code
        return _page(visit, community_id, sheet, status=422, refused=REFUSALS[visit.reader.locale].get(code, ""))
    return visit.see_other(f"/c/{community_id}/templates", did="surveys.template_saved")


@section.get("/c/{community_id}/templates/{template}/preview", who=Who.LEADERS)
async def preview(visit: Visit, community_id: str, template: str) -> Response:
    """The questions as members see them."""
    await led_community(visit, community_id)
    form = await _form(visit, community_id, template)
    view = {
        "community_id": community_id,
        "title": one_line(views.worded(form.title, visit.reader)),
        "version": form.version,
        "steps": views.preview(visit.reader, form),
    }
    return visit.page("surveys/preview.html", view, form=Typed())


async def _form(visit: Visit, community_id: str, template: str) -> Form:
    version = visit.request.query_params.get("version", "")
    try:
        ask = PreviewForm(
            template=template,
            community_id=community_id,
            version=int(version) if version.isdecimal() and len(version) < 6 and int(version) else None,
        )
    except ValueError:
        raise Refused("template_not_found", "There is no such template.") from None
    return await visit.ask(ask)


def _page(
    visit: Visit,
    community_id: str,
    sheet: written.Sheet,
    *,
    status: int = 200,
    seen: Form | None = None,
    refused: str = "",
) -> Response:
    words = visit.reader.words.templates
    view = {
        "community_id": community_id,
        "sheet": sheet,
        "rows": list(zip(sheet.rows, written.conditions(sheet), strict=True)),
        "named": {row.key: _named(visit, row, n) for n, row in enumerate(sheet.rows)},
        "answers": {row.key: _answers(visit, row) for row in sheet.rows},
        "counted": [row.key for row in sheet.rows if row.kind in written.CROSSED],
        "kinds": [(kind, getattr(words, f"kind_{kind}")) for kind in written.KINDS],
        "full": len(sheet.rows) >= written.MOST,
        "tables": (sheet.tables + [("", "")] * written.TABLES)[: written.TABLES],
        "carried": lines.carried,
        "refused": refused,
        "seen": views.preview(visit.reader, seen) if seen else None,
    }
    wrong = {"form": "wrong"} if sheet.is_wrong else {}
    return visit.page("surveys/template.html", view, status=status, form=Typed(errors=wrong))


def _named(visit: Visit, row: written.Row, n: int) -> str:
    text = row.texts.get(visit.reader.locale) or row.texts.get("ja") or row.texts.get("en")
    return one_line(text or "") or str(visit.reader.words.asking.number.format(n=n + 1))


def _answers(visit: Visit, row: written.Row) -> list[tuple[str, str]]:
    """What an answer to a question can be, in words."""
    words = {key: (ja or en) if visit.reader.locale == "ja" else (en or ja) for key, ja, en in row.choices}
    return [
        (one, one_line(words.get(one, visit.reader.words.surveys.other if one == "other" else one)))
        for one in row.possible
    ]
