"""Surveys, who took part, and the ballot boxes. Pure.

A response is never kept beside the one who gave it: that a member took part is a flag that was there since they
were invited, and what they said lies in a ballot box among what others said, sorted by its own text. When an anonymous
survey closes, the boxes are counted and emptied. See docs/decisions/anonymity.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from ekkyo.contracts.base import FieldError, Instant, Model
from ekkyo.contracts.events import EventConcluded, EventState, MemberAttended
from ekkyo.contracts.surveys import (
    Answered,
    AnswerSurvey,
    Form,
    FormAnswer,
    OpenSurvey,
    Results,
    ResultsAnswer,
    SurveyAnswered,
    SurveyClosed,
    SurveyOpened,
    SurveyState,
    SurveyStatus,
    ThemesRanked,
)
from ekkyo.decision import Caller, Decision, Document, Entries, Entry, Refused, Timer

from ekkyo_surveys import answers, forms, results

PEOPLE_PER_BOX = 20
MOST_BOXES = 64
CLOCKS_DIFFER = timedelta(minutes=1)
"""A timer may fire this much before the deadline by our own clock."""


class Response(Model):
    """What one person said. No id, no time, no number: two that say the same are the same.

    `member_id` is there in surveys that are not anonymous, and in those alone.
    """

    said: dict[str, answers.Value]
    member_id: str | None = None

    @property
    def text(self) -> str:
        """What responses are sorted by, so that their order in a box tells nothing of the order they came in."""
        return self.model_dump_json()


class Part(Entry):
    """Either a participation, whose key is the member's id, or a ballot box, whose key no member can have."""

    unlinkable: ClassVar[bool] = True
    kind: Literal["participation", "box"]
    member_id: str | None = None
    """None: a box, or the participation of somebody who was erased."""
    answered: bool = False
    responses: list[Response] = []


class Survey(Document):
    """A survey. Once it is closed it holds what came of it; of an anonymous one nothing else is left."""

    community_id: str
    event_id: str | None = None
    title: dict[str, str]
    template: str
    version: int
    anonymous: bool
    status: SurveyStatus = "open"
    opened_at: Instant
    deadline: Instant
    invited: int = 0
    answered: int = 0
    boxes: int = 1
    results: Results | None = None
    comments: list[str] = []

    @property
    def form(self) -> Form:
        return forms.form(self.template, self.version)


class CloseTimer(Timer):
    """A survey's deadline."""

    subject: ClassVar[str] = "ekkyo.timer.surveys.close"


def state(survey: Survey, *, after: int = 0) -> SurveyState:
    """A survey as it is told; within a decision it is told as of the next revision (`after=1`)."""
    return SurveyState.model_validate(
        {**survey.model_dump(), "survey_id": survey.id, "revision": survey.revision + after}
    )


def box_key(number: int) -> str:
    """A key that no member's id can be."""
    return f"box~{number:02}"


def open_by_hand(
    survey: Survey | None, parts: Entries[Part], cmd: OpenSurvey, *, now: datetime
) -> Decision[Survey, SurveyState]:
    """Open a survey for those named, or invite those of them whom it does not invite yet."""
    if survey and _opened_differently(survey, cmd):
        raise Refused("survey_already_open", "Another survey already has this id.")
    if survey is None:
        _must_make_sense(cmd, now)
        form = forms.newest(cmd.template)
        survey = Survey(
            id=cmd.survey_id,
            community_id=cmd.community_id,
            event_id=cmd.event_id,
            title=dict(cmd.title),
            template=form.template,
            version=form.version,
            anonymous=cmd.anonymous,
            opened_at=now,
            deadline=cmd.deadline,
        )
    return _invite(survey, parts, cmd.invited, now=now)


def open_after_event(
    survey: Survey | None, parts: Entries[Part], event: EventState, attended: list[str], *, now: datetime, days: int
) -> Decision[Survey, SurveyState]:
    """Open the survey of an event that is over for those who came, or invite those who were found to have come."""
    if survey is None:
        form = forms.newest("post_event")
        survey = Survey(
            id=event.event_id,
            community_id=event.community_id,
            event_id=event.event_id,
            title={"ja": f"{event.title[:190]}のアンケート", "en": f"Survey on {event.title[:190]}"},
            template=form.template,
            version=form.version,
            anonymous=True,
            opened_at=now,
            deadline=now + timedelta(days=days),
        )
    return _invite(survey, parts, attended, now=now)


def answer(
    survey: Survey, parts: Entries[Part], cmd: AnswerSurvey, *, draw: int, now: datetime
) -> Decision[Survey, Answered]:
    """Take an answer. `draw` is a random number: it picks the ballot box."""
    mine = parts.get(cmd.member_id)
    told = Answered(survey_id=survey.id, member_id=cmd.member_id)
    if mine is None or mine.member_id is None:
        raise Refused("not_invited", "This member was not invited to the survey.", 403)
    if mine.answered:
        return Decision(survey, told)
    if survey.status == "closed" or now >= survey.deadline:
        raise Refused("survey_closed", "This survey is closed.")
    said = answers.checked(survey.form, cmd.answers)
    response = Response(said=said, member_id=None if survey.anonymous else cmd.member_id)
    box = parts.get(box_key(draw % survey.boxes))
    assert box is not None, "the boxes were made when the survey opened"
    after = survey.model_copy(update={"answered": survey.answered + 1})
    return Decision(
        after,
        told,
        entries=[
            mine.model_copy(update={"answered": True}),
            box.model_copy(update={"responses": sorted([*box.responses, response], key=lambda r: r.text)}),
        ],
        facts=[SurveyAnswered(survey_id=survey.id, survey=state(after, after=1), member_id=cmd.member_id)],
    )


