"""The report of a community or of a department: which period, and the page itself, to read, to print or to keep."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Community, LogoFile
from ekkyo.report import department_page
from ekkyo_common.report import from_services
from starlette.responses import Response

from ekkyo_portal.lead import periods
from ekkyo_portal.lead.made import Patient, department_report_of, report_page
from ekkyo_portal.lead.section import led_community, must_lead, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

OF_A_DEPARTMENT: Final = ("department_not_found", "quarter_expected", "quarter_not_over")
CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""A report brings its own styles, and loads and sends nothing."""


@section.get("/c/{community_id}/reports", who=Who.LEADERS)
async def reports(visit: Visit, community_id: str) -> Response:
    """Which report: of all that was or of a period, or of one department for its head."""
    must_lead(visit, community_id)
    return await _choice(visit, community_id)


@section.get("/c/{community_id}/report", who=Who.LEADERS)
async def report(visit: Visit, community_id: str) -> Response:
    """The impact report: one page with charts, which needs nothing else. `as=page` shows it, else it is a file."""
    must_lead(visit, community_id)
    form = _typed(visit)
    period = periods.chosen(form)
    if form.errors:
        return await _choice(visit, community_id, form, status=422)
    it, logo = await _of(visit, community_id)
    text = await report_page(visit, it, period, logo)
    return _html(visit, text, [it.name, str(period or f"{visit.now:%Y-%m-%d}")])


@section.get("/c/{community_id}/report/department", who=Who.LEADERS)
async def department(visit: Visit, community_id: str) -> Response:
    """The report of one department for its head, which tells nothing about fewer than five people."""
    must_lead(visit, community_id)
    form = _typed(visit)
    if not form["department"] and not form["quarter"]:
        return await _choice(visit, community_id)
    quarter = periods.chosen_quarter(form)
    if quarter is None:
        return await _choice(visit, community_id, form, status=422)
    it, logo = await _of(visit, community_id)
    try:
        figures = await department_report_of(visit, it, form["department"], quarter)
    except Refused as why:
        if why.code not in OF_A_DEPARTMENT:
            raise
        form.wrong("department" if why.code == "department_not_found" else "quarter", why.code)
        return await _choice(visit, community_id, form, status=422)
    locale = visit.reader.locale
    text = await asyncio.to_thread(department_page, figures, made_at=visit.now, locale=locale, logo=logo)
    return _html(visit, text, [it.name, form["department"], str(quarter)])


async def _of(visit: Visit, community_id: str) -> tuple[Community, LogoFile | None]:
    """The community, for those who lead it, and its logo. Raises Refused for everybody else."""
    return await asyncio.gather(led_community(visit, community_id), from_services.logo_of(Patient(visit), community_id))


async def _choice(visit: Visit, community_id: str, form: Form | None = None, *, status: int = 200) -> Response:
    community, departments = await asyncio.gather(led_community(visit, community_id), _departments(visit, community_id))
    view = periods.choices(visit.reader, community, departments)
    return visit.page("lead/reports.html", view, status=status, form=form or Form())


async def _departments(visit: Visit, community_id: str) -> Sequence[str]:
    """Those to choose from; none while the members service is away: they can be typed."""
    try:
        return await from_services.departments(Patient(visit), community_id)
    except Refused:
        return []


def _typed(visit: Visit) -> Form:
    return Form.of(visit.request.query_params)


def _html(visit: Visit, text: str, name: Sequence[str]) -> Response:
    if visit.request.query_params.get("as") == "page":
        return Response(text, media_type="text/html", headers={"content-security-policy": CSP})
    file = quote("-".join(name) + ".html", safe="")
    headers = {"content-disposition": f"attachment; filename=\"report.html\"; filename*=UTF-8''{file}"}
    return Response(text, media_type="text/html", headers=headers)
