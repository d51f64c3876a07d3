"""What there is to tell because of a fact, to whom, and whether it still helps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from ekkyo.contracts.base import Fact, Id, Instant, Model
from ekkyo.contracts.events import (
    Attend,
    Concerned,
    DeclinedBecause,
    EventCancelled,
    EventFact,
    EventPublished,
    EventReminderDue,
    EventRescheduled,
    EventRevised,
    EventState,
    MembersInvited,
    OutputState,
    QuestionsChanged,
    RegistrationApplied,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationFact,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
)
from ekkyo.contracts.notify import Topic
from ekkyo.contracts.reports import Report
from ekkyo.contracts.surveys import PulseState, SurveyState

T = TypeVar("T")
Place = Literal["confirmed", "waitlisted", "applied"]
"""What a member has at an event that is to come."""
Has = Place | Literal["invited"]
"""The same, or an invitation that they have not answered."""
Because = (
    Literal["withdrawal", "more_capacity", "attend_changed", "seats_released", "asked", "left", "extended", "draw"]
    | DeclinedBecause
    | Literal["days", "event"]
)
"""Why something became of a registration."""
NEW_EVENT = ("event_published", "event_invited", "event_wanted")
Method = Literal["REQUEST", "CANCEL", "DATE", "DATES", "DATES_OFF"]
"""What a calendar message asks for: take this entry, or drop it. Of a series: a file of dates, or of their end.
For hosts: a file of the date, since there is no seat to be answered for."""
SERIES_TOPICS: dict[Topic, Method | None] = {
    "series_planned": None,
    "series_revised": "DATES",
    "series_rescheduled": "DATES",
    "series_rule_changed": "DATES",
    "series_cancelled": "DATES_OFF",
    "series_registered": "DATES",
    "series_withdrawn": "DATES_OFF",
}
"""What is told of a series, and the file that goes along to who has a seat."""


class SeriesDate(Model):
    """One event of a series that there is something to tell of. seat: what a member has there."""

    event_id: Id
    recurrence_id: Instant | None = None
    starts_at: Instant
    ends_at: Instant
    revision: int
    seat: Place | None = None
    change: Literal["moved", "cancelled", "made"] | None = None
    """What another rule of the series did to it."""


class RoleTold(Model):
    """What a member hears of a role: its first and its last day, or that it ended as it was planned."""

    deputy: bool = False
    since: date | None = None
    until: date | None = None
    planned: bool = False


class Notice(Model):
    """What there is to tell because of one fact. Of a series, `event` is the first of the `dates`."""

    topic: Topic
    fact_id: str
    told_at: Instant
    sequence: int = 0
    """The fact's place in the stream."""
    entity_id: Id
    entity_revision: int
    community_id: Id
    event: EventState | None = None
    survey: SurveyState | None = None
    pulse: PulseState | None = None
    output: OutputState | None = None
    was_starts_at: Instant | None = None
    was_ends_at: Instant | None = None
    position: int | None = None
    because: Because | None = None
    was: Place | None = None
    reason: str = ""
    dates: list[SeriesDate] = []
    people: list[Concerned] = []
    """Who has places at which of the dates; empty where all are everybody's."""
    tables: list[list[Id]] | None = None
    """Who sits at which table of the event, while that is not narrowed to one recipient."""
    table: int | None = None
    """Where the recipient sits."""
    late: bool = False
    """Whether a seat was given back late."""
    unanswered: bool = False
    """Whether the recipient still has to answer questions of the event."""
    withdraw_by: Instant | None = None
    """Until when the recipient can give the seat back without being late, where that is later than for others."""
    online: list[Id] | None = None
    """Who takes part online, where that is counted apart, while it is not narrowed to one recipient."""
    attend: Attend | None = None
    """How the recipient takes part, where that is counted apart: the event is told as the one or the other."""
    group: list[Id] = []
    """With whom the recipient registered, and got this together; themself among them."""
    registration_id: Id | None = None
    """Of a fact about a registration: which one, for the code that the desk reads."""
    registrations: dict[Id, Id] = {}
    """The same of everybody with a seat, by member, while it is not narrowed to one recipient."""
    both: list[Id] = []
    """The two of an introduction, or a deputy and the leader, who are told who the other is."""
    ends_at: Instant | None = None
    """Until when an introduction can be answered."""
    role: RoleTold | None = None
    by_another: bool = False
    """Whether somebody else registered the group."""
    month: str | None = None
    report: Report | None = None
    """Of a report: its month, and the report itself while its mails are written."""

    @classmethod
    def of(cls, fact: Fact, topic: Topic, community_id: str, **more: Any) -> "Notice":
        """What a fact gives to tell. more: what is told beside which fact it was, and when."""
        return cls(
            topic=topic,
            fact_id=fact.meta.id,
            told_at=fact.meta.time,
            sequence=fact.meta.sequence,
            entity_id=fact.entity_id,
            entity_revision=fact.meta.revision,
            community_id=community_id,
            **more,
        )

    @property
    def key(self) -> str:
        return f"{self.topic}/{self.fact_id}"

    def to(self, recipient: "Recipient") -> "Notice":
        """The same with what concerns this recipient: dates of a series, a table, the way in which they take part."""
        if recipient.member_id is None:
            return self
        if self.registrations:
            named = self.registrations.get(recipient.member_id)
            return self.model_copy(update={"registration_id": named, "registrations": {}}).to(recipient)
        if self.online is not None:
            attend = "online" if recipient.member_id in self.online else "onsite"
            return self.model_copy(update={"attend": attend, "online": None}).to(recipient)
        if self.attend and self.event and self.event.format == "hybrid":
            as_attended = self.event.model_copy(update={"format": self.attend})
            return self.model_copy(update={"event": as_attended}).to(recipient)
        if self.tables is not None:
            sits = (number for number, table in enumerate(self.tables, start=1) if recipient.member_id in table)
            return self.model_copy(update={"table": next(sits, None), "tables": None})
        for one in self.people:
            if one.member_id == recipient.member_id:
                seats = best(one.confirmed, one.waitlisted, one.applied)
                own = [self.dates[n].model_copy(update={"seat": seats[n]}) for n in sorted(seats)]
                first = next((date for date in own if date.change != "cancelled"), own[0])
                return self.model_copy(update={"dates": own, "event": self.at(first), "people": []})
        return self

    def at(self, date: SeriesDate) -> EventState | None:
        """The event of a series on one of its dates."""
        about = {"event_id", "recurrence_id", "starts_at", "ends_at"}
        named: dict[str, Any] = {name: getattr(date, name) for name in about}
        if date.change:
            named["status"] = "cancelled" if date.change == "cancelled" else "published"
        return self.event.model_copy(update={**named, "revision": date.revision}) if self.event else None

    def knowing(self, newest: EventState | SurveyState | None) -> "Notice":
        """The same, with the event or the survey as it is by now, if more was heard of it since."""
        about = self.event or self.survey
        if about is None or newest is None or newest.revision <= about.revision:
            return self
        return self.model_copy(update={"event" if self.event else "survey": newest})


