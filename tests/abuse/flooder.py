"""A process that sends many requests at once, and tells how they were answered: what to send comes in as JSON."""

import asyncio
import json
import sys
from collections import Counter
from typing import Any

import nats


async def flood(url: str, user: str, password: str, headers: dict[str, str], wishes: list[Any]) -> Counter[str]:
    """The statuses of the replies, "silence" for none within a minute. wishes: subject, body, bytes to pad it to."""

    async def ask(subject: str, body: str, size: int) -> str:
        try:
            reply = await nc.request(subject, body.ljust(size).encode(), timeout=60, headers=headers)
        except Exception as error:
            return f"silence: {type(error).__name__}"
        return (reply.headers or {}).get("Nats-Service-Error-Code", "200")

    nc = await nats.connect(url, user=user, password=password, inbox_prefix=f"_INBOX.{user}".encode())
    try:
        print("begins", flush=True)
        return Counter(await asyncio.gather(*(ask(*wish) for wish in wishes)))
    finally:
        await nc.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(flood(**json.load(sys.stdin)))))
