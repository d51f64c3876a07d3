"""One line per thing that happened: JSON for machines, text for people. No personal data, no payload, no token."""

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from ekkyo.wire import context

FORBIDDEN = frozenset({"authorization", "token", "password", "secret", "body", "payload", "email", "input"})
"""Names that no line may have: a slip shows as "…" instead of as somebody's secret."""


def configure(*, service: str, level: str = "info", format: str = "json", to: TextIO | None = None) -> None:
    """Send what structlog and the standard library log to `to` (stderr), one line each."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _named(service),
        _trace,
        _failure,
        _veil,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _for_people if format == "text" else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("pymongo", "asyncio", "uvicorn", "nats", "faststream"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _for_people(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    """One line of text. structlog's own renderer costs as much as all the rest of a line."""
    head = f"{line.pop('time', '')} [{line.pop('level', ''):<8}] {_one_line(line.pop('event', '')):<30}"
    return " ".join([head, *(f"{name}={_one_line(line[name], bare=False)}" for name in sorted(line))])


def _one_line(value: object, *, bare: bool = True) -> str:
    """Text as it is where it can be told from what surrounds it, otherwise with its quotation marks."""
    plain = isinstance(value, str) and value.isprintable() and (bare or not any(c in value for c in " ='\""))
    return str(value) if plain else repr(value)


def _named(service: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["service"] = service
        return line

    return add


def _trace(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """The trace id out of the W3C traceparent: `00-<trace id>-<span id>-<flags>`."""
    parts = (context.traceparent.get() or "").split("-")
    if len(parts) == 4:
        line.setdefault("trace", parts[1])
    return line


def _failure(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Of an exception its type and the places it came through: its text and the variables hold what members said."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line.setdefault("error", type(error).__name__)
        line.setdefault("where", where(error))
    return line


def _veil(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    for name in line:
        if name.lower() in FORBIDDEN:
            line[name] = "…"
    return line


def where(error: BaseException) -> list[str]:
    """The places in the code that the exception came through, the outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{'/'.join(f.filename.split('/')[-2:])}:{f.lineno} {f.name}" for f in frames if "faststream" not in f.filename
    ]