def close(survey: Survey, parts: Entries[Part], *, who: Caller) -> Decision[Survey, SurveyState]:
    """Take no more answers, and count the boxes. Those of an anonymous survey are emptied for good."""
    who.must_lead(survey.community_id)
    return _close(survey, parts)


def close_when_due(survey: Survey, parts: Entries[Part], *, now: datetime) -> Decision[Survey, SurveyState]:
    """Close at the deadline; a timer that fires before it is set again."""
    if survey.status == "open" and survey.deadline - now > CLOCKS_DIFFER:
        return Decision(survey, state(survey), timers=[CloseTimer(id=survey.id).at(survey.deadline)])
    return _close(survey, parts)


def came_to_what_is_over(fact: EventConcluded | MemberAttended) -> list[str]:
    """Whom a fact tells to have attended an event that is over; none while it still runs."""
    if isinstance(fact, EventConcluded):
        return fact.attended
    return [fact.member_id] if fact.event.status == "concluded" else []


def form_for(survey: Survey | None, part: Part | None, *, who: Caller, member_id: str) -> FormAnswer:
    """The form as one member sees it."""
    if survey is None:
        raise Refused("survey_not_found", "There is no such survey.")
    who.must_lead(survey.community_id, or_is=member_id)
    return FormAnswer(
        survey=state(survey),
        form=survey.form,
        invited=bool(part and part.member_id),
        answered=bool(part and part.answered),
    )


def results_of(survey: Survey | None, boxes: Iterable[Part], *, who: Caller) -> ResultsAnswer:
    """What a survey says: once closed for good; before, only of one that is not anonymous, from its boxes."""
    if survey is None:
        raise Refused("survey_not_found", "There is no such survey.")
    who.must_lead(survey.community_id)
    if survey.results:
        return ResultsAnswer(survey=state(survey), results=survey.results, comments=survey.comments)
    if survey.anonymous:
        raise Refused("survey_still_open", "The results of an anonymous survey are available only after it closes.")
    found, comments = counted(survey, boxes)
    return ResultsAnswer(survey=state(survey), results=found, comments=comments)


def counted(survey: Survey, boxes: Iterable[Part]) -> tuple[Results, list[str]]:
    """What the boxes say: the results, and the comments."""
    said = [response.said for box in boxes for response in box.responses]
    found = results.results(
        survey.form,
        said,
        survey_id=survey.id,
        event_id=survey.event_id,
        invited=survey.invited,
        anonymous=survey.anonymous,
    )
    return found, [] if found.suppressed else results.comments(survey.form, said)


def _close(survey: Survey, parts: Entries[Part]) -> Decision[Survey, SurveyState]:
    if survey.status == "closed":
        return Decision(survey, state(survey))
    boxes = parts.all(kind="box")
    found, comments = counted(survey, boxes)
    after = survey.model_copy(update={"status": "closed", "results": found, "comments": comments})
    told = {"survey_id": survey.id, "survey": state(after, after=1)}
    closed = SurveyClosed(**told, results=found)
    ranked = ThemesRanked(**told, community_id=survey.community_id, themes=found.themes)
    return Decision(
        after,
        state(after, after=1),
        entries=[box.model_copy(update={"responses": []}) for box in boxes] if survey.anonymous else [],
        facts=[closed] if found.suppressed else [closed, ranked],
        timers=[CloseTimer.cancel(survey.id)],
    )


def _invite(
    survey: Survey, parts: Entries[Part], members: Iterable[str], *, now: datetime
) -> Decision[Survey, SurveyState]:
    """Invite whom it does not invite yet. Participations are made in the order of the members' ids, not answered."""
    new = sorted({m for m in members if parts.get(m) is None})
    opening = survey.invited == 0
    if not new or survey.status == "closed" or now >= survey.deadline:
        return Decision(survey, state(survey))
    boxes = max(1, min(MOST_BOXES, len(new) // PEOPLE_PER_BOX)) if opening else survey.boxes
    after = survey.model_copy(update={"invited": survey.invited + len(new), "boxes": boxes})
    made = [Part(document_id=survey.id, key=m, kind="participation", member_id=m) for m in new]
    if opening:
        made += [Part(document_id=survey.id, key=box_key(n), kind="box") for n in range(boxes)]
    told = state(after, after=1)
    return Decision(
        after,
        told,
        entries=made,
        facts=[SurveyOpened(survey_id=survey.id, survey=told, invited=new, more=not opening)],
        timers=[CloseTimer(id=survey.id).at(survey.deadline)] if opening else [],
    )


def _opened_differently(survey: Survey, cmd: OpenSurvey) -> bool:
    named = ("community_id", "event_id", "template", "anonymous", "deadline", "title")
    return any(getattr(survey, name) != getattr(cmd, name) for name in named)


def _must_make_sense(cmd: OpenSurvey, now: datetime) -> None:
    errors = []
    if not cmd.title:
        errors.append(FieldError(field="title", code="missing", detail="Expected a title in ja, en or both."))
    if not cmd.invited:
        errors.append(FieldError(field="invited", code="missing", detail="Expected at least one member."))
    if cmd.deadline <= now:
        errors.append(FieldError(field="deadline", code="passed", detail="Expected a time to come."))
    if errors:
        raise Refused("malformed", "This survey cannot be opened.", 400, errors)
