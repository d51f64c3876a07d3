"""An orderly stop: one step after the other, all of them within a bound."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

log = structlog.stdlib.get_logger("ekkyo.process")
Step = tuple[str, Callable[[], Awaitable[Any]]]
"""What is stopped, for the log, and how."""
LEAST: Final = 0.5
"""Seconds that every step has, although those before it took all the time there was."""


async def stop_in_order(steps: Sequence[Step], within: float) -> None:
    """Take these steps in this order, within so many seconds altogether. A step that fails or does not end stops none
    of those after it: it is logged, and cancelled without being waited for."""
    began = time.monotonic()
    for what, do in steps:
        step = asyncio.ensure_future(do())
        await asyncio.wait([step], timeout=max(LEAST, began + within - time.monotonic()))
        if not step.done():
            step.cancel()  # and no waiting for it: nats-py goes on for 10 s after it was cancelled
            log.warning("stopping: a step took too long and was cancelled, the next one begins", what=what)
        elif not step.cancelled() and (error := step.exception()):
            log.warning("stopping: a step failed, the next one begins", what=what, exc_info=error)
    log.info("stopped", seconds=round(time.monotonic() - began, 3))
