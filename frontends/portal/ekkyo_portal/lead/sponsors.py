"""Reports to sponsors: who they are, what each would get, and the one press that sends it to all of them."""

import asyncio
from hashlib import sha256
from typing import Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import AddSponsor, ListSponsors, Locale, RemoveSponsor
from ekkyo.contracts.notify import ListReleases, PreviewReport, ReportPreview, SendReport
from ekkyo.contracts.reports import Period, Report
from ekkyo_common.report.sending import mailable
from starlette.responses import Response

from ekkyo_portal.lead import sponsor_views as views
from ekkyo_portal.lead.made import report_of
from ekkyo_portal.lead.section import led_community, must_lead, section
from ekkyo_portal.look.words.refusals import REFUSALS
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

AS_MAILED: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""The policy of a mail that is shown as a page: its styles stand in it, nothing runs, nothing is loaded."""
TAKEN: Final = ("email_taken", "too_many_sponsors", "sponsor_removed", "sponsor_exists")


@section.get("/c/{community_id}/sponsors", who=Who.LEADERS)
async def reports(visit: Visit, community_id: str) -> Response:
    """Who gets the monthly report, and what was sent."""
    return await _page(visit, community_id)


@section.post("/c/{community_id}/sponsors", who=Who.LEADERS)
async def add(visit: Visit, community_id: str) -> Response:
    """Add a sponsor. The form names them: a second press adds nobody."""
    must_lead(visit, community_id)
    form = await visit.form()
    for name in ("name", "email"):
        if not form[name]:
            form.wrong(name, "missing")
    made = form.make(
        AddSponsor,
        sponsor_id=form["sponsor_id"],
        community_id=community_id,
        name=form["name"] or "?",
        email=form["email"] or "a@example.com",
        locale=form["locale"],
    )
    if made is None:
        return await _page(visit, community_id, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        if why.code not in TAKEN:
            raise
        form.wrong("email", why.code)
        return await _page(visit, community_id, form, status=409)
    return visit.see_other(f"/c/{community_id}/sponsors", did="sponsors.added")


@section.get("/c/{community_id}/sponsors/{sponsor_id}/remove", who=Who.LEADERS)
async def ask_to_remove(visit: Visit, community_id: str, sponsor_id: str) -> Response:
    """What removing a sponsor means."""
    community = await led_community(visit, community_id)
    found = await visit.ask(ListSponsors(community_id=community_id))
    sponsor = next((one for one in found.sponsors if one.sponsor_id == sponsor_id), None)
    if sponsor is None:
        raise Refused("sponsor_not_found", "There is no such sponsor.")
    return visit.page("lead/sponsor_remove.html", views.removing(community, sponsor))


@section.post("/c/{community_id}/sponsors/{sponsor_id}/remove", who=Who.LEADERS)
async def remove(visit: Visit, community_id: str, sponsor_id: str) -> Response:
    """Remove a sponsor."""
    must_lead(visit, community_id)
    await visit.send(RemoveSponsor(sponsor_id=sponsor_id, community_id=community_id))
    return visit.see_other(f"/c/{community_id}/sponsors", did="sponsors.removed")


@section.get("/c/{community_id}/reports/{month}", who=Who.LEADERS)
async def month_of(visit: Visit, community_id: str, month: str) -> Response:
    """The report of a month, as it would be sent now, or what became of it."""
    return await _month(visit, community_id, month)


@section.post("/c/{community_id}/reports/{month}", who=Who.LEADERS)
async def send(visit: Visit, community_id: str, month: str) -> Response:
    """Send it to those sponsors who were on the page, if it is still what was looked at."""
    must_lead(visit, community_id)
    form = await visit.form()
    made = await _report(visit, community_id, month, again=True)
    if form["seen"] != digest(made):
        return await _month(visit, community_id, month, made, changed=True)
    sponsors = form.all("sponsor")
    if not sponsors:
        return await _month(visit, community_id, month, made)
    await visit.send(SendReport(community_id=community_id, month=month, report=made, sponsors=sponsors))
    return visit.see_other(f"/c/{community_id}/reports/{month}", did="sponsors.sent")


@section.get("/c/{community_id}/reports/{month}/mail", who=Who.LEADERS)
async def mail(visit: Visit, community_id: str, month: str) -> Response:
    """The mail as a sponsor gets it."""
    return _as_mailed((await _previewed(visit, community_id, month)).html)


@section.get("/c/{community_id}/reports/{month}/file", who=Who.LEADERS)
async def file(visit: Visit, community_id: str, month: str) -> Response:
    """The file that goes along with it."""
    return _as_mailed((await _previewed(visit, community_id, month)).file)


def digest(report: Report) -> str:
    """By which a form says what its sender looked at."""
    return sha256(report.model_dump_json().encode()).hexdigest()


async def _page(visit: Visit, community_id: str, form: Form | None = None, *, status: int = 200) -> Response:
    must_lead(visit, community_id)
    whom, sent = ListSponsors(community_id=community_id), ListReleases(community_id=community_id)
    community, sponsors, releases = await asyncio.gather(
        led_community(visit, community_id), visit.maybe(whom), visit.maybe(sent)
    )
    shown = views.reports(visit.reader, community, sponsors, releases)
    begun = form or Form.filled({"sponsor_id": new_id(), "locale": community.locale})
    return visit.page("lead/sponsors.html", shown, status=status, form=begun, wrongs=REFUSALS[visit.reader.locale])


async def _month(
    visit: Visit, community_id: str, month: str, made: Report | None = None, *, changed: bool = False
) -> Response:
    must_lead(visit, community_id)
    period = Period.read(_read(month))
    whom, sent = ListSponsors(community_id=community_id), ListReleases(community_id=community_id, month=month)
    community, sponsors, releases = await asyncio.gather(
        led_community(visit, community_id), visit.ask(whom), visit.ask(sent)
    )
    over = visit.now >= period.until(community.timezone)
    if over and not releases.reports and made is None:
        made = await _report(visit, community_id, month)
    shown = views.month(visit.reader, community, month, sponsors, releases, made, over=over)
    seen = digest(made) if made else ""
    return visit.page("lead/monthly_report.html", shown, status=409 if changed else 200, seen=seen, changed=changed)


async def _report(visit: Visit, community_id: str, month: str, *, again: bool = False) -> Report:
    """As it would be sent. again: made now, since it is about to be."""
    period = Period.read(_read(month))
    return mailable(await report_of(visit, await led_community(visit, community_id), period, again=again))


async def _previewed(visit: Visit, community_id: str, month: str) -> ReportPreview:
    must_lead(visit, community_id)
    made = await _report(visit, community_id, month)
    locale: Locale = "en" if visit.request.query_params.get("lang") == "en" else "ja"
    to = visit.request.query_params.get("to") or None
    question = PreviewReport(community_id=community_id, month=month, report=made, locale=locale, sponsor_id=to)
    return await visit.ask(question, 15.0)


def _read(month: str) -> str:
    """The month of an address. Raises Refused where it is none."""
    try:
        if Period.read(month).kind == "month" and 1900 <= int(month[:4]) < 2200:
            return month
    except ValueError:
        pass
    raise Refused("not_found", "There is no such month.", 404)


def _as_mailed(html: str) -> Response:
    return Response(html, media_type="text/html", headers={"content-security-policy": AS_MAILED})