@dataclass(frozen=True)
class Recipient:
    """A member, a community's chat, or a sponsor. seat: what a named member has at the event."""

    member_id: str | None = None
    community_id: str | None = None
    seat: Has | None = None
    sponsor_id: str | None = None

    @property
    def key(self) -> str:
        if self.sponsor_id:
            return f"sponsor/{self.sponsor_id}"
        return f"member/{self.member_id}" if self.member_id else f"community/{self.community_id}"


def useless(notice: Notice, now: datetime) -> str | None:
    """Why telling this would help nobody any more, or None."""
    if notice.survey:
        return "survey_closed" if notice.survey.status == "closed" or notice.survey.deadline <= now else None
    event = notice.event
    if event is None:
        return "introduction_over" if notice.ends_at and notice.ends_at <= now else None
    if notice.dates:
        return "event_over" if max(date.ends_at for date in notice.dates) <= now else None
    if notice.because == "left":
        return "member_left"
    withdrawn, cancelled = notice.topic == "registration_withdrawn", notice.topic == "event_cancelled"
    if event.status == "cancelled" and not (cancelled or withdrawn):
        return "event_cancelled"
    if event.status == "concluded" or event.ends_at <= now:
        return "event_over"
    before_start = (
        *NEW_EVENT,
        "event_reminder",
        "questions_asked",
        "registration_waitlisted",
        "registration_applied",
        "applications_waiting",
    )
    if notice.topic in before_start and event.starts_at <= now:
        return "event_started"
    return None


def best(confirmed: Iterable[T], waitlisted: Iterable[T], applied: Iterable[T]) -> dict[T, Place]:
    """What each of these has, the best where one is named twice."""
    found: dict[T, Place] = dict.fromkeys(applied, "applied")
    return found | dict.fromkeys(waitlisted, "waitlisted") | dict.fromkeys(confirmed, "confirmed")


_TOPICS: dict[type[EventFact], Topic] = {
    EventPublished: "event_published",
    MembersInvited: "event_invited",
    EventRevised: "event_revised",
    EventRescheduled: "event_rescheduled",
    EventCancelled: "event_cancelled",
    EventReminderDue: "event_reminder",
    RegistrationApplied: "registration_applied",
    QuestionsChanged: "questions_asked",
    RegistrationConfirmed: "registration_confirmed",
    RegistrationChanged: "registration_confirmed",
    RegistrationWaitlisted: "registration_waitlisted",
    RegistrationPromoted: "registration_promoted",
    RegistrationWithdrawn: "registration_withdrawn",
    RegistrationDeclined: "registration_declined",
}
_AS_TOLD: tuple[str, ...] = ("was_starts_at", "was_ends_at", "position", "because", "was", "reason", "tables", "table")
_AS_TOLD += ("late", "withdraw_by", "online", "attend", "group")
"""Fields of facts about an event that a notice has by the same name."""


def event_notice(fact: EventFact) -> Notice:
    """What a fact about an event gives to tell."""
    extra = {n: getattr(fact, n) for n in _AS_TOLD if hasattr(fact, n)}
    if isinstance(fact, RegistrationFact):
        extra |= {"unanswered": fact.unanswered, "registration_id": fact.registration_id}
        registered = isinstance(fact, RegistrationApplied | RegistrationConfirmed | RegistrationWaitlisted)
        registered = registered and getattr(fact, "because", None) != "draw"
        extra["by_another"] = registered and bool(fact.group) and fact.meta.actor != fact.member_id
    if isinstance(fact, RegistrationChanged):
        extra["because"] = "attend_changed"
    return Notice.of(fact, _TOPICS[type(fact)], fact.event.community_id, event=fact.event, **extra)


def registration_notice(fact: RegistrationFact) -> Notice | None:
    """What a fact about a registration gives to tell.

    What is part of a change of its series is told with it, but for questions that the member still has to answer.
    """
    if fact.series_change is None:
        return event_notice(fact)
    if not fact.unanswered:
        return None
    return Notice.of(fact, "questions_asked", fact.event.community_id, event=fact.event)
