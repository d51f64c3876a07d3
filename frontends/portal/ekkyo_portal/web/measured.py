"""How long pages take and how much they ask, as metrics."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Measured:
    """The portal's own figures. Labels hold paths as they are declared, never as they were asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pages = Histogram(
            "ekkyo_portal_page_seconds",
            "Seconds from a request for a page or an action until its response",
            ["method", "path", "status"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.refused = Counter(
            "ekkyo_portal_refused",
            "Requests that were turned away before a page saw them",
            ["because"],
            registry=registry,
        )
