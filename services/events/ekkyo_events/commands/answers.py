"""What the events service can be asked to do with the questions of an event, and with the answers to them."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import AnswerQuestions, Registration, RegistrationForm, SetQuestions
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, decided

router = Router()


@router.subscriber(**asked(SetQuestions))
async def set_questions(cmd: SetQuestions, events: Events, who: Who) -> RegistrationForm:
    """Set what members are asked when they register."""
    return await events.change(cmd.event_id, lambda e, seats: model.set_questions(e, seats, cmd, who=who, now=utcnow()))


@router.subscriber(**asked(AnswerQuestions))
async def answer_questions(cmd: AnswerQuestions, events: Events, people: KnownPeople, who: Who) -> Registration:
    """Change what a member answered."""
    return await decided(
        cmd.event_id,
        [cmd.member_id],
        people,
        events,
        lambda e, seats, known: model.answer_questions(e, seats, cmd, people=known, who=who, now=utcnow()),
    )
