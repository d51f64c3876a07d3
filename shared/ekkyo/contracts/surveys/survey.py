"""Surveys: opened, answered, closed, announced."""

import uuid
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Fact, Id, Instant, Line, Model, Question, Text, may
from ekkyo.contracts.members import Locale, MemberForgotten
from ekkyo.contracts.surveys.form import Answers, Form, Key, TemplateKey
from ekkyo.contracts.surveys.results import Results, ThemeCount, WordCount
from ekkyo.contracts.surveys.themes import VocabularyState

SurveyStatus = Literal["open", "closed"]
MOST_INVITED: Final = 5000
"""Members that a survey opened by hand invites at once."""
SURVEYS_OF_EVENTS: Final = uuid.UUID("5b0a3c52-9d0e-5a52-8c67-3d1f6c2a7e10")
"""The namespace of the ids of surveys that open after an event."""


def survey_of_event(event_id: str) -> str:
    """The id of the survey that opens after an event: the UUIDv5 of the event's id. No caller can choose such an id."""
    return str(uuid.uuid5(SURVEYS_OF_EVENTS, event_id))


class SurveyState(Model):
    """A survey as facts and answers carry it."""

    survey_id: Id
    community_id: Id
    event_id: Id | None = None
    pulse_id: Id | None = None
    """The pulse that opened it."""
    title: dict[Locale, str]
    anonymous: bool
    template: str = "post_event"
    version: int = 1
    """Of the template, as it was when the survey opened."""
    status: SurveyStatus
    opened_at: Instant
    deadline: Instant
    invited: int
    answered: int
    revision: int


# Commands


class OpenSurvey(Command[SurveyState]):
    """Open a survey by hand for at least five members: named ones, everybody in the community, or a sample.

    The survey after an event opens by itself, for those who attended. Everybody invited must be an active member of the
    community, and a named event must belong to it. An anonymous survey that asks some of the people of another
    anonymous one, which is open or was opened in the last thirty days, must differ from it by at least five people:
    whoever has the results of both can subtract them. A UUIDv5 is refused as the id: those are for surveys after
    events.
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.open"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    survey_id: Id
    community_id: Id
    event_id: Id | None = None
    title: dict[Locale, Line]
    template: TemplateKey = "post_event"
    """Which questions it asks: those of a built-in template, or of one that the community's leaders wrote."""
    anonymous: bool = True
    whom: Literal["named", "everybody", "sample"] = "named"
    """named: those in `invited`. everybody: all active members of the community. sample: `sample` of them, those who
    have waited longest, and nobody who was asked in the last 30 days by a pulse or a survey opened by hand."""
    invited: list[Id] = Field(default=[], max_length=MOST_INVITED)
    sample: int | None = Field(default=None, ge=5, le=MOST_INVITED)
    deadline: Instant


class Answered(Model):
    """Says that an answer was accepted, never what it was."""

    survey_id: Id
    member_id: Id
    answered: Literal[True] = True


class AnswerSurvey(Command[Answered]):
    """Answer a survey to which one was invited.

    Of an anonymous survey the first answer counts, and sending another changes nothing. Of one that is not anonymous
    the last one counts: it replaces the earlier one until the survey closes.
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.answer"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "survey_id": "0c83f360-d058-53b3-9ceb-1c751ad6b17b",
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "answers": {"satisfaction": 9, "useful": "yes", "themes": ["Excel", "RPA"], "comment": "More, please."},
            }
        }
    )
    survey_id: Id
    member_id: Id
    answers: Answers = Field(repr=False)


class CloseSurvey(Command[SurveyState]):
    """Accept no more answers, and publish the results. A survey closes automatically at its deadline."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.close"
    may: ClassVar = may("leader", "steward", "system")
    survey_id: Id


# Questions


class FormAnswer(Model):
    """The form, and whether this member may still answer it."""

    survey: SurveyState
    form: Form
    invited: bool
    answered: bool
    answers: Answers = Field(default={}, repr=False)
    """Of a survey that is not anonymous, what the member who asks has saved or answered; nobody else gets it."""
    draft: bool = False
    """Whether `answers` are a draft."""
    may_change: bool = False
    """Whether answers that were given can still be changed."""


