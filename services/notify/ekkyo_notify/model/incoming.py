"""Mail that members' calendars and mail servers sent back: what is kept of it, and what is to be done about it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from ekkyo.contracts.base import Instant, Model
from ekkyo.contracts.events import EventState
from ekkyo.decision import Decision, Document, Timer
from pydantic import Field

from ekkyo_notify.model.delivery import Delivery, Invited

AGE_LIMIT: Final = timedelta(days=7)
"""What could not be carried out by then is dropped."""
LEASE: Final = timedelta(seconds=60)
"""How long one process has a mail to itself. Longer than asking the events service and sending a text take."""
A_DAY: Final = timedelta(days=1)
MOST_TEXTS: Final = 3

Said = Literal["accepted", "declined", "tentative", "other"]
Outcome = Literal[
    "accepted", "declined", "kept", "tentative", "moved", "stale", "event_over", "event_cancelled", "not_a_member",
    "answers_needed", "refused", "another_address", "not_vouched", "unclear", "not_read", "forged", "stranger",
    "bounced", "no_bounce", "expired", "member_erased",
]  # fmt: skip
"""What came of a mail. Those of `TEXTS` are answered with a short text."""
TEXTS: Final[frozenset[str]] = frozenset(
    {
        "tentative", "moved", "stale", "event_over", "event_cancelled", "not_a_member", "answers_needed", "refused",
        "another_address", "not_vouched", "unclear", "not_read",
    }
)  # fmt: skip
OF_THE_MEMBER: Final = TEXTS - {"not_read"}
"""Texts about a member's own place: they are told to that member, whatever kind of mail it was."""


class IncomingTimer(Timer):
    """A mail that was taken in is to be carried out."""

    subject: ClassVar[str] = "ekkyo.timer.notify.incoming"


class IncomingEndTimer(Timer):
    """What is kept of a mail is to be dropped, whether or not it was carried out."""

    subject: ClassVar[str] = "ekkyo.timer.notify.incoming_end"


class Reply(Model):
    """What a calendar answered (METHOD:REPLY of RFC 5546)."""

    event_id: str
    attendees: list[str] = Field(repr=False)
    sent_by: str = Field("", repr=False)
    said: Said
    stamp: Instant | None = None
    sequence: int | None = None


class Bounce(Model):
    """What a mail server told of a mail of ours (RFC 3464). status: such as 5.1.1."""

    status: str
    addresses: list[str] = Field(repr=False)


class Incoming(Document):
    """One mail that was taken in. Addresses are kept until it is carried out, its texts never."""

    received_at: Instant
    tag: str = ""
    """From the address that it was sent to: the proof that goes with an invitation."""
    delivery_id: str | None = None
    """The delivery that a bounce is of."""
    sender: str = Field("", repr=False)
    answers: str = Field("", repr=False)
    """Its Message-ID."""
    automatic: bool = False
    """A program wrote it: it gets no answer."""
    vouched: bool | None = None
    """What the receiving mail server says of its sender; None: nothing."""
    reply: Reply | None = None
    bounce: Bounce | None = None
    claimed_by: str | None = None
    claimed_until: Instant | None = None
    waiting: bool = True
    carried: Outcome | None = None
    """What came of it, where the text about that was perhaps not sent yet."""
    outcome: Outcome | None = None
    done_at: Instant | None = None

    def names(self, addresses: Collection[str]) -> bool:
        """Whether one of these addresses is kept with it."""
        reply = [*self.reply.attendees, self.reply.sent_by] if self.reply else []
        kept = {self.sender, *reply, *(self.bounce.addresses if self.bounce else ())}
        return not kept.isdisjoint(addresses)

    @property
    def registration_id(self) -> str:
        """The same for the same mail: said twice it registers once."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:ekkyo:incoming:{self.id}"))


def take_in(before: Incoming | None, mail: Incoming) -> Decision[Incoming, bool]:
    """Keep a mail, to be carried out at once; tells whether it is a new one."""
    if before:
        return Decision(before, False)
    timers = [
        IncomingTimer(id=mail.id).at(mail.received_at),
        IncomingEndTimer(id=mail.id).at(mail.received_at + AGE_LIMIT),
    ]
    return Decision(mail, True, timers=timers)


Held = Literal["ours", "busy", "done"]


def hold_mail(mail: Incoming, *, by: str, now: datetime) -> Decision[Incoming, Held]:
    """Take a mail to carry it out now. busy: another process is at it."""
    if mail.done_at:
        return Decision(mail, "done")
    if mail.claimed_until and mail.claimed_until > now and mail.claimed_by != by:
        return Decision(mail, "busy")
    return Decision(mail.model_copy(update={"claimed_by": by, "claimed_until": now + LEASE}), "ours")


def let_mail_go(mail: Incoming, *, by: str) -> Decision[Incoming, None]:
    """It could not be carried out just now; the next attempt may begin at once."""
    if mail.done_at or mail.claimed_by != by:
        return Decision(mail, None)
    return Decision(mail.model_copy(update={"claimed_by": None, "claimed_until": None}), None)


def mail_came_to(mail: Incoming, outcome: Outcome) -> Decision[Incoming, Outcome]:
    """Record what came of it, before a text says so: who tries again does not decide again."""
    if mail.done_at or mail.carried:
        return Decision(mail, mail.carried or outcome)
    return Decision(mail.model_copy(update={"carried": outcome}), outcome)


def mail_done(mail: Incoming, outcome: Outcome, now: datetime) -> Decision[Incoming, None]:
    """It is carried out, or never will be. Nothing of whoever sent it is kept."""
    if mail.done_at:
        return Decision(mail, None)
    after = Incoming(
        id=mail.id,
        revision=mail.revision,
        received_at=mail.received_at,
        delivery_id=mail.delivery_id,
        carried=mail.carried or outcome,
        outcome=outcome,
        done_at=now,
        waiting=False,
    )
    return Decision(after, None, timers=[IncomingEndTimer.cancel(mail.id)])


# What an answer means


@dataclass(frozen=True)
class Place:
    """The newest message about a member's place at an event."""

    delivery_id: str
    revision: int
    has_one: bool
    told_at: datetime


