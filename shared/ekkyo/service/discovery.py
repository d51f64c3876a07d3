"""NATS's own service discovery: $SRV.PING, $SRV.INFO and $SRV.STATS, for all, by name, and by name and id.

Format: ADR-32, https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from prometheus_client import CollectorRegistry


@dataclass(frozen=True)
class Endpoint:
    """One command or question that the service answers."""

    subject: str
    queue_group: str
    description: str = ""

    @property
    def name(self) -> str:
        """`cmd-register` for `ekkyo.cmd.events.register`: ADR-32 allows letters, digits, dashes and underscores."""
        _, kind, _, name = self.subject.split(".", 3)
        return f"{kind}-{name.replace('.', '-')}"

    def identity(self) -> dict[str, str]:
        return {"name": self.name, "subject": self.subject, "queue_group": self.queue_group}

    def info(self) -> dict[str, Any]:
        return {**self.identity(), "metadata": {"description": self.description} if self.description else {}}

    def stats(self, counted: "Counted") -> dict[str, Any]:
        """How often it was asked. Times in nanoseconds, as ADR-32 has them."""
        spent = int(counted.seconds * 1e9)
        return {
            **self.identity(),
            "num_requests": counted.requests,
            "num_errors": counted.errors,
            "last_error": "",  # which one was last is in the log; here it would only be in the way of privacy
            "processing_time": spent,
            "average_processing_time": spent // counted.requests if counted.requests else 0,
        }


@dataclass
class Counted:
    """What the metrics know of one operation: whatever did not end `done` is an error here."""

    requests: int = 0
    errors: int = 0
    seconds: float = 0.0


def counted(registry: CollectorRegistry) -> dict[str, Counted]:
    """The broker's figures by operation, such as `events.register`."""
    found: dict[str, Counted] = {}
    for family in registry.collect():
        for sample in family.samples if family.name == "ekkyo_request_seconds" else ():
            operation = found.setdefault(sample.labels["operation"], Counted())
            if sample.name.endswith("_sum"):
                operation.seconds += sample.value
            elif sample.name.endswith("_count"):
                operation.requests += int(sample.value)
                operation.errors += int(sample.value) if sample.labels["outcome"] != "done" else 0
    return found


class Discovery:
    """Answers who we are, what we offer and how it goes, on the service's own connection."""

    def __init__(
        self, *, name: str, version: str, description: str, endpoints: Sequence[Endpoint], registry: CollectorRegistry
    ) -> None:
        self.identity = {"name": name, "id": secrets.token_hex(11), "version": version, "metadata": {}}
        self.description = description
        self.endpoints = endpoints
        self.registry = registry
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
            with suppress(NatsError):
                await subscription.unsubscribe()
        self._subscriptions.clear()

    def ping(self) -> dict[str, Any]:
        return {"type": "io.nats.micro.v1.ping_response", **self.identity}

    def info(self) -> dict[str, Any]:
        offered = [endpoint.info() for endpoint in self.endpoints]
        told = {"type": "io.nats.micro.v1.info_response", **self.identity}
        return {**told, "description": self.description, "endpoints": offered}

    def stats(self) -> dict[str, Any]:
        figures = counted(self.registry)
        told = [e.stats(figures.get(e.subject.split(".", 2)[2], Counted())) for e in self.endpoints]
        started = self.started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"type": "io.nats.micro.v1.stats_response", **self.identity, "started": started, "endpoints": told}

    @staticmethod
    def _answering(nc: Client, tell: Callable[[], dict[str, Any]]) -> Callable[[Msg], Awaitable[None]]:
        async def answer(msg: Msg) -> None:
            if msg.reply.startswith("_INBOX."):  # anything else could make us speak where the asker may not
                await nc.publish(msg.reply, json.dumps(tell()).encode())

        return answer
