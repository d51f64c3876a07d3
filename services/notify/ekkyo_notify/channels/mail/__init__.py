"""Mail: a message with its calendar entry, handed over by SMTP."""

from contextlib import suppress

from ekkyo.words.calendar import invitation, several

from ekkyo_notify import model
from ekkyo_notify.channels import AddressRefused, Outgoing
from ekkyo_notify.channels.mail.addresses import Addresses
from ekkyo_notify.channels.mail.message import Sender, build, mailable, message_id
from ekkyo_notify.channels.mail.smtp import SmtpPool
from ekkyo_notify.templates.labels import LABELS


class Mail:
    """The channel `mail`. Most deliveries wait for the database, so they are more at once than the connections."""

    at_once = 64

    def __init__(self, sender: Sender, pool: SmtpPool, addresses: Addresses | None = None) -> None:
        """addresses: where answers and what could not be delivered come in; None: nowhere."""
        self.sender = sender
        self.pool = pool
        self.addresses = addresses

    async def send(self, outgoing: Outgoing) -> str:
        """Hand one mail over; returns its Message-ID."""
        contact = outgoing.contact
        assert contact
        to = _mailable(contact.email)
        mail = build(
            outgoing.message,
            sender=self.sender,
            to=to,
            delivery_id=outgoing.delivery_id,
            community_id=outgoing.notice.community_id,
            date=outgoing.at,
            calendar=self._calendar(outgoing, to),
        )
        envelope = self.addresses.envelope(outgoing.delivery_id) if self.addresses else self.sender.address
        await self.pool.send(envelope, to, mail)
        return message_id(outgoing.delivery_id, self.sender)

    def _calendar(self, outgoing: Outgoing, to: str) -> tuple[model.Method, bytes] | None:
        notice, contact = outgoing.notice.to(outgoing.recipient), outgoing.contact
        method = model.invitation(notice, outgoing.recipient)
        if method is None or notice.event is None or contact is None:
            return None
        page = outgoing.message.action.shown if outgoing.message.action else None
        organizer = self.addresses.organizer(notice.entity_id, contact.id) if self.addresses else self.sender.address
        if method == "DATES" or method == "DATES_OFF":
            return method, self._dates(notice, outgoing, off=method == "DATES_OFF", page=page)
        if method == "DATE":
            join = outgoing.message.join
            return method, several([notice.event], stamp=notice.told_at, off=False, join=join, page=page)
        return method, invitation(
            notice.event,
            method=method,
            sequence=notice.entity_revision,  # no two changes of an event share one, and each is told once
            stamp=notice.told_at,
            organizer=(outgoing.message.community, organizer),
            attendee=(contact.name, to),
            answered=self.addresses is not None,
            join=outgoing.message.join,
            page=page,
            how=LABELS[outgoing.message.locale]["withdraw_at"].format(page=page) if page else None,
        )

    def _dates(self, notice: model.Notice, outgoing: Outgoing, *, off: bool, page: str | None) -> bytes:
        """The dates of a series on which this member has a seat, as a file; each is an entry of its own."""
        held = [date for date in notice.dates if date.seat not in ("waitlisted", "applied")]
        return several(
            [event for date in held if (event := notice.at(date))],
            stamp=notice.told_at,
            off=off,
            join=outgoing.message.join,
            page=page,
            how=LABELS[outgoing.message.locale]["withdraw_at"].format(page=page) if page else None,
        )

    def leave(self) -> None:
        """Begin no more; what is being handed over goes on."""
        self.pool.leave()

    async def close(self) -> None:
        """Say goodbye to the mail server."""
        await self.pool.close()


def _mailable(address: str) -> str:
    with suppress(ValueError):
        return mailable(address)
    raise AddressRefused("address_invalid")  # out here: the exception above may tell the address
