"""What comes of mail that is taken in, as a figure."""

from typing import Final

from ekkyo.process.metrics import LONG, Figure

INBOUND: Final = Figure(
    "ekkyo_inbound_seconds",
    "histogram",
    "Mail taken in, by what came of it: accepted, declined, kept (it was so already), bounced, or why nothing was done",
    ("outcome",),
    LONG,
)
