"""How one gets in: the code for the desk, and why the address to join is not told."""

from typing import Final

from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Locale
from ekkyo.wire.seats import Seat

from ekkyo_notify.model import Notice, Recipient
from ekkyo_notify.templates.labels import LABELS, SEAT_FIRST, URL_FOLLOWS
from ekkyo_notify.templates.links import Links
from ekkyo_notify.templates.pictures import Picture, qr

HAS_CODE: Final = (
    "registration_confirmed",
    "registration_promoted",
    "event_reminder",
    "event_revised",
    "event_rescheduled",
)
"""Topics after which somebody with a seat comes: the mail has the seat's code, or says where it is."""


def at_the_desk(
    notice: Notice, event: EventState, recipient: Recipient, locale: Locale, links: Links, *, here: bool
) -> list[tuple[str, str]]:
    """Where the code is that the desk asks for: who has to be somewhere shows it there. here: in this mail."""
    labels = LABELS[locale]
    asked = bool(links.portal) and _comes(notice, event, recipient)
    return [(labels["check_in"], labels["check_in_code_here" if here else "check_in_code"])] if asked else []


def seat_code(notice: Notice, recipient: Recipient, links: Links) -> Picture | None:
    """The code of a seat that the mail tells of; None where no desk asks for it, or nobody could read it."""
    event, member_id = notice.event, recipient.member_id
    if not (links.portal and links.seats and notice.registration_id and event and member_id):
        return None
    if not _comes(notice, event, recipient):
        return None
    return qr(links.seats.make(Seat(event.event_id, member_id, notice.registration_id)))


def _comes(notice: Notice, event: EventState, recipient: Recipient) -> bool:
    return notice.topic in HAS_CODE and recipient.seat == "confirmed" and event.format != "online"


def where_to_join(event: EventState, join: str | None, locale: Locale) -> str:
    """Why the address to join is not in this message, or nothing."""
    if event.format == "onsite" or join:
        return ""
    if event.url:
        return SEAT_FIRST[locale]
    return URL_FOLLOWS[locale] if event.url_follows else ""
