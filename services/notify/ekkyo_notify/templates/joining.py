"""How one gets in: the code for the desk, and why the address to join is not told."""

from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Locale

from ekkyo_notify.model import Notice
from ekkyo_notify.templates.labels import LABELS, SEAT_FIRST, URL_FOLLOWS
from ekkyo_notify.templates.links import Links

SHOWS_CODE = ("registration_confirmed", "registration_promoted", "event_reminder")
"""Topics that say where the code is that the desk asks for."""


def at_the_desk(notice: Notice, event: EventState, locale: Locale, links: Links) -> list[tuple[str, str]]:
    """Where the code is that the desk asks for: who has to be somewhere shows it there."""
    labels = LABELS[locale]
    asked = bool(links.portal) and notice.topic in SHOWS_CODE and event.format != "online"
    return [(labels["check_in"], labels["check_in_code"])] if asked else []


def where_to_join(event: EventState, join: str | None, locale: Locale) -> str:
    """Why the address to join is not in this message, or nothing."""
    if event.format == "onsite" or join:
        return ""
    if event.url:
        return SEAT_FIRST[locale]
    return URL_FOLLOWS[locale] if event.url_follows else ""
