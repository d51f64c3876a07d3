"""The running portal: connected to NATS, its pages on one port, its probes on another, stopped in order."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final

import h11
import nats
import structlog
import uvicorn
from ekkyo.client import Ekkyo
from ekkyo.process.console import about
from ekkyo.process.http import listening
from ekkyo.process.lifecycle import Lifecycle
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from ekkyo_portal.settings import PortalSettings

log = structlog.stdlib.get_logger("ekkyo.portal")
LAST: Final = 2.0
"""Seconds that requests which have begun may still take when it stops."""
Made = Callable[[Ekkyo, CollectorRegistry], Starlette]


class _Quiet(uvicorn.Server):
    """The process, not its HTTP server, decides what a signal means."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Plain(h11.Connection):
    """Refuses a request that says twice where it ends: a proxy might believe the other one (RFC 9112, 6.1)."""

    def next_event(self) -> Any:
        """What comes next. Raises RemoteProtocolError."""
        event = super().next_event()
        if isinstance(event, h11.Request) and {b"content-length", b"transfer-encoding"} <= dict(event.headers).keys():
            raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
        return event


class _Punctual(H11Protocol):
    """A connection that says what it wants within some seconds, or is closed: a socket costs its other side nothing.

    What is left of a body after its request was answered has as long to arrive.
    """

    slowest = 20.0
    """Seconds in which the head of a request must have arrived."""
    _closing: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.conn = _Plain(h11.SERVER)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        elif self.conn.our_state is not h11.DONE:
            self._wait_no_more()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP. Where that is a body, who answers its request already is told that nobody listens."""
        answered = self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE)
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if answered:
            self.transport.close()
        else:
            super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._closing = self._closing or self.loop.call_later(self.slowest, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._closing:
            self._closing.cancel()
        self._closing = None


class Web:
    """The HTTP server of the pages."""

    def __init__(self, host: str, port: int, forwarded_from: str = "") -> None:
        self._socket = listening(host, port, backlog=1024)
        self.port: int = self._socket.getsockname()[1]
        self._forwarded_from = forwarded_from
        self._server: uvicorn.Server | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self, application: Any) -> None:
        """Serve an ASGI application; returns at once."""
        config = uvicorn.Config(
            application,
            http=_Punctual,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            interface="asgi3",
            proxy_headers=bool(self._forwarded_from),
            forwarded_allow_ips=self._forwarded_from or None,
            lifespan="off",
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=int(LAST),
        )
        self._server = _Quiet(config)
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def stop(self) -> None:
        """Take no more requests and end those that have begun."""
        if self._server and self._running:
            self._server.should_exit = True
            await self._running
        self._socket.close()


class Portal(Lifecycle):
    """One running instance. make: the application, given the connection; end: what ends open streams at the stop."""

    settings: PortalSettings

    def __init__(self, settings: PortalSettings, make: Made) -> None:
        registry = CollectorRegistry()
        version, _ = about("ekkyo-portal")
        super().__init__("portal", version, settings, checks={"nats": self._nats}, registry=registry)
        self._make = make
        self.web = Web(settings.web_host, settings.web_port, settings.forwarded_from)
        self.ekkyo = Ekkyo.connect(
            settings.nats_url, login=settings.nats_login, inbox_prefix=settings.inbox_prefix, environment={}
        )
        self.application: Starlette | None = None
        self._connected = False

    async def open(self) -> None:
        """Connect, and serve pages."""
        await self.until("NATS", self._connect)
        self.application = self._make(self.ekkyo, self.registry)
        await self.web.start(self.application)
        log.info("serving pages", port=self.web.port, address=self.settings.portal_url)

    async def stop(self) -> None:
        """End streams and requests, then leave NATS."""
        await self.stop_in_order([("streams", self._end_streams), ("pages", self.web.stop), ("nats", self._leave)])

    async def _connect(self) -> None:
        try:
            await self.ekkyo.__aenter__()
        except nats.errors.NoServersError as e:
            raise ConnectionError("no server answers") from e
        self._connected = True

    async def _end_streams(self) -> None:
        if self.application and (end := getattr(self.application.state, "end", None)):
            await end()

    async def _leave(self) -> None:
        if self._connected:
            await self.ekkyo.__aexit__()

    async def _nats(self) -> str | None:
        return None if self._connected and self.ekkyo.nc.is_connected else "not connected"


@contextlib.asynccontextmanager
async def started(settings: PortalSettings, make: Made) -> AsyncIterator[Portal]:
    """One instance, started, which gets ready by itself as soon as NATS answers; then stopped."""
    portal = Portal(settings, make)
    try:
        await portal.start(portal.open)
        yield portal
    finally:
        await portal.stop()
