"""What the events service can be asked to do with the questions of an event, and with the answers to them."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import AnswerQuestions, Registration, RegistrationForm, SetQuestions
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Events, KnownPeople, decided

router = Router()


@router.subscriber(**asked(SetQuestions))
async def set_questions(cmd: SetQuestions, events: Events, series: AllSeries, who: Who) -> RegistrationForm:
    """Set what members are asked when they register, also at later events of the series where that is wanted."""
    told = await events.change(cmd.event_id, lambda e, seats: model.set_questions(e, seats, cmd, who=who, now=utcnow()))
    event = await events.get(cmd.event_id) if cmd.later else None
    if event and event.series_id:
        await series.change(event.series_id, lambda s, _regulars: model.ask_in_series(s, cmd, who=who, now=utcnow()))
    return told


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
