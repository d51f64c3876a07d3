"""Chat as Slack takes it: blocks. https://docs.slack.dev/messaging/formatting-message-text

What people write stands in blocks of plain text, which know no markup, no mention and no link: Slack's own markup
(`mrkdwn`) has no way to write `*`, `_`, `~` and `` ` `` as they are.
"""

from typing import Any

from ekkyo_notify.templates import Message

_LONGEST_SECTION = 3000
_LONGEST_HEADER = 150


def escape(text: str) -> str:
    """Text for where Slack looks for mentions and links: they are made of these three characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def post(message: Message) -> dict[str, Any]:
    """The JSON of one post: a line for notifications, without markup, and blocks."""
    rows = "\n".join(f"{label}: {value}" for label, value in message.rows if value != message.join)
    blocks = [{"type": "header", "text": _plain(message.title, _LONGEST_HEADER)}, _section(message.lead)]
    if rows:
        blocks.append(_section(rows))
    if message.join:
        link = f"<{escape(message.join).replace('|', '%7C')}>"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}})
    if message.action:
        button = {"type": "button", "text": _plain(message.action.label, 75), "url": message.action.href}
        blocks.append({"type": "actions", "elements": [button]})
    if message.description:
        blocks.append(_section(message.description, 1000))
    blocks.append({"type": "context", "elements": [_plain(message.community)]})
    return {"text": escape(message.subject), "mrkdwn": False, "blocks": blocks}


def _section(text: str, limit: int = _LONGEST_SECTION) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text, limit)}


def _plain(text: str, limit: int = _LONGEST_SECTION) -> dict[str, Any]:
    """Text as it is. emoji: false, so that `:-)` and `10:30:` stay what they are too."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}
