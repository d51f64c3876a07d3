"""The post that shows that a chat is connected."""

from ekkyo.contracts.members import Locale
from ekkyo.words.text import one_line

from ekkyo_notify.templates import Message, said
from ekkyo_notify.templates.labels import LABELS


def chat_test(locale: Locale, community: str | None = None) -> Message:
    """A test message: for a community's chat, or for a member's own."""
    words = {"community": one_line(community or "")}
    texts = said(locale, "chat_test", words)
    return Message(
        locale=locale,
        community=words["community"] or LABELS[locale]["product"],
        subject=texts["subject"],
        title=texts["title"],
        lead=texts["lead"],
        rows=[],
        description="",
        join=None,
        topic="chat_test",
        words=words,
        calendar=None,
        name=None,
    )
