"""On whose behalf something happens: set by the broker around each message, read by the store and the logs."""

from contextvars import ContextVar

from ekkyo.contracts.base import Caller

caller: ContextVar[Caller | None] = ContextVar("ekkyo_caller", default=None)
"""Who asked, as the token says; None outside a command or a question."""

traceparent: ContextVar[str | None] = ContextVar("ekkyo_traceparent", default=None)
"""The W3C trace context of what is being done, to be passed on to what follows from it."""


def actor(default: str) -> str:
    """Who causes what happens now: the caller, or `default`, the service that acts by itself."""
    asked_by = caller.get()
    return asked_by.sub if asked_by else default
