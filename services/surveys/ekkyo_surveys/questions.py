"""What the surveys service can be asked to tell."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.surveys import (
    Form,
    FormAnswer,
    GetForm,
    GetResults,
    ListSurveys,
    MySurvey,
    MySurveys,
    MySurveysPage,
    PendingSurveys,
    PreviewForm,
    RankThemes,
    ResultsAnswer,
    SurveyList,
    ThemeRanking,
)

from ekkyo_surveys import forms, model, results
from ekkyo_surveys.store import Surveys

router = Router()
MOST = 1000
"""Surveys told or counted at once, the newest ones."""


@router.subscriber(**asked(GetForm))
async def form(ask: GetForm, surveys: Surveys, who: Who) -> FormAnswer:
    """The questions of a survey, and whether this member may still answer them."""
    survey, part = await surveys.entry(ask.survey_id, ask.member_id)
    return model.form_for(survey, part, who=who, member_id=ask.member_id)


@router.subscriber(**asked(PendingSurveys))
async def pending(ask: PendingSurveys, surveys: Surveys) -> SurveyList:
    """Open surveys that a member has not answered, newest first."""
    parts = await surveys.find_entries({"member_id": ask.member_id, "answered": False}, limit=0)
    where = {"id": {"$in": [part.document_id for part in parts]}, "status": "open"}
    found = await surveys.find(where, sort="-opened_at", limit=MOST)
    return SurveyList(surveys=[model.state(s) for s in found])


@router.subscriber(**asked(MySurveys))
async def mine(ask: MySurveys, surveys: Surveys) -> MySurveysPage:
    """The surveys that a member was invited to, newest first."""
    parts = await surveys.find_entries({"member_id": ask.member_id}, limit=0)
    answered = {part.document_id: part.answered for part in parts}
    found = await surveys.find({"id": {"$in": list(answered)}}, sort="-opened_at", limit=ask.limit)
    return MySurveysPage(surveys=[MySurvey(survey=model.state(s), answered=answered[s.id]) for s in found])


@router.subscriber(**asked(PreviewForm))
async def preview(ask: PreviewForm) -> Form:
    """The form that a new survey of this template would get."""
    return forms.newest(ask.template)


@router.subscriber(**asked(ListSurveys))
async def list_surveys(ask: ListSurveys, surveys: Surveys) -> SurveyList:
    """The surveys of a community, newest first."""
    where = ask.model_dump(exclude_none=True)
    found = await surveys.find(where, sort="-opened_at", limit=MOST)
    return SurveyList(surveys=[model.state(s) for s in found])


@router.subscriber(**asked(GetResults))
async def get_results(ask: GetResults, surveys: Surveys, who: Who) -> ResultsAnswer:
    """What a survey says."""
    survey = await surveys.get(ask.survey_id)
    boxes = await surveys.entries(ask.survey_id, where={"kind": "box"})
    return model.results_of(survey, boxes, who=who)


@router.subscriber(**asked(RankThemes))
async def themes(ask: RankThemes, surveys: Surveys) -> ThemeRanking:
    """What members want next, over all closed surveys."""
    found = await surveys.find({"community_id": ask.community_id, "status": "closed"}, sort="-opened_at", limit=MOST)
    votes = [(t.theme, t.votes) for s in found if s.results for t in s.results.themes]
    return ThemeRanking(community_id=ask.community_id, themes=results.ranked(votes)[: ask.limit])
