"""What came of an event and of a community: figures, what people said, what they want next."""

import asyncio

from ekkyo.contracts.events import GetFigures, GetRoster, ListEvents
from ekkyo.contracts.members import GetCommunity
from ekkyo.contracts.surveys import Form as Questions
from ekkyo.contracts.surveys import GetForm, GetResults, ListSurveys, RankThemes, ResultsAnswer
from starlette.responses import Response

from ekkyo_portal.community.standing import standing
from ekkyo_portal.lead import outcomes
from ekkyo_portal.lead.section import must_lead, section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/e/{event_id}/results", who=Who.LEADERS)
async def event_results(visit: Visit, event_id: str) -> Response:
    """What came of an event: who came, and what they said."""
    roster = await visit.ask(GetRoster(event_id=event_id, limit=5000))
    must_lead(visit, roster.event.community_id)
    surveys = await visit.maybe(ListSurveys(community_id=roster.event.community_id, event_id=event_id))
    said: ResultsAnswer | None = None
    form: Questions | None = None
    if surveys and surveys.surveys and surveys.surveys[0].status == "closed":
        id = surveys.surveys[0].survey_id
        said, asked = await asyncio.gather(
            visit.maybe(GetResults(survey_id=id)), visit.maybe(GetForm(survey_id=id, member_id=visit.me.member_id))
        )
        form = asked.form if asked else None
    return visit.page("lead/results.html", outcomes.event(visit.reader, roster, surveys, said, form))


@section.get("/c/{community_id}/results", who=Who.LEADERS)
async def community_results(visit: Visit, community_id: str) -> Response:
    """What came of a community so far, and what its members want next."""
    community = await visit.ask(GetCommunity(community_id=community_id))
    must_lead(visit, community_id)
    concluded = ListEvents(community_id=community_id, status=["concluded"], newest_first=True, limit=24)
    figures, themes, events = await asyncio.gather(
        visit.maybe(GetFigures(community_id=community_id)),
        visit.maybe(RankThemes(community_id=community_id)),
        visit.maybe(concluded),
    )
    measures = await standing(visit, community)
    view = outcomes.community(visit.reader, community, figures, themes, events)
    return visit.page("lead/community.html", view, measures=measures)
