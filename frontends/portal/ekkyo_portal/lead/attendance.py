"""A meeting tool's attendance report, previewed row by row and then imported. Nothing is kept here between the two."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import Attendee, EventState, GetRoster, ImportAttendance, RosterPage
from ekkyo.contracts.members import FindMembers
from ekkyo.words.text import one_line
from ekkyo_common.attendance import (
    Became,
    Matched,
    MemberLike,
    Report,
    UnreadableReport,
    correction,
    match,
    preview,
    read_attendance,
    replacement,
)
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ekkyo_portal.lead.names import cards_of
from ekkyo_portal.lead.section import run, section
from ekkyo_portal.lead.speakers import where
from ekkyo_portal.look import uploads
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file: a report of some 50,000 rows."""
CHUNK: Final = 2000
"""Attendees that one command takes."""
RECORDED: Final = 512 * 1024
"""Bytes of the form that imports what was previewed."""
DECIDED: Final = 500
"""Doubtful rows that a leader is asked about; a form holds no more than 1,000 fields."""
LONG: Final = 120.0


@dataclass(frozen=True)
class Guest:
    """Somebody registered from outside the community: recognised by name, as their leader knows no more of them."""

    member_id: str
    name: str
    department: str
    number: str = ""
    email: str = ""
    name_kana: str | None = None


@dataclass(frozen=True)
class Doubtful:
    """A row that may mean somebody: the leader decides. choices: what a form sends, and how it is shown."""

    line: int
    value: str
    why: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """A row of the report, with what becomes of it and why."""

    line: int
    value: str
    who: str
    why: str
    minutes: int | None = None


@dataclass(frozen=True)
class Preview:
    """The result for every row, before anything is recorded."""

    kind: str
    title: str
    attendees: list[str]
    """What the form sends: a member and their minutes."""
    came: list[Line]
    doubtful: list[Doubtful]
    left_out: list[Line]
    notes: list[Line]


@dataclass(frozen=True)
class Change:
    """What the report changes if it replaces the earlier ones. gains, loses: people as they are shown.

    losing: what the form sends: who may lose their attendance.
    """

    earlier: int
    gains: list[str]
    loses: list[str]
    losing: str


@section.get("/e/{event_id}/attendance", who=Who.HOSTS)
async def choose(visit: Visit, event_id: str) -> Response:
    """Choose a report; after an import, what came of it."""
    event = await run(visit, event_id)
    asked = visit.request.query_params
    names = ("new", "walk_ins", "already", "lost", "passed")
    counts = {name: int(n) for name in names if (n := asked.get(name, "")).isdecimal() and len(n) < 10}
    return visit.page("lead/attendance.html", _about(visit, event), form=Form(), counts=counts, because="")


@section.post("/e/{event_id}/attendance", who=Who.HOSTS, largest=LARGEST + 64 * 1024)
async def shown(visit: Visit, event_id: str) -> Response:
    """Preview the result for every row."""
    event = await run(visit, event_id)
    form = await visit.form()
    upload: Any = (await visit.sent()).get("file")
    data = await upload.read() if isinstance(upload, UploadFile) and upload.filename else b""
    least = form["min_minutes"] or "0"
    because = ""
    if not data or len(data) > LARGEST:
        form.wrong("file", "file_too_large" if data else "missing")
    if not (least.isdecimal() and len(least) < 5):
        form.wrong("min_minutes", "no_number")
    if not form.errors:
        try:
            report = await asyncio.to_thread(read_attendance, data, upload.filename)
        except UnreadableReport as unreadable:
            form.wrong("file", "unreadable")
            because = uploads.unreadable(visit.reader, unreadable)
        else:
            members, page = await everybody(visit, event)
            found = await asyncio.to_thread(match, report, members, min_minutes=int(least))
            view = seen(visit, report, found, members)
            change = replacing(visit, page, found, members)
            return visit.page("lead/attendance_preview.html", view, event=event, change=change)
    about = _about(visit, event)
    return visit.page("lead/attendance.html", about, status=422, form=form, counts={}, because=because)


@section.post("/e/{event_id}/attendance/record", who=Who.HOSTS, largest=RECORDED)
async def record(visit: Visit, event_id: str) -> Response:
    """Record who came. Recording the same again changes nothing."""
    await run(visit, event_id)
    form = await visit.form()
    try:
        attendees = [_attendee(text) for text in (*form["came"].split(), *form.all("pick")) if text]
    except (ValueError, ValidationError):
        raise Refused("malformed", "This file is not a list of attendees.", 400) from None
    new = walk_ins = already = passed = lost = 0
    for some in _commands(event_id, attendees, form):
        done = await visit.send(some, within=LONG)
        new, walk_ins, already = new + done.attended, walk_ins + done.walk_ins, already + done.already
        passed, lost = passed + len(done.passed_over), lost + len(done.lost)
    counts = {"new": new, "walk_ins": walk_ins, "already": already, "passed": passed}
    counts |= {"lost": lost} if form["replaces"] else {}
    told = {name: str(n) for name, n in counts.items()}
    return visit.see_other(f"/e/{event_id}/attendance", did="attendance.imported", **told)


