"""Learning hours, for the training department: a page, and the same as files."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Community
from ekkyo.contracts.reports import Period
from ekkyo_common.hours import department_rows, headings, member_rows
from ekkyo_common.learning import LearningHours
from ekkyo_common.tables.writing import Cell, as_csv, as_xlsx
from starlette.responses import Response

from ekkyo_portal.lead.made import hours_of
from ekkyo_portal.lead.section import led_community, section
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@dataclass(frozen=True)
class Hours:
    """The hours of a year by department, and whose they are."""

    community_id: str
    name: str
    year: str
    years: list[str]
    heads: list[Cell]
    rows: list[list[Cell]]


@section.get("/c/{community_id}/hours", who=Who.LEADERS)
async def hours(visit: Visit, community_id: str) -> Response:
    """The hours of a year by department; of people, in the files alone."""
    community, year, found = await _gathered(visit, community_id)
    heads, *rows = _table(visit.reader, found, "departments")
    this = visit.now.astimezone(ZoneInfo(community.timezone)).year
    first = community.founded_at.astimezone(ZoneInfo(community.timezone)).year
    years = [str(one) for one in range(this, max(first, this - 10) - 1, -1)]
    return visit.page("lead/hours.html", Hours(community_id, community.name, year, years, heads, rows))


@section.get("/c/{community_id}/hours/{of}.csv", who=Who.LEADERS)
async def as_text(visit: Visit, community_id: str, of: str) -> Response:
    """The hours of people or departments as CSV."""
    _, year, found = await _gathered(visit, community_id)
    return _file(found, of, year, as_csv(_table(visit.reader, found, of)), "csv", "text/csv; charset=utf-8")


@section.get("/c/{community_id}/hours/{of}.xlsx", who=Who.LEADERS)
async def as_workbook(visit: Visit, community_id: str, of: str) -> Response:
    """The hours of people or departments as a workbook."""
    _, year, found = await _gathered(visit, community_id)
    made = await asyncio.to_thread(as_xlsx, _table(visit.reader, found, of), visit.reader.words.hours.title)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(found, of, year, made, "xlsx", kind)


async def _gathered(visit: Visit, community_id: str) -> tuple[Community, str, LearningHours]:
    """The hours of the year that the address names, else of this one."""
    community = await led_community(visit, community_id)
    year = visit.request.query_params.get("year", "")
    if not (year.isascii() and year.isdigit() and 1900 <= int(year[:5]) < 2200):
        year = str(visit.now.year)
    return community, year, await hours_of(visit, community, Period.read(year))


def _table(reader: Reader, found: LearningHours, of: str) -> list[list[Cell]]:
    if of == "departments":
        heads = headings("departments", reader.locale)
        return department_rows(found.departments, heads, reader.words.hours.others)
    if of == "members":
        return member_rows(found.members, found.people, headings("members", reader.locale))
    raise Refused("not_found", "There is no such table.", 404)


def _file(found: LearningHours, of: str, year: str, content: bytes, ending: str, kind: str) -> Response:
    name = quote(f"{found.community}-{of}-{year}.{ending}", safe="")
    disposition = f"attachment; filename=\"hours.{ending}\"; filename*=UTF-8''{name}"
    return Response(content, media_type=kind, headers={"content-disposition": disposition})
