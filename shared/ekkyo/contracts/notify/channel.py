"""Chat channels: connected by their incoming webhook, tried, and disconnected."""

from typing import ClassVar, Literal

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

from ekkyo.contracts.base import Command, Id, Instant, Model, Question, Url, may

_ADDRESS = TypeAdapter(Url)


def _one_of(community_id: str | None, member_id: str | None) -> None:
    if (community_id is None) == (member_id is None):
        raise ValueError("name either community_id or member_id")


class ChannelConnected(Model):
    """A channel is connected. Its address is a secret and is not part of the answer."""

    connection_id: str
    kind: Literal["chat"]


class ChannelState(Model):
    """Whether a channel is connected, and at which host. The rest of its address is secret: no answer has it."""

    connected: bool
    host: str | None = None
    since: Instant | None = None
    """When it was connected; None also if it was connected before this was recorded."""


class ChannelTried(Model):
    """The result of a test message."""

    taken: bool | None
    """Whether the chat accepted it. None: it is being posted."""
    reason: str | None = None
    """Why it was not accepted."""


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
        _one_of(self.community_id, self.member_id)
        return self

    @field_serializer("url", when_used="json")
    def _on_the_wire(self, url: SecretStr) -> str:
        """The address for the service that stores it; in a log or a repr it shows as asterisks."""
        return url.get_secret_value()


_OF_A_COMMUNITY = ConfigDict(json_schema_extra={"example": {"community_id": "0192f0c1-7a00-7000-8000-000000000001"}})


class DisconnectChannel(Command[ChannelState]):
    """Delete the address of a chat channel: a community's, or a member's own. Posts that wait are dropped."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.disconnect_channel"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    model_config = _OF_A_COMMUNITY
    community_id: Id | None = None
    member_id: Id | None = None

    @model_validator(mode="after")
    def _of_one(self) -> "DisconnectChannel":
        _one_of(self.community_id, self.member_id)
        return self


class TryChannel(Command[ChannelTried]):
    """Post a test message to a chat channel, at once, and say whether it was accepted. Three in ten minutes at most."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.try_channel"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "try_id": "0192f0c1-7a00-7000-8000-000000000054",
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
            }
        }
    )
    try_id: Id
    """Identifies this try: sent again, it has no further effect."""
    community_id: Id | None = None
    member_id: Id | None = None

    @model_validator(mode="after")
    def _of_one(self) -> "TryChannel":
        _one_of(self.community_id, self.member_id)
        return self


class GetChannel(Question[ChannelState]):
    """Whether a chat channel is connected: a community's, or a member's own."""

    subject: ClassVar[str] = "ekkyo.ask.notify.channel"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    model_config = _OF_A_COMMUNITY
    community_id: Id | None = None
    member_id: Id | None = None

    @model_validator(mode="after")
    def _of_one(self) -> "GetChannel":
        _one_of(self.community_id, self.member_id)
        return self
