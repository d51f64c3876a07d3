"""What each part costs by itself, in µs of this process's CPU for each message: its own threads count, servers do not.

Each figure is the median of several rounds of some thousand calls. FastStream is called with a message as NATS would
hand it over: through a bare subscriber, and through the services' broker, whose share includes token, contract, trace,
metrics and the reply. The drivers talk to the embedded database, 64 calls at once, or with all in one bulk.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import bson
from ekkyo.broker import Router, asked, make_broker
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import EventState, RegisterForEvent, Registration, RegistrationConfirmed
from ekkyo.decision.clock import utcnow
from ekkyo.store.driver import Database, Driver, Replacement
from ekkyo.store.encoding import model_row, plain, read_model
from ekkyo.wire import fact_message, read, read_fact
from ekkyo.wire.tokens import Verifier
from ekkyo_events.model import Event
from faststream.nats import NatsBroker
from faststream.security import SASLPlaintext
from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.installation import Installation, installation
from bench.registrations import wish

CALLS, ROUNDS, AT_ONCE = 4000, 5, 64
EVENT = Event(
    id="0192f0c1-7a00-7000-8000-0000000000e1", community_id="bench", title="もくもく会", format="online", context="IT",
    capacity=300, starts_at=utcnow(), ends_at=utcnow(), timezone="Asia/Tokyo", status="published",
)  # fmt: skip
WISH = json.dumps(wish(EVENT.id, 1)).encode()
ANSWER = Registration(event_id=EVENT.id, member_id="member-1", registration_id="wish-1", status="confirmed")
FACT = RegistrationConfirmed(
    event_id=EVENT.id,
    event=EventState.model_validate(EVENT.model_dump() | {"event_id": EVENT.id}),
    member_id="member-1",
    registration_id="wish-1",
)


async def run() -> str:
    logging.getLogger("ekkyo").setLevel(logging.ERROR)
    found: list[tuple[str, float]] = []
    async with installation() as on:
        found += [
            ("FastStream, a bare subscriber", await _bare(on)),
            ("the services' broker around it", await _ours(on)),
        ]
        for driver, name in (("motor", "Motor"), ("pymongo", "PyMongo async")):
            found += await _driver(on, driver, name)  # type: ignore[arg-type]
    found += await _codecs()
    lines = ["|  | µs |", "| --- | ---: |", *(f"| {name} | {cost:.1f} |" for name, cost in found)]
    return "\n".join(lines)


async def _each(do: Callable[[], Awaitable[object]], *, at_once: int = 1, calls: int = CALLS, of: int = 1) -> float:
    """µs of CPU for each. of: how many messages one call is for."""
    costs = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(calls // at_once):
            if at_once == 1:
                await do()
            else:
                await asyncio.gather(*(do() for _ in range(at_once)))
        costs.append(1e6 * (time.process_time() - began) / (calls // at_once * at_once * of))
    return median(costs)


async def _bare(on: Installation) -> float:
    login = SASLPlaintext("events", on.nats.passwords["events"])
    broker = NatsBroker(on.nats.url, security=login, inbox_prefix="_INBOX.events", logger=None)

    @broker.subscriber("ekkyo.cmd.events.echo", no_reply=True)
    async def echo(message: dict[str, str]) -> None:
        """Nothing."""

    await broker.start()
    nc: Client = broker.connection
    subscriber: Any = broker.subscribers[0]
    cost = await _each(lambda: subscriber.process_message(Msg(nc, "ekkyo.cmd.events.echo", "", WISH, {})))
    await broker.stop()
    return cost


async def _ours(on: Installation) -> float:
    """A command that is answered at once; the reply goes to an inbox that nobody listens to."""
    router = Router()

    @router.subscriber(**asked(RegisterForEvent))
    async def register(cmd: RegisterForEvent) -> Registration:
        """Give a seat."""
        return ANSWER

    password = on.nats.passwords["events"]
    verifier = Verifier(on.keys.jwks_file)
    broker = make_broker(on.nats.url, "events", verifier=verifier, routers=[router], user="events", password=password)
    await broker.start()
    nc: Client = broker.connection
    headers = {"Authorization": f"Bearer {on.keys.token('bench', 'system')}"}
    subscriber: Any = broker.subscribers[0]
    cost = await _each(
        lambda: subscriber.process_message(Msg(nc, RegisterForEvent.subject, "_INBOX.events.none", WISH, headers))
    )
    await broker.stop()
    return cost


async def _driver(on: Installation, driver: Driver, name: str) -> list[tuple[str, float]]:
    database = Database.open(on.mongo_url, f"costs_{driver}", driver)
    rows = [model_row(new_id(), 1, EVENT) for _ in range(256)]
    bulk = [Replacement({"_id": row["_id"], "revision": 1}, row, upsert=True) for row in rows]
    await database.replace("events", bulk)

    async def one() -> None:
        await database.find("events", {"_id": rows[0]["_id"]})

    async def replaced() -> None:
        await database.replace("events", bulk[:1])

    async def replaced_together() -> None:
        await database.replace("events", bulk)

    found = [
        (f"{name}: read a document", await _each(one, at_once=AT_ONCE, calls=1024)),
        (f"{name}: replace a document", await _each(replaced, at_once=AT_ONCE, calls=1024)),
        (f"{name}: replace one of 256 in a bulk", await _each(replaced_together, calls=8, of=256)),
    ]
    await database.close()
    return found


async def _codecs() -> list[tuple[str, float]]:
    row = model_row(EVENT.id, 1, EVENT)
    raw = bson.encode(row)
    out = fact_message(FACT, owner="events", revision=1, n=0, time=utcnow(), actor="bench", traceparent=None)
    codecs: dict[str, Callable[[], object]] = {
        "a command from JSON (pydantic)": lambda: read(RegisterForEvent, WISH),
        "an answer to JSON (pydantic)": lambda: ANSWER.model_dump_json().encode(),
        "a fact to a message: JSON, CloudEvent headers": lambda: fact_message(
            FACT, owner="events", revision=1, n=0, time=utcnow(), actor="bench", traceparent=None
        ),
        "a fact from a message": lambda: read_fact(out.subject, out.headers, out.body),
        "a document to a row": lambda: plain(EVENT.model_dump()),
        "a row to BSON": lambda: bson.encode(row),
        "a row from BSON": lambda: bson.decode(raw),
        "a document from a row (pydantic)": lambda: read_model(Event, row),
    }

    def called(do: Callable[[], object]) -> float:
        costs = []
        for _ in range(ROUNDS):
            began = time.process_time()
            for _ in range(CALLS):
                do()
            costs.append(1e6 * (time.process_time() - began) / CALLS)
        return median(costs)

    return [(name, called(do)) for name, do in codecs.items()]
