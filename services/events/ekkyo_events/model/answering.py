"""Setting the questions of an event, changing answers to them, and who is told what was answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    AnswerQuestions,
    AnswersPage,
    GetAnswers,
    MemberAnswers,
    QuestionsChanged,
    Registration,
    RegistrationForm,
    RegistrationStatus,
    SetQuestions,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.asking import accepted, must_be_a_form, must_fit, still_answers
from ekkyo_events.model.documents import ASKED, Event, Seat, must_be_published, registration, state, unanswered
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.registrations import may_act_for
from ekkyo_events.model.telling import led_by, told_to

HAS_ANSWERS: tuple[RegistrationStatus, ...] = ("confirmed", "waitlisted", "applied", "attended", "no_show")
"""Places whose answers are kept."""


def set_questions(
    event: Event, seats: Entries[Seat], cmd: SetQuestions, *, who: Caller, now: datetime
) -> Decision[Event, RegistrationForm]:
    """Ask other questions. Of a published event it is told who has to answer something now."""
    who.must_lead(event.community_id)
    if event.status != "draft":
        must_be_published(event, "ask other questions")
    must_be_a_form(cmd.questions)
    if cmd.later and event.series_id is None:
        alone = FieldError(field="later", code="unexpected", detail="Expected false: the event is in no series.")
        raise Refused("event_not_in_series", "This event is not part of a series.", errors=[alone])
    after = event.model_copy(update={"questions": cmd.questions})
    if after == event:
        return Decision(event, form(event))
    must_fit(after.questions, after.seats_offered)
    if event.status == "draft":
        return Decision(after, form(after))
    if event.starts_at <= now:
        raise Refused("answers_closed", "Questions can be changed until the event starts.")
    asked = seats.all(status=ASKED) if any(question.required for question in after.questions) else []
    fact = QuestionsChanged(
        event_id=event.id,
        event=state(after, after=event),
        unanswered=[seat.key for seat in asked if unanswered(after, seat)],
    )
    return Decision(after, form(after), facts=[fact])


def answer_questions(
    event: Event, seats: Entries[Seat], cmd: AnswerQuestions, *, people: People, who: Caller, now: datetime
) -> Decision[Event, Registration]:
    """Keep other answers of a member who has a place."""
    seat = seats.get(cmd.member_id)
    may_act_for(event, cmd.member_id, who, seat)
    if seat is None or seat.status not in HAS_ANSWERS:
        raise Refused("registration_not_found", "This member is not registered for the event.")
    must_be_published(event, "have answers changed")
    if event.starts_at <= now or seat.status not in ASKED:
        raise Refused("answers_closed", "Answers can be changed until the event starts or the member is checked in.")
    if no := people.refusal(event, cmd.member_id):
        raise no
    answers = accepted(event.questions, cmd.answers, complete=who.sub == cmd.member_id)
    line = seats.all(status="waitlisted") if seat.status == "waitlisted" else []
    if answers == seat.answers:
        return Decision(event, registration(event, seat, place(seat, line)))
    seat = seat.model_copy(update={"answers": answers})
    return Decision(event, registration(event, seat, place(seat, line)), entries=[seat])


def forget_answers(event: Event, seats: Entries[Seat], member_id: str) -> Decision[Event, None]:
    """Drop what somebody answered who was erased, what was written to them, and the quotas that were for them."""
    seat = seats.get(member_id)
    if seat is None or not (seat.answers or seat.note or seat.quotas):
        return Decision(event, None)
    return Decision(event, None, entries=[seat.model_copy(update={"answers": {}, "note": "", "quotas": []})])


def form(event: Event) -> RegistrationForm:
    """The questions of an event as they are told."""
    return RegistrationForm(event_id=event.id, questions=event.questions)


def told_answers(event: Event, ask: GetAnswers, seats: Sequence[Seat], who: Caller) -> AnswersPage:
    """A page of what members answered. seats: one more than the page holds, if there are more."""
    page = seats[: ask.limit]
    return AnswersPage(
        event=told_to(event, who, next((seat for seat in page if seat.key == who.sub), None)),
        questions=event.questions,
        entries=list(_entries(event, page)),
        next=page[-1].key if len(seats) > ask.limit else None,
    )


def may_see_answers(event: Event, ask: GetAnswers, who: Caller) -> Event:
    """The event, if the caller may see these answers: their own, or all as a leader."""
    if ask.member_id == who.sub:
        return event
    return led_by(event, who)


def _entries(event: Event, seats: Iterable[Seat]) -> Iterable[MemberAnswers]:
    for seat in seats:
        yield MemberAnswers(
            member_id=seat.key,
            status=seat.status,
            unanswered=unanswered(event, seat),
            answers=still_answers(event.questions, seat.answers),
        )
