"""Deliveries: planned, claimed by who sends them, and sent, failed or dropped."""

import uuid
from datetime import datetime, timedelta
from typing import Literal

from ekkyo.contracts.base import Id, Instant, Model
from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Channel
from ekkyo.contracts.notify import (
    FOR_GOOD,
    OWN,
    AddressRefused,
    Delivered,
    DeliveryFact,
    DeliveryFailed,
    DeliveryStatus,
    Topic,
)
from ekkyo.contracts.notify import Delivery as DeliveryState
from ekkyo.decision import Decision, Document

from ekkyo_notify.model.notice import Has, Notice, Recipient

LEASE = timedelta(seconds=30)
"""How long one process has a delivery to itself. Longer than any attempt to send takes; after a crash the next
attempt may begin when it has run out."""

REGISTRATION_TOPICS: tuple[Topic, ...] = (
    "registration_applied",
    "registration_confirmed",
    "registration_waitlisted",
    "registration_promoted",
    "registration_withdrawn",
    "registration_declined",
    "series_registered",
    "series_withdrawn",
)


class Kept(Model):
    """What a message that was not sent was to say, for sending it once more. seat: what its reader had."""

    notice: Notice
    seat: Has | None = None

    @classmethod
    def of(cls, notice: Notice, recipient: Recipient) -> "Kept":
        """What is kept of it. A report is kept once, with its release, and of registrations the reader's own."""
        less: dict[str, object] = {"report": None, "registrations": {}}
        if notice.registrations and recipient.member_id:
            less["registration_id"] = notice.registrations.get(recipient.member_id)
        return cls(notice=notice.model_copy(update=less), seat=recipient.seat)


class Resend(Model):
    """One more try, by the caller's name for it."""

    resend_id: Id
    at: Instant


class Invited(Model):
    """When the event was to take place that an invitation, which can be answered, is for."""

    starts_at: Instant
    ends_at: Instant

    @classmethod
    def of(cls, event: EventState) -> "Invited":
        return cls(starts_at=event.starts_at, ends_at=event.ends_at)


class Delivery(Document):
    """One notification to one member, or to one community's chat, over one channel."""

    topic: Topic
    channel: Channel
    member_id: str | None = None
    community_id: str | None = None
    sponsor_id: str | None = None
    entity_id: str
    entity_revision: int = 0
    fact_id: str
    status: DeliveryStatus = "planned"
    reason: str | None = None
    attempts: int = 0
    message_id: str | None = None
    planned_at: Instant
    done_at: Instant | None = None
    claimed_by: str | None = None
    claimed_until: Instant | None = None
    kept: Kept | None = None
    """Set while it is failed, or dropped for a reason that may go away. Of what is dropped for good nothing is kept."""
    resends: list[Resend] = []
    invited: Invited | None = None
    """Set on a mail with an invitation that can be answered from a calendar."""

    @property
    def state(self) -> DeliveryState:
        """This delivery as facts and answers carry it."""
        return DeliveryState(delivery_id=self.id, **self.model_dump(include=set(DeliveryState.model_fields)))


NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ekkyo:delivery")


def delivery_id(fact_id: str, topic: Topic, recipient: Recipient, channel: Channel) -> str:
    """The same for the same fact, topic, recipient and channel: what makes telling twice send once."""
    return str(uuid.uuid5(NAMESPACE, "\n".join((fact_id, topic, recipient.key, channel))))


def plan(notice: Notice, recipient: Recipient, channel: Channel, now: datetime) -> Delivery:
    """A delivery that nobody has tried yet."""
    return Delivery(
        id=delivery_id(notice.fact_id, notice.topic, recipient, channel),
        topic=notice.topic,
        channel=channel,
        member_id=recipient.member_id,
        community_id=recipient.community_id,
        sponsor_id=recipient.sponsor_id,
        entity_id=notice.entity_id,
        entity_revision=notice.entity_revision,
        fact_id=notice.fact_id,
        planned_at=now,
    )


