"""An event that asks who registers, the questions it asks, and what is said to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import (
    AnswerQuestions,
    RegisterForEvent,
    RegistrationQuestion,
    SetQuestions,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, Seat

from tests.events.people import EVERYBODY

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
BEFORE = START - timedelta(days=7)
LEADER = Caller("leader-1", frozenset({"leader:c1"}))
SELF = Caller("m1")
LUNCH: dict[str, Any] = {"key": "lunch", "kind": "yes_no", "text": "Do you join for lunch?", "required": True}
MENU: dict[str, Any] = {
    "key": "menu", "kind": "choice", "text": "Which menu?", "choices": ["Meat", "Fish"], "required": True,
    "shown_if": {"question": "lunch", "answer": True},
}  # fmt: skip
TOPICS: dict[str, Any] = {"key": "topics", "kind": "choices", "text": "Topics?", "choices": ["RPA", "Excel", "BI"]}
NOTE: dict[str, Any] = {"key": "note", "kind": "text", "text": "Anything else?"}
ALL = [LUNCH, MENU, TOPICS, NOTE]


def questions(*each: dict[str, Any]) -> list[RegistrationQuestion]:
    return [RegistrationQuestion.model_validate(one) for one in each]


def event(*asked: dict[str, Any], **fields: Any) -> Event:
    about = {"id": "e1", "community_id": "c1", "title": "RPA", "format": "online", "context": "IT", "capacity": 2}
    when = {"starts_at": START, "ends_at": START + timedelta(hours=1), "timezone": "Asia/Tokyo", "status": "published"}
    return Event.model_validate({**about, **when, "questions": questions(*asked), **fields})


def seat(member: str = "m1", status: str = "confirmed", **fields: Any) -> Seat:
    held = {"document_id": "e1", "key": member, "status": status, "registration_id": f"r-{member}"}
    return Seat.model_validate({**held, **fields})


def register(it: Event, *seats: Seat, who: Caller = SELF, id: str = "r1", **answers: Any) -> Any:
    cmd = RegisterForEvent(event_id="e1", member_id="m1", registration_id=id, answers=answers)
    return model.register(it, EntriesInMemory.of(seats), cmd, people=EVERYBODY, who=who, now=BEFORE)


def answer(
    it: Event, held: Seat, who: Caller = SELF, now: datetime = BEFORE, people: Any = EVERYBODY, **given: Any
) -> Any:
    cmd = AnswerQuestions(event_id="e1", member_id="m1", answers=given)
    return model.answer_questions(it, EntriesInMemory.of([held]), cmd, people=people, who=who, now=now)


def asks(it: Event, *asked: dict[str, Any], seats: Any = (), who: Caller = LEADER, now: datetime = BEFORE) -> Any:
    cmd = SetQuestions(event_id="e1", questions=questions(*asked))
    return model.set_questions(it, EntriesInMemory.of(seats), cmd, who=who, now=now)
