"""Handing over: claims each delivery, sends it once over its channel, and records what became of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ekkyo.broker import NotYet
from ekkyo.contracts.base import new_id
from ekkyo.contracts.members import Channel
from ekkyo.decision.clock import utcnow
from ekkyo.store import Collection, Projection
from prometheus_client import Histogram

from ekkyo_notify import model
from ekkyo_notify.channels import AddressRefused, Never, NotNow, Outgoing, Transport
from ekkyo_notify.delivering.audience import Job
from ekkyo_notify.delivering.counted import Outcome, counted
from ekkyo_notify.model import Contact, Delivery, Notice, RefusedAddress
from ekkyo_notify.templates import Message, compose
from ekkyo_notify.templates.links import NO_LINKS, Links
from ekkyo_notify.templates.reports import report_mail

logger = logging.getLogger("ekkyo.notify")

MOST_TROUBLE = 50
"""After so many failures in one fan-out something is wrong with more than single recipients."""


@dataclass
class Sending:
    """Makes deliveries, a few of each channel at once."""

    deliveries: Collection[Delivery]
    refused_addresses: Projection[RefusedAddress]
    transports: Mapping[Channel, Transport]
    figure: Histogram
    links: Links = NO_LINKS
    now: Callable[[], datetime] = utcnow

    def __post_init__(self) -> None:
        self._slots = {channel: asyncio.Semaphore(t.at_once) for channel, t in self.transports.items()}
        self._making: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """End what is being sent, then close every channel."""
        for transport in self.transports.values():
            transport.leave()
        if self._making:
            await asyncio.wait(self._making, timeout=model.LEASE.total_seconds())
        for transport in self.transports.values():
            await transport.close()

    async def make(self, notice: Notice, jobs: Sequence[Job]) -> None:
        """Make all deliveries; one that fails for now does not keep the others back."""
        unreachable: set[Channel] = set()
        trouble: list[Exception] = []
        waiting = iter(jobs)

        async def work() -> None:
            for job in waiting:
                if job.channel in unreachable or len(trouble) > MOST_TROUBLE:
                    continue  # left for later: the fact will be delivered again
                try:
                    async with self._slots[job.channel]:
                        await self._to_the_end(counted(self.figure, job.channel, self._deliver(notice, job)))
                except Exception as e:
                    trouble.append(e)
                    if isinstance(e, NotNow) and not e.reachable:
                        unreachable.add(job.channel)

        # gather, not a task group: one failure must not cancel another delivery between its sending and its record
        await asyncio.gather(*(work() for _ in range(min(len(jobs), sum(t.at_once for t in self.transports.values())))))
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
        if job.contact is None and job.connection is None and await self.deliveries.get(planned.id) is None:
            return None  # the community's chat was disconnected before anything was to be posted
        why_not = model.useless(notice, now) or await self.why_not(notice, job)
        kept = model.Kept.of(notice, job.recipient)
        claimed = await self.deliveries.create(
            planned.id, lambda d: model.claim(d, planned, useless=why_not, by=by, now=now, kept=kept)
        )
        if claimed == "busy":
            raise NotYet("another process is sending this")
        if claimed == "done":
            return "dropped" if why_not else None
        try:
            return await self._hand_over(notice, job, planned.id)
        except NotNow as e:
            reason = e.reason
            await self.deliveries.change(planned.id, lambda d: model.released(d, by=by, reason=reason))
            raise

    async def left_of(self, notice: Notice) -> list[Delivery]:
        """What was put off and is still to be sent. When everybody was told, it is for readers who changed since."""
        left = {"status": "planned", "fact_id": notice.fact_id, "topic": notice.topic}
        return await self.deliveries.find(left, limit=500)

    async def drop(self, delivery: Delivery, reason: str) -> None:
        """Record that it is not to be sent any more."""
        await self.deliveries.change(delivery.id, lambda d: model.dropped(d, reason=reason, now=self.now()))

    async def once_more(self, notice: Notice, job: Job, delivery_id: str) -> None:
        """Send a delivery that was claimed for one more try. A channel that cannot take it just now fails it again."""
        async with self._slots[job.channel]:
            await self._to_the_end(counted(self.figure, job.channel, self._once_more(notice, job, delivery_id)))

    async def _once_more(self, notice: Notice, job: Job, delivery_id: str) -> Outcome:
        try:
            return await self._hand_over(notice, job, delivery_id)
        except NotNow as e:
            await self._failed(notice, job, delivery_id, e.reason, None)
            return "failed"

    async def _hand_over(self, notice: Notice, job: Job, delivery_id: str) -> Outcome:
        """Send what was claimed, and record it. Raises NotNow."""
        try:
            sent_as = await self._send(notice, job, delivery_id)
        except Never as e:
            logger.warning("a delivery failed", extra=model.named_in_logs(notice, delivery_id) | {"reason": e.reason})
            refused = job.contact if isinstance(e, AddressRefused) else None
            await self._failed(notice, job, delivery_id, e.reason, refused)
            return "failed"
        invited = self._invited(notice, job)
        await self.deliveries.change(
            delivery_id, lambda d: model.sent(d, message_id=sent_as, now=self.now(), invited=invited)
        )
        return "sent"

    def _invited(self, notice: Notice, job: Job) -> model.Invited | None:
        """What a message invites to, where that can be answered from a calendar."""
        inviting = job.channel == "mail" and model.invitation(notice, job.recipient) == "REQUEST"
        return model.Invited.of(notice.event) if inviting and self.links.answered and notice.event else None

    async def _failed(self, notice: Notice, job: Job, delivery_id: str, reason: str, refused: Contact | None) -> None:
        """Record that it failed, for all to hear, and keep an address that is no good."""
        revision = refused.revision if refused else None
        kept = model.Kept.of(notice, job.recipient)
        await self.deliveries.change(
            delivery_id, lambda d: model.failed(d, reason=reason, now=self.now(), refused=revision, kept=kept)
        )
        if refused:
            address = RefusedAddress(id=refused.id, email=refused.email)
            await self.refused_addresses.put(refused.id, refused.revision, address)

    async def told_first(self, notice: Notice) -> set[str]:
        """Who was told of this event because they follow its theme."""
        found = await self.deliveries.find({"entity_id": notice.entity_id, "topic": "event_wanted"}, limit=0)
        return {one.member_id for one in found if one.member_id}

    async def why_not(self, notice: Notice, job: Job, *, again: bool = False) -> str | None:
        """Why this reader is not to be told. again: it is told late, so news about their place count for more."""
        if job.channel == "chat" and job.connection is None:
            return "channel_not_connected"
        if job.outdated:
            return "survey_answered" if notice.survey else "outdated"
        of_everybody = job.recipient.member_id is None or notice.topic in ("event_published", "event_wanted")
        if of_everybody and model.is_private(notice.event):
            return "by_invitation"
        if job.contact and model.muted(job.contact, notice):
            return "muted"
        left = job.contact is not None and not job.contact.active  # of a sponsor who is a member too
        if left or (notice.both and job.other is None):
            return "member_left"
        if job.refused:
            return "address_refused"
        of_a_place = job.recipient.member_id is not None and model.kind_of(notice.topic) == "places"
        about_a_place = notice.topic in model.REGISTRATION_TOPICS or notice.topic == "event_invited"
        if about_a_place or (again and of_a_place):
            # Late, after a newer message about the same seat: the older one would be wrong by now.
            newer = {
                "member_id": job.recipient.member_id,
                "entity_id": notice.entity_id,
                "entity_revision": {"$gt": notice.entity_revision},
                "topic": {"$in": list(model.REGISTRATION_TOPICS)},
            }
            return "superseded" if await self.deliveries.find(newer, limit=1) else None
        return None

    def _composed(self, notice: Notice, job: Job) -> Message:
        if notice.topic == "report_sent":
            return report_mail(notice, job.recipient, job.reader, self.links)
        private = job.channel == "mail" and job.contact is not None
        return compose(notice, job.recipient, job.reader, self.links, private=private, other=job.other)

    async def _send(self, notice: Notice, job: Job, delivery_id: str) -> str | None:
        outgoing = Outgoing(
            delivery_id=delivery_id,
            notice=notice,
            recipient=job.recipient,
            message=self._composed(notice, job),
            contact=job.contact,
            connection=job.connection,
            at=self.now(),
        )
        return await self.transports[job.channel].send(outgoing)
