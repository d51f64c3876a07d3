"""One factory with every defence in it. Each has a test on a real server that fails without it."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from faststream import AckPolicy, ContextRepo
from faststream.nats import NatsBroker, NatsMessage
from faststream.nats.schemas import JStream, PullSub
from faststream.nats.security import NatsNKey, NatsSecurity, NatsUserPassword
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError, SlowConsumerError
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from prometheus_client import CollectorRegistry

from ekkyo.broker.defence import Limits, Retries
from ekkyo.broker.guard import Guard
from ekkyo.broker.inject import Handler, Injected, wants
from ekkyo.broker.intake import Pull, Requests, Tasks, leave
from ekkyo.broker.metrics import Metrics
from ekkyo.broker.routes import Asked, Reaction, Router
from ekkyo.broker.streams import missing
from ekkyo.installation.login import Login
from ekkyo.process.lifecycle import NotThere
from ekkyo.wire.tokens import Verifier

logger = logging.getLogger("ekkyo.broker")


class NotProvisioned(NotThere):
    """Streams or durables are missing. A service does not make them itself: run its `provision`."""


class Broker(NatsBroker):
    """FastStream's broker with a way in that loses nothing and a way out that finishes what it began."""

    guard: Guard

    def open(self, service: str, inbox_prefix: str, guard: Guard, on_closed: Callable[[], None] | None) -> None:
        self.service, self.inbox_prefix, self.guard = service, inbox_prefix, guard
        self._on_closed = on_closed or _exit
        self._tasks, self._work = Tasks(), Tasks()
        self._intakes: list[Requests | Pull] = []
        self._mounted: list[Router] = []
        self._heartbeat: asyncio.Task[None] | None = None
        self.stopping = self._left = False

    @property
    def jetstream(self) -> JetStreamContext:
        js: JetStreamContext = self.config.connection_state.stream
        return js

    def mount(self, *routers: Router) -> None:
        """Subscribe these routers' handlers, to be served from `start` on."""
        for router in routers:
            self._mounted.append(router)
            for to, handler in router.routes:
                if isinstance(to, Asked):
                    self._mount_asked(to, handler)
                else:
                    self._mount_reaction(to, handler)

    def _mount_asked(self, to: Asked, handler: Handler) -> None:
        subject = to.message.subject
        assert subject not in self.guard.asked, f"{subject} is answered twice"
        self.guard.asked[subject] = to
        subscriber = self.subscriber(
            subject,
            to.queue,
            no_reply=True,
            ack_policy=AckPolicy.MANUAL,  # there is nothing to acknowledge: one middleware less
            title=to.name,
            description=handler.__doc__ or to.message.__doc__,
        )
        intake = Requests(subject, to.queue, subscriber.process_message, self.guard, self._tasks)
        self._feed(subscriber, intake, handler, _request)

    def _mount_reaction(self, to: Reaction, handler: Handler) -> None:
        assert to.durable not in self.guard.reactions, f"two reactions are called {to.durable}"
        self.guard.reactions[to.durable] = to
        for stream, subjects in ((to.stream, to.subjects), ("AGAIN", (to.again_subject,))):
            for subject in subjects[:1]:  # for the generated documents; the durable knows all of them
                subscriber = self.subscriber(
                    subject,
                    stream=JStream(stream, declare=False),
                    durable=to.durable,
                    pull_sub=PullSub(),
                    ack_policy=AckPolicy.MANUAL,
                    no_reply=True,
                    title=f"{to.durable}{':again' if stream == 'AGAIN' else ''}",
                    description=handler.__doc__,
                    include_in_schema=stream != "AGAIN",
                )
                limit = self.guard.limits.reactions
                pull = Pull(stream, to.durable, self.inbox_prefix, subscriber.process_message, self._work, limit)
                self._feed(subscriber, pull, handler, subscriber._parser)

    def _feed(self, subscriber: Any, intake: Requests | Pull, handler: Handler, parser: Callable[..., Any]) -> None:
        """Let this intake feed the subscriber in place of FastStream's own, and the handler take what it is fed.

        It calls `process_message`: `consume` would drop what comes before the subscriber is marked as running, and
        keep quiet about what goes wrong. What FastStream makes of a handler at each start is known: see `Injected`.
        """
        self._intakes.append(intake)
        subscriber(Injected(handler, self.context))
        (item,) = subscriber.calls
        item.parser, item.decoder = parser, self.guard.decode
        subscriber._build_fastdepends_model = lambda: None

        async def subscribe() -> None:
            await intake.start(self.connection)

        subscriber._create_subscription = subscribe
        subscriber.get_log_context = lambda _message: {}  # composed for each message otherwise, and logged by nobody

    async def start(self) -> None:
        """Serve. Raises NotProvisioned. When it returns, the server knows every subscription: now say ready."""
        await self.connect()
        absent = await missing(self.jetstream, self._mounted)
        if absent:
            raise NotProvisioned(f"run `ekkyo-{self.service} provision`; missing: {', '.join(sorted(absent))}")
        for name in {name for r in self._mounted for _, handler in r.routes for _, name in wants(handler)} - {"caller"}:
            if self.context.get(name) is None:
                raise RuntimeError(f"a handler asks for {name!r}, and nothing was set under that name")
        await super().start()
        self._heartbeat = self._heartbeat or asyncio.create_task(self.guard.heartbeat())
        await self.flush()

    async def flush(self, within: float = 10.0) -> None:
        """Return when the server has taken in everything said so far. Raises TimeoutError after `within` seconds."""
        for _ in range(2):  # nats-py writes the ping ahead of what waits to be sent: the second comes after all of it
            if not await _answers(self.connection, within):
                raise TimeoutError("NATS does not answer")

    async def ready(self, within: float = 2.0) -> bool:
        """Whether the server answers now, in `within` seconds. Being connected is no proof of it."""
        nc = self._connection
        return nc is not None and not self.stopping and nc.is_connected and await _answers(nc, within)

    async def finish(self) -> None:
        """Take no more, end what has begun and answer it. What follows from it can still be published."""
        if self.stopping:
            return
        self.stopping = True
        if self._connection is not None and self._connection.is_connected:
            await leave(self._connection, self._intakes)
        drain = self.guard.limits.drain
        await asyncio.gather(self._tasks.ended(drain), self._work.ended(drain))
        if self._heartbeat:
            self._heartbeat.cancel()

    async def stop(self, exc_type: Any = None, exc_val: Any = None, exc_tb: Any = None) -> None:
        """Finish, and leave."""
        await self.finish()
        with suppress(ConnectionClosedError):
            await super().stop(exc_type, exc_val, exc_tb)

    async def reconnected(self) -> None:
        logger.info("connected to NATS again")
        self.guard.metrics.reconnects.inc()
        for intake in self._intakes:
            if isinstance(intake, Pull):
                intake.again()

    async def closed(self) -> None:
        """The connection is lost for good: a process without one is of no use, and one that hangs is worse."""
        if not self.stopping:
            logger.critical("the connection to NATS is closed and cannot be reopened: the process exits with 1")
            self._on_closed()


