"""Notifications to members, their channels and their deliveries. Owner: the notify service."""

from typing import ClassVar, Final, Literal

from pydantic import (
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from ekkyo.contracts.base import Command, Email, Fact, Id, Instant, Model, Question, Url, may
from ekkyo.contracts.members import Channel, Locale, MemberForgotten

DeliveryStatus = Literal["planned", "sent", "failed", "dropped"]
Topic = Literal[
    "event_published",
    "registration_confirmed",
    "registration_waitlisted",
    "registration_promoted",
    "registration_withdrawn",
    "event_revised",
    "event_rescheduled",
    "event_cancelled",
    "event_reminder",
    "survey_opened",
    "series_planned",
    "series_revised",
    "series_rescheduled",
    "series_cancelled",
    "series_registered",
    "series_withdrawn",
]
"""What a message is about."""


class Delivery(Model):
    """One notification to one member, or to one community's chat, over one channel."""

    delivery_id: Id
    topic: Topic
    channel: Channel
    member_id: Id | None = None
    community_id: Id | None = None
    """Set on posts to a community's chat."""
    entity_id: Id
    """The event, the series or the survey it is about."""
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
        "member_left",
        "member_erased",
        "superseded",
    }
)
"""Reasons to drop a message that do not go away: it is not sent again."""


# Commands

_ADDRESS = TypeAdapter(Url)


class ChannelConnected(Model):
    """A channel is connected. Its address is a secret and is not part of the answer."""

    connection_id: str
    kind: Literal["chat"]


class ConnectChannel(Command[ChannelConnected]):
    """Connect a chat channel by its incoming webhook: a community's, or a member's own. A new one replaces the old."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.connect_channel"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "kind": "chat",
                "url": "https://chat.example.com/hooks/it-users",
            }
        }
    )
    community_id: Id | None = None
    member_id: Id | None = None
    kind: Literal["chat"] = "chat"
    url: SecretStr = Field(max_length=500)

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: SecretStr) -> SecretStr:
        try:
            _ADDRESS.validate_python(url.get_secret_value())
        except ValidationError:  # whose text would tell the secret
            raise ValueError("must be one address that begins with https:// or http://") from None
        return url

    @model_validator(mode="after")
    def _of_one(self) -> "ConnectChannel":
        if (self.community_id is None) == (self.member_id is None):
            raise ValueError("name either community_id or member_id")
        return self

    @field_serializer("url", when_used="json")
    def _on_the_wire(self, url: SecretStr) -> str:
        """Told to the service that keeps it; everywhere else, a log or a repr, it shows as asterisks."""
        return url.get_secret_value()


class ResendDelivery(Command[Delivery]):
    """Send a message once more that failed, or was dropped for a reason that is gone. It is tried once, at once.

    The answer says what came of it. Three times in 24 hours at most.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.resend"
    may: ClassVar = may("self", "steward", "system")
    delivery_id: Id
    resend_id: Id
    """The caller's name for this try: said again, it is the same try."""
    member_id: Id | None = None
    """Whose delivery it is. Members name themselves."""


class SignInBegun(Model):
    """The same whether or not the address is a member's."""

    attempt_id: Id
    expires_at: Instant


class BeginSignIn(Command[SignInBegun]):
    """Mail a member a code of six digits, and a link, that sign them in at a front end within ten minutes.

    An address that is nobody's gets the same answer in the same time, and no mail. Five may be asked for an hour.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.begin_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id = Field(min_length=22)
    """Chosen at random by the front end, which binds it to the browser that asked."""
    email: Email
    locale: Locale


class SignedIn(Model):
    """Who proved by a code that the mailbox is theirs."""

    member_id: Id


class FinishSignIn(Command[SignedIn]):
    """Tell whose code this is. It is good for ten minutes, five tries, and once."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.finish_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id
    finish_id: Id
    """The caller's name for this try: said again, it is the same try."""
    code: SecretStr = Field(max_length=100)
    """The six digits, or what the link holds."""

    @field_serializer("code", when_used="json")
    def _on_the_wire(self, code: SecretStr) -> str:
        return code.get_secret_value()


# Questions


class ListedDelivery(Delivery):
    """A delivery, with what its event or survey is called by now, and the community of it. None: not known."""

    title: str | None = None
    community_name: str | None = None


class DeliveryPage(Model):
    """Deliveries, oldest first unless asked otherwise; `next` continues where this page ends."""

    deliveries: list[ListedDelivery]
    next: str | None = None


class ListDeliveries(Question[DeliveryPage]):
    """Deliveries: what was sent, to whom, why, and with which result."""

    subject: ClassVar[str] = "ekkyo.ask.notify.deliveries"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id | None = None
    entity_id: Id | None = None
    topic: Topic | None = None
    status: DeliveryStatus | None = None
    newest_first: bool = False
    locale: Locale = "ja"
    """The language that titles of surveys are told in, where they have it."""
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
    """The mail server or the chat accepted a message."""

    subject: ClassVar[str] = "ekkyo.fact.notify.delivered"


class DeliveryFailed(DeliveryFact):
    """A message cannot be delivered, and is not tried again unless somebody asks for it (`notify.resend`)."""

    subject: ClassVar[str] = "ekkyo.fact.notify.failed"


class AddressRefused(DeliveryFact):
    """Nobody can get mail at a member's address, says the mail server (5.1.x). Nothing is sent there any more."""

    subject: ClassVar[str] = "ekkyo.fact.notify.address_refused"
    member_id: Id
    member_revision: int
    """The newest revision of the member that was heard of then: it is that revision's address."""


class NotifyForgotMember(MemberForgotten):
    """An erased member's contact data is deleted, and messages still to be sent to them are dropped."""

    subject: ClassVar[str] = "ekkyo.fact.notify.member_forgotten"