class GetForm(Question[FormAnswer]):
    """The questions of a survey, for an invited member."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.form"
    may: ClassVar = may("self", "leader", "steward", "system")
    survey_id: Id
    member_id: Id


class SurveyList(Model):
    """Surveys, newest first."""

    surveys: list[SurveyState]


class PendingSurveys(Question[SurveyList]):
    """Open surveys that a member was invited to and has not answered."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.pending"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id


class MySurvey(Model):
    """A survey that a member was invited to, and whether they answered; never what they said."""

    survey: SurveyState
    answered: bool


class MySurveysPage(Model):
    """The surveys of one member, newest first."""

    surveys: list[MySurvey]


class MySurveys(Question[MySurveysPage]):
    """The newest surveys that a member was invited to, open and closed, and which of them they answered."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.mine"
    may: ClassVar = may("self", "system")
    member_id: Id
    limit: int = Field(default=50, ge=1, le=200)


class ListSurveys(Question[SurveyList]):
    """The surveys of a community, or of one event."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.list"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    event_id: Id | None = None
    status: SurveyStatus | None = None


class ResultsAnswer(Model):
    """Results with the comments, which no fact carries."""

    survey: SurveyState
    results: Results
    comments: list[Text] = []
    """Free texts, in alphabetical order, so that their order reveals nothing. Of an anonymous survey, only those to
    questions that at least five people answered in words of their own."""
    texts: dict[Key, list[Text]] = {}
    """The same by question, with what people answered to a choice in words of their own."""
    themes: list[ThemeCount] = []
    """The themes of the results as the community's vocabulary counts them now; in `results` they stand as written."""


class GetResults(Question[ResultsAnswer]):
    """The results of a closed survey.

    An anonymous survey has no results before it closes, nor with fewer than five answers. Its results never tell of
    fewer than five people: smaller groups are merged with others.
    """

    subject: ClassVar[str] = "ekkyo.ask.surveys.results"
    may: ClassVar = may("leader", "steward", "system")
    survey_id: Id


class ThemeRanking(Model):
    """Themes by how many asked for them, over all closed surveys of a community."""

    community_id: Id
    themes: list[ThemeCount]
    vocabulary: VocabularyState | None = None
    """By which other words are told to be the same themes, if it was asked for. None: it is the starter vocabulary."""


class RankThemes(Question[ThemeRanking]):
    """What members want next, most wanted first, with synonyms added up by the community's vocabulary."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.themes"
    may: ClassVar = may("member")
    community_id: Id
    limit: int = Field(default=20, ge=1, le=100)
    since: Instant | None = None
    """Only surveys that opened at this time or later. None: all that closed."""
    words: bool = False
    """Tell the community's vocabulary too, without the words that leaders ignore."""


# Facts


class SurveyFact(Fact):
    """What all facts about a survey carry."""

    about: ClassVar[str] = "survey_id"
    survey_id: Id
    survey: SurveyState


class SurveyOpened(SurveyFact):
    """A survey accepts answers from those it invites. Published again (`more`) when others are invited later."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.opened"
    invited: list[Id]
    more: bool = False


class InvitationWithdrawn(SurveyFact):
    """A member who had not answered is invited no more: they did not attend the event after all."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.invitation_withdrawn"
    member_id: Id


class ParticipationMoved(SurveyFact):
    """A member's participation is another record's of the same person: two records became one, or two again.

    Where both were invited and at most one had answered, one invitation ends; it is there again once that is undone.
    """

    subject: ClassVar[str] = "ekkyo.fact.surveys.participation_moved"
    member_id: Id
    from_member_id: Id


class SurveyAnswered(SurveyFact):
    """A member took part. The fact does not contain their answers."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.answered"
    member_id: Id


class SurveyClosed(SurveyFact):
    """A survey accepts no more answers; its results in numbers."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.closed"
    results: Results


class ThemesRanked(SurveyFact):
    """The themes that the answers to one closed survey name, most wanted first."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.themes_ranked"
    community_id: Id
    themes: list[ThemeCount]
    mentions: list[WordCount] = []


class SurveysForgotMember(MemberForgotten):
    """An erased member is no longer invited to any survey, and no answer has their id. The counts stay."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.member_forgotten"
