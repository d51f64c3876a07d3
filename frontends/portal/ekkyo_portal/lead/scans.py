"""What a desk scanned while its network was away, told later, scan by scan."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn, Registration, RosterPage
from ekkyo.wire.seats import Seat
from starlette.responses import JSONResponse, Response

from ekkyo_portal.lead import names, roster
from ekkyo_portal.lead.desk import roster_of
from ekkyo_portal.lead.names import Person
from ekkyo_portal.lead.section import section
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

ANSWER_LOST: Final = timedelta(minutes=2)
"""A check-in that took place so soon after a scan is the scan's own, if it was sent before and no answer came."""


@section.post("/e/{event_id}/roster/scan", who=Who.HOSTS)
async def scan(visit: Visit, event_id: str) -> Response:
    """Check in whom a kept scan names, and tell the script what came of it. Told again, it has no further effect.

    code: as it was scanned; or member: whose button was pressed, and act: which one. at: when; tried: it was sent then,
    but not answered.
    """
    form = await visit.form()
    page = await roster_of(visit, event_id)
    named = visit.site.codes.read(form["code"]) if form["code"] else Seat(event_id, form["member"])
    mine = [named.member_id] if named and named.event_id == event_id else []
    who = named.member_id if named else "nobody"
    made = form.make(CheckIn, event_id=event_id, member_id=who, scan_id=form["scan"], at=form["at"])
    if made is None or made.at is None:
        return _told(visit, "conflict", visit.reader.words.desk.scan_broken)
    known, _ = await names.known_to(visit, page.event.community_id, mine)
    pressed = form["act"] in ("seat", "walk")  # the leader knew that there was no seat
    wrong, find = ("", "") if pressed else roster.unmeant(visit.reader, page, named, known)
    if wrong or named is None:
        advice = visit.reader.words.desk.scan_look if find or not mine else visit.reader.words.desk.scan_walk_in
        between = "" if visit.reader.locale == "ja" else " "
        return _told(visit, "conflict", f"{wrong}{between}{advice}", find)
    before = next((one for one in page.registrations if one.member_id == named.member_id), None)
    find = _finds(known.get(named.member_id))
    try:
        after = await visit.send(made)
    except Refused as why:
        if why.status in (401, 403, 429) or why.status >= 500:
            raise
        return _told(visit, "conflict", _refused(visit.reader, why), find)
    said = already(visit.reader, page, before, after, made, known, tried=form.on("tried"))
    return _told(visit, "already" if said else "done", said)


def already(
    reader: Reader,
    page: RosterPage,
    before: Registration | None,
    after: Registration,
    scan: CheckIn,
    known: Mapping[str, Person],
    *,
    tried: bool,
) -> str:
    """That another desk had checked this member in, and whose time counts; nothing where this scan was the first."""
    earlier = before.checked_in_at if before and before.status == "attended" else None
    if earlier is None or scan.at is None or earlier == scan.at:
        return ""
    if tried and scan.at <= earlier <= scan.at + ANSWER_LOST:
        return ""
    person = known.get(after.member_id)
    words, zone = reader.words.desk, page.event.timezone
    text = words.scan_already if after.checked_in_at == earlier else words.scan_first
    said: str = text.format(name=person.name if person else words.unknown, at=reader.clock(earlier, zone))
    return said


def _refused(reader: Reader, why: Refused) -> str:
    words = reader.words.desk
    said: dict[str, str] = {"check_in_not_open": words.scan_early, "event_concluded": words.scan_late}
    return said.get(why.code) or refusal(reader.locale, why.code, why.detail)


def _finds(person: Person | None) -> str:
    """What finds somebody on the roster."""
    return (person.number or person.name) if person else ""


def _told(visit: Visit, state: str, text: str, find: str = "") -> Response:
    return JSONResponse({"state": state, "text": text, "find": find})
