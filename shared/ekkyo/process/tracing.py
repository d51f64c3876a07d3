"""Spans over OTLP, where OpenTelemetry's own variables name a collector; otherwise nothing is recorded.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and, for sampling,
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import os
import secrets
import threading
from collections.abc import Callable, Mapping

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
VARIABLES: tuple[tuple[str, str], ...] = (
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "a collector's OTLP over HTTP, as in http://otel-collector:4318; absent: no spans"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "headers that the collector wants, such as a key: name=value,name=value"),
    ("OTEL_TRACES_SAMPLER", "which traces are recorded: all that their caller wants (parentbased_always_on) or a share"
     " (traceidratio), which all services choose alike"),
    ("OTEL_TRACES_SAMPLER_ARG", "the share for traceidratio, 0 to 1"),
    ("OTEL_SDK_DISABLED", "true: no spans, whatever else is set"),
)  # fmt: skip
"""What is usually set; the others of the specification that concern traces hold too."""
PROTOCOL = "http/protobuf"
LAST = 3.0
"""Seconds that sending the last spans may hold up the end of the process: the collector may be away."""


class NotInstalled(RuntimeError):
    """A collector is named, and what speaks to it is not installed, or speaks another protocol."""


def _nothing() -> None:
    """No spans are recorded: none are left to be sent."""


def configure(*, service: str, version: str, environ: Mapping[str, str] | None = None) -> Callable[[], None]:
    """Record spans and send them, if a collector is named; gives what sends the last ones. Raises NotInstalled."""
    environ = os.environ if environ is None else environ
    wanted = next((name for name in ENDPOINTS if environ.get(name)), None)
    if wanted is None or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return _nothing
    for name in PROTOCOLS:
        if environ.get(name, PROTOCOL) != PROTOCOL:
            raise NotInstalled(f"{name} is wrong: spans are sent over {PROTOCOL}, usually to port 4318.")
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise NotInstalled(f"{wanted} is set: install ekkyo-shared[otlp], or unset it.") from None
    about = {
        "service.name": service,
        "service.namespace": "ekkyo",
        "service.version": version,
        "service.instance.id": secrets.token_hex(8),
    }
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)

    def end() -> None:
        sending = threading.Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST)

    return end
