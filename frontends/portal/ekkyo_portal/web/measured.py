"""How long pages take and what was turned away, as metrics. Labels hold paths as they are declared, never as asked."""

from typing import Final

from ekkyo.process.metrics import Figure
from prometheus_client import CollectorRegistry

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
PAGES: Final = Figure(
    "ekkyo_portal_page_seconds",
    "histogram",
    "Pages and what is sent from them, from the request to the end of the response",
    ("method", "path", "status"),
    _SECONDS,
)
REFUSED: Final = Figure(
    "ekkyo_portal_refused_total", "counter", "Requests turned away before a page saw them, by why", ("because",)
)
FIGURES: Final = (PAGES, REFUSED)


class Measured:
    """The portal's own figures."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pages = PAGES.histogram(registry)
        self.refused = REFUSED.counter(registry)
