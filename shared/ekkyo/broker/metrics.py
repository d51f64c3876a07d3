"""How many, how slow, how they ended. Labels are names out of the contracts, never ids."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_OUTCOMES = {400: "malformed", 401: "denied", 403: "denied", 429: "busy", 500: "failed", 503: "unavailable"}


class Metrics:
    """The broker's figures in a registry; without one, in a registry of its own."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        registry = registry or CollectorRegistry()
        self._asked = Histogram(
            "ekkyo_request_seconds",
            "Commands and questions answered, by how they ended",
            ["operation", "outcome"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._reacted = Histogram(
            "ekkyo_reaction_seconds",
            "Reactions tried, by how they ended: done, again, not_yet, dead, gone",
            ["reaction", "outcome"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self.requests = Gauge("ekkyo_requests_at_once", "Requests being answered now", registry=registry)
        self.forged = Counter("ekkyo_reply_subjects_refused", "Replies asked for outside _INBOX", registry=registry)
        self._children: dict[tuple[str, str, str], Histogram] = {}

    def asked(self, operation: str, status: int, seconds: float) -> str:
        """Count it, and tell the outcome."""
        outcome = "done" if status == 200 else _OUTCOMES.get(status, "refused")
        self._child(self._asked, "asked", operation, outcome).observe(seconds)
        return outcome

    def reacted(self, reaction: str, outcome: str, seconds: float) -> None:
        self._child(self._reacted, "reacted", reaction, outcome).observe(seconds)

    def _child(self, family: Histogram, kind: str, name: str, outcome: str) -> Histogram:
        key = (kind, name, outcome)  # looked up by the family on each call otherwise, behind a lock
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = family.labels(name, outcome)
        return child