def newest_place(deliveries: list[Delivery]) -> Place | None:
    """What the newest of these messages about one member's place says."""
    if not deliveries:
        return None
    newest = max(deliveries, key=lambda d: (d.planned_at, d.entity_revision))
    gone = newest.topic in ("registration_withdrawn", "registration_declined", "series_withdrawn")
    return Place(newest.id, newest.entity_revision, not gone, newest.planned_at)


def invitation_answered(deliveries: list[Delivery], reply: Reply) -> Delivery | None:
    """The invitation that is answered: the one of this SEQUENCE, the newest where none is told."""
    inviting = [d for d in deliveries if d.invited]
    if reply.sequence is not None:
        inviting = [d for d in inviting if d.entity_revision == reply.sequence]
    return max(inviting, key=lambda d: d.entity_revision, default=None)


def meant(
    reply: Reply, invitation: Delivery | None, now_is: EventState | None, newest: Place | None, now: datetime
) -> Outcome:
    """What to do about an answer: `accepted` and `declined` are commands to the events service yet to be sent.

    An answer to a time that the event no longer has changes nothing (RFC 5546, 2.1.4), whichever it is. One that is
    older than the newest message about the member's place changes nothing either: it may be late, or a copy.
    """
    if invitation is None or invitation.invited is None:
        return "unclear"
    if now_is and now_is.status == "cancelled":
        return "event_cancelled"
    if now_is and (now_is.status == "concluded" or now_is.ends_at <= now):
        return "event_over"
    if now_is and invitation.invited != Invited.of(now_is):
        return "moved"
    if reply.said in ("tentative", "other"):
        return "tentative" if reply.said == "tentative" else "unclear"
    if newest and newest.has_one == (reply.said == "accepted"):
        return "kept"
    since = newest and newest.delivery_id != invitation.id and newest.told_at > invitation.planned_at
    if newest and since and not (reply.stamp and reply.stamp > newest.told_at):
        return "stale"
    return "accepted" if reply.said == "accepted" else "declined"


_REFUSED: Final[dict[str, Outcome]] = {
    "registration_closed": "event_over",
    "already_attended": "event_over",
    "event_concluded": "event_over",
    "event_over": "event_over",
    "event_cancelled": "event_cancelled",
    "not_a_member": "not_a_member",
    "answers_needed": "answers_needed",
    "registration_not_found": "kept",
}


def refusal_means(code: str) -> Outcome:
    """What came of an answer that the events service refused, by its code."""
    return _REFUSED.get(code, "refused")


# Texts


class TextsSent(Document):
    """Which mails of one sender were answered with a text in the last day: by the member, else by a digest."""

    at: list[Instant] = []
    mails: list[str] = []


def texts_key(member_id: str) -> str:
    """Under which texts to a member are counted."""
    return f"member/{member_id}"


def count_text(sent: TextsSent | None, key: str, mail_id: str, now: datetime) -> Decision[TextsSent, bool]:
    """Count a text; tells whether it may be sent. The same mail counts once."""
    before = sent or TextsSent(id=key)
    if mail_id in before.mails:
        return Decision(before, True)
    recent = [(at, mail) for at, mail in zip(before.at, before.mails, strict=True) if at > now - A_DAY]
    if len(recent) >= MOST_TEXTS:
        return Decision(before, False)
    recent.append((now, mail_id))
    after = before.model_copy(update={"at": [at for at, _ in recent], "mails": [mail for _, mail in recent]})
    return Decision(after, True)
