"""W3C Trace Context, carried from a command to its facts, to the reactions on them, and on from there.

Spans are OpenTelemetry's: with a provider set up by whoever runs the service they are exported; without one they have
real ids all the same, which logs and facts carry. https://www.w3.org/TR/trace-context/
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from ekkyo import context

if TYPE_CHECKING:  # the client does without OpenTelemetry
    from opentelemetry.trace import Tracer

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def current() -> str | None:
    """The trace context of what is being done."""
    return context.traceparent.get()


def valid(traceparent: str | None) -> str | None:
    """The trace context a stranger sent, if it is one."""
    return traceparent[:55] if traceparent and len(traceparent) < 200 and _FORM.fullmatch(traceparent) else None


def trace_id(traceparent: str | None) -> str | None:
    """What all of one trace has in common, 32 hexadecimal digits: what to search logs for."""
    return traceparent[3:35] if traceparent else None


def new() -> str:
    """A trace context that begins here, or goes on with the current one."""
    going_on = current()
    trace = going_on[3:35] if going_on else os.urandom(16).hex()
    flags = going_on[53:55] if going_on else "00"
    return f"00-{trace}-{os.urandom(8).hex()}-{flags}"


@contextmanager
def span(name: str, parent: str | None, kind: str = "server") -> Iterator[str]:
    """A span around what is done within, a child of `parent`; gives its trace context, which is the current one within.

    kind: "server" for a request, "consumer" for a reaction.
    """
    parent = valid(parent)
    tracer = _tracer()
    if tracer is None:
        with _current(_child(parent)) as here:
            yield here
        return
    from opentelemetry import trace as otel

    kinds = {"server": otel.SpanKind.SERVER, "consumer": otel.SpanKind.CONSUMER}
    of = None
    if parent:
        flags = otel.TraceFlags(int(parent[53:55], 16))
        remote = otel.SpanContext(int(parent[3:35], 16), int(parent[36:52], 16), is_remote=True, trace_flags=flags)
        of = otel.set_span_in_context(otel.NonRecordingSpan(remote))
    started = tracer.start_span(name, context=of, kind=kinds[kind])
    ids = started.get_span_context()
    with (
        _current(f"00-{ids.trace_id:032x}-{ids.span_id:016x}-{ids.trace_flags:02x}") as here,
        otel.use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False),
    ):
        yield here


@contextmanager
def _current(traceparent: str) -> Iterator[str]:
    token = context.traceparent.set(traceparent)
    try:
        yield traceparent
    finally:
        context.traceparent.reset(token)


def _child(parent: str | None) -> str:
    """The ids a span would have: spans that nobody exports cost three times as much."""
    trace = parent[3:35] if parent else os.urandom(16).hex()
    sampled = parent is not None and int(parent[53:55], 16) & 1
    return f"00-{trace}-{os.urandom(8).hex()}-{'01' if sampled else '00'}"


@cache
def _tracer() -> "Tracer | None":
    """The tracer of whoever runs this; None where no provider was set up."""
    from opentelemetry import trace as otel
    from opentelemetry.sdk.trace import TracerProvider

    found = otel.get_tracer_provider()
    return found.get_tracer("ekkyo") if isinstance(found, TracerProvider) else None
