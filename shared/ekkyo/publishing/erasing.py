"""Taking facts about somebody out of everything that NATS keeps: the streams, and other systems' mirrors of FACTS."""

import asyncio
import logging
import time
from typing import Final

from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import StreamInfo
from nats.js.errors import NotFoundError, ServiceUnavailableError

from ekkyo.installation.mirrors import FACTS, Mirror, is_ahead, mirrors

logger = logging.getLogger("ekkyo.publishing")
STREAMS: Final = (FACTS, "TIMERS", "DEAD", "AGAIN")
"""Facts belong in the first. Whoever runs Ekkyo can have had the server deliver a copy into another."""
LAG: Final = 3.0
"""Seconds that a mirror may take to have what FACTS has, before the erasure is tried again later."""


class Behind(NatsError):
    """A mirror does not have yet what is to be deleted, or cannot be reached. The text names the system."""


async def erase(js: JetStreamContext, subject: str) -> dict[str, int]:
    """Delete what is stored on a subject wherever it is; tells how many messages that were, by stream and mirror.

    Mirrors are waited for, so that none gets a copy later; nothing is deleted while one stands still or cannot be
    reached. One that is missing holds nothing: a system can delete its own, and must not hold an erasure up by it.
    Raises Behind, or what NATS has against it.
    """
    hear = [mirror for mirror in await mirrors(js) if mirror.personal]
    last = await _last(js, FACTS, subject)
    missing = [mirror for mirror in hear if not await _caught_up(js, mirror, last)]
    deleted = {stream: await _delete(js, stream, subject) for stream in STREAMS}
    deleted |= {mirror.account: await _delete(mirror.js(js._nc), FACTS, subject) for mirror in hear}
    for mirror in missing:
        if await _state(js, mirror):  # it may have got a copy before FACTS lost the original
            raise Behind(f"the mirror of {mirror.account} was made at this moment")
    if found := {place: count for place, count in deleted.items() if count}:
        strays = [place for place in found if place in STREAMS[1:]]
        logger.log(
            logging.WARNING if strays else logging.INFO,
            "facts about somebody were deleted",
            extra={"kind": subject.rpartition(".")[0], "deleted": found, "where_none_belong": strays},
        )
    return deleted


async def _caught_up(js: JetStreamContext, mirror: Mirror, last: int) -> bool:
    """Wait until a mirror has what FACTS has; False: there is no such mirror."""
    deadline = time.monotonic() + LAG
    while (has := await _state(js, mirror)) and has.state.last_seq < last:
        if time.monotonic() > deadline:
            raise Behind(f"the mirror of {mirror.account} stands still: see docs/decisions/systems.md")
        await asyncio.sleep(0.02)
    if not has:
        logger.warning("a mirror is missing: run provision of any one service", extra={"system": mirror.account})
        return False
    if last and await is_ahead(js, has):  # then it has something else in the fact's place, and the fact is to come
        raise Behind(f"the mirror of {mirror.account} is from before a restore: run provision of any one service")
    return True


async def _state(js: JetStreamContext, mirror: Mirror) -> StreamInfo | None:
    try:
        return await mirror.js(js._nc).stream_info(FACTS)
    except NotFoundError:
        return None
    except (NoRespondersError, ServiceUnavailableError, TimeoutError):
        raise Behind(f"the mirror of {mirror.account} cannot be reached: see docs/decisions/systems.md") from None


async def _last(js: JetStreamContext, stream: str, subject: str) -> int:
    try:
        return (await js.get_last_msg(stream, subject)).seq or 0
    except NotFoundError:
        return 0


async def _delete(js: JetStreamContext, stream: str, subject: str) -> int:
    """One by one: a purged message lies on the server's disk for long, a deleted one is overwritten at once."""
    count = 0
    while sequence := await _last(js, stream, subject):
        await js.delete_msg(stream, sequence)
        count += 1
    return count
