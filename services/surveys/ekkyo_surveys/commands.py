"""What the surveys service can be asked to do."""

from secrets import randbits, token_bytes

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.surveys import Answered, AnswerSurvey, CloseSurvey, OpenSurvey, SurveyState
from ekkyo.decision.clock import utcnow

from ekkyo_surveys import model
from ekkyo_surveys.keys import Keys
from ekkyo_surveys.known import Known
from ekkyo_surveys.store import Surveys
from ekkyo_surveys.turns import Opening

router = Router()


@router.subscriber(**asked(OpenSurvey))
async def open_survey(cmd: OpenSurvey, surveys: Surveys, known: Known, keys: Keys, opening: Opening) -> SurveyState:
    """Open a survey by hand for named members."""
    async with opening.for_survey(anonymous=cmd.anonymous) as until:
        about = await known.for_survey(cmd, utcnow(), until)
        return await keys.given_if_needed(
            cmd.survey_id,
            lambda key: surveys.create(
                cmd.survey_id,
                lambda s, parts: model.open_by_hand(s, parts, cmd, about, key=key, now=utcnow()),
                entries=cmd.invited,
            ),
        )


@router.subscriber(**asked(AnswerSurvey))
async def answer_survey(cmd: AnswerSurvey, surveys: Surveys, keys: Keys) -> Answered:
    """Take one member's answer."""
    chance = model.Chance(draw=randbits(64), ephemeral=token_bytes(32))
    return await keys.given_if_needed(
        cmd.survey_id,
        lambda key: surveys.change(
            cmd.survey_id,
            lambda s, parts: model.answer(s, parts, cmd, key=key, chance=chance, now=utcnow()),
            entries=[cmd.member_id],
        ),
    )


@router.subscriber(**asked(CloseSurvey))
async def close_survey(cmd: CloseSurvey, surveys: Surveys, keys: Keys, who: Who) -> SurveyState:
    """Take no more answers, and publish the results."""
    key = await keys.secret(cmd.survey_id)
    return await surveys.change(cmd.survey_id, lambda s, parts: model.close(s, parts, key=key, who=who))
