"""The mail with a code to sign in with."""

from ekkyo.contracts.members import Locale
from ekkyo.words.text import one_line

from ekkyo_notify.templates import Message, said
from ekkyo_notify.templates.labels import LABELS
from ekkyo_notify.templates.links import Action


def sign_in(locale: Locale, name: str, code: str, link: str | None) -> Message:
    """A code, and a link that holds a longer one. The subject holds none: it shows on locked screens."""
    words = {"code": code}
    texts = said(locale, "sign_in", words)
    return Message(
        locale=locale,
        community=LABELS[locale]["product"],
        subject=texts["subject"],
        title=texts["title"],
        lead=texts["lead"],
        rows=[(LABELS[locale]["code"], code)],
        description="",
        join=None,
        topic="sign_in",
        words=words,
        calendar=None,
        name=one_line(name),
        action=Action(LABELS[locale]["sign_in"], link, None) if link else None,
        footer=LABELS[locale]["sign_in_footer"],
    )
