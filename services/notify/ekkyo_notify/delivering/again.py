"""Looks up what sending a message once more needs: what it says by now, its reader, and what there is against it."""

from dataclasses import dataclass, replace

from ekkyo.contracts.base import new_id

from ekkyo_notify import model
from ekkyo_notify.delivering.audience import Job
from ekkyo_notify.delivering.post import PostOffice
from ekkyo_notify.model import Delivery, Notice, Recipient


@dataclass(frozen=True)
class Again:
    """A message to be sent once more. by: this try's claim on the delivery."""

    by: str
    notice: Notice | None = None
    job: Job | None = None
    why_not: str | None = None


async def look_up(post: PostOffice, delivery: Delivery) -> Again:
    """What there is to send, or why there is nothing."""
    by, kept = new_id(), delivery.kept
    if kept is None:
        return Again(by)
    notice = await post.as_it_is(kept.notice)
    recipient = Recipient(delivery.member_id, delivery.community_id, kept.seat, delivery.sponsor_id)
    if delivery.sponsor_id:
        jobs = await post.audience.sponsor_jobs([delivery.sponsor_id], await post.audience.community(notice))
        if not jobs:
            return Again(by, why_not="sponsor_removed")
        return Again(by, notice, jobs[0], await post.sending.why_not(notice, jobs[0], again=True))
    contacts = await post.audience.known([recipient])
    if delivery.member_id:
        contact = contacts.get(delivery.member_id)
        if contact is None:
            return Again(by, why_not="member_erased")
        if not contact.active:
            return Again(by, why_not="member_inactive")
        of_community = ("event_published", "event_wanted", "series_planned")
        if notice.topic in of_community and notice.community_id not in contact.communities:
            return Again(by, why_not="not_a_member")
    community = await post.audience.community(notice)
    found = await post.audience.with_other(await post.audience.jobs([recipient], contacts, community), notice)
    outdated = bool(await post.late.outdated(notice, [recipient]))
    jobs = [replace(job, outdated=outdated) for job in found if job.channel == delivery.channel]
    if not jobs:
        return Again(by, why_not="channel_not_connected")
    against = model.useless(notice, post.sending.now()) or await post.sending.why_not(notice, jobs[0], again=True)
    return Again(by, notice, jobs[0], against)


async def send(post: PostOffice, delivery_id: str, again: Again) -> None:
    """Send it, once. What comes of it stands in the delivery."""
    if again.notice and again.job:
        await post.sending.once_more(again.notice, again.job, delivery_id)
