"""Introductions: a member asks to get to know a teacher, and both learn who the other is only if both say yes."""

from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Email, Fact, Id, Instant, Model, Question, may
from ekkyo.contracts.fields import Note
from ekkyo.contracts.members.skills import Skill

__all__ = [
    "INTRODUCTIONS_AT_ONCE",
    "INTRODUCTION_DAYS",
    "AnswerIntroduction",
    "Introduction",
    "IntroductionFact",
    "IntroductionGiven",
    "IntroductionNotGiven",
    "IntroductionRequested",
    "IntroductionStatus",
    "Introductions",
    "ListIntroductions",
    "RequestIntroduction",
    "TakeBackIntroduction",
]
IntroductionStatus = Literal["asked", "given", "declined", "not_this_time", "taken_back"]
"""`declined` is told to the one who was asked alone: for the one who asks it is `asked` until the time is over, and
then `not_this_time`, as it is if there was no answer."""
INTRODUCTION_DAYS: Final = 14
"""For how long an introduction can be answered."""
INTRODUCTIONS_AT_ONCE: Final = 5
"""How many introductions a member can ask for in that time."""


class Introduction(Model):
    """An introduction, as one of the two members sees it."""

    introduction_id: Id
    community_id: Id
    topic: str
    message: str
    status: IntroductionStatus
    asked_at: Instant
    ends_at: Instant
    """Until when it can be answered."""
    named: bool = False
    """Whether the one who asks gave their name along with the question."""
    name: str | None = None
    """The other's. Of a teacher only when it is given; of the one who asks also if they gave it along."""
    email: Email | None = None
    """The other's work address, only when it is given."""


class Introductions(Model):
    """The introductions that a member asked for, and those that they were asked for, newest first."""

    asked: list[Introduction]
    received: list[Introduction]


class RequestIntroduction(Command[Introduction]):
    """Ask for an introduction to a teacher whom `members.teachers` told.

    The teacher is asked by mail, reads the message and, with `named`, the name. Both are told the other's name and
    work address only if the teacher says yes within 14 days. A member can ask for 5 introductions in 14 days, and the
    same teacher once in 90 days. What was said is deleted after 90 days.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.request_introduction"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "request_id": "0192f0c1-7a00-7000-8000-000000000021",
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "teacher": "5f2b8c04d1a97e365f2b8c04d1a97e36",
                "topic": "Excel",
                "message": "Could you show me how pivot tables work? Half an hour would do.",
            }
        }
    )
    member_id: Id
    request_id: Id
    """Identifies this request: sent again, it asks once. The answer says which id the introduction has."""
    community_id: Id
    teacher: Id
    topic: Skill
    """Something that they can teach."""
    message: Note = Field(min_length=1)
    """What the teacher reads before they decide: at most 500 characters."""
    named: bool = False
    """Whether the teacher is told the name of the one who asks at once."""


class AnswerIntroduction(Command[Introduction]):
    """Say yes or no to an introduction. A no tells the other nothing, and can be made a yes until the time is over."""

    subject: ClassVar[str] = "ekkyo.cmd.members.answer_introduction"
    may: ClassVar = may("self")
    member_id: Id
    introduction_id: Id
    accept: bool


class TakeBackIntroduction(Command[Introduction]):
    """Ask for an introduction no more. It still counts among those of the last 14 days."""

    subject: ClassVar[str] = "ekkyo.cmd.members.take_back_introduction"
    may: ClassVar = may("self")
    member_id: Id
    introduction_id: Id


class ListIntroductions(Question[Introductions]):
    """The introductions of the last 90 days that a member asked for, and that they were asked for."""

    subject: ClassVar[str] = "ekkyo.ask.members.introductions"
    may: ClassVar = may("self")
    member_id: Id


class IntroductionFact(Fact):
    """What the facts about an introduction carry: ids alone. No fact tells that one was declined or taken back."""

    about: ClassVar[str] = "introduction_id"
    introduction_id: Id
    community_id: Id
    asked_by: Id
    ends_at: Instant


class IntroductionRequested(IntroductionFact):
    """A member asked for an introduction to another."""

    subject: ClassVar[str] = "ekkyo.fact.members.introduction_requested"
    teacher_id: Id


class IntroductionGiven(IntroductionFact):
    """Both said yes: each is told who the other is."""

    subject: ClassVar[str] = "ekkyo.fact.members.introduction_given"
    teacher_id: Id


class IntroductionNotGiven(IntroductionFact):
    """The time of an introduction is over, and it was not given: declined, or nobody answered."""

    subject: ClassVar[str] = "ekkyo.fact.members.introduction_not_given"
