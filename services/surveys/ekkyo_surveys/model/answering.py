"""How members answer: the form they see, drafts, answers, and answers that are changed. Pure."""

from collections.abc import Iterable
from datetime import datetime

from ekkyo.contracts.surveys import (
    Answered,
    AnswerSurvey,
    DraftSaved,
    FormAnswer,
    SaveDraft,
    SurveyAnswered,
)
from ekkyo.decision import Caller, Decision, Entries, Refused

from ekkyo_surveys import answers, sealing
from ekkyo_surveys.model.survey import Chance, NeedsKey, Part, Response, Survey, box_key, state


def answer(
    survey: Survey, parts: Entries[Part], cmd: AnswerSurvey, *, key: str | None, chance: Chance, now: datetime
) -> Decision[Survey, Answered]:
    """Take an answer, or in place of it another one if the survey is not anonymous.

    key: the public key of the survey, None when it is not known.
    """
    mine = _invited(parts.get(cmd.member_id))
    told = Answered(survey_id=survey.id, member_id=cmd.member_id)
    if mine.answered and survey.anonymous:
        return Decision(survey, told)
    if mine.answered:
        return _changed(survey, parts, cmd, mine, now=now)
    _must_be_open(survey, now)
    said = answers.checked(survey.form, cmd.answers)
    box = parts.get(box_key(chance.draw % survey.boxes))
    assert box is not None, "the boxes were made when the survey opened"
    kept: dict[str, object]
    if survey.anonymous:
        if key is None:
            raise NeedsKey(new=not survey.sealed)
        sealed = sealing.seal(said, to=key, ephemeral=chance.ephemeral)
        kept = {"sealed": sorted([*box.sealed, sealed])}
    else:
        kept = _put(box.responses, Response(said=said, member_id=cmd.member_id))
    after = survey.model_copy(update={"answered": survey.answered + 1, "sealed": survey.anonymous})
    return Decision(
        after,
        told,
        entries=[_without_draft(mine).model_copy(update={"answered": True}), box.model_copy(update=kept)],
        facts=[SurveyAnswered(survey_id=survey.id, survey=state(after, after=1), member_id=cmd.member_id)],
    )


def save_draft(survey: Survey, parts: Entries[Part], cmd: SaveDraft, *, now: datetime) -> Decision[Survey, DraftSaved]:
    """Keep unfinished answers, those of them that the form accepts; without any there is no draft.

    An anonymous survey takes none.
    """
    mine = _invited(parts.get(cmd.member_id))
    if survey.anonymous:
        raise Refused("no_drafts", "Drafts of anonymous surveys are not kept here: they could be read with your id.")
    _must_be_open(survey, now)
    told = DraftSaved(survey_id=survey.id, member_id=cmd.member_id)
    draft = answers.kept(survey.form, cmd.answers) or None
    if mine.draft == draft:
        return Decision(survey, told)
    if draft is None:
        return Decision(survey, told, entries=[_without_draft(mine)])
    after = survey if survey.drafts else survey.model_copy(update={"drafts": True})
    return Decision(after, told, entries=[mine.model_copy(update={"draft": draft, "drafted": True})])


def form_for(
    survey: Survey | None, part: Part | None, boxes: Iterable[Part], *, who: Caller, member_id: str, now: datetime
) -> FormAnswer:
    """The form as one member sees it, with what they saved or said if that is known, which nobody else gets."""
    if survey is None:
        raise Refused("survey_not_found", "There is no survey with this id.")
    who.must_lead(survey.community_id, or_is=member_id)
    answered = bool(part and part.answered)
    theirs = has_answers_to_show(survey, part) and who.sub == member_id
    drafted = bool(theirs and part and part.draft is not None)
    said = (part.draft if drafted and part else _said_by(member_id, boxes)) if theirs else None
    return FormAnswer(
        survey=state(survey),
        form=survey.form,
        invited=bool(part and part.member_id),
        answered=answered,
        answers=said or {},
        draft=drafted,
        may_change=answered and not survey.anonymous and _is_open(survey, now),
    )


def has_answers_to_show(survey: Survey | None, part: Part | None) -> bool:
    """Whether there may be something that a member said and may see again."""
    return bool(survey and not survey.anonymous and part and part.member_id and (part.answered or part.drafted))


def _changed(
    survey: Survey, parts: Entries[Part], cmd: AnswerSurvey, mine: Part, *, now: datetime
) -> Decision[Survey, Answered]:
    """Answers in the place of those given earlier. Given twice the same, nothing changes, closed or not."""
    told = Answered(survey_id=survey.id, member_id=cmd.member_id)
    said = answers.checked(survey.form, cmd.answers)
    boxes = parts.all(kind="box")
    if said == _said_by(cmd.member_id, boxes) and not mine.drafted:
        return Decision(survey, told)
    _must_be_open(survey, now)
    (box,) = (one for one in boxes if any(r.member_id == cmd.member_id for r in one.responses))
    others = [r for r in box.responses if r.member_id != cmd.member_id]
    replaced = box.model_copy(update=_put(others, Response(said=said, member_id=cmd.member_id)))
    return Decision(survey, told, entries=[_without_draft(mine), replaced])


def _invited(mine: Part | None) -> Part:
    if mine is None or mine.member_id is None:
        raise Refused("not_invited", "This member was not invited to the survey.", 403)
    return mine


def _must_be_open(survey: Survey, now: datetime) -> None:
    if not _is_open(survey, now):
        raise Refused("survey_closed", "This survey is closed.")


def _is_open(survey: Survey, now: datetime) -> bool:
    return survey.status == "open" and now < survey.deadline


def _said_by(member_id: str, boxes: Iterable[Part]) -> dict[str, answers.Value] | None:
    return next((r.said for box in boxes for r in box.responses if r.member_id == member_id), None)


def _put(responses: list[Response], one: Response) -> dict[str, object]:
    return {"responses": sorted([*responses, one], key=lambda r: r.text)}


def _without_draft(part: Part) -> Part:
    return part.model_copy(update={"draft": None, "drafted": None})
