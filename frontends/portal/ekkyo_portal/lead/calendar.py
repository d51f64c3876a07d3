"""A groupware's calendar, previewed appointment by appointment and then imported as drafts. Nothing is kept between."""

import asyncio
import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from ekkyo.contracts.events import EventDetails
from ekkyo.contracts.members import Community
from ekkyo.words.text import one_line
from ekkyo_common import calendar
from ekkyo_common.calendar import Became, Said, UnreadableCalendar
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ekkyo_portal.lead.section import led_community, section
from ekkyo_portal.lead.writing import CAPACITY
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

SENT: Final = calendar.LARGEST * 4 // 3 + 128 * 1024
"""Bytes of a form that holds such a file as text."""


@dataclass(frozen=True)
class Line:
    """An appointment as the page shows it. id: what the form sends where it is chosen."""

    line: int
    title: str
    when: str
    why: list[str]
    id: str
    dates: list[str]


@dataclass(frozen=True)
class Preview:
    """What becomes of each appointment, by what becomes of it, and how the file was read."""

    community_id: str
    community: str
    zone: str
    groups: dict[str, list[Line]]
    read_as: list[str]
    kept: str = ""


@section.get("/c/{community_id}/calendar-import", who=Who.LEADERS)
async def choose(visit: Visit, community_id: str) -> Response:
    """Choose a file."""
    community = await led_community(visit, community_id)
    return _choosing(visit, community, Form.filled({"capacity": CAPACITY, "context": "IT"}), 200)


@section.post("/c/{community_id}/calendar-import", who=Who.LEADERS, largest=SENT)
async def run(visit: Visit, community_id: str) -> Response:
    """Preview what becomes of each appointment, or import those that were chosen. Importing again changes nothing."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    data = await _sent(visit, form)
    said = form.make(EventDetails, title="x", format="online", context=form["context"], capacity=form["capacity"])
    if data is None or said is None:
        return _choosing(visit, community, form, 422)
    try:
        file = await asyncio.to_thread(calendar.read_calendar, data, zone=community.timezone, now=visit.now)
    except UnreadableCalendar as unreadable:
        form.wrong("file", "unreadable")
        return _choosing(visit, community, form, 422, because=told(visit.reader, unreadable.said))
    rows = await calendar.preview(visit, file, community_id, capacity=said.capacity, context=said.context)
    if form["do"] == "import":
        done = await calendar.take(visit, rows, set(form.all("take")), series=False)
        view = seen(visit.reader, community, done, file.evidence, "")
        return visit.page("lead/calendar_imported.html", view)
    kept = base64.urlsafe_b64encode(data).decode()
    return visit.page("lead/calendar_preview.html", seen(visit.reader, community, rows, file.evidence, kept), form=form)


async def _sent(visit: Visit, form: Form) -> bytes | None:
    """The file that was chosen, or the one that was previewed; None with an error beside the field."""
    upload: Any = (await visit.sent()).get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        data = await upload.read()
    else:
        try:
            data = base64.urlsafe_b64decode(form["kept"])
        except (binascii.Error, ValueError):
            data = b""
    if not data or len(data) > calendar.LARGEST:
        form.wrong("file", "file_too_large" if data else "missing")
        return None
    return data


def seen(reader: Reader, community: Community, rows: list[Became], evidence: list[Said], kept: str) -> Preview:
    """Every appointment in the reader's language, by what becomes of it."""
    groups: dict[str, list[Line]] = {name: [] for name in ("draft", "series", "bad", "there", "skipped")}
    for row in rows:
        when = reader.moment(row.starts_at, row.timezone) if row.starts_at else ""
        dates = [reader.moment(at, row.timezone) for at in row.dates]
        why = [told(reader, one) for one in row.said if one.code != "announced"]  # the page says it of all series
        hidden = any(one.code == "private" for one in row.said)
        words = reader.words.calendar
        title = words.hidden if hidden else one_line(row.title, 120) or words.no_title
        groups[row.outcome].append(Line(row.line, title, when, why, row.id, dates))
    read_as = [told(reader, one) for one in evidence]
    return Preview(community.community_id, one_line(community.name), community.timezone, groups, read_as, kept)


def told(reader: Reader, one: Said) -> str:
    """What is told of a file or an appointment, with the field and what stands there."""
    words = reader.words.calendar
    text = (words.said.get(one.code) or calendar.TEXTS[one.code]).format(*one.names)
    at = " ".join(part for part in (one.field, f"“{one.value}”" if one.value else "") if part)
    return one_line(f"{at}: {text}" if at else text[:1].upper() + text[1:], 400)


def _choosing(visit: Visit, community: Community, form: Form, status: int, because: str = "") -> Response:
    view = {"community_id": community.community_id, "community": one_line(community.name), "zone": community.timezone}
    return visit.page("lead/calendar_import.html", view, status=status, form=form, because=because)