def make_broker(
    url: str,
    service: str,
    *,
    verifier: Verifier | None = None,
    routers: Iterable[Router] = (),
    user: str | None = None,
    password: str | None = None,
    login: Login | None = None,
    inbox_prefix: str | None = None,
    registry: CollectorRegistry | None = None,
    retries: Retries | None = None,
    limits: Limits | None = None,
    on_closed: Callable[[], None] | None = None,
    reconnect_wait: float = 1.0,
) -> Broker:
    """The broker of a service. url: one server or several, with commas; a user's replies come in below inbox_prefix.

    login: who it is; user and password say the same for one who has no nkey and speaks without TLS.
    on_closed: what to do when the connection is lost for good; by default the process exits at once with status 1.
    reconnect_wait: seconds between two tries to connect again, which go on without end.
    """
    inbox_prefix = inbox_prefix or f"_INBOX.{service}"
    guard = Guard(lambda: broker.connection, verifier, limits or Limits(), retries or Retries(), Metrics(registry))

    async def closed() -> None:
        await broker.closed()

    async def reconnected() -> None:
        await broker.reconnected()

    async def on_error(error: Exception) -> None:
        if isinstance(error, SlowConsumerError) and error.subject in guard.asked:
            await guard.overflow(error)
        else:
            logger.warning(
                "the NATS client reports an error", extra={"error": type(error).__name__, "detail": str(error)[:200]}
            )

    async def disconnected() -> None:
        if not broker.stopping:
            logger.warning("the connection to NATS is lost: reconnecting")

    broker = Broker(
        url.split(","),
        name=service,
        security=_security(login or Login(user or "", password or "")),
        inbox_prefix=inbox_prefix,
        max_reconnect_attempts=-1,
        reconnect_time_wait=reconnect_wait,  # type: ignore[arg-type]
        ping_interval=10,
        max_outstanding_pings=2,
        connect_timeout=5,
        drain_timeout=30,
        closed_cb=closed,
        reconnected_cb=reconnected,
        disconnected_cb=disconnected,
        error_cb=on_error,
        middlewares=[guard.middleware],
        apply_types=False,  # messages are read by their contract, and arguments are given by `inject`
        serializer=None,
        context=ContextRepo(),
        logger=None,  # its lines would repeat what messages hold
    )
    broker.open(service, inbox_prefix, guard, on_closed)
    broker.mount(*routers)
    return broker


async def _request(raw: Msg) -> NatsMessage:
    """A command or a question as FastStream has it. By itself it would make a random id for each, which nobody uses."""
    return NatsMessage(raw, raw.data, headers=raw.headers, reply_to=raw.reply, correlation_id=raw.reply or "none")


def _security(login: Login) -> NatsSecurity | None:
    tls: dict[str, Any] = {}
    if login.tls:  # TLS first: nats-py would go on in the clear with a server that does not ask for it
        tls = {"ssl_context": login.tls.context(), "use_ssl": True, "tls_handshake_first": True}
    if login.nkey_file:
        return NatsNKey.from_file(login.nkey_file, **tls)
    if login.user:
        return NatsUserPassword(login.user, login.password, **tls)
    return NatsSecurity(**tls) if tls else None


async def _answers(nc: Client, within: float) -> bool:
    """A round trip to the server. nats-py's `flush` must not time out: the answer that comes late meets a cancelled
    future and ends the task that reads, and from then on `flush` returns at once while the connection is deaf."""
    if nc._reading_task is None or nc._reading_task.done():
        return False
    pong: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.timeout(within):
            await nc._send_ping(pong)
            await asyncio.wait({pong})  # which leaves the future alone when it is cut short
    except (NatsError, TimeoutError, OSError):
        return False
    return True


def _exit() -> None:
    os._exit(1)
