"""What members answered at registration: seen by leaders, counted, and written into a file."""

import asyncio
from typing import Final
from urllib.parse import quote

from ekkyo.contracts.events import AnswersPage, GetAnswers, MemberAnswers
from ekkyo_common.tables.writing import as_csv, as_xlsx
from starlette.responses import Response

from ekkyo_portal.lead import names
from ekkyo_portal.lead.gathered import Gathered, gathered, table
from ekkyo_portal.lead.section import must_lead, section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

PAGES: Final = 250
"""Pages of answers that are read for one page or file: more than an event has members."""


@section.get("/e/{event_id}/questions/answers", who=Who.LEADERS)
async def answers(visit: Visit, event_id: str) -> Response:
    """Totals, and what each member answered."""
    return visit.page("lead/answers.html", await _gathered(visit, event_id))


@section.get("/e/{event_id}/questions/answers.csv", who=Who.LEADERS)
async def as_text(visit: Visit, event_id: str) -> Response:
    """The answers as CSV."""
    found = await _gathered(visit, event_id)
    return _file(found, as_csv(table(visit.reader, found)), "csv", "text/csv; charset=utf-8")


@section.get("/e/{event_id}/questions/answers.xlsx", who=Who.LEADERS)
async def as_workbook(visit: Visit, event_id: str) -> Response:
    """The answers as a workbook."""
    found = await _gathered(visit, event_id)
    made = await asyncio.to_thread(as_xlsx, table(visit.reader, found), visit.reader.words.asking.answers)
    return _file(found, made, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


async def answers_of(visit: Visit, event_id: str) -> tuple[AnswersPage, list[MemberAnswers]]:
    """The first page of answers, and all of them. Raises Refused for who does not lead the event."""
    page = await visit.ask(GetAnswers(event_id=event_id))
    must_lead(visit, page.event.community_id)
    entries = list(page.entries)
    told: AnswersPage = page
    for _ in range(PAGES):
        if told.next is None:
            break
        told = await visit.ask(GetAnswers(event_id=event_id, after=told.next))
        entries += told.entries
    return page, entries


async def _gathered(visit: Visit, event_id: str) -> Gathered:
    page, entries = await answers_of(visit, event_id)
    known, away = await names.known_to(visit, page.event.community_id, [one.member_id for one in entries])
    return gathered(visit.reader, page, entries, known, away=away)


def _file(found: Gathered, content: bytes, ending: str, kind: str) -> Response:
    name = quote(f"{found.title}.{ending}", safe="")
    disposition = f"attachment; filename=\"answers.{ending}\"; filename*=UTF-8''{name}"
    return Response(content, media_type=kind, headers={"content-disposition": disposition})