Claim = Literal["ours", "busy", "done"]


def claim(
    delivery: Delivery | None,
    planned: Delivery,
    *,
    useless: str | None,
    by: str,
    now: datetime,
    kept: Kept | None = None,
) -> Decision[Delivery, Claim]:
    """Take a delivery to send it now. busy: another process is sending it. done: sent, failed or dropped.

    useless: why sending it would help nobody any more; it is dropped then, and the reason kept.
    """
    d = delivery or planned
    if d.status != "planned":
        return Decision(d, "done")
    if delivery and delivery.claimed_until and delivery.claimed_until > now:
        return Decision(d, "ours" if delivery.claimed_by == by else "busy")
    if useless:
        kept = None if useless in FOR_GOOD else kept
        return Decision(dropped(d, reason=useless, now=now, kept=kept).document, "done")
    ours = {"attempts": d.attempts + 1, "claimed_by": by, "claimed_until": now + LEASE}
    return Decision(d.model_copy(update=ours), "ours")


def sent(
    delivery: Delivery, *, message_id: str | None, now: datetime, invited: Invited | None = None
) -> Decision[Delivery, None]:
    """The mail server or the chat took it. invited: what it invites to, where that can be answered."""
    if delivery.status != "planned":
        return Decision(delivery, None)
    update: dict[str, object] = {"status": "sent", "reason": None, "message_id": message_id, "done_at": now}
    update |= {"kept": None, "invited": invited}
    after = delivery.model_copy(update=update | {"claimed_by": None, "claimed_until": None})
    facts = [] if after.topic in OWN else [Delivered(delivery_id=after.id, delivery=after.state)]
    return Decision(after, None, facts=facts)


def failed(
    delivery: Delivery, *, reason: str, now: datetime, refused: int | None = None, kept: Kept | None = None
) -> Decision[Delivery, None]:
    """It cannot be delivered, and is not tried again by itself.

    refused: the member's revision, where it is their address that is no good.
    """
    if delivery.status != "planned":
        return Decision(delivery, None)
    update = {"status": "failed", "reason": reason, "done_at": now, "claimed_by": None, "claimed_until": None}
    update |= {"kept": kept}
    after = delivery.model_copy(update=update)
    if after.topic in OWN:
        return Decision(after, None)
    facts: list[DeliveryFact] = [DeliveryFailed(delivery_id=after.id, delivery=after.state)]
    if refused is not None and after.member_id:
        facts.append(
            AddressRefused(
                delivery_id=after.id, delivery=after.state, member_id=after.member_id, member_revision=refused
            )
        )
    return Decision(after, None, facts=facts)


def bounced(delivery: Delivery, *, status: str, now: datetime, refused: int | None) -> Decision[Delivery, bool]:
    """A mail server that had taken it says that it cannot be delivered; tells whether that is news.

    status: such as 5.1.1. refused: the member's revision, where it is their address that is no good.
    """
    if delivery.status != "sent":
        return Decision(delivery, False)
    again = delivery.model_copy(update={"status": "planned"})
    after = failed(again, reason=f"bounced {status}", now=now, refused=refused)
    return Decision(after.document, True, facts=after.facts)


def dropped(delivery: Delivery, *, reason: str, now: datetime, kept: Kept | None = None) -> Decision[Delivery, None]:
    """It is not to be sent any more."""
    if delivery.status != "planned":
        return Decision(delivery, None)
    update = {"status": "dropped", "reason": reason, "done_at": now, "claimed_by": None, "claimed_until": None}
    update |= {"kept": kept}
    return Decision(delivery.model_copy(update=update), None)


def released(delivery: Delivery, *, by: str, reason: str) -> Decision[Delivery, None]:
    """It could not be delivered just now; the next attempt may begin at once."""
    if delivery.status != "planned" or delivery.claimed_by != by:
        return Decision(delivery, None)
    update = {"reason": reason, "claimed_by": None, "claimed_until": None}
    return Decision(delivery.model_copy(update=update), None)
