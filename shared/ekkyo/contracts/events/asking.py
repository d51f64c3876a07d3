"""The questions that members answer when they register for an event, and their answers."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from ekkyo.contracts.base import Command, Id, Line, Model, Question, may
from ekkyo.contracts.events.event import EventFact, EventState
from ekkyo.contracts.events.registration import Registration, RegistrationAnswers, RegistrationStatus

RegistrationQuestionKind = Literal["text", "choice", "choices", "yes_no"]
"""choice: exactly one of `choices`. choices: one or more of them."""
QuestionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Option = Annotated[Line, StringConstraints(max_length=100)]


class ShownIf(Model):
    """Another question of the same form, and the answer to it that makes a question appear."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: QuestionKey
    """An earlier question of the kind `choice`, `choices` or `yes_no`."""
    answer: StrictBool | Option
    """yes_no: true or false. choice, choices: one of that question's choices."""


class RegistrationQuestion(Model):
    """One question to members who register."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {"key": "lunch", "kind": "choice", "text": "Which lunch?", "choices": ["Meat", "Vegetarian"]}
        },
    )
    key: QuestionKey
    """It identifies the question. A question that keeps its key keeps its answers: give a new key to a new question."""
    kind: RegistrationQuestionKind
    text: Line
    """The question, as its leaders write it."""
    choices: list[Option] = Field(default=[], max_length=20)
    """choice, choices: 2 to 20 different ones."""
    required: bool = False
    """Whether a member must answer it to register, where it is shown."""
    shown_if: ShownIf | None = None
    """None: it is always shown. A question is shown only if the question that it depends on is shown too."""


class RegistrationForm(Model):
    """The questions of an event, in their order."""

    event_id: Id
    questions: list[RegistrationQuestion]


class SetQuestions(Command[RegistrationForm]):
    """Set the questions that members answer when they register. The list replaces the questions that were set before.

    An answer is kept while the question of its key still accepts it; until then nobody sees it. Members who have a
    place and have not answered a required question are named in the fact. An empty list asks nothing.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.set_questions"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    questions: list[RegistrationQuestion] = Field(max_length=20)
    later: bool = False
    """Of an event of a series: the later events ask the same, and those that are added to the series. What they asked
    is replaced, right after the answer. Members with open questions get one message about
    this event, and one about all later ones."""


class AnswerQuestions(Command[Registration]):
    """Change the answers of a member who has a place, until the event starts. They replace those given before.

    A leader may leave required questions unanswered for a member, who answers them later.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.answer_questions"
    may: ClassVar = may("self", "leader", "steward", "system")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event_id": "0192f0c1-7a00-7000-8000-0000000000e1",
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "answers": {"lunch": "Vegetarian", "first_time": True},
            }
        }
    )
    event_id: Id
    member_id: Id
    answers: RegistrationAnswers = Field(repr=False)


class GetRegistrationForm(Question[RegistrationForm]):
    """The questions that members answer when they register for an event."""

    subject: ClassVar[str] = "ekkyo.ask.events.registration_form"
    may: ClassVar = may("member")
    event_id: Id


class MemberAnswers(Model):
    """The answers of one member who has or had a place."""

    member_id: Id
    status: RegistrationStatus
    unanswered: bool = False
    """Whether a required question still has no answer."""
    answers: RegistrationAnswers = Field(default={}, repr=False)


class AnswersPage(Model):
    """Answers in the order of member ids; `next` continues where this page ends."""

    event: EventState
    questions: list[RegistrationQuestion]
    entries: list[MemberAnswers]
    next: str | None = None


class GetAnswers(Question[AnswersPage]):
    """What members answered. Members see their own answers; leaders of the event's community see everyone's."""

    subject: ClassVar[str] = "ekkyo.ask.events.answers"
    may: ClassVar = may("self", "leader", "steward")
    event_id: Id
    member_id: Id | None = None
    """Only this member's."""
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=100)


class QuestionsChanged(EventFact):
    """The questions of a published event changed. The questions themselves are told by `registration_form`."""

    subject: ClassVar[str] = "ekkyo.fact.events.questions_changed"
    unanswered: list[Id] = []
    """Members with a place who have not answered a question that is required now."""
