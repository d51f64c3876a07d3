"""A chat channel on a page: whether it is connected, what came of a test message, and the question before it ends."""

from dataclasses import dataclass

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.notify import ChannelState, DisconnectChannel, GetChannel, TryChannel
from starlette.responses import Response

from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.visit import Visit

BESIDE = ("channel_not_connected", "too_many_tries")
"""What a test message may be refused with, in `look/words/refusals.py` as `chat_<code>`."""


@dataclass(frozen=True)
class Channel:
    """A channel. state: None while notify is away; trouble: with the test message."""

    state: ChannelState | None
    trouble: str = ""


async def channel(visit: Visit, trouble: str = "", **whose: str) -> Channel:
    """The channel of a community or of a member, as it is now."""
    return Channel(await visit.maybe(GetChannel.model_validate(whose)), trouble)


async def post_test(visit: Visit, **whose: str) -> tuple[str, str]:
    """Post a test message. Tells what to say of it, as `visit.see_other` takes it, or the trouble with it, in words."""
    words, try_id = visit.reader.words, (await visit.form())["try_id"] or new_id()
    try:
        done = await visit.send(TryChannel.model_validate({**whose, "try_id": try_id}))
    except Refused as why:
        if why.code not in BESIDE:
            raise
        return "", refusal(visit.reader.locale, f"chat_{why.code}", why.detail)
    if done.taken is False:
        reason = words.sent.reasons.get(done.reason, done.reason or "")
        return "", words.chat.not_taken.format(reason=reason)
    return "chat.tried" if done.taken else "chat.waits", ""


async def disconnect(visit: Visit, back: str, **whose: str) -> Response:
    """Disconnect it, and go back."""
    await visit.send(DisconnectChannel.model_validate(whose))
    return visit.see_other(back, did="chat.disconnected")
