"""Kinds of messages: a member may be sent those of two kinds no more, and always hears of their own places."""

from typing import Literal

from ekkyo.contracts.notify import Topic

from ekkyo_notify.model.contact import Contact
from ekkyo_notify.model.notice import Notice

Kind = Literal["new_events", "places", "surveys"]


def kind_of(topic: Topic) -> Kind:
    """The kind of a message."""
    if topic in ("event_published", "series_planned"):
        return "new_events"
    return "surveys" if topic in ("survey_opened", "survey_reminder") else "places"


def muted(contact: Contact, notice: Notice) -> bool:
    """Whether a member does not want this message."""
    kind = kind_of(notice.topic)
    return (kind == "new_events" and notice.community_id in contact.muted) or (
        kind == "surveys" and not contact.surveys
    )
