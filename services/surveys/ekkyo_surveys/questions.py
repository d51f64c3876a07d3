"""What the surveys service can be asked to tell."""

import asyncio
from datetime import datetime
from typing import Any

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.held import Held
from ekkyo.contracts.surveys import (
    CommunityScores,
    CompareCommunities,
    CountAnswers,
    Form,
    FormAnswer,
    GetForm,
    GetResults,
    GetSuits,
    GetTrend,
    GetVocabulary,
    HeldBySurveys,
    ListPulses,
    ListSurveys,
    ListTemplates,
    MySurvey,
    MySurveys,
    MySurveysPage,
    PendingSurveys,
    PreviewForm,
    PulseList,
    RankThemes,
    ResultsAnswer,
    Suits,
    SurveyCounts,
    SurveyList,
    TemplateList,
    ThemeRanking,
    Trend,
    VocabularyAnswer,
    templates_of,
    vocabulary_id_of,
)
from ekkyo.decision.clock import utcnow
from ekkyo.decision.holding import erased
from ekkyo.words.themes import vocabulary_of

from ekkyo_surveys import forms, model
from ekkyo_surveys.known import Known
from ekkyo_surveys.store import Forgotten, Merges, People, Pulses, Surveys, Templates, Vocabularies

router = Router()
MOST = 1000
"""Surveys told or counted at once, the newest ones."""


@router.subscriber(**asked(GetForm))
async def form(ask: GetForm, surveys: Surveys, who: Who) -> FormAnswer:
    """The questions of a survey, and whether this member may still answer them."""
    survey, part = await surveys.entry(ask.survey_id, ask.member_id)
    shows = model.has_answers_to_show(survey, part)
    boxes = await surveys.entries(ask.survey_id, where={"kind": "box"}) if shows else []
    return model.form_for(survey, part, boxes, who=who, member_id=ask.member_id, now=utcnow())


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


@router.subscriber(**asked(HeldBySurveys))
async def held(
    ask: HeldBySurveys, surveys: Surveys, people: People, merges: Merges, forgotten: Forgotten, who: Who
) -> Held:
    """All that this service holds on a member."""
    one = ask.member_id
    if await forgotten.get(one):
        raise erased()
    person, merged, parts = await asyncio.gather(
        people.get(one), merges.get(one), surveys.find_entries({"member_id": one}, limit=0)
    )
    found = await surveys.find({"id": {"$in": [part.document_id for part in parts]}}, sort="opened_at", limit=0)
    named = model.names_who_answered(found)
    boxes = await surveys.find_entries({"document_id": {"$in": named}, "kind": "box"}, limit=0) if named else []
    return model.held_on(ask, person, merged, found, parts, boxes, who)


@router.subscriber(**asked(PreviewForm))
async def preview(ask: PreviewForm, templates: Templates, who: Who) -> Form:
    """The form that a new survey of this template would get, or an earlier version of it."""
    if ask.template in forms.BUILT_IN:
        return forms.form(ask.template, ask.version) if ask.version else forms.newest(ask.template)
    if ask.community_id is None:
        raise forms.not_found()
    id = templates_of(ask.community_id)
    known = await templates.get(id)
    _, version = await templates.entry(id, model.version_of(known, ask.template, ask.version))
    return model.form_previewed(version, who, ask.community_id)


@router.subscriber(**asked(ListTemplates))
async def list_templates(ask: ListTemplates, templates: Templates) -> TemplateList:
    """The built-in templates, and those of a community."""
    return model.templates_told(await templates.get(templates_of(ask.community_id)))


@router.subscriber(**asked(ListSurveys))
async def list_surveys(ask: ListSurveys, surveys: Surveys) -> SurveyList:
    """The surveys of a community, newest first."""
    where = ask.model_dump(exclude_none=True)
    found = await surveys.find(where, sort="-opened_at", limit=MOST)
    return SurveyList(surveys=[model.state(s) for s in found])


