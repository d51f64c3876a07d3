"""Posts a test message to a chat. It is no delivery: nobody is told anything by it."""

import asyncio
from typing import Final

from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.chat import Chat, slack
from ekkyo_notify.delivering.post import PostOffice
from ekkyo_notify.model import Connection
from ekkyo_notify.templates.chat_test import chat_test

WITHIN: Final = 8.0
"""Seconds. Whoever pressed the button waits for the answer."""


async def post_test(post: PostOffice, connection: Connection) -> str | None:
    """Post it once. Tells why it was not taken, or None."""
    chat = post.sending.transports["chat"]
    assert isinstance(chat, Chat)
    assert connection.url
    audience, message = post.audience, None
    if connection.member_id:
        contact = await audience.contacts.get(connection.member_id)
        message = chat_test(contact.locale if contact else "ja")
    elif connection.community_id:
        community = await audience.communities.get(connection.community_id)
        message = chat_test(community.locale, community.name) if community else None
    try:
        async with asyncio.timeout(WITHIN):
            await chat.webhooks.send(connection.id, connection.url, slack.post(message or chat_test("ja")))
    except TimeoutError:
        return "chat_timeout"
    except (NotNow, Never) as e:
        return e.reason
    return None
