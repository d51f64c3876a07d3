"""Real servers, and services as processes of their own that can be killed and started again."""

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from ekkyo import wire
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Command, Fact, Question, Refused
from ekkyo.contracts.members import MemberJoined, Membership, MemberState
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import MongoServer, free_port, script, start_mongo
from ekkyo.service.provision import provision
from ekkyo.store.driver import Database
from ekkyo.store.encoding import UNSETTLED
from ekkyo.testing import Keys, Nats, eventually
from ekkyo.testing.plugin import as_ops
from nats.js.api import DeliverPolicy

from tests.forking import Forked, fork_server
from tests.notify.servers import MailServer
from tests.real.proxies import Proxies

SERVICES = ("members", "events", "surveys", "notify")
PATIENCE = 120.0
"""Seconds in which everything must have caught up by itself, on a machine that is busy with other things."""


def service_of(name: str) -> Any:
    return importlib.import_module(f"ekkyo_{name}.app").service


@dataclass
class Process:
    """One instance of a service, as `ekkyo-<name> serve` is."""

    name: str
    environment: dict[str, str]
    log: Path
    port: int
    proxies: Proxies
    process: "subprocess.Popen[bytes] | Forked | None" = None
    source: Path | None = None
    """Another version's tree to take the service and what is shared from."""
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def forked(self) -> bool:
        return not self.source and sys.platform == "linux"

    def start(self) -> None:
        self.dead.clear()
        if self.forked:
            words = (f"ekkyo-{self.name}", "serve")
            self.process = fork_server(f"ekkyo_{self.name}.app").start(
                *words, environment=self.environment, out=self.log, err=self.log
            )
            return
        command, environment = [script(f"ekkyo-{self.name}")], self.environment
        if self.source:
            command = [sys.executable, "-c", f"from ekkyo_{self.name}.app import main; main()"]
            packages = (self.source / "shared", self.source / "services" / self.name)
            environment = environment | {"PYTHONPATH": os.pathsep.join(map(str, packages))}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*command, "serve"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def kill(self) -> None:
        """`kill -9`."""
        if self.process and not self.dead.is_set():
            assert self.process.poll() is None, f"{self.name} ended by itself:\n{self.log.read_text()[-3000:]}"
            self.process.kill()
            self.process.wait()
            self.dead.set()

    async def stop(self) -> None:
        """Ask it to end, as an update does."""
        assert self.process
        self.process.terminate()
        assert await asyncio.to_thread(self.process.wait, 60) == 0
        self.dead.set()

    async def ready(self) -> None:
        async with httpx.AsyncClient(timeout=5) as http:

            async def answers() -> bool:
                assert self.process
                code = self.process.poll()
                if code is not None:
                    raise RuntimeError(f"{self.name} ended with {code}:\n{self.log.read_text()[-3000:]}")
                try:
                    return (await http.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200
                except httpx.HTTPError:
                    return False

            await eventually(answers, PATIENCE, what=f"{self.name} ready")


@dataclass
class Installation:
    """nats-server, a database and a mail server of the test's own, and the processes on them."""

    nats: Nats
    mongo: MongoServer
    mail: MailServer
    keys: Keys
    folder: Path
    processes: dict[str, Process] = field(default_factory=dict)
    sources: dict[str, Path] = field(default_factory=dict)
    """By service: the tree of the version that its processes are started from, where it is not this one."""
    caller: str = "outside"
    """The NATS user of those who ask."""
    database_options: str = ""
    """What is added to the address of the database that the processes are given."""
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _connected: dict[str, Any] = field(default_factory=dict)

    async def provision(self, *names: str, ack_wait: float | None = None) -> None:
        """ack_wait: seconds after which what a killed process held is told again, in the place of 30."""
        for name in names:
            service = service_of(name)
            settings = service.settings.load(name, self._environment(name, {}))
            await provision(service, as_ops(settings, self.nats))
            if ack_wait:
                for stream, durable in self.durables(name):
                    config = (await self.ops.consumer_info(stream, durable)).config
                    await self.ops.add_consumer(stream, replace(config, ack_wait=ack_wait))

    async def process(self, name: str, *, instance: str = "") -> Process:
        """A process that talks to its servers over proxies of its own; not started yet."""
        proxies = Proxies()
        self._open.push_async_callback(proxies.close)
        port = free_port()
        through = {
            "nats_url": f"nats://127.0.0.1:{await proxies.to(self.nats.server.port)}",
            "mongo_url": f"mongodb://127.0.0.1:{await proxies.to(self.mongo.port)}/{self.database_options}",
            "http_port": port,
        }
        if name == "notify":
            through["smtp_url"] = f"smtp://127.0.0.1:{await proxies.to(self.mail.port)}"
        plain = {key: value for key, value in os.environ.items() if not key.startswith("EKKYO_")}
        environment = plain | self._environment(name, through)
        log = self.folder / f"{name}{instance}.log"
        made = self.processes[name + instance] = Process(name, environment, log, port, proxies, self.sources.get(name))
        if made.forked:
            fork_server(f"ekkyo_{name}.app")  # which imports while this goes on
        return made

    async def start(self, *names: str) -> None:
        """Provision these services, start a process of each, and wait until all are ready."""
        processes = [await self.process(name) for name in names]
        await self.provision(*names)
        for process in processes:
            process.start()
        await asyncio.gather(*(self.processes[name].ready() for name in names))

    async def client(self, sub: str, *roles: str, user: str = "") -> Ekkyo:
        """Somebody who asks, over one connection for all of a NATS user."""
        user = user or self.caller
        if (name := f"asks as {user}") not in self._connected:
            opening = Ekkyo.connect(self.nats.url, login=self.nats.login(user), environment={})
            self._connected[name] = await self._open.enter_async_context(opening)
        ekkyo: Ekkyo = self._connected[name].with_token(self.keys.token(sub, *roles))
        return ekkyo

    @property
    def ops(self) -> Any:
        return self._connected["ops"].jetstream()

    async def tell(self, fact: Fact, revision: int = 1) -> str:
        """Announce a fact as its owner does, which does not run here. Its id."""
        owner = type(fact).subject.split(".")[2]
        if owner not in self._connected:
            self._connected[owner] = nc = await self.nats.connect(owner, allow_reconnect=True)
            self._open.push_async_callback(nc.close)
        out = wire.fact_message(
            fact, owner=owner, revision=revision, n=0, time=utcnow(), actor="test", traceparent=None
        )
        await self._connected[owner].jetstream().publish(out.subject, out.body, headers=out.headers)
        return str(out.headers["ce-id"])

    async def joined(self, *members: str, community: str = "c1") -> None:
        """Announce that these are members of a community, as the members service does, which does not run here."""
        for who in members:
            state = MemberState(
                member_id=who,
                number=who,
                name=who,
                email=f"{who}@example.co.jp",
                department="営業部",
                channels=["mail"],
                locale="en",
                timezone="Asia/Tokyo",
                communities=[Membership(community_id=community, joined_at=utcnow())],
            )
            await self.tell(MemberJoined(member_id=who, member=state, community_id=community))

    async def facts(self, of: str | None = None) -> list[Fact]:
        """All facts, or those of one service, in the order of the stream."""
        reader = await self.client("reader", "system", user="ops")
        found = [fact async for fact in reader.facts(since=1, follow=False)]
        return [f for f in found if of is None or f.meta.id.startswith(f"{of}/")]

    # Below the services

    def durables(self, *names: str) -> list[tuple[str, str]]:
        return [
            (stream, durable)
            for name in names or SERVICES
            for stream, found in service_of(name).durables().items()
            for durable in found
        ]

    async def heard(self, *names: str) -> None:
        """Wait until these services have heard everything there is, and done what follows from it."""

        async def nothing_left() -> bool:
            for stream, durable in self.durables(*names):
                info = await self.ops.consumer_info(stream, durable)
                if info.num_pending or info.num_ack_pending:
                    raise AssertionError(f"{durable}: {info.num_pending} to hear, {info.num_ack_pending} at work")
            return True

        await eventually(nothing_left, PATIENCE, every=0.1)

    async def settled(self, *names: str) -> None:
        """Wait until nothing is pending in these services' documents: all that follows from them is carried out."""

        async def nothing_pending() -> bool:
            for name in names:
                for collection, rows in (await self.rows(name)).items():
                    if left := [row["_id"] for row in rows if row.get(UNSETTLED)]:
                        raise AssertionError(f"pending in {name}.{collection}: {left[:5]}")
            return True

        await eventually(nothing_pending, PATIENCE, every=0.2)

    async def told(self) -> list[int]:
        """How much was ever said in each stream that services hear."""
        return [(await self.ops.stream_info(name)).state.last_seq for name in ("FACTS", "TIMERS", "AGAIN")]

    async def rows(self, name: str) -> dict[str, list[dict[str, Any]]]:
        """Everything in a service's database, by collection, in the order of ids."""
        database = self.database(name)
        collections = [c for declared in service_of(name).collections for c in declared.indexes]
        return {c: await database.find(c, {}, sort=[("_id", 1)]) for c in sorted(collections)}

    def database(self, name: str) -> Database:
        key = f"database of {name}"
        if key not in self._connected:
            self._connected[key] = opened = Database.open(self.mongo.url, f"ekkyo_{name}", "pymongo")
            self._open.push_async_callback(opened.close)
        found: Database = self._connected[key]
        return found

    async def dead_letters(self) -> int:
        return int((await self.ops.stream_info("DEAD")).state.messages)

    async def told_from_the_start(self, stream: str, durable: str) -> None:
        """Make a durable anew, as those who run Ekkyo can: it hears all there ever was once more."""
        config = (await self.ops.consumer_info(stream, durable)).config
        await self.ops.delete_consumer(stream, durable)
        await self.ops.add_consumer(stream, replace(config, deliver_policy=DeliverPolicy.ALL))

    def _environment(self, name: str, more: dict[str, Any]) -> dict[str, str]:
        values = {
            "nats_url": self.nats.url,
            "nats_password": self.nats.passwords[name],
            "mongo_url": self.mongo.url,
            "jwks_file": self.keys.jwks_file,
            "http_port": 0,
            "log_level": "warning",
        }
        if name == "notify":
            values |= {"smtp_url": self.mail.url, "mail_from": "no-reply@ekkyo.example.com"}
        return {f"EKKYO_{key.upper()}": str(value) for key, value in (values | more).items()}


async def insist(client: Ekkyo, message: Command[Any] | Question[Any], within: float = 1.0) -> Any:
    """Say it, with the ids it has, until it is answered: as the contract says to after a 429 or a 503.

    within: seconds for each try, after which the service also stops working on it.
    """
    async with asyncio.timeout(3 * PATIENCE):
        while True:
            try:
                return await client._request(message, within)
            except Refused as no:
                if no.status not in (429, 503):
                    raise
            except OSError:
                pass
            await asyncio.sleep(0.05)


@asynccontextmanager
async def staged(nats: Nats, keys: Keys, folder: Path) -> AsyncIterator[Installation]:
    """An installation of the test's own; nothing runs on it yet."""
    mongo, mail = await asyncio.to_thread(start_mongo, folder / "mongo"), await MailServer().start()
    installation = Installation(nats, mongo, mail, keys, folder)
    installation._connected["ops"] = ops = await nats.connect("ops", allow_reconnect=True, max_reconnect_attempts=-1)
    try:
        yield installation
    finally:
        for process in installation.processes.values():
            if process.process:
                process.process.kill()
                process.process.wait()
        await ops.close()
        await installation._open.aclose()
        await mail.stop()
        mongo.stop()