@router.subscriber(**asked(GetResults))
async def get_results(ask: GetResults, surveys: Surveys, known: Known, who: Who) -> ResultsAnswer:
    """What a survey says."""
    survey = await surveys.get(ask.survey_id)
    boxes = await surveys.entries(ask.survey_id, where={"kind": "box"})
    words = await known.words_of(survey.community_id) if survey else None
    return model.results_of(survey, boxes, who=who, words=words)


@router.subscriber(**asked(RankThemes))
async def rank_themes(ask: RankThemes, surveys: Surveys, known: Known) -> ThemeRanking:
    """What members want next, over all closed surveys."""
    changed = await known.changed_words(ask.community_id)
    found = await surveys.find(_closed(ask.community_id, ask.since), sort="-opened_at", limit=MOST)
    themes = model.ranking((survey.results for survey in found), vocabulary_of(changed))
    told = changed.model_copy(update={"ignored": []}) if changed and ask.words else None
    return ThemeRanking(community_id=ask.community_id, themes=themes[: ask.limit], vocabulary=told)


@router.subscriber(**asked(GetSuits))
async def suits(ask: GetSuits, surveys: Surveys) -> Suits:
    """Which formats, weekdays and times suit people."""
    found = await surveys.find(_closed(ask.community_id, ask.since), sort="-opened_at", limit=MOST)
    return model.suits(ask.community_id, (survey.results for survey in found))


@router.subscriber(**asked(GetVocabulary))
async def get_vocabulary(ask: GetVocabulary, surveys: Surveys, vocabularies: Vocabularies) -> VocabularyAnswer:
    """The words of a community's themes, and what they make of all closed surveys."""
    kept = await vocabularies.get(vocabulary_id_of(ask.community_id))
    changed = kept or model.ThemeVocabulary.of(ask.community_id)
    found = await surveys.find({"community_id": ask.community_id, "status": "closed"}, sort="-opened_at", limit=MOST)
    closed = [(survey.results, model.comments_of(survey)) for survey in found]
    return await asyncio.to_thread(model.vocabulary_told, changed.told(), closed)


@router.subscriber(**asked(CountAnswers))
async def counts(ask: CountAnswers, surveys: Surveys) -> SurveyCounts:
    """How many answered, and how they judge, as numbers alone."""
    found = await surveys.find({"community_id": ask.community_id, "status": "closed"}, limit=0)
    return model.counts(ask, found)


@router.subscriber(**asked(GetTrend))
async def trend(ask: GetTrend, surveys: Surveys) -> Trend:
    """How answers changed from survey to survey."""
    where = {
        "community_id": ask.community_id,
        "status": "closed",
        **({"template": ask.template} if ask.template else {}),
    }
    found = await surveys.find(where, sort="-opened_at", limit=ask.limit)
    return model.trend_of(ask.community_id, found)


@router.subscriber(**asked(CompareCommunities))
async def compare(ask: CompareCommunities, surveys: Surveys) -> CommunityScores:
    """What the surveys of each community say together."""
    where = {"status": "closed", **({"opened_at": {"$gte": ask.since}} if ask.since else {})}
    return model.compared(await surveys.find(where, sort="-opened_at", limit=MOST))


@router.subscriber(**asked(ListPulses))
async def list_pulses(ask: ListPulses, pulses: Pulses, known: Known) -> PulseList:
    """The pulses of a community, and how many of its members can be asked."""
    found = await pulses.find({"community_id": ask.community_id}, limit=0)
    return model.pulses_told(found, await known.rested(ask.community_id, utcnow()))


def _closed(community_id: str, since: datetime | None) -> dict[str, Any]:
    """Closed surveys of a community, or those of them that opened at a time or later."""
    opened = {"opened_at": {"$gte": since}} if since else {}
    return {"community_id": community_id, "status": "closed", **opened}
