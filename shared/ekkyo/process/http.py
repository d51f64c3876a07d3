"""/livez, /readyz and /metrics over HTTP, for whoever runs the process."""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""Tells what is wrong, or None."""
Look = Callable[[], Awaitable[None]]
"""Brings up to date what is about to be told."""


async def nothing() -> None:
    """There is nothing to bring up to date."""


def listening(host: str, port: int, *, backlog: int | None = None) -> socket.socket:
    """A socket to serve HTTP on. port: 0 for a free one. Answers are sent at once: asyncio sees to it only where the
    socket names its protocol, and otherwise each answer but a connection's first waits 40 ms for the reader's system.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family, backlog=backlog)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections that come in have it from here
    return made


class _Quiet(uvicorn.Server):
    """The process, not its HTTP server, decides what a signal means."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Http:
    """The process's HTTP server. `checks` are what /readyz asks, by name, each within `timeout` seconds; `look` is
    awaited before /metrics answers."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        checks: Mapping[str, Check],
        registry: CollectorRegistry,
        timeout: float = 2.0,
        look: Look = nothing,
    ) -> None:
        self.checks, self.registry, self.timeout, self.look = checks, registry, timeout, look
        self._socket = listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._answer,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Quiet(config)
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._running:
            await self._running
        self._socket.close()

    async def not_ready(self) -> dict[str, str]:
        """What is not ready, and why. Empty: ready."""

        async def ask(check: Check) -> str | None:
            try:
                return await asyncio.wait_for(check(), self.timeout)
            except TimeoutError:
                return f"no answer within {self.timeout:g} s"
            except Exception as e:  # whatever a driver raises, the probe gets an answer
                return type(e).__name__

        found = await asyncio.gather(*(ask(check) for check in self.checks.values()))
        return {name: why for name, why in zip(self.checks, found, strict=True) if why}

    async def _answer(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = 404, "application/json", b'{"error": "try /livez, /readyz or /metrics"}'
        if scope["method"] not in ("GET", "HEAD"):
            status, body = 405, b'{"error": "GET only"}'
        elif scope["path"] == "/livez":
            status, body = 200, b'{"alive": true}'
        elif scope["path"] == "/readyz":
            missing = await self.not_ready()
            status, body = (503 if missing else 200), json.dumps({"ready": not missing, "missing": missing}).encode()
        elif scope["path"] == "/metrics":
            await self.look()
            status, kind, body = 200, CONTENT_TYPE_LATEST, generate_latest(self.registry)
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})
