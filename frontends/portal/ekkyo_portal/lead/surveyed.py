"""Results of surveys: one survey, as a page and as files; a community's surveys over time; all communities."""

import asyncio
from typing import Final
from urllib.parse import quote

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import ListCommunities
from ekkyo.contracts.surveys import CloseSurvey, CompareCommunities, GetForm, GetResults, GetTrend, ResultsAnswer
from ekkyo.contracts.surveys import Form as Questions
from ekkyo_common.tables.writing import as_csv, as_xlsx
from starlette.responses import Response

from ekkyo_portal.lead import over_time, said
from ekkyo_portal.lead.section import led_community, must_lead, section
from ekkyo_portal.web.headers import in_no_page
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@section.get("/s/{survey_id}/results", who=Who.LEADERS)
async def survey_results(visit: Visit, survey_id: str) -> Response:
    """What a survey says: charts, tables, texts."""
    found, _, _ = await _said(visit, survey_id)
    return visit.page("lead/said.html", found)


@section.post("/s/{survey_id}/close", who=Who.LEADERS)
async def close(visit: Visit, survey_id: str) -> Response:
    """Close a survey before its deadline. One that is closed stays as it is."""
    await visit.send(CloseSurvey(survey_id=survey_id))
    return visit.see_other(f"/s/{survey_id}/results", did="told.closed")


@section.get("/s/{survey_id}/results.csv", who=Who.LEADERS)
async def as_text(visit: Visit, survey_id: str) -> Response:
    """The results as CSV."""
    found, told, form = await _told(visit, survey_id)
    return _file(found, as_csv(said.rows_of(visit.reader, found, told, form)), "csv", "text/csv; charset=utf-8")


@section.get("/s/{survey_id}/results.xlsx", who=Who.LEADERS)
async def as_workbook(visit: Visit, survey_id: str) -> Response:
    """The results as a workbook."""
    found, told, form = await _told(visit, survey_id)
    rows = said.rows_of(visit.reader, found, told, form)
    made = await asyncio.to_thread(as_xlsx, rows, visit.reader.words.results.title)
    return _file(found, made, "xlsx", XLSX)


@section.get("/s/{survey_id}/results.json", who=Who.LEADERS)
async def as_json(visit: Visit, survey_id: str) -> Response:
    """The results as the service tells them."""
    found, told, _ = await _told(visit, survey_id)
    return _file(found, in_no_page(told.model_dump_json(indent=2).encode()), "json", "application/json")


@section.get("/c/{community_id}/trend", who=Who.LEADERS)
async def trend(visit: Visit, community_id: str) -> Response:
    """How answers changed from survey to survey."""
    community = await led_community(visit, community_id)
    told = await visit.ask(GetTrend(community_id=community_id))
    return visit.page("lead/trend.html", over_time.over_time(visit.reader, community_id, community.name, told))


@section.get("/people-surveys", who=Who.STEWARDS)
async def compare(visit: Visit) -> Response:
    """The scores of all communities."""
    scores, communities = await asyncio.gather(visit.ask(CompareCommunities()), visit.maybe(ListCommunities(limit=200)))
    known = [one.community for one in communities.communities] if communities else []
    names = {one.community_id: one.name for one in known}
    return visit.page("lead/compared.html", over_time.compared(scores, names))


async def _said(visit: Visit, survey_id: str) -> tuple[said.Said, ResultsAnswer | None, Questions]:
    """A survey with its results, None while they are not told. Raises Refused for who does not lead its community."""
    form = await visit.ask(GetForm(survey_id=survey_id, member_id=visit.me.member_id))
    must_lead(visit, form.survey.community_id)
    told: ResultsAnswer | None = None
    if form.survey.status == "closed" or not form.survey.anonymous:
        told = await visit.maybe(GetResults(survey_id=survey_id))
    return said.said_by(visit.reader, form.survey, told, form.form), told, form.form


async def _told(visit: Visit, survey_id: str) -> tuple[said.Said, ResultsAnswer, Questions]:
    """The same for a file. Raises Refused while there are no results."""
    found, told, form = await _said(visit, survey_id)
    if told is None:
        raise Refused("survey_still_open", "The results of an anonymous survey are available only after it closes.")
    return found, told, form


def _file(found: said.Said, content: bytes, ending: str, kind: str) -> Response:
    name = quote(f"{found.title}.{ending}", safe="")
    disposition = f"attachment; filename=\"results.{ending}\"; filename*=UTF-8''{name}"
    return Response(content, media_type=kind, headers={"content-disposition": disposition})
