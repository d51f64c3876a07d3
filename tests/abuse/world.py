"""Services as processes of their own, and a connection to them from a thread: Hypothesis and its machines are not
coroutines. What is stored and told can be looked at as a whole."""

import asyncio
import contextlib
import importlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

from ekkyo import wire
from ekkyo.installation.embedded import MongoServer, free_port
from ekkyo.installation.permissions import SERVICES
from ekkyo.service.provision import provision
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats
from ekkyo.testing.plugin import as_ops
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError
from pymongo import MongoClient

from tests.forking import Forked, fork_server
from tests.notify.servers import MailServer

T = TypeVar("T")
Body = bytes | dict[str, Any]
SYSTEM, STEWARD = ("portal", "system"), ("steward-1", "steward")


@dataclass
class World:
    """What is around the services, and the services."""

    nats: Nats
    mongo: MongoServer
    databases: MongoClient[dict[str, Any]]
    keys: Keys
    folder: Path
    loop: asyncio.AbstractEventLoop
    outside: Client
    ops: Client
    mail: MailServer
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, Forked] = field(default_factory=dict)

    def run(self, doing: Coroutine[Any, Any, T], within: float = 120) -> T:
        """Have it done in the thread that the connection lives in."""
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(within)

    # the services

    def database(self, service: str) -> str:
        return f"{self.folder.name}_{service}".replace("-", "_")

    def environ(self, service: str, port: int) -> dict[str, str]:
        """A service's settings."""
        values: dict[str, object] = {
            "nats_url": self.nats.url,
            "nats_password": self.nats.passwords[service],
            "mongo_url": self.mongo.url,
            "mongo_database": self.database(service),
            "jwks_file": self.keys.jwks_file,
            "http_port": port,
            "log_level": "warning",
        }
        if service == "notify":
            values |= {"smtp_url": self.mail.url, "mail_from": "no-reply@ekkyo.example.com"}
            values["chat_hosts"] = "chat.example.com"
        return {f"EKKYO_{name.upper()}": str(value) for name, value in values.items()}

    def start(self, *services: str) -> None:
        """Provision and start these services, and wait until they are ready."""
        for name in services:
            service = importlib.import_module(f"ekkyo_{name}.app").service
            self.ports[name] = free_port()
            environ = self.environ(name, self.ports[name])
            settings = service.settings.load(name, environ)
            self.run(provision(service, as_ops(settings, self.nats)))
            rest = {k: v for k, v in os.environ.items() if not k.startswith("EKKYO_")}
            self.processes[name] = fork_server(f"ekkyo_{name}.app").start(
                f"ekkyo-{name}", "serve", environment=rest | environ, out=self.log(name), err=self.log(name)
            )
        deadline = time.monotonic() + 60
        while not all(self.ready(name) for name in services):
            assert time.monotonic() < deadline, "the services did not become ready"
            time.sleep(0.05)

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def ready(self, service: str) -> bool:
        """Whether it is the process that was started, and is ready."""
        with (
            contextlib.suppress(OSError),
            urlopen(f"http://127.0.0.1:{self.ports[service]}/readyz", timeout=5) as answer,
        ):
            return self.processes[service].poll() is None and answer.status == 200
        return False

    def processor_time(self, service: str) -> float:
        """Seconds that a service has worked; where the system does not tell, seconds that passed."""
        told = Path(f"/proc/{self.processes[service].pid}/stat")
        if not told.exists():
            return time.monotonic()
        user, system = told.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    # asking

    def headers(self, *who: str) -> dict[str, str]:
        """The headers that prove who asks: the subject, then roles."""
        return {"Authorization": f"Bearer {self.token(*who)}"}

    def token(self, *who: str) -> str:
        known = self.__dict__.setdefault("_tokens", {})
        if who not in known:
            known[who] = self.keys.token(*who)
        found: str = known[who]
        return found

    async def request(self, subject: str, body: bytes, headers: dict[str, str] | None, within: float = 10) -> Msg:
        """One request. Raises TimeoutError on silence."""
        return await self.outside.request(subject, body, timeout=within, headers=headers or None)

    def ask(self, message: Any, *who: str) -> Any:
        """Send a command or a question; gives the answer. Raises Refused."""
        body = message.model_dump_json().encode()
        reply = self.run(self.request(message.subject, body, self.headers(*who)))
        return wire.read_reply(message.answer_type(), reply.headers, reply.data)

    # what is there

    def stored(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Every document of every service, by database and collection."""
        databases = {service: self.databases[self.database(service)] for service in self.processes}
        return {
            service: {name: list(database[name].find(sort=[("_id", 1)])) for name in database.list_collection_names()}
            for service, database in databases.items()
        }

    async def told(self) -> dict[str, int]:
        """How many messages each stream ever took."""
        js = self.ops.jetstream()
        return {name: (await js.stream_info(name)).state.last_seq for name in ("FACTS", "TIMERS", "DEAD")}

    async def dead(self) -> list[tuple[dict[str, str], Any]]:
        """What reactions gave up on and why, as headers, each with the data of the fact; None: it was no fact."""
        js = self.ops.jetstream()
        last = (await js.stream_info("DEAD")).state.last_seq
        letters = [dict((await js.get_msg("DEAD", n)).headers or {}) for n in range(1, last + 1)]
        return [(letter, await self._fact(letter)) for letter in letters]

    async def _fact(self, letter: dict[str, str]) -> Any:
        if letter["Ekkyo-Stream"] != "FACTS":
            return None
        stored = await self.ops.jetstream().get_msg("FACTS", int(letter["Ekkyo-Sequence"]))
        return json.loads(stored.data or b"null")

    async def unheard(self) -> int:
        """How many facts the services have not dealt with yet."""
        readers = await self.ops.jetstream().consumers_info("FACTS")
        return sum((r.num_pending or 0) + (r.num_ack_pending or 0) for r in readers)

    def everything(self) -> tuple[Any, Any]:
        return self.stored(), self.run(self.told())

    def only_time_passed(self, before: tuple[Any, Any], now: tuple[Any, Any]) -> bool:
        """Whether nothing was stored and told in between, but by timers of ours that became due."""
        times = [{**told, "TIMERS": None} for _, told in (before, now)]
        new = range(before[1]["TIMERS"] + 1, now[1]["TIMERS"] + 1)
        return before[0] == now[0] and times[0] == times[1] and all(self.run(self._became_due(n)) for n in new)

    async def _became_due(self, sequence: int) -> bool:
        try:
            stored = await self.ops.jetstream().get_msg("TIMERS", sequence)
        except NotFoundError:  # a timer that is set stays until it is due
            return True
        return str(stored.subject).startswith("ekkyo.due.")

    def at_rest(self) -> tuple[Any, Any]:
        """Everything, once all was settled and heard, and it no longer changes by itself."""
        before, deadline = self.everything(), time.monotonic() + 60
        while True:
            time.sleep(0.5)
            now = self.everything()
            rows = [row for collections in now[0].values() for found in collections.values() for row in found]
            if now == before and not any("_pending" in row for row in rows) and not self.run(self.unheard()):
                return now
            assert time.monotonic() < deadline, "it goes on changing"
            before = now


@contextlib.contextmanager
def a_world(folder: Path, mongo: MongoServer, keys: Keys, *services: str) -> Iterator[World]:
    """Servers and these services, all four when none is named."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, loop).result(60)

    nats = run(Nats.start(folder / "nats"))
    outside, ops, mail = run(nats.connect("outside")), run(nats.connect("ops")), run(MailServer().start())
    databases = MongoClient[dict[str, Any]](mongo.url)
    world = World(nats, mongo, databases, keys, folder, loop, outside, ops, mail)
    try:
        world.start(*(services or SERVICES))
        yield world
    finally:
        world.stop()
        for part in (outside.close(), ops.close(), mail.stop()):
            run(part)
        nats.stop()
        for service in world.processes:
            databases.drop_database(world.database(service))
        databases.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
