"""Systems on a real server, and what tells whether they went through a wall."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from ekkyo.installation.permissions import OPS
from ekkyo.installation.systems import System
from ekkyo.testing import Nats, eventually, settled
from nats.aio.client import Client
from nats.errors import Error, NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

HR = System(name="hr", may=("members.*",), hears=("members", "events"), consumers=5, connections=4).with_login()
SEATS = System(name="seats", may=("events.list",), hears=("events",)).with_login()
FACT, PERSONAL, ERASED = (
    "ekkyo.fact.events.published.e1",
    "ekkyo.fact.members.registered.m1",
    "ekkyo.fact.members.erased.m2",
)
INSIDE = ("FACTS", "TIMERS", "DEAD", "AGAIN")
DURABLE = "notify-contacts"
ADVISORY = "$JS.EVENT.ADVISORY.STREAM.DELETED.FACTS"
LISTENING = {
    "ops": ("_INBOX.ops.x", ADVISORY),
    "portal": ("_INBOX.portal.x",),
    "members": ("_INBOX.members.x", "$SRV.PING"),
    "seats": ("_INBOX.seats.x",),
}
"""Who listens where no system has anything to say to them."""


class Walls:
    """A server with two systems, facts of both kinds, and a service's durable."""

    def __init__(self, nats: Nats) -> None:
        self.nats = nats
        self.ops: Client
        self.clients: dict[str, Client] = {}

    async def client(self, user: str) -> Client:
        if user not in self.clients:
            self.clients[user] = await self.nats.connect(user, inbox_prefix=b"_INBOX")
        return self.clients[user]

    async def js(self, user: str) -> JetStreamContext:
        return (await self.client(user)).jetstream(timeout=1)

    async def settled(self) -> bool:
        """Whether the services have dealt with all that they were told."""
        infos = await self.ops.jetstream().consumers_info("FACTS")
        return not sum((i.num_pending or 0) + (i.num_ack_pending or 0) for i in infos if "notify-" in i.name)

    async def overheard(self) -> list[str]:
        """What those who listen hear from now on."""
        found: list[str] = []

        async def note(msg: Any) -> None:
            found.append(msg.subject)

        for user, subjects in LISTENING.items():
            nc = await self.client(user)
            for subject in subjects:
                await nc.subscribe(subject, cb=note)
            await settled(nc)
        return found

    async def listened(self) -> None:
        """Return when those who listen have heard what the server has for them."""
        await settled(self.ops, *[await self.client(user) for user in LISTENING])

    async def state(self, attacker: System = HR) -> dict[str, Any]:
        """What a system may not change: what is stored, where each of the services' consumers has got to, and the
        mirrors of others with what feeds them."""
        js, found = self.ops.jetstream(), {}
        for stream in INSIDE:
            info = await js.stream_info(stream, subjects_filter=">")
            found[stream] = (info.state.messages, info.state.last_seq, info.state.subjects)
        for info in await js.consumers_info("FACTS"):
            if info.name != attacker.account:
                found[info.name] = (info.delivered.consumer_seq, info.num_redelivered, info.created)
            if not info.name.startswith("system-"):
                found[f"{info.name} acknowledged"] = info.ack_floor.consumer_seq
        for system in {HR, SEATS} - {attacker}:
            mirror = await (await self.js(system.name)).stream_info("FACTS")
            found[system.name] = (mirror.state.messages, mirror.state.last_seq, mirror.created)
        found["streams"] = sorted(str(info.config.name) for info in await js.streams_info())
        found["names"] = sorted(info.name for info in await js.consumers_info("FACTS"))
        return found


async def closed(nc: Client) -> None:
    with suppress(Error, OSError):  # a server that was told of other systems, or restarted, has closed it itself
        await nc.close()


@asynccontextmanager
async def connected_as(nats: Nats, user: str = OPS) -> AsyncIterator[Client]:
    nc = await nats.connect(user)
    try:
        yield nc
    finally:
        await closed(nc)


async def has(walls: Walls, user: str, facts: int) -> bool:
    return (await (await walls.js(user)).stream_info("FACTS")).state.messages == facts


async def refused(walls: Walls, user: str) -> bool:
    """Whether a user is not let in: a server takes its new configuration a moment after it was told to."""
    try:
        nc = await walls.nats.connect(user)
    except (Error, OSError):
        return True
    await nc.close()
    return False


async def answer_to(system: Client, subject: str) -> bytes:
    """The answer to a request, once the system's account knows who answers in the other."""

    async def asked() -> bytes | None:
        with suppress(NoRespondersError):
            return bytes((await system.request(subject, b"{}", timeout=3)).data)
        return None

    return await eventually(asked, what=f"an answer to {subject}")


async def heard(js: JetStreamContext, **config: Any) -> list[str]:
    """The subjects that a consumer of one's own is told."""
    name = (await js.add_consumer("FACTS", ConsumerConfig(ack_policy=AckPolicy.NONE, **config))).name
    reader = await js.pull_subscribe_bind(name, "FACTS")
    found = []
    with suppress(TimeoutError):
        while True:
            found += [msg.subject for msg in await reader.fetch(1, timeout=0.3)]
    await reader.unsubscribe()
    await js.delete_consumer("FACTS", name)
    return found
