"""The short mail that answers a mail: why nothing was changed, and where it can be."""

from datetime import datetime

from ekkyo.contracts.events import EventState
from ekkyo.words.text import one_line
from ekkyo.words.times import span

from ekkyo_notify.model import Contact, Outcome
from ekkyo_notify.templates import Message, said
from ekkyo_notify.templates.labels import LABELS
from ekkyo_notify.templates.links import Action


def answering(to: Contact, outcome: Outcome, event: EventState | None, page: Action | None, now: datetime) -> Message:
    """What a mail came to. event: the one that it was about, as it is by now."""
    labels = LABELS[to.locale]
    words = {"why": outcome, "event": {"title": one_line(event.title)} if event else None}
    texts = said(to.locale, "mail_answered", words)
    zone = to.timezone if event and event.format == "online" else event.timezone if event else to.timezone
    return Message(
        locale=to.locale,
        community=labels["product"],
        subject=one_line(texts["subject"], 250),
        title=texts["title"].strip(),
        lead=texts["lead"].strip(),
        rows=[(labels["when"], span(event.starts_at, event.ends_at, zone, to.locale, now=now))] if event else [],
        description="",
        join=None,
        topic="mail_answered",
        words=words,
        calendar=None,
        name=one_line(to.name),
        action=page,
        footer=labels["answer_footer"],
    )
