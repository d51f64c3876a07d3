"""What the surveys service holds on a member. Nothing of it connects to an answer to an anonymous survey."""

from collections.abc import Iterable, Sequence
from typing import Final

from ekkyo.contracts.held import Held, Row
from ekkyo.contracts.surveys import HeldBySurveys
from ekkyo.decision import Caller
from ekkyo.decision.holding import held, row

from ekkyo_surveys.model.merging import Followed
from ekkyo_surveys.model.opening import Person
from ekkyo_surveys.model.survey import Part, Survey

OWN: Final = ("surveys", "answers", "drafts")


def names_who_answered(surveys: Iterable[Survey]) -> list[str]:
    """The surveys whose boxes say who gave which answers."""
    return [survey.id for survey in surveys if not survey.anonymous]


def held_on(
    ask: HeldBySurveys,
    person: Person | None,
    merged: Followed | None,
    surveys: Sequence[Survey],
    parts: Sequence[Part],
    boxes: Sequence[Part],
    who: Caller,
) -> Held:
    """All of it. surveys: those of these participations. boxes: of the surveys that are not anonymous."""
    by_id = {survey.id: survey for survey in surveys}
    mine = [(by_id[part.document_id], part) for part in parts if part.document_id in by_id]
    said = [(by_id[box.document_id], one) for box in boxes for one in box.responses if one.member_id == ask.member_id]
    sections: dict[str, Iterable[Row]] = {
        "known": [row(one) for one in (person,) if one],
        "merged": [row(one) for one in (merged,) if one],
        "surveys": [_participation(survey, part) for survey, part in mine],
        "answers": [_about(survey) | {"answers": {**one.said}} for survey, one in said if not survey.anonymous],
        "drafts": [_about(survey) | {"answers": {**part.draft}} for survey, part in mine if part.draft is not None],
    }
    return held(ask, sections, who, own=OWN)


def _about(survey: Survey) -> Row:
    return {"survey_id": survey.id, "title": {**survey.title}}


def _participation(survey: Survey, part: Part) -> Row:
    about: Row = {
        **_about(survey),
        "community_id": survey.community_id,
        "opened_at": survey.opened_at.isoformat(),
        "anonymous": survey.anonymous,
        "answered": part.answered,
    }
    if survey.event_id:
        about["event_id"] = survey.event_id
    return about | ({"withdrawn": True} if part.withdrawn else {})
