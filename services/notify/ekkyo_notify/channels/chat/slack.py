"""Chat as Slack takes it: blocks. https://docs.slack.dev/messaging/formatting-message-text"""

from typing import Any

from ekkyo_notify.templates import Message

_LONGEST_SECTION = 3000
_LONGEST_HEADER = 150


def escape(text: str) -> str:
    """Text as text: no mention, no link and no markup is made by what people wrote into a title."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def post(message: Message) -> dict[str, Any]:
    """The JSON of one post: a line for notifications, and blocks."""
    rows = "\n".join(f"*{escape(label)}* {_value(value, message)}" for label, value in message.rows)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(message.title, _LONGEST_HEADER)}},
        {"type": "section", "text": _mrkdwn(_escaped(message.lead))},
    ]
    if rows:
        blocks.append({"type": "section", "text": _mrkdwn(rows)})
    if message.description:
        blocks.append({"type": "section", "text": _mrkdwn(_escaped(message.description, 1000))})
    blocks.append({"type": "context", "elements": [_mrkdwn(escape(message.community))]})
    return {"text": escape(message.subject), "blocks": blocks}


def _value(value: str, message: Message) -> str:
    if value == message.join:
        return f"<{escape(value).replace('|', '%7C')}>"
    return escape(value)


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _escaped(text: str, limit: int = _LONGEST_SECTION) -> str:
    """Escaped, and cut where no escape is cut in two."""
    whole = escape(text)
    if len(whole) <= limit:
        return whole
    kept = text[: limit - 1]
    while len(escape(kept)) > limit - 1:
        kept = kept[: -max(1, (len(escape(kept)) - limit) // 5)]
    return escape(kept) + "…"
