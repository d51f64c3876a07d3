"""The chat channels that were connected."""

from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.notify import ChannelConnected, ConnectChannel
from ekkyo.decision import Decision, Document
from pydantic import SecretStr, field_serializer

from ekkyo_notify.model.chat_hosts import ChatHosts


class Connection(Document):
    """A chat channel's incoming webhook. Whoever knows the address can post there, so it never leaves this service.

    Without an address it is nobody's any more: the member was erased, and it cannot be connected again.
    """

    kind: Literal["chat"] = "chat"
    community_id: str | None = None
    member_id: str | None = None
    url: SecretStr | None

    @field_serializer("url")
    def _for_the_database(self, url: SecretStr | None) -> str | None:
        return url.get_secret_value() if url else None


def connect(
    connection: Connection | None, cmd: ConnectChannel, *, who: Caller, hosts: ChatHosts
) -> Decision[Connection, ChannelConnected]:
    """Connect a chat channel, or replace its address. hosts: where chats may be."""
    if cmd.member_id and who.sub != cmd.member_id and not who.roles & {"steward", "system"}:
        # A leader leads communities; where a member reads their own messages is the member's business.
        raise Refused("not_allowed", "Only the member may connect a channel of their own.", 403)
    if not hosts.allows(cmd.url.get_secret_value()):
        why = "Chats are posted to at allowed hosts over https. Who runs Ekkyo may allow this one: EKKYO_CHAT_HOSTS."
        raise Refused("chat_host_not_allowed", why)
    key = connection_id(community_id=cmd.community_id, member_id=cmd.member_id)
    answer = ChannelConnected(connection_id=key, kind=cmd.kind)
    if connection and connection.url is None:
        raise Refused("member_erased", "This member was erased.")
    if connection and connection.url == cmd.url:
        return Decision(connection, answer)
    revision = connection.revision if connection else 0
    after = Connection(
        id=key, revision=revision, kind=cmd.kind, community_id=cmd.community_id, member_id=cmd.member_id, url=cmd.url
    )
    return Decision(after, answer)


def disconnect(connection: Connection | None, member_id: str) -> Decision[Connection, None]:
    """Forget the address of a member's own chat, and let nobody connect another one for them."""
    key = connection_id(member_id=member_id)
    if connection and connection.url is None:
        return Decision(connection, None)
    return Decision(
        Connection(id=key, revision=connection.revision if connection else 0, member_id=member_id, url=None), None
    )


def connection_id(*, community_id: str | None = None, member_id: str | None = None) -> str:
    return f"member-{member_id}" if member_id else f"community-{community_id}"
