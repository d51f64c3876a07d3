"""The post office: tells people what there is to tell, each of them once over each of their channels."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from ekkyo.broker import Heard, NotYet, Past
from ekkyo.store import Collection, Projection
from faststream import Context, ContextRepo

from ekkyo_notify import model
from ekkyo_notify.channels import NotNow
from ekkyo_notify.channels.chat import Chat
from ekkyo_notify.channels.chat.webhooks import Webhooks
from ekkyo_notify.channels.mail import Mail
from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.channels.mail.smtp import SmtpPool, SmtpServer
from ekkyo_notify.delivering.audience import Audience
from ekkyo_notify.delivering.codes import Codes
from ekkyo_notify.delivering.counted import DELIVERY
from ekkyo_notify.delivering.late import Late
from ekkyo_notify.delivering.sending import Sending
from ekkyo_notify.inbound.opening import close_inbound, open_inbound
from ekkyo_notify.model import Contact, Delivery, KnownEvent, KnownSurvey, Notice, Recipient, Release, Told
from ekkyo_notify.settings import NotifySettings
from ekkyo_notify.templates import preload

PROJECTIONS = ("notify-contacts", "notify-communities", "notify-sponsors", "notify-known_vocabularies")
"""The durables that hear of members, communities, sponsors and themes."""


@dataclass
class PostOffice:
    """Tells people what there is to tell."""

    known_events: Projection[KnownEvent]
    known_surveys: Projection[KnownSurvey]
    told: Projection[Told]
    releases: Collection[Release]
    audience: Audience
    sending: Sending
    late: Late

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Open the post office on the service's collections and settings. Connects to nothing yet."""
        settings: NotifySettings = context.get("settings")
        preload()
        office = cls(
            known_events=context.get("known_events"),
            known_surveys=context.get("known_surveys"),
            told=context.get("told"),
            releases=context.get("releases"),
            audience=Audience(
                connections=context.get("connections"),
                contacts=context.get("contacts"),
                refused_addresses=context.get("refused_addresses"),
                communities=context.get("communities"),
                vocabularies=context.get("known_vocabularies"),
                sponsors=context.get("sponsors"),
                heard=Heard(context.get("broker"), PROJECTIONS),
            ),
            sending=Sending(
                deliveries=context.get("deliveries"),
                refused_addresses=context.get("refused_addresses"),
                transports={
                    "mail": Mail(
                        Sender(settings.mail_from),
                        SmtpPool(SmtpServer.parse(settings.smtp_url.get_secret_value())),
                        settings.addresses,
                    ),
                    "chat": Chat(Webhooks(settings.chats)),
                },
                figure=context.get("figures")[DELIVERY.name],
                links=settings.links,
            ),
            late=Late(past := Past(context.get("broker"))),
        )
        context.set_global("post", office)
        context.set_global("past", past)
        Codes.open(context)
        context.set_global("chat_hosts", settings.chats)
        await open_inbound(context)

    @classmethod
    async def close(cls, context: ContextRepo) -> None:
        """End what is being sent, then leave the mail server and the chat."""
        await close_inbound(context)
        office: PostOffice = context.get("post")
        await office.sending.stop()
        codes: Codes = context.get("codes")
        await codes.close()

    async def tell(self, notice: Notice, recipients: Sequence[Recipient], *, leave_out_unknown: bool = False) -> None:
        """Tell these. What was sent before is not sent again.

        Raises NotYet, after the others were told, when somebody among them was never heard of; leave_out_unknown: who
        is unknown although everything about members that is older than this notice was heard does not exist any more,
        and is left out. Raises NotNow when a channel could not take something, or the facts are still coming in.
        """
        if await self.told.get(notice.key):
            return
        contacts = await self.audience.known(recipients)
        unknown = [r for r in recipients if r.member_id and r.member_id not in contacts]
        heard = not unknown or await self.audience.heard.soon(notice.sequence)
        if unknown and heard:
            contacts |= await self.audience.known(unknown)
        await self._tell(notice, recipients, contacts)
        if not heard:
            raise NotNow("members_behind")
        missing = {r.member_id for r in recipients if r.member_id and r.member_id not in contacts}
        if missing and not leave_out_unknown and missing - await self.audience.contacts.forgotten(missing):
            raise NotYet("a member is not known yet")
        await self._all_told(notice)

    async def tell_community(self, notice: Notice) -> None:
        """Tell everyone in the community, and its chat.

        Raises NotNow, after those known were told, while facts about members older than this notice are still coming
        in: somebody in them may have joined in time. Whoever was told of the event because they follow its theme is
        left out.
        """
        chat = Recipient(community_id=notice.community_id)
        first = await self.sending.told_first(notice)
        others = (one async for one in self.audience.members(notice.community_id) if one.id not in first)
        await self._tell_all(notice, others, [chat])

    async def tell_followers(self, notice: Notice) -> None:
        """Tell everyone who follows the theme of the event. Raises NotNow as `tell_community` does."""
        if event := notice.event:
            await self._tell_all(notice, self.audience.followers(event), [])

    async def tell_leaders(self, notice: Notice) -> None:
        """Tell everyone who leads the community. Raises NotNow as `tell_community` does."""
        await self._tell_all(notice, self.audience.leaders(notice.community_id), [])

    async def tell_sponsors(self, notice: Notice, sponsors: Sequence[str]) -> None:
        """Send a report to these, as far as they are sponsors still. Raises NotNow as `tell_community` does."""
        if await self.told.get(notice.key):
            return
        heard = await self.audience.heard.soon(notice.sequence)
        whole = await self.as_it_is(notice)
        community = await self.audience.community(notice)
        await self.sending.make(whole, await self.audience.sponsor_jobs(sponsors, community))
        if not heard:
            raise NotNow("members_behind")
        await self._all_told(notice)

    async def as_it_is(self, notice: Notice) -> Notice:
        """The notice, with its event or survey as it is by now, or with the report that was released."""
        if notice.topic == "report_sent":
            released = await self.releases.get(notice.entity_id)
            return notice.model_copy(update={"report": released.report if released else None})
        if notice.survey:
            asked = await self.known_surveys.get(notice.entity_id)
            return notice.knowing(asked.survey if asked else None)
        if notice.dates:
            dates = await self.known_events.read(date.event_id for date in notice.dates)
            return model.on_dates(notice, {id: one.event for id, one in dates.items()})
        known = await self.known_events.get(notice.entity_id)
        return notice.knowing(known.event if known else None)

    async def _all_told(self, notice: Notice) -> None:
        """If a recreated durable delivers it again, members who joined or chose a channel since get no message."""
        for left in await self.sending.left_of(notice):
            await self.sending.drop(left, await self._why_left(notice, left))
        await self.told.put(notice.key, 1, Told(id=notice.key))

    async def _why_left(self, notice: Notice, delivery: Delivery) -> str:
        """Why a message that was put off is for nobody any more: its reader changed in the meantime."""
        if delivery.sponsor_id:
            return "sponsor_removed"
        contact = await self.audience.contacts.get(delivery.member_id) if delivery.member_id else None
        if contact is None:
            return "member_erased" if delivery.member_id else "channel_not_connected"
        if not contact.active:
            return "member_left"
        if delivery.channel not in contact.channels:
            return "channel_not_selected"
        if notice.topic == "event_wanted":
            return "muted"  # they follow its theme no more
        return "survey_answered" if notice.topic == "survey_reminder" else "not_a_member"

    async def _tell_all(self, notice: Notice, whom: AsyncIterator[Contact], also: Sequence[Recipient]) -> None:
        """Tell all who are found. What is older than the notice is heard first, as far as it has come."""
        if await self.told.get(notice.key):
            return
        heard = await self.audience.heard.soon(notice.sequence)
        contacts = {contact.id: contact async for contact in whom}
        await self._tell(notice, [*also, *(Recipient(member_id=id) for id in contacts)], contacts)
        if not heard:
            raise NotNow("members_behind")
        await self._all_told(notice)

    async def _tell(self, notice: Notice, recipients: Sequence[Recipient], contacts: dict[str, Contact]) -> None:
        notice = await self.as_it_is(notice)
        outdated = await self.late.outdated(notice, recipients)
        community = await self.audience.community(notice)
        jobs = await self.audience.jobs(recipients, contacts, community)
        jobs = [replace(job, outdated=job.recipient in outdated) for job in jobs] if outdated else jobs
        await self.sending.make(notice, await self.audience.with_other(jobs, notice))


Post = Annotated[PostOffice, Context("post")]
