"""The desk: who is expected, who waits, who came; checking in and taking it back."""

import json
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn, GetRoster, Registration, RosterPage, UndoCheckIn
from starlette.responses import JSONResponse, Response

from ekkyo_portal.events.codes import is_code
from ekkyo_portal.lead import names, roster
from ekkyo_portal.lead.names import Person
from ekkyo_portal.lead.section import must_run, section
from ekkyo_portal.look.plain import plain
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.packed import Packed
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

MOST: Final = 5000
"""Registrations that a roster shows."""


@section.get("/e/{event_id}/roster", who=Who.HOSTS)
async def desk(visit: Visit, event_id: str) -> Response:
    """The roster, or what is searched for in it. in: who was just checked in; out: whose check-in was taken back."""
    asked, changes = visit.request.query_params, visit.site.changes
    if visit.live and not asked and changes:  # when the stream could not bring it, all who look at it ask at once
        same = (visit.reader.locale, visit.reader.zone, visit.me.roles)
        packed: Packed = await changes.once(event_id, same, lambda: _packed(visit, event_id))
        return packed.to(visit.request)
    return await _shown(visit, event_id, asked.get("q", ""), came=asked.get("in"), back=asked.get("out"))


@section.post("/e/{event_id}/roster/check-in", who=Who.HOSTS)
async def check_in(visit: Visit, event_id: str) -> Response:
    """Check in whom a button or a code names; a text that names nobody for certain is searched for."""
    form = await visit.form()
    member_id, code, scan_id = form["member"], form["code"], form["scan"] or None
    if not member_id and not code:
        return visit.see_other(f"/e/{event_id}/roster")
    page = await roster_of(visit, event_id)
    if not member_id and is_code(code):
        return await _by_code(visit, page, code, scan_id)
    if not member_id:
        known, _ = await names.known_to(visit, page.event.community_id, (r.member_id for r in page.registrations))
        member_id = _exactly(code, page.registrations, known) or ""
    if not member_id:
        if visit.live:
            return await _shown(visit, event_id, code)
        return visit.see_other(f"/e/{event_id}/roster", q=code)
    return await _checked_in(visit, event_id, member_id, code, scan_id)


async def _by_code(visit: Visit, page: RosterPage, code: str, scan_id: str | None) -> Response:
    """Check in whose seat a code names, or say why it lets nobody in."""
    event_id, named = page.event.event_id, visit.site.codes.read(code)
    mine = [named.member_id] if named and named.event_id == event_id else []
    known, _ = await names.known_to(visit, page.event.community_id, mine)
    wrong, text = roster.unmeant(visit.reader, page, named, known)
    if wrong or named is None:
        return await _shown(visit, event_id, text, wrong=wrong)
    return await _checked_in(visit, event_id, named.member_id, scan_id=scan_id)


async def _checked_in(
    visit: Visit, event_id: str, member_id: str, typed: str = "", scan_id: str | None = None
) -> Response:
    """Check in one member. typed: what stands in the field again where that is refused; scan_id: made by the script."""
    try:
        await visit.send(CheckIn(event_id=event_id, member_id=member_id, scan_id=scan_id))
    except Refused as why:
        if why.status in (401, 403):
            raise
        return await _shown(visit, event_id, typed, why=why)
    if visit.live:
        return await _shown(visit, event_id, came=member_id)
    return visit.see_other(f"/e/{event_id}/roster", **{"in": member_id})


@section.post("/e/{event_id}/roster/undo", who=Who.HOSTS)
async def undo(visit: Visit, event_id: str) -> Response:
    """Take back that somebody came."""
    form = await visit.form()
    must_run(visit, (await roster_of(visit, event_id, limit=1)).event)
    made = form.make(UndoCheckIn, event_id=event_id, member_id=form["member"])
    if made is None:
        return visit.see_other(f"/e/{event_id}/roster")
    try:
        await visit.send(made)
    except Refused as why:
        if why.status in (401, 403):
            raise
        return await _shown(visit, event_id, why=why)
    if visit.live:
        return await _shown(visit, event_id, back=made.member_id)
    return visit.see_other(f"/e/{event_id}/roster", out=made.member_id)


async def roster_of(visit: Visit, event_id: str, limit: int = MOST) -> RosterPage:
    """An event's roster, for who leads its community or hosts it."""
    page = await visit.ask(GetRoster(event_id=event_id, limit=limit))
    must_run(visit, page.event)
    return page


async def part(visit: Visit, event_id: str) -> tuple[int, str]:
    """What the script puts in the place of the roster, in one line of JSON, and the revision that it shows."""
    page = await roster_of(visit, event_id)
    known, away = await names.known_to(visit, page.event.community_id, (r.member_id for r in page.registrations))
    view = roster.desk(visit.reader, page, known, away=away, leads=visit.me.may_lead(page.event.community_id))
    return page.event.revision, json.dumps(_answer(visit, view), ensure_ascii=False, separators=(",", ":"))


async def _packed(visit: Visit, event_id: str) -> Packed:
    """The same, for all who ask for it by themselves."""
    _, text = await part(visit, event_id)
    return Packed.of(text)


def _answer(visit: Visit, view: roster.Desk, wrong: str = "", *, done: bool = False) -> dict[str, Any]:
    html = visit.look.render("lead/roster_part.html", visit, view, wrong=wrong)
    return {"parts": {"desk": html}, "done": done, "text": view.text, "revision": view.event.revision}


async def _shown(
    visit: Visit,
    event_id: str,
    text: str = "",
    *,
    came: str | None = None,
    back: str | None = None,
    why: Refused | None = None,
    wrong: str = "",
) -> Response:
    """The page, or for the script the part of it that changes. why, wrong: what was refused, or in words of its own."""
    page = await roster_of(visit, event_id)
    community = page.event.community_id
    known, away = await names.known_to(visit, community, (r.member_id for r in page.registrations))
    others = await names.search(visit, community, text) if text and not away else []
    leads = visit.me.may_lead(community)
    view = roster.desk(
        visit.reader, page, known, text=text, others=others, came=came, back=back, away=away, leads=leads
    )
    wrong = refusal(visit.reader.locale, why.code, why.detail) if why else wrong
    status = why.status if why else 409 if wrong else 200
    if visit.live:
        return JSONResponse(_answer(visit, view, wrong, done=came is not None and not why))
    return visit.page("lead/roster.html", view, status=status, wrong=wrong, live=visit.site.changes is not None)


def _exactly(code: str, registrations: list[Registration], known: dict[str, Person]) -> str | None:
    """Who is meant for certain: one who has a seat or came, by id, personnel number or whole name."""
    wanted = plain(code)
    found = []
    for one in registrations:
        person = known.get(one.member_id)
        called = {plain(one.member_id)} | ({plain(person.number), plain(person.name)} if person else set())
        if wanted in called:
            found.append(one)
    if len(found) == 1 and found[0].status in ("confirmed", "attended"):
        return found[0].member_id
    return None
