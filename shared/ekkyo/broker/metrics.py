"""How many, how slow, how old, how they ended: the broker's share of the figures in `ekkyo.process.metrics`."""

import time
from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime

from nats.aio.msg import Msg
from prometheus_client import CollectorRegistry, Counter, Histogram

from ekkyo.process import metrics
from ekkyo.wire import OutMessage

_OUTCOMES = {400: "malformed", 401: "denied", 403: "denied", 429: "busy", 500: "failed", 503: "unavailable"}
_FACT = "ekkyo.fact."


class Metrics:
    """The broker's figures in a registry; without one, in a registry of its own."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        registry = registry or CollectorRegistry()
        self._asked = metrics.REQUEST.histogram(registry)
        self._reacted = metrics.REACTION.histogram(registry)
        self._age = metrics.AGE.histogram(registry)
        self._redelivered = metrics.REDELIVERED.counter(registry)
        self._published = metrics.PUBLISHED.counter(registry)
        self.requests = metrics.REQUESTS.gauge(registry)
        self.forged = metrics.FORGED.counter(registry)
        self.reconnects = metrics.RECONNECTED.counter(registry)
        self._children: dict[tuple[str, ...], Histogram] = {}
        self._facts: dict[str, Counter] = {}

    def asked(self, operation: str, status: int, seconds: float) -> str:
        """Count it, and tell the outcome."""
        outcome = "done" if status == 200 else _OUTCOMES.get(status, "refused")
        self._child(self._asked, operation, outcome).observe(seconds)
        return outcome

    def reacted(self, reaction: str, outcome: str, seconds: float, raw: Msg) -> None:
        """Count a try, and how old what was told is once it is through."""
        self._child(self._reacted, reaction, outcome).observe(seconds)
        if raw.metadata.num_delivered > 1:
            self._redelivered.labels(reaction).inc()
        if outcome == "done":
            self._child(self._age, reaction).observe(max(0.0, time.time() - _happened(raw)))

    def published(self, messages: Sequence[OutMessage]) -> None:
        """Count facts that were confirmed."""
        told = Tally(
            message.subject[len(_FACT) :].rpartition(".")[0]
            for message in messages
            if message.subject.startswith(_FACT) and not message.purge
        )
        for fact, many in told.items():
            child = self._facts.get(fact)
            if child is None:
                child = self._facts[fact] = self._published.labels(fact)
            child.inc(many)

    def _child(self, family: Histogram, *labels: str) -> Histogram:
        key = (family._name, *labels)  # looked up by the family on each call otherwise, behind a lock
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = family.labels(*labels)
        return child


def _happened(raw: Msg) -> float:
    """When it happened, seconds since 1970: as the fact says, else when it came into the stream."""
    told = (raw.headers or {}).get("ce-time")
    try:
        return datetime.fromisoformat(told).timestamp() if told else raw.metadata.timestamp.timestamp()
    except ValueError:  # somebody's own idea of a time
        return raw.metadata.timestamp.timestamp()
