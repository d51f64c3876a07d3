"""What the notify service can be asked to do."""

from typing import Annotated

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.notify import ChannelConnected, ConnectChannel
from faststream import Context

from ekkyo_notify import model
from ekkyo_notify.store import Connections

router = Router()
Hosts = Annotated[model.ChatHosts, Context("chat_hosts")]


@router.subscriber(**asked(ConnectChannel))
async def connect_channel(cmd: ConnectChannel, connections: Connections, who: Who, hosts: Hosts) -> ChannelConnected:
    """Connect a chat channel by its incoming webhook, whose address is kept here and told to nobody."""
    key = model.connection_id(community_id=cmd.community_id, member_id=cmd.member_id)
    return await connections.create(key, lambda connection: model.connect(connection, cmd, who=who, hosts=hosts))
