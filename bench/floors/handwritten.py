"""The floor for a service that keeps what it is told: nats-py and Motor by hand, nothing that is not needed to work.

For each request one read, one compare-and-replace, tried again when lost, one fact published and confirmed. No
validation, no token, no outbox: a crash between the write and the fact loses the fact.
"""

import asyncio
import json
import os
import signal
from typing import Any

import nats
from motor.motor_asyncio import AsyncIOMotorClient
from nats.aio.msg import Msg
from pymongo.errors import DuplicateKeyError


async def main() -> None:
    nc = await nats.connect(
        os.environ["EKKYO_NATS_URL"],
        user=os.environ["EKKYO_NATS_USER"],
        password=os.environ["EKKYO_NATS_PASSWORD"],
        inbox_prefix=b"_INBOX.events",
    )
    js = nc.jetstream()
    events = AsyncIOMotorClient(os.environ["EKKYO_MONGO_URL"], w="majority")["floor"].events
    working: set[asyncio.Task[None]] = set()

    async def register(msg: Msg) -> None:
        wish: dict[str, Any] = json.loads(msg.data)
        event_id, member_id = wish["event_id"], wish["member_id"]
        while True:
            event = await events.find_one({"_id": event_id})
            new = event is None
            event = event or {"_id": event_id, "revision": 0, "confirmed": [], "waitlisted": []}
            status = "confirmed" if len(event["confirmed"]) < wish["capacity"] else "waitlisted"
            before = event["revision"]
            event["revision"] += 1
            event[status].append(member_id)
            try:
                done = await events.replace_one({"_id": event_id, "revision": before}, event, upsert=new)
            except DuplicateKeyError:  # another request made it at this moment
                continue
            if done.matched_count or done.upserted_id:
                break
        subject = f"ekkyo.fact.events.registration_{status}.{event_id}"
        await js.publish(subject, json.dumps({"member_id": member_id, "event": event["revision"]}).encode())
        await msg.respond(json.dumps({"member_id": member_id, "status": status}).encode())

    async def take(msg: Msg) -> None:
        task = asyncio.create_task(register(msg))
        working.add(task)
        task.add_done_callback(working.discard)

    await nc.subscribe("ekkyo.cmd.events.floor", "events", cb=take)
    for _ in range(2):  # nats-py sends the ping ahead of what waits to be sent, such as the subscription
        await nc.flush()
    print("ready", flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await nc.close()


asyncio.run(main())
