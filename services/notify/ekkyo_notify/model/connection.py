"""The chat channels that were connected."""

from datetime import datetime, timedelta
from typing import Final, Literal

from ekkyo.contracts.base import Caller, Id, Instant, Model, Refused
from ekkyo.contracts.notify import (
    ChannelConnected,
    ChannelState,
    ChannelTried,
    ConnectChannel,
    DisconnectChannel,
    GetChannel,
    TryChannel,
)
from ekkyo.decision import Decision, Document
from pydantic import SecretStr, field_serializer

from ekkyo_notify.model.chat_hosts import ChatHosts, place_of

TEN_MINUTES: Final = timedelta(minutes=10)
MOST_TRIES: Final = 3
A_TRY: Final = timedelta(seconds=30)
"""Longer than any test message takes. After a crash the same one may be posted again when it has run out."""


class Tried(Model):
    """One test message, by the caller's name for it."""

    try_id: Id
    at: Instant
    taken: bool | None = None
    reason: str | None = None


class Connection(Document):
    """A chat channel's incoming webhook. Whoever knows the address can post there, so it never leaves this service.

    Without an address it is disconnected, and may be connected again; or the member was erased, and it may not.
    """

    kind: Literal["chat"] = "chat"
    community_id: str | None = None
    member_id: str | None = None
    url: SecretStr | None
    connected_at: Instant | None = None
    disconnected_at: Instant | None = None
    tries: list[Tried] = []

    @field_serializer("url")
    def _for_the_database(self, url: SecretStr | None) -> str | None:
        return url.get_secret_value() if url else None

    @property
    def erased(self) -> bool:
        return self.url is None and self.disconnected_at is None


def theirs(of: ConnectChannel | DisconnectChannel | TryChannel | GetChannel, who: Caller) -> str:
    """The id of the connection. Raises Refused for what is another member's own."""
    if of.member_id and who.sub != of.member_id and not who.roles & {"steward", "system"}:
        # A leader leads communities; where a member reads their own messages is the member's business.
        raise Refused("not_allowed", "Only the member may do this with their own channel.", 403)
    return connection_id(community_id=of.community_id, member_id=of.member_id)


def connect(
    connection: Connection | None, cmd: ConnectChannel, *, who: Caller, hosts: ChatHosts, now: datetime
) -> Decision[Connection, ChannelConnected]:
    """Connect a chat channel, or replace its address. hosts: where chats may be."""
    key = theirs(cmd, who)
    if not hosts.allows(cmd.url.get_secret_value()):
        why = "A webhook must use https and an allowed host. The operator can allow this host with EKKYO_CHAT_HOSTS."
        raise Refused("chat_host_not_allowed", why)
    answer = ChannelConnected(connection_id=key, kind=cmd.kind)
    before = connection or _unconnected(key, cmd)
    if connection and connection.erased:
        raise Refused("member_erased", "This member was erased.")
    if before.url == cmd.url:
        return Decision(before, answer)
    update = {"kind": cmd.kind, "url": cmd.url, "connected_at": now, "disconnected_at": None}
    return Decision(before.model_copy(update=update), answer)


def disconnect(
    connection: Connection | None, cmd: DisconnectChannel, *, who: Caller, now: datetime
) -> Decision[Connection, ChannelState]:
    """Forget a channel's address. What is not connected stays so."""
    before = connection or _unconnected(theirs(cmd, who), cmd)
    if before.url is None and connection:
        return Decision(before, state(before))
    update = {"url": None, "connected_at": None, "disconnected_at": now}
    after = before.model_copy(update=update)
    return Decision(after, state(after))


def forget_chat(connection: Connection | None, member_id: str) -> Decision[Connection, None]:
    """Forget the address of an erased member's own chat, and let nobody connect another one for them."""
    key = connection_id(member_id=member_id)
    if connection and connection.erased:
        return Decision(connection, None)
    return Decision(
        Connection(id=key, revision=connection.revision if connection else 0, member_id=member_id, url=None), None
    )


def begin_try(
    connection: Connection | None, cmd: TryChannel, now: datetime
) -> Decision[Connection, tuple[Connection, bool]]:
    """Record that a test message is being posted; tells whether it is ours to post."""
    if connection is None or connection.url is None:
        raise Refused("channel_not_connected", "This channel is not connected.")
    said = next((one for one in connection.tries if one.try_id == cmd.try_id), None)
    if said and (said.taken is not None or said.at > now - A_TRY):
        return Decision(connection, (connection, False))
    others = [one for one in connection.tries if one.at > now - TEN_MINUTES and one.try_id != cmd.try_id]
    if len(others) >= MOST_TRIES:
        raise Refused("too_many_tries", "Three test messages were posted within ten minutes. Try again later.")
    after = connection.model_copy(update={"tries": [*others, Tried(try_id=cmd.try_id, at=now)]})
    return Decision(after, (after, True))


def end_try(connection: Connection, cmd: TryChannel, why_not: str | None) -> Decision[Connection, None]:
    """Record what came of a test message. why_not: why it was not taken."""
    done = {"taken": why_not is None, "reason": why_not}
    tries = [one.model_copy(update=done) if one.try_id == cmd.try_id else one for one in connection.tries]
    return Decision(connection.model_copy(update={"tries": tries}), None)


def tried(connection: Connection | None, cmd: TryChannel) -> ChannelTried:
    """What came of a test message so far."""
    found = [one for one in (connection.tries if connection else []) if one.try_id == cmd.try_id]
    return ChannelTried(taken=found[0].taken, reason=found[0].reason) if found else ChannelTried(taken=None)


def state(connection: Connection | None) -> ChannelState:
    """What may be told of a channel."""
    place = place_of(connection.url.get_secret_value()) if connection and connection.url else None
    if connection is None or place is None:
        return ChannelState(connected=False)
    return ChannelState(connected=True, host=place.host, since=connection.connected_at)


def _unconnected(key: str, cmd: ConnectChannel | DisconnectChannel) -> Connection:
    return Connection(id=key, community_id=cmd.community_id, member_id=cmd.member_id, url=None)


def connection_id(*, community_id: str | None = None, member_id: str | None = None) -> str:
    return f"member-{member_id}" if member_id else f"community-{community_id}"
