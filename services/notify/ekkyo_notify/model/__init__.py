"""What is told to whom, and what becomes of it. Pure: no I/O, no clock, no randomness."""

from ekkyo_notify.model.connection import Connection, connect, connection_id
from ekkyo_notify.model.contact import CommunityName, Contact
from ekkyo_notify.model.delivery import (
    LEASE,
    REGISTRATION_TOPICS,
    Claim,
    Delivery,
    claim,
    delivery_id,
    failed,
    plan,
    released,
    sent,
)
from ekkyo_notify.model.notice import (
    KnownEvent,
    Method,
    Notice,
    Recipient,
    event_notice,
    invitation,
    may_join,
    named,
    registered,
    survey_notice,
    useless,
)

__all__ = [
    "LEASE",
    "REGISTRATION_TOPICS",
    "Claim",
    "CommunityName",
    "Connection",
    "Contact",
    "Delivery",
    "KnownEvent",
    "Method",
    "Notice",
    "Recipient",
    "claim",
    "connect",
    "connection_id",
    "delivery_id",
    "event_notice",
    "failed",
    "invitation",
    "may_join",
    "named",
    "plan",
    "registered",
    "released",
    "sent",
    "survey_notice",
    "useless",
]