def _commands(event_id: str, attendees: list[Attendee], form: Form) -> list[ImportAttendance]:
    """What records them: in parts, or in one go where the report replaces the earlier ones. Raises Refused."""
    if not form["replaces"]:
        parts = range(0, len(attendees), CHUNK)
        return [ImportAttendance(event_id=event_id, attendees=attendees[at : at + CHUNK]) for at in parts]
    try:
        return [replacement(event_id, attendees, form["losing"].split())]
    except ValidationError:
        raise Refused("malformed", "This file is not a list of attendees.", 400) from None


def replacing(visit: Visit, page: RosterPage, matched: Matched, members: list[MemberLike]) -> Change | None:
    """What the report changes if it replaces the earlier ones; None where there was none, or not all can be seen."""
    found = correction(page.registrations, matched.attendees)
    if not found.earlier or page.next is not None:
        return None
    by_id = {member.member_id: member for member in members}

    def shown(ids: tuple[str, ...]) -> list[str]:
        return sorted(_shown(by_id[one]) if one in by_id else visit.reader.words.desk.unknown for one in ids)

    return Change(found.earlier, shown(found.gains), shown(found.loses), " ".join(found.loses))


async def everybody(visit: Visit, event: EventState) -> tuple[list[MemberLike], RosterPage]:
    """All whom the visitor may look for, page by page, and the event's guests; and its roster."""
    found: dict[str, MemberLike] = {}
    question = FindMembers(community_id=where(visit, event.community_id), limit=500)
    while visit.me.may_lead(event.community_id):  # hosts of the event may know those on its roster alone
        page = await visit.ask(question)
        found |= {member.member_id: member for member in page.members}
        if page.next is None:
            break
        question = question.model_copy(update={"after": page.next})
    roster = await visit.ask(GetRoster(event_id=event.event_id, limit=5000))
    guests = [one.member_id for one in roster.registrations if one.member_id not in found]
    known = [Guest(c.member_id, c.name, c.department) for c in await cards_of(visit, guests)]
    return [*found.values(), *known], roster


def seen(visit: Visit, report: Report, matched: Matched, members: list[MemberLike]) -> Preview:
    """Every row of the report in the reader's language."""
    by_id: dict[str, MemberLike] = {member.member_id: member for member in members}
    by_number: dict[str, MemberLike] = {member.number: member for member in members if member.number}
    meant = {one.line: [by_id[m] for m in one.member_ids] for one in matched.ambiguous}
    minutes = {one.line: one.minutes for one in report.participants}
    view = Preview(report.kind, one_line(report.title), [], [], [], [], [])
    view.attendees.extend(f"{one.member_id}:{one.minutes}" for one in matched.attendees)
    for row in preview(report, matched):
        value, why = one_line(row.value), because(visit, row)
        members_meant = meant.get(row.line) or [by_number[n] for n in row.suggestions if n in by_number]
        member = by_id.get(row.member_id or "")
        if row.outcome == "attended" and member:
            view.came.append(Line(row.line, value, _shown(member), "", row.minutes))
        elif row.outcome in ("ambiguous", "unknown") and members_meant and len(view.doubtful) < DECIDED:
            stay = minutes.get(row.line) or 0
            choices = [(f"{one.member_id}:{min(stay, 10_000)}", _shown(one)) for one in members_meant]
            view.doubtful.append(Doubtful(row.line, value, why, choices))
        else:
            into = view.notes if row.outcome == "note" else view.left_out
            into.append(Line(row.line, value, _shown(member) if member else "", why))
    return view


def because(visit: Visit, row: Became) -> str:
    """Why this becomes of a row: in words for its code; else the reader's own text, which is English."""
    words = visit.reader.words.attendance
    told: str = words.reasons.get(row.code or row.outcome, "")
    return told if told and visit.reader.locale != "en" else one_line(row.reason)


def _attendee(text: str) -> Attendee:
    member_id, _, minutes = text.rpartition(":")
    return Attendee(member_id=member_id, minutes=int(minutes))


def _shown(member: MemberLike) -> str:
    return one_line(f"{member.number} {member.name} ({member.department})")


def _about(visit: Visit, event: EventState) -> dict[str, Any]:
    return {"event": event, "title": one_line(event.title), "begun": event.starts_at <= visit.now}
