"""How deliveries end and how long they take, as figures and as spans."""

import time
from collections.abc import Coroutine
from typing import Any, Literal

from ekkyo.contracts.members import Channel
from ekkyo.process.metrics import Figure
from ekkyo.wire import trace
from prometheus_client import Histogram

from ekkyo_notify.channels import NotNow

DELIVERY = Figure(
    "ekkyo_delivery_seconds",
    "histogram",
    "Deliveries by channel and how they ended: sent, failed, dropped (of no use any more), later (tried again)",
    ("channel", "outcome"),
)
Outcome = Literal["sent", "failed", "dropped", "later"]


async def counted(figure: Histogram, channel: Channel, delivery: Coroutine[Any, Any, Outcome | None]) -> None:
    """Make this delivery, and tell how it ended; one that somebody else makes, or made before, is none of ours."""
    began = time.perf_counter()
    outcome: Outcome | None = None
    with trace.part(f"deliver {channel}", **{"ekkyo.channel": channel}):
        try:
            outcome = await delivery
        except NotNow:
            outcome = "later"
            raise
        finally:
            if outcome:
                figure.labels(channel, outcome).observe(time.perf_counter() - began)
                trace.note({"ekkyo.outcome": outcome})
