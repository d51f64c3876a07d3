"""What the notify service can be asked to do."""

import asyncio
from typing import Annotated

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import (
    BeginSignIn,
    ChannelConnected,
    ChannelState,
    ChannelTried,
    ConnectChannel,
    Delivery,
    DisconnectChannel,
    FinishSignIn,
    ReportRelease,
    ResendDelivery,
    SendReport,
    SignedIn,
    SignInBegun,
    TryChannel,
    report_id,
)
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_notify import model
from ekkyo_notify.delivering import again, trying
from ekkyo_notify.delivering.codes import SendCodes, codes
from ekkyo_notify.delivering.post import Post
from ekkyo_notify.store import (
    AskedCodes,
    Communities,
    Connections,
    Contacts,
    Deliveries,
    Releases,
    SignIns,
    own_chat,
    the_persons,
)

router = Router()
SHARE = 5
"""Members with one address: those who left keep the address that they had."""
Hosts = Annotated[model.ChatHosts, Context("chat_hosts")]


@router.subscriber(**asked(ConnectChannel))
async def connect_channel(cmd: ConnectChannel, connections: Connections, who: Who, hosts: Hosts) -> ChannelConnected:
    """Connect a chat channel by its incoming webhook, whose address is kept here and told to nobody."""
    key, now = model.theirs(cmd, who), utcnow()
    return await connections.create(key, lambda c: model.connect(c, cmd, who=who, hosts=hosts, now=now))


@router.subscriber(**asked(DisconnectChannel))
async def disconnect_channel(
    cmd: DisconnectChannel, connections: Connections, deliveries: Deliveries, who: Who
) -> ChannelState:
    """Forget a chat channel's address, and drop what still waits to be posted there."""
    key, now = model.theirs(cmd, who), utcnow()
    state = await connections.create(key, lambda c: model.disconnect(c, cmd, who=who, now=now))
    whose = cmd.model_dump(exclude_none=True)
    for waiting in await deliveries.find({**whose, "channel": "chat", "status": "planned"}, limit=0):
        await deliveries.change(waiting.id, lambda d: model.dropped(d, reason="channel_not_connected", now=now))
    return state


@router.subscriber(**asked(TryChannel))
async def try_channel(
    cmd: TryChannel, connections: Connections, contacts: Contacts, post: Post, who: Who
) -> ChannelTried:
    """Post a test message to a chat channel, and tell whether it was taken."""
    key, now = model.theirs(cmd, who), utcnow()
    if cmd.member_id and (own := await own_chat(cmd.member_id, connections, contacts)):
        key = own.id
    connection, ours = await connections.create(key, lambda c: model.begin_try(c, cmd, now))
    if ours:
        why_not = await trying.post_test(post, connection)
        await connections.change(key, lambda c: model.end_try(c, cmd, why_not))
    return model.tried(await connections.get(key), cmd)


@router.subscriber(**asked(ResendDelivery))
async def resend_delivery(cmd: ResendDelivery, deliveries: Deliveries, post: Post, who: Who) -> Delivery:
    """Send a message once more that failed, or was dropped for a reason that is gone."""
    message = await again.look_up(post, model.present(await deliveries.get(cmd.delivery_id), cmd, who))
    ours = await deliveries.change(
        cmd.delivery_id, lambda d: model.resend(d, cmd, why_not=message.why_not, by=message.by, now=utcnow())
    )
    if ours:
        await again.send(post, cmd.delivery_id, message)
    return model.present(await deliveries.get(cmd.delivery_id), cmd).state


@router.subscriber(**asked(SendReport))
async def send_report(cmd: SendReport, releases: Releases, communities: Communities, who: Who) -> ReportRelease:
    """Release a community's report of a month, for its sponsors to get it."""
    community, now = await communities.get(cmd.community_id), utcnow()
    key = report_id(cmd.community_id, cmd.month)
    return await releases.create(key, lambda r: model.release(r, cmd, community, who=who.sub, now=now))


@router.subscriber(**asked(BeginSignIn))
async def begin_sign_in(
    cmd: BeginSignIn, contacts: Contacts, sign_ins: SignIns, asked_codes: AskedCodes, send: SendCodes
) -> SignInBegun:
    """Send a code to an address, if it is a member's; whether it is, the answer does not tell."""
    found = await contacts.find({"email": cmd.email}, limit=SHARE)
    contact = next((c for c in found if c.active), None)
    for one in found if contact is None else ():  # a former address: the code goes to the one that they have now
        contact = contact or (await the_persons(one, contacts) if one.merged_into else None)
    member_id, now = contact.id if contact else None, utcnow()
    key = model.asked_key(member_id, cmd.email)
    await asked_codes.create(key, lambda a: model.count_attempt(a, key, cmd.attempt_id, now))
    code, link = codes()
    digests = [await asyncio.to_thread(model.digest, cmd.attempt_id, one) for one in (code, link)]
    begun, new = await sign_ins.create(
        cmd.attempt_id, lambda s: model.begin_sign_in(s, cmd.attempt_id, member_id, digests, now)
    )
    if new:
        send.send(contact, cmd, code, link)
    return begun


@router.subscriber(**asked(FinishSignIn))
async def finish_sign_in(cmd: FinishSignIn, sign_ins: SignIns) -> SignedIn:
    """Tell whose code this is, once."""
    given = await asyncio.to_thread(model.digest, cmd.attempt_id, cmd.code.get_secret_value())
    done = await _finished(cmd, given, sign_ins)
    if done is None:
        raise Refused("code_wrong", "The code is wrong.")
    return done


async def _finished(cmd: FinishSignIn, given: str, sign_ins: SignIns) -> SignedIn | None:
    try:
        return await sign_ins.change(cmd.attempt_id, lambda s: model.finish_sign_in(s, cmd.finish_id, given, utcnow()))
    except Refused as no:
        if no.status == 404:
            raise Refused("code_expired", "This code can no longer be used. Ask for a new one.") from None
        raise
