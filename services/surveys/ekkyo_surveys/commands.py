"""What the surveys service can be asked to do."""

from secrets import randbits, token_bytes

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.surveys import (
    AddTerm,
    Answered,
    AnswerSurvey,
    CloseSurvey,
    DraftSaved,
    EndPulse,
    IgnoreWords,
    MergeThemes,
    OpenSurvey,
    PlanPulse,
    PulseState,
    RemoveWords,
    SaveDraft,
    SaveTemplate,
    SplitTheme,
    SurveyState,
    TemplateState,
    VocabularyState,
    pulse_of,
    templates_of,
    vocabulary_id_of,
)
from ekkyo.decision.clock import utcnow

from ekkyo_surveys import model
from ekkyo_surveys.keys import Keys
from ekkyo_surveys.known import Known
from ekkyo_surveys.store import Pulses, Surveys, Templates, Vocabularies
from ekkyo_surveys.turns import Opening

router = Router()


@router.subscriber(**asked(OpenSurvey))
async def open_survey(cmd: OpenSurvey, surveys: Surveys, known: Known, keys: Keys, opening: Opening) -> SurveyState:
    """Open a survey by hand."""
    async with opening.for_survey(anonymous=cmd.anonymous, sample=cmd.whom == "sample") as until:
        cmd = model.with_invited(cmd, await known.to_invite(cmd, utcnow()))
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


@router.subscriber(**asked(SaveDraft))
async def save_draft(cmd: SaveDraft, surveys: Surveys) -> DraftSaved:
    """Keep one member's unfinished answers to a survey that is not anonymous."""
    return await surveys.change(
        cmd.survey_id, lambda s, parts: model.save_draft(s, parts, cmd, now=utcnow()), entries=[cmd.member_id]
    )


@router.subscriber(**asked(CloseSurvey))
async def close_survey(
    cmd: CloseSurvey, surveys: Surveys, known: Known, keys: Keys, opening: Opening, who: Who
) -> SurveyState:
    """Take no more answers, and publish the results."""
    async with opening.for_closing(await known.to_compare(cmd.survey_id, utcnow())) as compared:
        key, words = await keys.secret(cmd.survey_id), await known.words(cmd.survey_id)
        told = await known.told(compared)
        return await surveys.change(
            cmd.survey_id, lambda s, parts: model.close(s, parts, key=key, words=words, who=who, told=told)
        )


@router.subscriber(**asked(MergeThemes))
async def merge_themes(cmd: MergeThemes, vocabularies: Vocabularies) -> VocabularyState:
    """Count several themes as one."""
    return await vocabularies.create(vocabulary_id_of(cmd.community_id), lambda v: model.merge(v, cmd))


@router.subscriber(**asked(SplitTheme))
async def split_theme(cmd: SplitTheme, vocabularies: Vocabularies) -> VocabularyState:
    """Take words out of a theme and count them as another one."""
    return await vocabularies.create(vocabulary_id_of(cmd.community_id), lambda v: model.split(v, cmd))


@router.subscriber(**asked(AddTerm))
async def add_term(cmd: AddTerm, vocabularies: Vocabularies) -> VocabularyState:
    """Add a theme or more words to the vocabulary."""
    return await vocabularies.create(vocabulary_id_of(cmd.community_id), lambda v: model.add(v, cmd))


@router.subscriber(**asked(RemoveWords))
async def remove_words(cmd: RemoveWords, vocabularies: Vocabularies) -> VocabularyState:
    """Take words out of the vocabulary."""
    return await vocabularies.create(vocabulary_id_of(cmd.community_id), lambda v: model.remove(v, cmd))


@router.subscriber(**asked(IgnoreWords))
async def ignore_words(cmd: IgnoreWords, vocabularies: Vocabularies) -> VocabularyState:
    """Propose words no more."""
    return await vocabularies.create(vocabulary_id_of(cmd.community_id), lambda v: model.ignore(v, cmd))


@router.subscriber(**asked(SaveTemplate))
async def save_template(cmd: SaveTemplate, templates: Templates) -> TemplateState:
    """Save the questions of a template of a community."""
    return await templates.create(
        templates_of(cmd.community_id), lambda t, versions: model.save_template(t, versions, cmd)
    )


@router.subscriber(**asked(PlanPulse))
async def plan_pulse(cmd: PlanPulse, pulses: Pulses, known: Known) -> PulseState:
    """Plan surveys that open by themselves, or change the plan."""
    there, others = await known.for_pulse(cmd)
    return await pulses.create(
        pulse_of(cmd.community_id, cmd.pulse),
        lambda p: model.plan_pulse(p, cmd, there=there, others=others, now=utcnow()),
    )


@router.subscriber(**asked(EndPulse))
async def end_pulse(cmd: EndPulse, pulses: Pulses) -> PulseState:
    """Open no more surveys of a pulse."""
    return await pulses.create(pulse_of(cmd.community_id, cmd.pulse), model.end_pulse)
