"""What the surveys service can be asked to do."""

from secrets import randbits

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.surveys import Answered, AnswerSurvey, CloseSurvey, OpenSurvey, SurveyState
from ekkyo.decision.clock import utcnow

from ekkyo_surveys import model
from ekkyo_surveys.store import Surveys

router = Router()


@router.subscriber(**asked(OpenSurvey))
async def open_survey(cmd: OpenSurvey, surveys: Surveys) -> SurveyState:
    """Open a survey by hand for named members."""
    return await surveys.create(
        cmd.survey_id, lambda s, parts: model.open_by_hand(s, parts, cmd, now=utcnow()), entries=cmd.invited
    )


@router.subscriber(**asked(AnswerSurvey))
async def answer_survey(cmd: AnswerSurvey, surveys: Surveys) -> Answered:
    """Take one member's answer."""
    draw = randbits(64)
    return await surveys.change(
        cmd.survey_id,
        lambda s, parts: model.answer(s, parts, cmd, draw=draw, now=utcnow()),
        entries=[cmd.member_id],
    )


@router.subscriber(**asked(CloseSurvey))
async def close_survey(cmd: CloseSurvey, surveys: Surveys, who: Who) -> SurveyState:
    """Take no more answers, and publish the results."""
    return await surveys.change(cmd.survey_id, lambda s, parts: model.close(s, parts, who=who))
