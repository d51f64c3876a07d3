"""What the surveys service does on facts and on due timers."""

from datetime import datetime
from typing import Annotated

from ekkyo.broker import Router, due, told
from ekkyo.contracts.events import CheckInUndone, EventConcluded, EventPublished, MemberAttended
from ekkyo.contracts.members import MemberErased, MemberFact, MemberMerged, MergeUndone
from ekkyo.contracts.surveys import PulseRound, SurveyClosed, SurveysForgotMember, survey_of_event
from ekkyo.decision import forgetting
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_surveys import model
from ekkyo_surveys.keys import Keys
from ekkyo_surveys.known import Known
from ekkyo_surveys.settings import SurveySettings
from ekkyo_surveys.store import Forgotten, KnownEvents, Merges, People, Pulses, Surveys
from ekkyo_surveys.turns import Opening

router = Router()


@router.subscriber(**told(MemberFact, by="surveys", name="people", start="beginning"))
async def know_member(fact: MemberFact, people: People) -> None:
    """Remember which communities a member is in, and whether they have left the company."""
    into = fact.kept_id if isinstance(fact, MemberMerged) else None
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact.member, into))


@router.subscriber(**told(EventPublished, by="surveys", name="known_events", start="beginning"))
async def know_event(fact: EventPublished, known_events: KnownEvents) -> None:
    """Remember which community an event belongs to; that never changes."""
    known = model.KnownEvent(id=fact.event_id, community_id=fact.event.community_id)
    await known_events.put(fact.event_id, fact.meta.revision, known)


@router.subscriber(**told(EventConcluded, MemberAttended, by="surveys", name="open_after_event", start="new"))
async def open_after_event(
    fact: EventConcluded | MemberAttended,
    surveys: Surveys,
    known: Known,
    keys: Keys,
    settings: Annotated[SurveySettings, Context("settings")],
) -> None:
    """Ask those who came, once the event is over; those found to have come later are invited then."""
    came, people = await known.who_came(fact)
    if model.may_be_asked(fact.event.community_id, came, people):
        id, days = survey_of_event(fact.event_id), settings.survey_days
        revision, form = fact.meta.revision, await known.form_after_events(fact.event.community_id)
        await keys.given_if_needed(
            id,
            lambda key: surveys.create(
                id,
                lambda s, parts: model.open_after_event(
                    s,
                    parts,
                    fact.event,
                    came,
                    people,
                    key=key,
                    now=utcnow(),
                    days=days,
                    revision=revision,
                    own_form=form,
                ),
                entries=came,
            ),
        )


@router.subscriber(**told(CheckInUndone, by="surveys", name="withdraw_invitation", start="new"))
async def withdraw_invitation(fact: CheckInUndone, surveys: Surveys, known: Known) -> None:
    """Invite those no more who did not come after all; who answered already has answered."""
    if fact.event.status != "concluded":
        return
    id = survey_of_event(fact.event_id)
    await known.all_opened(fact)
    if await surveys.get(id) is not None:
        await surveys.change(
            id,
            lambda s, parts: model.did_not_come(s, parts, fact.member_id, revision=fact.meta.revision, now=utcnow()),
            entries=[fact.member_id],
        )


@router.subscriber(**told(SurveyClosed, by="surveys", name="destroy_key", start="new"))
async def destroy_key(fact: SurveyClosed, keys: Keys) -> None:
    """Destroy the key of a survey that was counted, so that nobody can ever open what was sealed with it."""
    await keys.destroy(fact.survey_id)


@router.subscriber(**told(MemberErased, by="surveys", name="forget_member", start="beginning"))
async def forget_member(fact: MemberErased, surveys: Surveys, people: People, forgotten: Forgotten) -> None:
    """Invite somebody who was erased no more, and take their id off what they said; the counts stay."""
    await people.forget(fact.member_id, fact.meta.revision)
    for part in await surveys.find_entries({"member_id": fact.member_id}, limit=0):
        await surveys.change(
            part.document_id, lambda s, parts: model.forget(s, parts, fact.member_id), entries=[fact.member_id]
        )
    receipt = SurveysForgotMember(member_id=fact.member_id)
    await forgotten.create(fact.member_id, lambda f: forgetting.receipt(f, receipt))


@router.subscriber(**told(MemberMerged, MergeUndone, by="surveys", name="merges", start="beginning"))
async def follow_merge(fact: MemberMerged | MergeUndone, surveys: Surveys, people: People, merges: Merges) -> None:
    """Make the participation of a record that became part of another one that one's, or its own again."""
    into = fact.kept_id if isinstance(fact, MemberMerged) else None
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact.member, into))
    before = await merges.get(fact.member_id)
    if not model.is_merging_news(before, fact):
        return
    one, kept = fact.member_id, await _chain(into or (before.merged_into if before else None), merges)
    for part in await surveys.find_entries({"member_id": {"$in": [one] if into else kept}}, limit=0):
        await surveys.change(
            part.document_id,
            lambda s, parts: model.move(s, parts, one, kept[-1]) if into else model.move_back(s, parts, one),
            entries=[one, *kept],
        )
    await merges.create(fact.member_id, lambda known: model.followed(known, fact))


@router.subscriber(**due(model.CloseTimer))
async def close_at_deadline(
    timer: model.CloseTimer, surveys: Surveys, known: Known, keys: Keys, opening: Opening
) -> None:
    """Close a survey whose deadline has come."""
    async with opening.for_closing(await known.to_compare(timer.id, utcnow())) as compared:
        key, words = await keys.secret(timer.id), await known.words(timer.id)
        told = await known.told(compared)
        await surveys.change(
            timer.id,
            lambda s, parts: model.close_when_due(s, parts, key=key, words=words, now=utcnow(), told=told),
        )


@router.subscriber(**due(model.RemindTimer))
async def remind_at_half_time(timer: model.RemindTimer, surveys: Surveys) -> None:
    """Announce that half of a survey's time is over, for those who have not answered to be reminded."""
    await surveys.change(timer.id, lambda s, parts: model.remind_when_due(s, parts, now=utcnow()))


@router.subscriber(**due(model.PulseTimer))
async def hold_pulse(
    timer: model.PulseTimer, pulses: Pulses, surveys: Surveys, known: Known, keys: Keys, opening: Opening
) -> None:
    """Open the survey of a pulse whose day has come, or say why none opens; then wait for the next day."""
    async with opening.for_survey(anonymous=True, sample=True) as until:
        day = await known.day_of_pulse(timer.id, utcnow())
        round = await _held(day, surveys, keys, until) if day else None
        await pulses.change(timer.id, lambda p: model.ran(p, round, now=utcnow()))


async def _held(day: model.Day, surveys: Surveys, keys: Keys, until: datetime) -> PulseRound:
    """Open the survey of this day unless it is there, or there is nobody to ask."""
    there, sample = await surveys.get(day.survey_id), day.sample
    if there is not None or not sample:
        return model.round_of(day, there.invited if there else 0)
    invited = await keys.given_if_needed(
        day.survey_id,
        lambda key: surveys.create(
            day.survey_id,
            lambda s, parts: model.open_round(s, parts, day, sample, key=key, now=utcnow(), until=until),
            entries=sample,
        ),
    )
    return model.round_of(day, invited)


async def _chain(member_id: str | None, merges: Merges) -> list[str]:
    """This record, the one that it is a part of, and so on."""
    found: list[str] = []
    while member_id:
        found.append(member_id)
        known = await merges.get(member_id)
        member_id = known.merged_into if known else None
    return found
