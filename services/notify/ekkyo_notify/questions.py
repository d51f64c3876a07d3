"""What the notify service can be asked to tell."""

import asyncio
from typing import get_args

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.held import Held
from ekkyo.contracts.members import Channel
from ekkyo.contracts.notify import (
    ChannelState,
    DeliveryPage,
    DeliveryStatus,
    GetChannel,
    HeldByNotify,
    ListDeliveries,
    ListReleases,
    NotifyStatus,
    NotifyStatusAnswer,
    PreviewReport,
    ReleasedReports,
    ReportPreview,
)
from ekkyo.decision.clock import utcnow
from ekkyo.decision.holding import erased

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post
from ekkyo_notify.store import (
    AskedCodes,
    Communities,
    Connections,
    Contacts,
    Deliveries,
    Forgotten,
    KnownEvents,
    KnownSurveys,
    RefusedAddresses,
    Releases,
    SignIns,
    Sponsors,
    Texts,
    own_chat,
)
from ekkyo_notify.templates.reports import previewed

router = Router()


@router.subscriber(**asked(ListDeliveries))
async def list_deliveries(
    ask: ListDeliveries,
    deliveries: Deliveries,
    known_events: KnownEvents,
    known_surveys: KnownSurveys,
    communities: Communities,
    who: Who,
) -> DeliveryPage:
    """What was sent, to whom, why, and what became of it: oldest first, or newest."""
    where = ask.model_dump(exclude={"after", "limit", "newest_first", "locale"}, exclude_none=True)
    where |= model.topics_told(ask, who)
    sort = "-planned_at" if ask.newest_first else "planned_at"
    found = await deliveries.find(where, sort=sort, after=ask.after, limit=ask.limit + 1)
    page = found[: ask.limit]
    these = {"id": {"$in": sorted({d.entity_id for d in page})}}
    known = await asyncio.gather(known_events.find(these, limit=0), known_surveys.find(these, limit=0))
    about = model.about(page, *known)
    of = {"id": {"$in": sorted({one.community_id for one in about.values()})}}
    names = {c.id: c.name for c in await communities.find(of, limit=0)}
    listed = [model.listed(d, about.get(d.id), names, ask.locale) for d in page]
    return DeliveryPage(deliveries=listed, next=page[-1].id if len(found) > ask.limit else None)


@router.subscriber(**asked(HeldByNotify))
async def held(
    ask: HeldByNotify,
    contacts: Contacts,
    refused_addresses: RefusedAddresses,
    connections: Connections,
    deliveries: Deliveries,
    known_events: KnownEvents,
    known_surveys: KnownSurveys,
    sponsors: Sponsors,
    releases: Releases,
    sign_ins: SignIns,
    asked_codes: AskedCodes,
    texts_sent: Texts,
    forgotten: Forgotten,
    who: Who,
) -> Held:
    """All that this service holds on a member."""
    one = ask.member_id
    if await forgotten.get(one):
        raise erased()
    contact, refused, connection, codes, texts = await asyncio.gather(
        contacts.get(one),
        refused_addresses.get(one),
        connections.get(model.connection_id(member_id=one)),
        asked_codes.get(model.asked_key(one, "")),
        texts_sent.get(model.texts_key(one)),
    )
    sent, reports, released, begun = await asyncio.gather(
        deliveries.find({"member_id": one}, sort="planned_at", limit=0),
        sponsors.find({"member_id": one}, limit=0),
        releases.find({"released_by": one}, limit=0),
        sign_ins.find({"member_id": one}, limit=0),
    )
    as_sponsor = {"sponsor_id": {"$in": [sponsor.id for sponsor in reports]}}
    sent += await deliveries.find(as_sponsor, limit=0) if reports else []
    these = {"id": {"$in": sorted({delivery.entity_id for delivery in sent})}}
    known = await asyncio.gather(known_events.find(these, limit=0), known_surveys.find(these, limit=0))
    about = model.about(sent, *known)
    it = model.OfMember(contact, refused, connection, sent, about, reports, released, begun, codes, texts)
    return model.held_on(ask, it, who)


@router.subscriber(**asked(GetChannel))
async def channel(ask: GetChannel, connections: Connections, contacts: Contacts, who: Who) -> ChannelState:
    """Whether a chat channel is connected, at which host, and since when."""
    key = model.theirs(ask, who)
    if ask.member_id:
        return model.state(await own_chat(ask.member_id, connections, contacts))
    return model.state(await connections.get(key))


@router.subscriber(**asked(PreviewReport))
async def preview_report(ask: PreviewReport, communities: Communities, sponsors: Sponsors, post: Post) -> ReportPreview:
    """The mail that a sponsor would get if this report were released now."""
    now = utcnow()
    community = model.must_be_of(await communities.get(ask.community_id), ask.month, ask.report, now)
    known = await sponsors.get(ask.sponsor_id) if ask.sponsor_id else None
    name = known.name if known and known.community_id == community.id else None
    return previewed(ask, community, name, post.sending.links, now)


@router.subscriber(**asked(ListReleases))
async def releases(ask: ListReleases, releases: Releases, deliveries: Deliveries) -> ReleasedReports:
    """Which reports of a community were released, and what became of them."""
    where = ask.model_dump(include={"community_id", "month"}, exclude_none=True)
    found = await releases.find(where, sort="-month", limit=ask.limit)
    sent = await asyncio.gather(*(deliveries.find({"entity_id": one.id}, limit=0) for one in found))
    return ReleasedReports(reports=[model.told_release(one, each) for one, each in zip(found, sent, strict=True)])


@router.subscriber(**asked(NotifyStatus))
async def status(
    _ask: NotifyStatus, deliveries: Deliveries, contacts: Contacts, connections: Connections
) -> NotifyStatusAnswer:
    """How many deliveries are planned, sent, failed or dropped, by channel."""
    channels: tuple[Channel, ...] = get_args(Channel)
    states: tuple[DeliveryStatus, ...] = get_args(DeliveryStatus)
    each = [(c, s) for c in channels for s in states]
    found = await asyncio.gather(*(deliveries.count({"channel": c, "status": s}) for c, s in each))
    of = dict(zip(each, found, strict=True))
    counts = {c: {s: of[c, s] for s in states} for c in channels}
    return NotifyStatusAnswer(
        deliveries=counts, contacts=await contacts.count(), channels=await connections.count({"url": {"$gt": ""}})
    )
