"""The post office: makes a delivery of each recipient and channel, sends it once, and records what became of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from ekkyo.broker import NotYet
from ekkyo.contracts.base import new_id
from ekkyo.contracts.members import Channel
from ekkyo.decision.clock import utcnow
from ekkyo.store import Collection, Projection
from faststream import Context, ContextRepo
from prometheus_client import Histogram

from ekkyo_notify import model
from ekkyo_notify.channels import Never, NotNow, chat
from ekkyo_notify.channels.calendar import invitation
from ekkyo_notify.channels.counted import DELIVERY, Outcome, counted
from ekkyo_notify.channels.heard import Heard
from ekkyo_notify.channels.mail import Sender, build, message_id
from ekkyo_notify.channels.smtp import SmtpPool, SmtpServer
from ekkyo_notify.model import CommunityName, Connection, Contact, Delivery, KnownEvent, Notice, Recipient, Told
from ekkyo_notify.settings import NotifySettings
from ekkyo_notify.templates import Message, Reader, compose, preload

logger = logging.getLogger("ekkyo.notify")

AT_ONCE: dict[Channel, int] = {"mail": 64, "chat": 8}
"""Deliveries of one channel at once. Most of them wait for the database, so for mail they are more than the lines."""
MOST_TROUBLE = 50
"""After so many failures in one fan-out something is wrong with more than single recipients."""


@dataclass(frozen=True)
class Job:
    """One delivery to be made."""

    recipient: Recipient
    channel: Channel
    reader: Reader
    contact: Contact | None = None
    connection: Connection | None = None


@dataclass
class PostOffice:
    """Tells people what there is to tell, each of them once over each of their channels."""

    deliveries: Collection[Delivery]
    connections: Collection[Connection]
    contacts: Projection[Contact]
    communities: Projection[CommunityName]
    known_events: Projection[KnownEvent]
    told: Projection[Told]
    sender: Sender
    mail: SmtpPool
    chat: chat.Webhooks
    heard: Heard
    figure: Histogram
    now: Callable[[], datetime] = utcnow

    def __post_init__(self) -> None:
        self._slots = {channel: asyncio.Semaphore(n) for channel, n in AT_ONCE.items()}
        self._making: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Open the post office on the service's collections and settings. Connects to nothing yet."""
        settings: NotifySettings = context.get("settings")
        preload()
        office = cls(
            deliveries=context.get("deliveries"),
            connections=context.get("connections"),
            contacts=context.get("contacts"),
            communities=context.get("communities"),
            known_events=context.get("known_events"),
            told=context.get("told"),
            sender=Sender(settings.mail_from),
            mail=SmtpPool(SmtpServer.parse(settings.smtp_url.get_secret_value())),
            chat=chat.Webhooks(),
            heard=Heard(context.get("broker")),
            figure=context.get("figures")[DELIVERY.name],
        )
        context.set_global("post", office)

    @classmethod
    async def close(cls, context: ContextRepo) -> None:
        """End what is being sent, then leave the mail server and the chat."""
        office: PostOffice = context.get("post")
        office.mail.leave()
        if office._making:
            await asyncio.wait(office._making, timeout=model.LEASE.total_seconds())
        await office.mail.close()
        await office.chat.close()

    async def tell(self, notice: Notice, recipients: Sequence[Recipient], *, leave_out_unknown: bool = False) -> None:
        """Tell these. What was sent before is not sent again.

        Raises NotYet, after the others were told, when somebody among them was never heard of; leave_out_unknown: who
        is unknown although everything about members that is older than this notice was heard does not exist any more,
        and is left out. Raises NotNow when a channel could not take something, or the facts are still coming in.
        """
        if await self.told.get(notice.key):
            return
        contacts = await self._contacts(recipients)
        unknown = [r for r in recipients if r.member_id and r.member_id not in contacts]
        heard = not unknown or await self.heard.soon(notice.sequence)
        if unknown and heard:
            contacts |= await self._contacts(unknown)
        await self._tell(notice, recipients, contacts)
        if not heard:
            raise NotNow("members_behind")
        missing = {r.member_id for r in recipients if r.member_id and r.member_id not in contacts}
        if missing and not leave_out_unknown and missing - await self.contacts.forgotten(missing):
            raise NotYet("a member was not heard of")
        await self._all_told(notice)

    async def tell_community(self, notice: Notice) -> None:
        """Tell everyone in the community, and its chat.

        Raises NotNow, after those known were told, while facts about members older than this notice are still coming
        in: somebody in them may have joined in time.
        """
        if await self.told.get(notice.key):
            return
        heard = await self.heard.soon(notice.sequence)
        contacts = {c.id: c async for c in self._members(notice.community_id)}
        recipients = [Recipient(community_id=notice.community_id), *(Recipient(member_id=id) for id in contacts)]
        await self._tell(notice, recipients, contacts)
        if not heard:
            raise NotNow("members_behind")
        await self._all_told(notice)

    async def _all_told(self, notice: Notice) -> None:
        """Told again later, by a durable that was made anew, it is no news to who joined or took a channel since."""
        await self.told.put(notice.key, 1, Told(id=notice.key))

    async def _tell(self, notice: Notice, recipients: Sequence[Recipient], contacts: dict[str, Contact]) -> None:
        known = await self.known_events.get(notice.entity_id) if notice.event else None
        notice = notice.knowing(known.event if known else None)
        community = await self._community(notice)
        await self._make(notice, await self._jobs(recipients, contacts, community))

    async def _community(self, notice: Notice) -> CommunityName:
        found = await self.communities.get(notice.community_id)
        if found is None:
            if not await self.heard.soon(notice.sequence):
                raise NotNow("members_behind")
            found = await self.communities.get(notice.community_id)
        # An outside system may hold events of a community that was never founded here.
        return found or CommunityName(id=notice.community_id, name="Ekkyo")

    async def _members(self, community_id: str) -> AsyncIterator[Contact]:
        after = ""
        while page := await self.contacts.find({"communities": community_id}, after=after, limit=500):
            for contact in page:
                yield contact
            after = page[-1].id

    async def _contacts(self, recipients: Iterable[Recipient]) -> dict[str, Contact]:
        ids = [r.member_id for r in recipients if r.member_id]
        found: dict[str, Contact] = {}
        for n in range(0, len(ids), 500):
            page = await self.contacts.find({"id": {"$in": ids[n : n + 500]}}, limit=500)
            found |= {contact.id: contact for contact in page}
        return found

    async def _jobs(
        self, recipients: Iterable[Recipient], contacts: dict[str, Contact], community: CommunityName
    ) -> list[Job]:
        jobs: list[Job] = []
        for recipient in recipients:
            if recipient.member_id is None:
                connection = await self.connections.get(model.connection_id(community_id=recipient.community_id))
                if connection:
                    reader = Reader(community.locale, community.timezone, community.name)
                    jobs.append(Job(recipient, "chat", reader, connection=connection))
            elif (contact := contacts.get(recipient.member_id)) and contact.active:
                reader = Reader(contact.locale, contact.timezone, community.name, contact.name)
                for channel in contact.channels:
                    own = await self._own_chat(contact.id) if channel == "chat" else None
                    jobs.append(Job(recipient, channel, reader, contact, own))
        return jobs

    async def _own_chat(self, member_id: str) -> Connection | None:
        found = await self.connections.get(model.connection_id(member_id=member_id))
        return found if found and found.url else None

    async def _make(self, notice: Notice, jobs: Sequence[Job]) -> None:
        """Make all deliveries; one that fails for now does not keep the others back."""
        unreachable: set[Channel] = set()
        trouble: list[Exception] = []
        waiting = iter(jobs)

        async def work() -> None:
            for job in waiting:
                if job.channel in unreachable or len(trouble) > MOST_TROUBLE:
                    continue  # left for later: all of it is told again
                try:
                    async with self._slots[job.channel]:
                        await self._to_the_end(counted(self.figure, job.channel, self._deliver(notice, job)))
                except Exception as e:
                    trouble.append(e)
                    if isinstance(e, NotNow) and not e.reachable:
                        unreachable.add(job.channel)

        # gather, not a task group: one failure must not cancel another delivery between its sending and its record
        await asyncio.gather(*(work() for _ in range(min(len(jobs), sum(AT_ONCE.values())))))
        if trouble:
            raise max(trouble, key=lambda t: (not isinstance(t, NotNow | NotYet), isinstance(t, NotNow)))

    async def _to_the_end(self, delivery: Coroutine[Any, Any, None]) -> None:
        """A stop that runs out of patience must not part a message's sending from its record."""
        task = asyncio.create_task(delivery)
        self._making.add(task)
        task.add_done_callback(self._made)
        await asyncio.shield(task)

    def _made(self, task: asyncio.Task[None]) -> None:
        self._making.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited for it was told; nobody may be left to

    async def _deliver(self, notice: Notice, job: Job) -> Outcome | None:
        """Claim, send, record. A process that dies between the last two is the one cause of a second copy."""
        now, by = self.now(), new_id()
        planned = model.plan(notice, job.recipient, job.channel, now)
        why_not = model.useless(notice, now) or await self._why_not(notice, job)
        claimed = await self.deliveries.create(
            planned.id, lambda d: model.claim(d, planned, useless=why_not, by=by, now=now)
        )
        if claimed == "busy":
            raise NotYet("another process is sending this")
        if claimed == "done":
            return "dropped" if why_not else None
        try:
            sent_as = await self._send(notice, job, planned.id)
        except Never as e:
            reason = e.reason
            logger.warning("a delivery failed", extra={"delivery": planned.id, "reason": reason})
            await self.deliveries.change(planned.id, lambda d: model.failed(d, reason=reason, now=self.now()))
            return "failed"
        except NotNow as e:
            reason = e.reason
            await self.deliveries.change(planned.id, lambda d: model.released(d, by=by, reason=reason))
            raise
        await self.deliveries.change(planned.id, lambda d: model.sent(d, message_id=sent_as, now=self.now()))
        return "sent"

    async def _why_not(self, notice: Notice, job: Job) -> str | None:
        if job.channel == "chat" and job.connection is None:
            return "channel_not_connected"
        if notice.topic in model.REGISTRATION_TOPICS:
            # Told late, after a newer word about the same seat: the older one would be wrong by now.
            newer = {
                "member_id": job.recipient.member_id,
                "entity_id": notice.entity_id,
                "entity_revision": {"$gt": notice.entity_revision},
                "topic": {"$in": list(model.REGISTRATION_TOPICS)},
            }
            return "superseded" if await self.deliveries.find(newer, limit=1) else None
        return None

    async def _send(self, notice: Notice, job: Job, delivery_id: str) -> str | None:
        message = compose(notice, job.recipient, job.reader)
        if job.connection and job.connection.url:
            await self.chat.send(job.connection.id, job.connection.url, chat.post(message))
            return None
        assert job.contact
        mail = build(
            message,
            sender=self.sender,
            to=job.contact.email,
            delivery_id=delivery_id,
            community_id=notice.community_id,
            date=self.now(),
            calendar=self._calendar(notice, job, message),
        )
        await self.mail.send(self.sender.address, job.contact.email, mail)
        return message_id(delivery_id, self.sender)

    def _calendar(self, notice: Notice, job: Job, message: Message) -> tuple[model.Method, bytes] | None:
        method = model.invitation(notice, job.recipient)
        if method is None or notice.event is None or job.contact is None:
            return None
        return method, invitation(
            notice.event,
            method=method,
            stamp=notice.told_at,
            organizer=(message.community, self.sender.address),
            attendee=(job.contact.name, job.contact.email),
            join=message.join,
        )


Post = Annotated[PostOffice, Context("post")]
