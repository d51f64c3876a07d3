"""Chat: a post to an incoming webhook."""

from ekkyo_notify.channels import Outgoing
from ekkyo_notify.channels.chat import slack
from ekkyo_notify.channels.chat.webhooks import Webhooks


class Chat:
    """The channel `chat`: each kind of chat has a module that writes its posts; `Webhooks` hands them over."""

    at_once = 8

    def __init__(self, webhooks: Webhooks) -> None:
        self.webhooks = webhooks

    async def send(self, outgoing: Outgoing) -> None:
        """Post one message."""
        connection = outgoing.connection
        assert connection
        assert connection.url
        await self.webhooks.send(connection.id, connection.url, slack.post(outgoing.message))

    def leave(self) -> None:
        """Nothing waits for a connection here."""

    async def close(self) -> None:
        """Close the connections to the chats."""
        await self.webhooks.close()
