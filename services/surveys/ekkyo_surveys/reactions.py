"""What the surveys service does on facts and on due timers."""

from typing import Annotated

from ekkyo.broker import Router, due, told
from ekkyo.contracts.events import EventConcluded, MemberAttended
from ekkyo.contracts.members import MemberErased
from ekkyo.contracts.surveys import SurveysForgotMember
from ekkyo.decision import forgetting
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_surveys import model
from ekkyo_surveys.settings import SurveySettings
from ekkyo_surveys.store import Forgotten, Surveys

router = Router()


@router.subscriber(**told(EventConcluded, MemberAttended, by="surveys", name="open_after_event", start="new"))
async def open_after_event(
    fact: EventConcluded | MemberAttended,
    surveys: Surveys,
    settings: Annotated[SurveySettings, Context("settings")],
) -> None:
    """Ask those who came, once the event is over; those found to have come later are invited then."""
    if came := model.came_to_what_is_over(fact):
        await surveys.create(
            fact.event_id,
            lambda s, parts: model.open_after_event(
                s, parts, fact.event, came, now=utcnow(), days=settings.survey_days
            ),
            entries=came,
        )


@router.subscriber(**told(MemberErased, by="surveys", name="forget_member", start="beginning"))
async def forget_member(fact: MemberErased, surveys: Surveys, forgotten: Forgotten) -> None:
    """Invite somebody who was erased no more, and take their id off what they said; the counts stay."""
    for part in await surveys.find_entries({"member_id": fact.member_id}, limit=0):
        await surveys.change(
            part.document_id, lambda s, parts: model.forget(s, parts, fact.member_id), entries=[fact.member_id]
        )
    receipt = SurveysForgotMember(member_id=fact.member_id)
    await forgotten.create(fact.member_id, lambda f: forgetting.receipt(f, receipt))


@router.subscriber(**due(model.CloseTimer))
async def close_at_deadline(timer: model.CloseTimer, surveys: Surveys) -> None:
    """Close a survey whose deadline has come."""
    await surveys.change(timer.id, lambda s, parts: model.close_when_due(s, parts, now=utcnow()))
