"""Which instances of the services run: who answers NATS's own service discovery (ADR-32)."""

import asyncio
import json
from collections.abc import Collection
from contextlib import suppress
from typing import NamedTuple

from nats.aio.client import Client
from nats.errors import Error as NatsError

LATE = 0.05
"""Seconds in which another instance of the same services may still answer."""


class Instance(NamedTuple):
    """One running instance of a service."""

    service: str
    version: str


async def instances(nc: Client, *, within: float, of: Collection[str] = ()) -> list[Instance]:
    """All who answer $SRV.PING within so many seconds. The server tells at once when nobody listens.

    of: services that are waited for; soon after one instance of each has answered, nobody else is.
    """
    found, waits = list[Instance](), set(of)
    if not nc.is_connected:
        return found
    answers = await nc.subscribe(inbox := nc.new_inbox())
    with suppress(TimeoutError, NatsError):
        async with asyncio.timeout(within) as until:
            await nc.publish("$SRV.PING", reply=inbox)
            while (answer := await answers.next_msg(timeout=None)).data:
                told = json.loads(answer.data)
                found.append(Instance(str(told.get("name")), str(told.get("version"))))
                if of and waits and not (waits := waits - {found[-1].service}):
                    until.reschedule(asyncio.get_running_loop().time() + LATE)
    with suppress(NatsError):
        await answers.unsubscribe()
    return found
