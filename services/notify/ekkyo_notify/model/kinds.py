"""Kinds of messages: a member may end those of three kinds, and always hears of their own places."""

from typing import Literal

from ekkyo.contracts.notify import Topic

from ekkyo_notify.model.contact import Contact
from ekkyo_notify.model.notice import Notice

Kind = Literal["new_events", "themes", "places", "surveys"]


def kind_of(topic: Topic) -> Kind:
    """The kind of a message."""
    if topic in ("event_published", "series_planned"):
        return "new_events"
    if topic == "event_wanted":
        return "themes"
    return "surveys" if topic in ("survey_opened", "survey_reminder") else "places"


def muted(contact: Contact, notice: Notice) -> bool:
    """Whether a member does not want this message."""
    match kind_of(notice.topic):
        case "new_events":
            return notice.community_id in contact.muted
        case "themes":
            return notice.community_id not in contact.follows_in
        case "surveys":
            return not contact.surveys
        case "places":
            return False
