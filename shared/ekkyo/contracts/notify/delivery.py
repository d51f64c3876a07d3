"""Deliveries: one notification to one member, or to one community's chat, over one channel."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from ekkyo.contracts.base import Command, Fact, Id, Instant, Model, Question, may
from ekkyo.contracts.members import Channel, Locale, MemberForgotten

DeliveryStatus = Literal["planned", "sent", "failed", "dropped"]
Topic = Literal[
    "event_published",
    "registration_applied",
    "event_invited",
    "event_wanted",
    "registration_confirmed",
    "registration_waitlisted",
    "registration_promoted",
    "registration_withdrawn",
    "registration_declined",
    "applications_waiting",
    "event_revised",
    "event_rescheduled",
    "event_cancelled",
    "event_reminder",
    "questions_asked",
    "survey_opened",
    "survey_reminder",
    "pulse_skipped",
    "series_planned",
    "series_revised",
    "series_rescheduled",
    "series_rule_changed",
    "series_cancelled",
    "series_registered",
    "series_withdrawn",
    "output_attached",
    "output_proposed",
    "output_declined",
    "host_named",
    "host_removed",
    "rules_due",
    "leader_named",
    "deputy_named",
    "role_ended",
    "introduction_requested",
    "introduction_given",
    "introduction_not_given",
    "report_due",
    "report_reminder",
    "report_sent",
]
"""What a message is about."""
OWN: Final[frozenset[Topic]] = frozenset({"survey_reminder"})
"""What only its recipient is told of: nobody else is given these deliveries, and no fact announces them. A list of who
was reminded of a survey would tell who had not answered it."""


class Delivery(Model):
    """One notification to one member, or to one community's chat, over one channel."""

    delivery_id: Id
    topic: Topic
    channel: Channel
    member_id: Id | None = None
    community_id: Id | None = None
    """Set on posts to a community's chat."""
    sponsor_id: Id | None = None
    """Set on reports to a sponsor."""
    entity_id: Id
    """The event, series, survey, pulse, output, introduction or report that it is about; of rules: who."""
    fact_id: str
    """The fact that caused it."""
    status: DeliveryStatus
    reason: str | None = None
    """Why it failed or was dropped."""
    attempts: int = 0
    message_id: str | None = None
    """Mail: its Message-ID."""
    planned_at: Instant
    done_at: Instant | None = None


FOR_GOOD: Final = frozenset(
    {
        "event_over",
        "event_started",
        "event_cancelled",
        "survey_closed",
        "survey_answered",
        "introduction_over",
        "member_left",
        "member_erased",
        "outdated",
        "sponsor_removed",
        "superseded",
    }
)
"""Permanent reasons to drop a message: it is not sent again."""


# Commands


class ResendDelivery(Command[Delivery]):
    """Send a message again that failed, or was dropped for a reason that no longer applies.

    It is tried once, immediately, and the answer gives the result. Three times in 24 hours at most.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.resend"
    may: ClassVar = may("self", "steward", "system")
    delivery_id: Id
    resend_id: Id
    """Identifies this try: sent again, it has no further effect."""
    member_id: Id | None = None
    """Whose delivery it is. Members name themselves."""


# Questions


class ListedDelivery(Delivery):
    """A delivery, with the current title of its event or survey, and its community. None: not known."""

    title: str | None = None
    community_name: str | None = None


class DeliveryPage(Model):
    """Deliveries, oldest first unless asked otherwise; `next` continues where this page ends."""

    deliveries: list[ListedDelivery]
    next: str | None = None


class ListDeliveries(Question[DeliveryPage]):
    """Deliveries: what was sent, to whom, why, and with which result.

    Reminders of surveys are told to the member who got them, and to nobody else.
    """

    subject: ClassVar[str] = "ekkyo.ask.notify.deliveries"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id | None = None
    entity_id: Id | None = None
    topic: Topic | None = None
    status: DeliveryStatus | None = None
    newest_first: bool = False
    locale: Locale = "ja"
    """The language of surveys' titles, if they have it."""
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class NotifyStatusAnswer(Model):
    """How many deliveries are in which state."""

    deliveries: dict[Channel, dict[DeliveryStatus, int]]
    contacts: int
    channels: int


class NotifyStatus(Question[NotifyStatusAnswer]):
    """How many deliveries were sent, failed or dropped, by channel."""

    subject: ClassVar[str] = "ekkyo.ask.notify.status"
    may: ClassVar = may("steward", "system")


# Facts


class DeliveryFact(Fact):
    """What all facts about a delivery carry. No address, no text."""

    about: ClassVar[str] = "delivery_id"
    delivery_id: Id
    delivery: Delivery


class Delivered(DeliveryFact):
    """The mail server or the chat accepted a message. Not announced of reminders of surveys."""

    subject: ClassVar[str] = "ekkyo.fact.notify.delivered"


class DeliveryFailed(DeliveryFact):
    """A message cannot be delivered, and is not tried again unless somebody asks for it (`notify.resend`).

    Not announced of reminders of surveys.
    """

    subject: ClassVar[str] = "ekkyo.fact.notify.failed"


class AddressRefused(DeliveryFact):
    """The mail server permanently refuses a member's address (5.1.x). Nothing is sent there any more."""

    subject: ClassVar[str] = "ekkyo.fact.notify.address_refused"
    member_id: Id
    member_revision: int
    """The member's newest revision that notify knew then: the address is that revision's."""


class NotifyForgotMember(MemberForgotten):
    """An erased member's contact data is deleted, and messages still to be sent to them are dropped."""

    subject: ClassVar[str] = "ekkyo.fact.notify.member_forgotten"
