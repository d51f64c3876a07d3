"""The floor for anything behind FastStream: a bare broker that answers a registration with itself."""

import asyncio
import os

from faststream import FastStream
from faststream.nats import NatsBroker
from faststream.security import SASLPlaintext

broker = NatsBroker(
    os.environ["EKKYO_NATS_URL"],
    security=SASLPlaintext(username=os.environ["EKKYO_NATS_USER"], password=os.environ["EKKYO_NATS_PASSWORD"]),
    inbox_prefix="_INBOX.events",
    logger=None,
)


@broker.subscriber("ekkyo.cmd.events.echo", "events", max_workers=64)
async def echo(message: dict[str, str]) -> dict[str, str]:
    return message


app = FastStream(broker, logger=None)


@app.after_startup
async def ready() -> None:
    print("ready", flush=True)


asyncio.run(app.run())
