"""Who is asked: surveys opened by hand and after events, and whom they may invite. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from ekkyo.contracts.base import FieldError, Model
from ekkyo.contracts.events import EventConcluded, EventState, MemberAttended
from ekkyo.contracts.members import MemberState
from ekkyo.contracts.surveys import Form, InvitationWithdrawn, OpenSurvey, SurveyOpened, SurveyState, survey_of_event
from ekkyo.decision import Decision, Entries, Refused, turn

from ekkyo_surveys import forms
from ekkyo_surveys.model.comparing import tells_of_few
from ekkyo_surveys.model.reminding import reminder
from ekkyo_surveys.model.sampling import tells_apart
from ekkyo_surveys.model.survey import CloseTimer, NeedsKey, Part, Survey, box_key, state

PEOPLE_PER_BOX = 20
MOST_BOXES = 64
FEWEST = 5
"""How many a survey opened by hand invites at least, and in how many people anonymous surveys differ at least."""
COMPARED_FOR = timedelta(days=30)
"""For how long after it opened an anonymous survey is compared with new ones, though it may be closed."""
NAMED = 20
"""How many of those who cannot be invited a refusal names."""


class Person(Model):
    """What has to be known of a member to invite them."""

    id: str
    communities: list[str] = []
    active: bool = True
    merged_into: str | None = None
    """The record of the same person that this one is a part of: that one is invited."""

    @classmethod
    def of(cls, member: MemberState, merged_into: str | None = None) -> "Person":
        communities = [membership.community_id for membership in member.communities]
        return cls(id=member.member_id, communities=communities, active=member.active, merged_into=merged_into)

    def may_be_asked_by(self, community_id: str) -> bool:
        return self.active and community_id in self.communities


class KnownEvent(Model):
    """Which community an event belongs to."""

    id: str
    community_id: str


@dataclass(frozen=True)
class Other:
    """Another anonymous survey that invites some of the same people."""

    id: str
    invited: int
    shared: int
    """How many of those that this one invites."""


@dataclass(frozen=True)
class Known:
    """What is known of those a survey names when it is opened by hand."""

    people: Mapping[str, Person] = field(default_factory=dict)
    event: KnownEvent | None = None
    others: Sequence[Other] = ()
    everybody: int = 0
    """How many it invites then, with those it invited before."""
    groups: Sequence[Collection[str]] = ()
    """Whom this survey and those others invite, where there are several others."""
    form: Form | None = None
    """The questions, if the template is one of the community's own."""
    until: datetime | None = None
    """Until when `others` are all there are, since nobody else opens an anonymous survey meanwhile."""


def open_by_hand(
    survey: Survey | None, parts: Entries[Part], cmd: OpenSurvey, known: Known, *, key: str | None, now: datetime
) -> Decision[Survey, SurveyState]:
    """Open a survey for those named, or invite those of them whom it does not invite yet."""
    if survey and _opened_differently(survey, cmd):
        raise Refused("survey_already_open", "Another survey already has this id.")
    new = [member for member in dict.fromkeys(cmd.invited) if parts.get(member) is None]
    if survey is None:
        _must_make_sense(cmd, now)
        _must_own(cmd, known.event)
    if new:
        _must_be_members(cmd.community_id, new, known.people)
        if cmd.anonymous:
            if known.until and now >= known.until:
                raise turn.busy()
            _must_differ(known)
    if survey is None:
        form = known.form or forms.newest(cmd.template)
        survey = Survey(
            id=cmd.survey_id,
            community_id=cmd.community_id,
            event_id=cmd.event_id,
            title=dict(cmd.title),
            template=form.template,
            version=form.version,
            own_form=known.form,
            anonymous=cmd.anonymous,
            opened_at=now,
            deadline=cmd.deadline,
        )
    return invite(survey, parts, new, key=key, now=now)


def open_after_event(
    survey: Survey | None,
    parts: Entries[Part],
    event: EventState,
    attended: list[str],
    people: Mapping[str, Person],
    *,
    key: str | None,
    now: datetime,
    days: int,
    revision: int = 0,
    own_form: Form | None = None,
) -> Decision[Survey, SurveyState]:
    """Open the survey of an event that is over for those who came, or invite those who were found to have come.

    Who has left the company, or is no member of the event's community, is passed over; somebody must be left.
    revision: of the event, when they were found to have come. own_form: the questions of the community's own template.
    """
    asked = [m for m in attended if m in people and people[m].may_be_asked_by(event.community_id)]
    assert asked, "a survey of nobody is not opened"
    if survey is None:
        form = own_form or forms.newest(forms.AFTER_EVENTS)
        survey = Survey(
            id=survey_of_event(event.event_id),
            community_id=event.community_id,
            event_id=event.event_id,
            title={"ja": f"{event.title[:190]}のアンケート", "en": f"Survey on {event.title[:190]}"},
            template=form.template,
            version=form.version,
            own_form=own_form,
            anonymous=True,
            opened_at=now,
            deadline=now + timedelta(days=days),
        )
    return invite(survey, parts, asked, key=key, now=now, revision=revision)


def did_not_come(
    survey: Survey, parts: Entries[Part], member_id: str, *, revision: int, now: datetime
) -> Decision[Survey, None]:
    """Invite a member no more who did not come after all. What they answered already stays, and so does that they did.

    revision: of the event, when that was found.
    """
    part = parts.get(member_id)
    if part is None or part.member_id is None or (part.event_revision or 0) >= revision:
        return Decision(survey, None)
    if part.answered or survey.status == "closed" or now >= survey.deadline:
        return Decision(survey, None)
    after = survey.model_copy(update={"invited": survey.invited - 1})
    gone = part.model_copy(update={"member_id": None, "withdrawn": True, "event_revision": revision})
    fact = InvitationWithdrawn(survey_id=survey.id, survey=state(after, after=1), member_id=member_id)
    return Decision(after, None, entries=[gone], facts=[fact])


