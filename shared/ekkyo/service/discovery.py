"""NATS's own service discovery: $SRV.PING, $SRV.INFO and $SRV.STATS, for all, by name, and by name and id.

Format: ADR-32, https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription


@dataclass
class Endpoint:
    """One command or question, and how often it was asked. Times in nanoseconds, as ADR-32 has them."""

    subject: str
    queue_group: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    num_requests: int = 0
    num_errors: int = 0
    last_error: str = ""
    processing_time: int = 0

    @property
    def name(self) -> str:
        """`cmd-register` for `ekkyo.cmd.events.register`: ADR-32 allows letters, digits, dashes and underscores."""
        _, kind, _, name = self.subject.split(".", 3)
        return f"{kind}-{name.replace('.', '-')}"

    def took(self, seconds: float, error: str = "") -> None:
        """Count one request; `error` is a code such as `409 event_full`."""
        self.num_requests += 1
        self.processing_time += int(seconds * 1e9)
        if error:
            self.num_errors += 1
            self.last_error = error

    def info(self) -> dict[str, Any]:
        told = {"name": self.name, "subject": self.subject, "queue_group": self.queue_group}
        return {**told, "metadata": dict(self.metadata)}

    def stats(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "subject": self.subject,
            "queue_group": self.queue_group,
            "num_requests": self.num_requests,
            "num_errors": self.num_errors,
            "last_error": self.last_error,
            "processing_time": self.processing_time,
            "average_processing_time": self.processing_time // self.num_requests if self.num_requests else 0,
        }


class Discovery:
    """Answers who we are, what we offer and how it goes, on the service's own connection."""

    def __init__(self, *, name: str, id: str, version: str, description: str, endpoints: Sequence[Endpoint]) -> None:
        self.identity = {"name": name, "id": id, "version": version, "metadata": {}}
        self.description = description
        self.endpoints = {endpoint.subject: endpoint for endpoint in endpoints}
        self.started = datetime.now(UTC)
        self._subscriptions: list[Subscription] = []

    async def start(self, nc: Client) -> None:
        """Subscribe to the nine subjects. nats-py subscribes again by itself after a broken connection."""
        name, id = self.identity["name"], self.identity["id"]
        for verb, tell in (("PING", self.ping), ("INFO", self.info), ("STATS", self.stats)):
            for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{name}", f"$SRV.{verb}.{name}.{id}"):
                self._subscriptions.append(await nc.subscribe(subject, cb=self._answering(nc, tell)))

    async def stop(self) -> None:
        for subscription in self._subscriptions:
            await subscription.unsubscribe()
        self._subscriptions.clear()

    def ping(self) -> dict[str, Any]:
        return {"type": "io.nats.micro.v1.ping_response", **self.identity}

    def info(self) -> dict[str, Any]:
        offered = [endpoint.info() for endpoint in self.endpoints.values()]
        told = {"type": "io.nats.micro.v1.info_response", **self.identity}
        return {**told, "description": self.description, "endpoints": offered}

    def stats(self) -> dict[str, Any]:
        counted = [endpoint.stats() for endpoint in self.endpoints.values()]
        started = self.started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"type": "io.nats.micro.v1.stats_response", **self.identity, "started": started, "endpoints": counted}

    @staticmethod
    def _answering(nc: Client, tell: Callable[[], dict[str, Any]]) -> Callable[[Msg], Awaitable[None]]:
        async def answer(msg: Msg) -> None:
            if msg.reply.startswith("_INBOX."):  # anything else could make us speak where the asker may not
                await nc.publish(msg.reply, json.dumps(tell()).encode())

        return answer


class Timed:
    """How long something takes, in seconds."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._since
