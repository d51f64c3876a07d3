"""Carries out what came in: answers from calendars as commands to the events service, bounces as refused addresses."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from ekkyo.broker import NotYet
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import RegisterForEvent, WithdrawFromEvent
from ekkyo.decision.clock import utcnow
from ekkyo.store import Collection, Projection
from ekkyo.wire.tokens import issue_token
from faststream import Context
from prometheus_client import Histogram

from ekkyo_notify import model
from ekkyo_notify.channels.mail.addresses import Addresses, To
from ekkyo_notify.channels.mail.smtp import NO_ADDRESS
from ekkyo_notify.inbound.reading import Reader, address
from ekkyo_notify.inbound.texts import Texts
from ekkyo_notify.model import Contact, Delivery, Incoming, KnownEvent, Outcome, RefusedAddress, Reply
from ekkyo_notify.store import the_persons

logger = logging.getLogger("ekkyo.notify")
LIVES = 60
"""Seconds that a token for one command lives."""


@dataclass
class Inbound:
    """Takes mail in and carries it out."""

    incoming: Collection[Incoming]
    deliveries: Collection[Delivery]
    contacts: Projection[Contact]
    known_events: Projection[KnownEvent]
    refused_addresses: Projection[RefusedAddress]
    addresses: Addresses
    reader: Reader
    texts: Texts
    ekkyo: Ekkyo
    private_jwk: Mapping[str, Any]
    figure: Histogram

    async def take(self, content: bytes, to: To, mail_from: str) -> None:
        """Keep one mail, to be carried out at once. Of what nothing comes of, nothing is kept."""
        began = time.perf_counter()
        mail = await asyncio.to_thread(self.reader.read, content, to, mail_from, utcnow())
        if why := await self._ignored(mail, to):
            self.figure.labels(why).observe(time.perf_counter() - began)
            return
        await self.incoming.create(mail.id, lambda before: model.take_in(before, mail))

    async def _ignored(self, mail: Incoming, to: To) -> str | None:
        if mail.reply or mail.bounce:
            return None
        if to.kind == "bounced":
            return "no_bounce"
        if mail.automatic:
            return "automatic"
        return None if await self._contacts([mail.sender]) else "stranger"

    async def carry_out(self, mail_id: str) -> None:
        """Carry one mail out, once. Raises NotYet, NotNow or Refused (503) for what is to be tried again."""
        by, now = new_id(), utcnow()
        held = await self.incoming.change(mail_id, lambda mail: model.hold_mail(mail, by=by, now=now))
        mail = await self.incoming.get(mail_id)
        if held == "done" or mail is None:
            return
        if held == "busy":
            raise NotYet("another process carries this out")
        try:
            outcome = mail.carried or await self._outcome(mail)
            await self.incoming.change(mail_id, lambda m: model.mail_came_to(m, outcome))
            if outcome in model.TEXTS:
                await self._tell(mail, outcome)
        except Exception:
            await self.incoming.change(mail_id, lambda m: model.let_mail_go(m, by=by))
            raise
        await self.incoming.change(mail_id, lambda m: model.mail_done(m, outcome, utcnow()))
        self.figure.labels(outcome).observe((utcnow() - mail.received_at).total_seconds())

    async def _outcome(self, mail: Incoming) -> Outcome:
        if mail.bounce and mail.delivery_id:
            return await self._bounced(mail.delivery_id, mail.bounce)
        if mail.reply:
            return await self._answered(mail, mail.reply)
        return "not_read"

    # Answers

    async def _answered(self, mail: Incoming, reply: Reply) -> Outcome:
        member = await self._invited(mail, reply)
        if member is None:
            return "not_read" if await self._contacts([mail.sender]) else "forged"
        own = address(member.email)
        if mail.vouched is False:
            return "not_vouched"
        if mail.sender != own or reply.sent_by not in ("", own):
            return "another_address"
        if [address(one) for one in reply.attendees] != [own]:
            return "unclear"
        outcome = await self._meant(member, reply)
        if outcome == "accepted":
            return await self._ask(
                RegisterForEvent(event_id=reply.event_id, member_id=member.id, registration_id=mail.registration_id),
                member,
                outcome,
            )
        if outcome == "declined":
            return await self._ask(WithdrawFromEvent(event_id=reply.event_id, member_id=member.id), member, outcome)
        return outcome

    async def _meant(self, member: Contact, reply: Reply) -> Outcome:
        known = await self.known_events.get(reply.event_id)
        event = known.event if known else None
        told = await self.deliveries.find({"member_id": member.id, "entity_id": reply.event_id}, limit=0)
        invitation = model.invitation_answered(told, reply)
        if invitation is None and any(d.channel == "mail" and d.status == "planned" for d in told):
            raise NotYet("the invitation is still being sent")
        if event and event.series_id:
            told += await self.deliveries.find({"member_id": member.id, "entity_id": event.series_id}, limit=0)
        newest = model.newest_place([d for d in told if d.topic in model.REGISTRATION_TOPICS])
        return model.meant(reply, invitation, event, newest, utcnow())

    async def _ask(self, command: RegisterForEvent | WithdrawFromEvent, member: Contact, done: Outcome) -> Outcome:
        """Send a command as the member. What only a mended installation would take is raised: it can be replayed."""
        speaking = self.ekkyo.with_token(lambda: issue_token(self.private_jwk, member.id, [], LIVES))
        try:
            await speaking.send(command, within=10)
        except Refused as no:
            if no.status not in (404, 409):
                raise
            logger.info(
                "the events service refused what a member answered in their calendar", extra={"reason": no.code}
            )
            return model.refusal_means(no.code)
        return done

    async def _invited(self, mail: Incoming, reply: Reply) -> Contact | None:
        """The member whose invitation it answers, whoever sent it; None where the proof is nobody's of those named."""
        for contact in await self._contacts([*reply.attendees, mail.sender]):
            if mail.tag and self.addresses.proves(mail.tag, reply.event_id, contact.id):
                return await the_persons(contact, self.contacts)
        return None

    async def _contacts(self, addresses: list[str]) -> list[Contact]:
        """Members with one of these addresses, which may be written in ASCII where members' are not."""
        named = {address(one) for one in addresses} - {""}
        domains = {one: one.rpartition("@") for one in named}
        forms = named | {f"{name}@{_unicode(domain)}" for name, _, domain in domains.values()}
        found = await self.contacts.find({"email": {"$in": sorted(forms)}}, limit=20) if forms else []
        return [contact for contact in found if contact.active or contact.merged_into]

    # Bounces

    async def _bounced(self, delivery_id: str, bounce: model.Bounce) -> Outcome:
        delivery = await self.deliveries.get(delivery_id)
        if delivery is None or delivery.member_id is None:
            return "no_bounce"
        if delivery.status == "planned":
            raise NotYet("the delivery is still being sent")
        contact = await self.contacts.get(delivery.member_id)
        theirs = contact is not None and address(contact.email) in bounce.addresses
        refused = contact.revision if contact and theirs and bounce.status in NO_ADDRESS else None
        await self.deliveries.change(
            delivery_id, lambda d: model.bounced(d, status=bounce.status, now=utcnow(), refused=refused)
        )
        if contact and refused is not None:
            kept = RefusedAddress(id=contact.id, email=contact.email)
            await self.refused_addresses.put(contact.id, contact.revision, kept)
        return "bounced"

    # Texts

    async def _tell(self, mail: Incoming, outcome: Outcome) -> None:
        """Answer with a short text: to the member whose place it is about, or to a member who wrote something else."""
        if outcome in model.OF_THE_MEMBER and mail.reply:
            to = await self._invited(mail, mail.reply)
        else:
            answerable = not mail.automatic and mail.vouched is not False
            found = next(iter(await self._contacts([mail.sender])), None) if answerable else None
            to = await the_persons(found, self.contacts)
        if to is None:
            return
        known = await self.known_events.get(mail.reply.event_id) if mail.reply and outcome != "not_read" else None
        await self.texts.send(mail, to, outcome, known.event if known else None)


async def drop_mail(incoming: Collection[Incoming], contact: Contact | None) -> None:
    """Drop what is kept of mails from this member, or about them, that were not carried out yet."""
    if contact is None:
        return
    theirs = {contact.email, address(contact.email)}
    for mail in await incoming.find({"waiting": True}, limit=0):
        if mail.names(theirs):
            await incoming.change(mail.id, lambda m: model.mail_done(m, "member_erased", utcnow()))


def _unicode(domain: str) -> str:
    import idna

    try:
        return idna.decode(domain)
    except idna.IDNAError:
        return domain


@dataclass
class MailIn:
    """What handlers are given: what carries mail out, where mail is taken in."""

    inbound: Inbound | None = None

    async def carry_out(self, mail_id: str) -> None:
        """Carry one mail out; where mail is not taken in any more, what is left of it expires."""
        if self.inbound:
            await self.inbound.carry_out(mail_id)


TakesIn = Annotated[MailIn, Context("mail_in")]
