"""What the notify service can be asked to do."""

import asyncio
from typing import Annotated

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import (
    BeginSignIn,
    ChannelConnected,
    ConnectChannel,
    Delivery,
    FinishSignIn,
    ResendDelivery,
    SignedIn,
    SignInBegun,
)
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_notify import model
from ekkyo_notify.delivering import again
from ekkyo_notify.delivering.codes import SendCodes, codes
from ekkyo_notify.delivering.post import Post
from ekkyo_notify.store import AskedCodes, Connections, Contacts, Deliveries, SignIns

router = Router()
Hosts = Annotated[model.ChatHosts, Context("chat_hosts")]


@router.subscriber(**asked(ConnectChannel))
async def connect_channel(cmd: ConnectChannel, connections: Connections, who: Who, hosts: Hosts) -> ChannelConnected:
    """Connect a chat channel by its incoming webhook, whose address is kept here and told to nobody."""
    key = model.connection_id(community_id=cmd.community_id, member_id=cmd.member_id)
    return await connections.create(key, lambda connection: model.connect(connection, cmd, who=who, hosts=hosts))


@router.subscriber(**asked(ResendDelivery))
async def resend_delivery(cmd: ResendDelivery, deliveries: Deliveries, post: Post) -> Delivery:
    """Send a message once more that failed, or was dropped for a reason that is gone."""
    message = await again.look_up(post, model.present(await deliveries.get(cmd.delivery_id), cmd))
    ours = await deliveries.change(
        cmd.delivery_id, lambda d: model.resend(d, cmd, why_not=message.why_not, by=message.by, now=utcnow())
    )
    if ours:
        await again.send(post, cmd.delivery_id, message)
    return model.present(await deliveries.get(cmd.delivery_id), cmd).state


@router.subscriber(**asked(BeginSignIn))
async def begin_sign_in(
    cmd: BeginSignIn, contacts: Contacts, sign_ins: SignIns, asked_codes: AskedCodes, send: SendCodes
) -> SignInBegun:
    """Send a code to an address, if it is a member's; whether it is, the answer does not tell."""
    contact = next((c for c in await contacts.find({"email": cmd.email}, limit=1) if c.active), None)
    member_id, now = contact.id if contact else None, utcnow()
    key = model.asked_key(member_id, cmd.email)
    await asked_codes.create(key, lambda a: model.count_attempt(a, key, cmd.attempt_id, now))
    code, link = codes()
    digests = [await asyncio.to_thread(model.digest, cmd.attempt_id, one) for one in (code, link)]
    begun, new = await sign_ins.create(
        cmd.attempt_id, lambda s: model.begin_sign_in(s, cmd.attempt_id, member_id, digests, now)
    )
    if new and contact:
        send.send(contact, cmd.locale, code, link)
    return begun


@router.subscriber(**asked(FinishSignIn))
async def finish_sign_in(cmd: FinishSignIn, sign_ins: SignIns) -> SignedIn:
    """Tell whose code this is, once."""
    given = await asyncio.to_thread(model.digest, cmd.attempt_id, cmd.code.get_secret_value())
    done = await _finished(cmd, given, sign_ins)
    if done is None:
        raise Refused("code_wrong", "This is not the code.")
    return done


async def _finished(cmd: FinishSignIn, given: str, sign_ins: SignIns) -> SignedIn | None:
    try:
        return await sign_ins.change(cmd.attempt_id, lambda s: model.finish_sign_in(s, cmd.finish_id, given, utcnow()))
    except Refused as no:
        if no.status == 404:
            raise Refused("code_expired", "This code can no longer be used. Ask for a new one.") from None
        raise
