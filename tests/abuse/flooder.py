"""A process that sends many requests at once, and tells how they were answered: what to send comes in as JSON."""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from typing import Any

import nats
from nats.aio.msg import Msg


async def flood(url: str, user: str, password: str, headers: dict[str, str], wishes: list[Any]) -> Counter[str]:
    """The statuses of the replies, "silence" for none within a minute. wishes: subject, body, bytes to pad it to."""
    found: dict[str, str] = {}
    all_answered = asyncio.Event()

    async def answered(reply: Msg) -> None:
        told = reply.headers or {}
        found[reply.subject] = told.get("Nats-Service-Error-Code") or told.get("Status") or "200"  # 503: nobody there
        if len(found) == len(wishes):
            all_answered.set()

    nc = await nats.connect(url, user=user, password=password, inbox_prefix=f"_INBOX.{user}".encode())
    inbox = nc.new_inbox()
    await nc.subscribe(f"{inbox}.*", cb=answered)
    print("begins", flush=True)
    for n, (subject, body, size) in enumerate(wishes):
        await nc.publish(subject, body.ljust(size).encode(), reply=f"{inbox}.{n}", headers=headers)
    for _ in range(2):  # nats-py sends the ping ahead of what waits to be sent
        await nc.flush(60)
    print("sent", flush=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            await all_answered.wait()
    await nc.close()
    return Counter([*found.values(), *["silence"] * (len(wishes) - len(found))])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(flood(**json.load(sys.stdin)))))
