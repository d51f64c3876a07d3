"""Invitations to an event that only invited members see: who is invited, whom else to invite, and whom no more."""

from typing import Any, Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    EventState,
    InviteMembers,
    ListInvitees,
    PreviewInvitation,
    Segment,
    UninviteMember,
)
from ekkyo.contracts.events.invitation import InviteePage
from pydantic import ValidationError
from starlette.responses import Response

from ekkyo_portal.lead import names
from ekkyo_portal.lead.invited import invited, previewed
from ekkyo_portal.lead.listed import MOST_LINES, Row, lines_of, members_of
from ekkyo_portal.lead.section import led, section
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

PAGE: Final = 200
"""Invited members on one page."""
CONDITIONS: Final = ("in_community", "accepted_rules", "never_came")


@section.get("/e/{event_id}/invitations", who=Who.LEADERS)
async def invitations(visit: Visit, event_id: str) -> Response:
    """Who is invited, and the form to invite others."""
    event = await led(visit, event_id)
    return await _shown(visit, event, Form())


@section.post("/e/{event_id}/invitations/preview", who=Who.LEADERS)
async def preview(visit: Visit, event_id: str) -> Response:
    """Whom an invitation would reach, and which lines name nobody. Nobody is told yet."""
    event = await led(visit, event_id)
    form = await visit.form()
    segment = _segment(form)
    lines = lines_of(form["people"])
    if len(lines) > MOST_LINES:
        form.wrong("people", "too_many_lines")
    if not lines and segment is None and not form.errors:
        form.wrong("people", "choose_somebody")
    if form.errors:
        return await _shown(visit, event, form, status=422)
    found = await members_of(visit, event.community_id, lines)
    if not found.member_ids and segment is None:
        return await _shown(visit, event, form, wrong_lines=found.wrong, status=422)
    ask = PreviewInvitation(event_id=event_id, members=found.member_ids, segment=segment)
    try:
        told = await visit.ask(ask, within=15.0)
    except Refused as why:
        return await _refused(visit, event, form, why)
    known, away = await names.known_to(visit, event.community_id, [*told.members, *told.passed_over])
    view = previewed(visit.reader, event, told, known, found, form, away=away)
    return visit.page("lead/invitation_preview.html", view)


@section.post("/e/{event_id}/invitations", who=Who.LEADERS)
async def invite(visit: Visit, event_id: str) -> Response:
    """Invite those of the preview. The form names the invitation, so that a second press invites nobody else."""
    event = await led(visit, event_id)
    form = await visit.form()
    segment = _segment(form)
    wish: dict[str, Any] = {"members": form["members"].split(), "segment": segment}
    made = form.make(InviteMembers, event_id=event_id, invitation_id=form["invitation_id"] or new_id(), **wish)
    if made is None:
        return await _shown(visit, event, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        return await _refused(visit, event, form, why)
    return visit.see_other(f"/e/{event_id}/invitations", did="invitations.sent")


@section.post("/e/{event_id}/invitations/withdraw", who=Who.LEADERS)
async def withdraw(visit: Visit, event_id: str) -> Response:
    """Withdraw the invitation of a member who has no place."""
    event = await led(visit, event_id)
    form = await visit.form()
    made = form.make(UninviteMember, event_id=event_id, member_id=form["member"])
    if made is None:
        return visit.see_other(f"/e/{event_id}/invitations")
    try:
        await visit.send(made)
    except Refused as why:
        return await _refused(visit, event, form, why)
    return visit.see_other(f"/e/{event_id}/invitations", did="invitations.withdrawn")


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line for each in text.split("\n") if (line := " ".join(each.split()))))


def _segment(form: Form) -> Segment | None:
    """The conditions that were stated; None: there are none."""
    many = {name: _lines(form[name]) for name in ("departments", "sites")}
    ticked = {name: form.on(name) for name in CONDITIONS}
    if not any((*many.values(), *ticked.values())):
        return None
    try:
        return Segment(**many, **ticked)
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            name = str(one["loc"][0])
            form.wrong(name, "too_many" if len(one["loc"]) == 1 else "too_long")
        return None


async def _refused(visit: Visit, event: EventState, form: Form, why: Refused) -> Response:
    if why.status in (401, 403):
        raise why
    return await _shown(visit, event, form, wrong=refusal(visit.reader.locale, why.code, why.detail), status=why.status)


async def _shown(
    visit: Visit,
    event: EventState,
    form: Form,
    *,
    wrong: str = "",
    wrong_lines: list[Row] | None = None,
    status: int = 200,
) -> Response:
    after = visit.request.query_params.get("after") or None
    page: InviteePage = await visit.ask(ListInvitees(event_id=event.event_id, after=after, limit=PAGE))
    known, away = await names.known_to(visit, event.community_id, [one.member_id for one in page.invitees])
    view = invited(visit.reader, event, page, known, form, away=away)
    words = {**vars(visit.reader.words.invitations)}
    return visit.page(
        "lead/invitations.html", view, status=status, wrong=wrong, wrong_lines=wrong_lines or [], words=words
    )