def came_to_what_is_over(fact: EventConcluded | MemberAttended) -> list[str]:
    """Whom a fact tells to have attended an event that is over; none while it still runs."""
    if isinstance(fact, EventConcluded):
        return fact.attended
    return [fact.member_id] if fact.event.status == "concluded" else []


def may_be_asked(community_id: str, came: Iterable[str], people: Mapping[str, Person]) -> bool:
    """Whether anybody among those who came to what is over may be invited."""
    return any(m in people and people[m].may_be_asked_by(community_id) for m in came)


def invite(
    survey: Survey,
    parts: Entries[Part],
    members: Iterable[str],
    *,
    key: str | None,
    now: datetime,
    revision: int | None = None,
) -> Decision[Survey, SurveyState]:
    """Invite whom it does not invite yet. Participations are made in the order of the members' ids, not answered."""
    members = sorted(set(members))
    there = {m: part for m in members if (part := parts.get(m)) is not None}
    again = {m: part for m, part in there.items() if part.event_revision and (revision or 0) > part.event_revision}
    new = [m for m in members if m not in there or (m in again and again[m].withdrawn)]
    opening = survey.invited == 0 and not survey.sealed
    if survey.status == "closed" or now >= survey.deadline:
        return Decision(survey, state(survey))
    seen = [p.model_copy(update={"event_revision": revision}) for m, p in again.items() if not p.withdrawn]
    if not new:
        return Decision(survey, state(survey), entries=seen)
    if opening and survey.anonymous and key is None:
        raise NeedsKey(new=True)
    boxes = max(1, min(MOST_BOXES, len(new) // PEOPLE_PER_BOX)) if opening else survey.boxes
    sealed = survey.sealed or (opening and survey.anonymous)
    after = survey.model_copy(update={"invited": survey.invited + len(new), "boxes": boxes, "sealed": sealed})
    made = [
        Part(document_id=survey.id, key=m, kind="participation", member_id=m, event_revision=revision) for m in new
    ] + seen
    if opening:
        made += [Part(document_id=survey.id, key=box_key(n), kind="box") for n in range(boxes)]
    told = state(after, after=1)
    return Decision(
        after,
        told,
        entries=made,
        facts=[SurveyOpened(survey_id=survey.id, survey=told, invited=new, more=not opening)],
        timers=[CloseTimer(id=survey.id).at(survey.deadline), *reminder(survey)] if opening else [],
    )


def _opened_differently(survey: Survey, cmd: OpenSurvey) -> bool:
    named = ("community_id", "event_id", "template", "anonymous", "deadline", "title")
    return any(getattr(survey, name) != getattr(cmd, name) for name in named)


def _must_make_sense(cmd: OpenSurvey, now: datetime) -> None:
    errors = []
    if _is_of_an_event(cmd.survey_id):
        detail = "Expected a UUIDv7 or another id of your own. UUIDv5 is reserved for surveys that open after events."
        errors.append(FieldError(field="survey_id", code="reserved", detail=detail))
    if not cmd.title:
        errors.append(FieldError(field="title", code="missing", detail="Expected a title in ja, en or both."))
    if len(set(cmd.invited)) < FEWEST:
        detail = f"Expected at least {FEWEST} members. With fewer, people could guess who said what."
        errors.append(FieldError(field="invited", code="too_few", detail=detail))
    if cmd.deadline <= now:
        errors.append(FieldError(field="deadline", code="passed", detail="Expected a time in the future."))
    if errors:
        raise Refused("malformed", "This survey cannot be opened.", 400, errors)


def _is_of_an_event(survey_id: str) -> bool:
    try:
        return UUID(survey_id).version == 5
    except ValueError:
        return False


def _must_own(cmd: OpenSurvey, event: KnownEvent | None) -> None:
    if cmd.event_id is None:
        return
    if event is None:
        raise Refused("event_not_found", "No event with this id has been published.")
    if event.community_id != cmd.community_id:
        raise Refused("event_of_another_community", "This event belongs to another community.")


def _must_be_members(community_id: str, new: Collection[str], people: Mapping[str, Person]) -> None:
    others = sorted(m for m in new if m not in people or not people[m].may_be_asked_by(community_id))
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        named = f"{', '.join(others[:NAMED])}{more}"
        errors = [FieldError(field="invited", code="not_a_member", detail=member) for member in others[:NAMED]]
        text = f"Only active members of the survey's community can be invited. These are not: {named}."
        raise Refused("not_a_member", text, 409, errors)


def _must_differ(known: Known) -> None:
    for other in known.others:
        apart = (known.everybody - other.shared, other.invited - other.shared)
        if tells_apart(known.everybody, other.invited, other.shared):
            text = (
                f"The anonymous survey {other.id} also invites {other.shared} of these members. {apart[0]} are invited "
                f"only to this survey, and {apart[1]} only to that one. Comparing the two results would show what "
                f"fewer than {FEWEST} people said. Invite groups that differ by at least {FEWEST} members, or wait "
                f"until that survey is closed and {COMPARED_FOR.days} days old."
            )
            raise Refused("surveys_overlap", text)
    if tells_of_few(known.groups):
        named = ", ".join(other.id for other in known.others if other.shared)
        text = (
            f"The anonymous surveys {named} also invite some of these members. Adding and subtracting the results of "
            f"all of them would show what fewer than {FEWEST} people said. Invite other members, or wait until those "
            f"surveys are closed and {COMPARED_FOR.days} days old."
        )
        raise Refused("surveys_overlap", text)
