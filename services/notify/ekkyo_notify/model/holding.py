"""What the notify service holds on a member."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ekkyo.contracts.events import EventState
from ekkyo.contracts.held import Held, Row
from ekkyo.contracts.notify import OWN as TO_RECIPIENT
from ekkyo.contracts.notify import HeldByNotify
from ekkyo.contracts.surveys import SurveyState
from ekkyo.decision import Caller
from ekkyo.decision.holding import held, row

from ekkyo_notify.model.connection import Connection, state
from ekkyo_notify.model.contact import Contact, RefusedAddress
from ekkyo_notify.model.delivery import Delivery
from ekkyo_notify.model.incoming import TextsSent
from ekkyo_notify.model.releases import KnownSponsor, Release
from ekkyo_notify.model.sign_in import Asked, SignIn

OF_DELIVERY: Final = {"kept", "claimed_by", "claimed_until", "fact_id", "message_id"}
"""For sending it; what the message says is told by the service that it is about."""
OF_SIGN_IN: Final = {"id", "digests", "tries", "finished"}
OWN: Final = ("survey_reminders", "follows", "sign_ins", "codes_asked_for", "replies_sent")


@dataclass(frozen=True)
class OfMember:
    """All that is stored with a member's id in it. about: what each delivery is about, by the delivery's id."""

    contact: Contact | None = None
    refused: RefusedAddress | None = None
    connection: Connection | None = None
    deliveries: Sequence[Delivery] = ()
    about: Mapping[str, EventState | SurveyState] = field(default_factory=dict)
    sponsors: Sequence[KnownSponsor] = ()
    releases: Sequence[Release] = ()
    sign_ins: Sequence[SignIn] = ()
    asked: Asked | None = None
    texts: TextsSent | None = None


def held_on(ask: HeldByNotify, it: OfMember, who: Caller) -> Held:
    """All of it, but for codes and the addresses of chats."""
    reminders = [one for one in it.deliveries if one.topic in TO_RECIPIENT]
    sections: dict[str, Iterable[Row]] = {
        "contact": [row(one, without=["follows", "follows_in"]) for one in (it.contact,) if one],
        "follows": [row(one) for one in (it.contact.follows if it.contact else [])],
        "address_refused": [row(one) for one in (it.refused,) if one],
        "chat": [row(state(one), disconnected_at=_said(one)) for one in (it.connection,) if one],
        "deliveries": [_delivery(one, it) for one in it.deliveries if one.topic not in TO_RECIPIENT],
        "survey_reminders": [_delivery(one, it) for one in reminders],
        "sponsor": [row(one) for one in it.sponsors],
        "reports_released": [row(one, without=["report", "released_by", "sponsors"]) for one in it.releases],
        "sign_ins": [row(one, without=OF_SIGN_IN) for one in it.sign_ins],
        "codes_asked_for": [{"at": at.isoformat()} for at in (it.asked.at if it.asked else [])],
        "replies_sent": [{"at": at.isoformat()} for at in (it.texts.at if it.texts else [])],
    }
    return held(ask, sections, who, own=OWN)


def _said(connection: Connection) -> str | None:
    return connection.disconnected_at.isoformat() if connection.disconnected_at else None


def _delivery(delivery: Delivery, it: OfMember) -> Row:
    about = it.about.get(delivery.id)
    told = row(delivery, without=OF_DELIVERY)
    if about is None:
        return told
    title = about.title if isinstance(about, EventState) else {**about.title}
    return {"title": title, **told}
