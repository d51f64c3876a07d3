"""What a service counts and measures: one table, for the code that does it and for the documents that explain it.

Names follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/): base units, `_total` for what only
grows. Labels are names out of the contracts and the code, never ids: there are as many series as there are operations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # a third of all series, and nobody asks for it

SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Buckets for what takes milliseconds to seconds."""
LONG: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
"""Buckets for what takes milliseconds when all is well, and days when something was away."""


@dataclass(frozen=True)
class Figure:
    """One metric: its whole name, what it means, its labels."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SHORT

    def counter(self, registry: CollectorRegistry) -> Counter:
        assert self.kind == "counter"
        return Counter(self.name.removesuffix("_total"), self.about, self.labels, registry=registry)

    def gauge(self, registry: CollectorRegistry) -> Gauge:
        assert self.kind == "gauge"
        return Gauge(self.name, self.about, self.labels, registry=registry)

    def histogram(self, registry: CollectorRegistry) -> Histogram:
        assert self.kind == "histogram"
        return Histogram(self.name, self.about, self.labels, buckets=self.buckets, registry=registry)

    @property
    def series(self) -> tuple[str, ...]:
        """The names that queries may use."""
        return (
            tuple(self.name + end for end in ("_bucket", "_sum", "_count"))
            if self.kind == "histogram"
            else (self.name,)
        )


REQUEST: Final = Figure(
    "ekkyo_request_seconds",
    "histogram",
    "Commands and questions answered, by how they ended: done, refused, malformed, denied, busy, failed, unavailable",
    ("operation", "outcome"),
)
REQUESTS: Final = Figure("ekkyo_requests_at_once", "gauge", "Requests being answered now")
FORGED: Final = Figure(
    "ekkyo_reply_subjects_refused_total", "counter", "Messages and replies dropped because of a forbidden subject"
)
REACTION: Final = Figure(
    "ekkyo_reaction_seconds",
    "histogram",
    "Reactions tried, by how they ended: done, again, not_yet, dead (a dead letter was kept), gone",
    ("reaction", "outcome"),
)
REDELIVERED: Final = Figure(
    "ekkyo_redeliveries_total", "counter", "Messages delivered to a reaction again", ("reaction",)
)
AGE: Final = Figure(
    "ekkyo_fact_age_seconds",
    "histogram",
    "Age of a fact when a reaction finished with it; for a timer, the time since it was due",
    ("reaction",),
    LONG,
)
PUBLISHED: Final = Figure("ekkyo_facts_published_total", "counter", "Facts that JetStream confirmed", ("fact",))
RECONNECTED: Final = Figure("ekkyo_nats_reconnects_total", "counter", "Number of reconnections to NATS")

READY: Final = Figure("ekkyo_ready", "gauge", "Whether everything is open and answers: 1, else 0")
ABOUT: Final = Figure("ekkyo_service_info", "gauge", "The service and its version; always 1", ("service", "version"))
OUTBOX: Final = Figure("ekkyo_outbox_messages", "gauge", "Messages that this instance still has to publish")
OUTBOX_AGE: Final = Figure("ekkyo_outbox_oldest_seconds", "gauge", "How long the oldest of these has waited")

LAG: Final = Figure("ekkyo_consumer_pending", "gauge", "Messages not yet delivered to a reaction", ("reaction",))
UNACKNOWLEDGED: Final = Figure(
    "ekkyo_consumer_unacknowledged", "gauge", "Messages delivered to a reaction and not yet acknowledged", ("reaction",)
)
OVERDUE: Final = Figure("ekkyo_timers_overdue", "gauge", "Timers that are due and not yet handled", ("timer",))
DEAD: Final = Figure("ekkyo_dead_letters", "gauge", "Dead letters waiting to be replayed or dropped", ("reaction",))

SHARED: Final = (
    REQUEST, REQUESTS, FORGED, REACTION, REDELIVERED, AGE, PUBLISHED, RECONNECTED,
    READY, ABOUT, OUTBOX, OUTBOX_AGE, LAG, UNACKNOWLEDGED, OVERDUE, DEAD,
)  # fmt: skip
"""The metrics of every service. A service with more of them declares them with `Service(figures=…)`."""

PROCESS: Final = (
    Figure("process_cpu_seconds_total", "counter", "CPU time of the process"),
    Figure("process_resident_memory_bytes", "gauge", "Memory of the process"),
    Figure("process_open_fds", "gauge", "Open files and connections"),
    Figure("process_start_time_seconds", "gauge", "When the process started, seconds since 1970"),
)
"""The Prometheus client library's metrics of the process, where the system provides them."""


def histograms(figures: Iterable[Figure], registry: CollectorRegistry) -> Mapping[str, Histogram]:
    """A service's own figures by name, to be handed to what measures them."""
    return {figure.name: figure.histogram(registry) for figure in figures}
