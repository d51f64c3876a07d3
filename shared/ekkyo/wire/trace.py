"""W3C Trace Context, carried from a command to its facts, to the reactions on them, and on from there.

Spans are OpenTelemetry's: with a provider set up by whoever runs the service they are exported; without one they have
real ids all the same, which logs and facts carry. https://www.w3.org/TR/trace-context/

A span says what was done, how it ended and how long it took, in names out of the contracts; never about whom or what
was said. https://opentelemetry.io/docs/specs/semconv/messaging/
"""

import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from ekkyo.contracts.base import Refused
from ekkyo.wire import context

if TYPE_CHECKING:  # the client does without OpenTelemetry
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

    from ekkyo.wire import OutMessage

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
_NOTHING: Final = nullcontext()
_HEADER: Final = "traceparent"


def current() -> str | None:
    """The trace context of what is being done."""
    return context.traceparent.get()


def valid(traceparent: str | None) -> str | None:
    """The trace context a stranger sent, if it is one."""
    return traceparent[:55] if traceparent and len(traceparent) < 200 and _FORM.fullmatch(traceparent) else None


def trace_id(traceparent: str | None) -> str | None:
    """What all of one trace has in common, 32 hexadecimal digits: what to search logs for."""
    return traceparent[3:35] if traceparent else None


def outgoing() -> dict[str, str]:
    """The header for what is asked of others: the current trace context, else that of the caller's own OpenTelemetry.

    Without either there is none, and the trace begins at whoever is asked: nobody would know a span made up here.
    """
    here = current()
    if here is None and "opentelemetry.trace" in sys.modules:
        from opentelemetry import trace as otel

        if (span := otel.get_current_span()).get_span_context().is_valid:
            here = _written(span)
    return {_HEADER: here} if here else {}


@contextmanager
def span(name: str, parent: str | None, kind: str = "server", subject: str = "", group: str = "") -> Iterator[str]:
    """A span around what is done within, a child of `parent`; gives its trace context, which is the current one within.

    kind: "server" for a request, "consumer" for a reaction. subject: what the message came on, without any id. group:
    the queue group or the durable.
    """
    parent = valid(parent)
    tracer = _tracer()
    if tracer is None:
        with _current(_child(parent)) as here:
            yield here
        return
    from opentelemetry import trace as otel

    kinds = {"server": otel.SpanKind.SERVER, "consumer": otel.SpanKind.CONSUMER}
    about = _about(subject, "process") | ({"messaging.consumer.group.name": group} if group else {})
    started = tracer.start_span(name, context=_within(parent), kind=kinds[kind], attributes=about)
    with _entered(started) as here:
        yield here


def part(name: str, **about: str) -> AbstractContextManager[object]:
    """A span around a part of what is being done. Costs next to nothing while nobody listens."""
    tracer = _tracer()
    if tracer is None:
        return _NOTHING
    return _entered(tracer.start_span(name, context=_within(current()), attributes=about))


def note(about: Mapping[str, str | int]) -> None:
    """Say this of the current span. Costs next to nothing while nobody listens."""
    if _tracer() is not None:
        from opentelemetry import trace as otel

        otel.get_current_span().set_attributes(dict(about))


def failed(what: str) -> None:
    """The current span went wrong. what: a name that is safe to tell, such as an exception's type."""
    if _tracer() is not None:
        from opentelemetry import trace as otel

        here = otel.get_current_span()
        here.set_attribute("error.type", what)
        here.set_status(otel.StatusCode.ERROR)


@contextmanager
def relayed(messages: "Sequence[OutMessage]") -> "Iterator[Sequence[OutMessage]]":
    """Spans around publishing these, each a child of what caused it; gives the messages with those as their context."""
    tracer = _tracer()
    if tracer is None:
        yield messages
        return
    from opentelemetry import trace as otel

    told: list[OutMessage] = list(messages)
    spans: list[Span] = []
    for n, message in enumerate(told):
        if parent := valid(message.headers.get(_HEADER)):
            subject = message.subject.rpartition(".")[0]
            started = tracer.start_span(
                f"publish {subject}",
                context=_within(parent),
                kind=otel.SpanKind.PRODUCER,
                attributes=_about(subject, "publish"),
            )
            spans.append(started)
            told[n] = replace(message, headers={**message.headers, _HEADER: _written(started)})
    try:
        yield told
    except BaseException as error:
        for started in spans:
            started.set_attribute("error.type", type(error).__name__)
            started.set_status(otel.StatusCode.ERROR)
        raise
    finally:
        for started in spans:
            started.end()


def _about(subject: str, operation: str) -> dict[str, str]:
    if not subject:
        return {}
    kind = {"publish": "send"}.get(operation, operation)
    return {
        "messaging.system": "nats",
        "messaging.destination.name": subject,
        "messaging.operation.name": operation,
        "messaging.operation.type": kind,
    }


def _within(parent: str | None) -> "Context | None":
    """The place in a trace that a traceparent names. None: a trace begins here."""
    from opentelemetry import trace as otel
    from opentelemetry.context import Context

    if parent is None:
        return Context()
    flags = otel.TraceFlags(int(parent[53:55], 16))
    remote = otel.SpanContext(int(parent[3:35], 16), int(parent[36:52], 16), is_remote=True, trace_flags=flags)
    return otel.set_span_in_context(otel.NonRecordingSpan(remote))


def _written(span: "Span") -> str:
    ids = span.get_span_context()
    return f"00-{ids.trace_id:032x}-{ids.span_id:016x}-{ids.trace_flags:02x}"


@contextmanager
def _entered(started: "Span") -> Iterator[str]:
    """The current span within; what is raised within is not written into it, since its text may quote a message."""
    from opentelemetry import trace as otel

    with (
        _current(_written(started)) as here,
        otel.use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False),
    ):
        try:
            yield here
        except Refused:  # a rule said no: an answer, not a failure
            raise
        except BaseException as error:
            failed(type(error).__name__)
            raise


@contextmanager
def _current(traceparent: str) -> Iterator[str]:
    token = context.traceparent.set(traceparent)
    try:
        yield traceparent
    finally:
        context.traceparent.reset(token)


def _child(parent: str | None) -> str:
    """The ids a span would have: spans that nobody exports cost three times as much."""
    trace = parent[3:35] if parent else _id(128)
    sampled = parent is not None and int(parent[53:55], 16) & 1
    return f"00-{trace}-{_id(64)}-{'01' if sampled else '00'}"


def _id(bits: int) -> str:
    """Not zero, and no secret: as OpenTelemetry makes them. `os.urandom` would let the other threads go first."""
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"


@cache
def _tracer() -> "Tracer | None":
    """The tracer of whoever runs this; None where no provider was set up."""
    from opentelemetry import trace as otel
    from opentelemetry.sdk.trace import TracerProvider

    found = otel.get_tracer_provider()
    return found.get_tracer("ekkyo") if isinstance(found, TracerProvider) else None
