"""The stream of facts over HTTP: each connection reads what its caller may hear, at its own speed."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from ekkyo import wire
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.wire.tokens import LEEWAY
from nats.errors import Error as NatsError
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ekkyo_portal.api.wanted import NDJSON, Format, Wanted, heard, wanted

log = structlog.stdlib.get_logger("ekkyo.portal.api")
PING: Final = 15.0
"""Seconds after which a silent stream says that it is there."""
OF_ONE: Final = 5
"""Streams at once of one caller, in one process."""
OF_ALL: Final = 100
"""Streams at once in one process."""
HELD: Final = 64
"""Facts that are held for a connection which does not take them. The rest wait in NATS."""
BEGINNING: Final[dict[Format, str]] = {"sse": "retry: 2000\n\n", "ndjson": ""}
STILL_THERE: Final[dict[Format, str]] = {"sse": ": ping\n\n", "ndjson": "\n"}
MEDIA: Final[dict[Format, str]] = {"sse": "text/event-stream", "ndjson": NDJSON}
Lines = AsyncGenerator[str, None]


class Knows(Protocol):
    """Tells the caller from an `Authorization` header, and when the token expires. Raises Refused."""

    def caller_until(self, authorization: str | None) -> tuple[Caller, float]: ...


class Facts:
    """All streams of one process. hears_members: the systems, by the subject of their tokens, that hear of members."""

    def __init__(self, ekkyo: Any, tokens: Knows, hears_members: frozenset[str], ping: float = PING) -> None:
        self._ekkyo, self._tokens, self._hears_members, self._ping = ekkyo, tokens, hears_members, ping
        self._of: Counter[str] = Counter()
        self._coming: set[asyncio.Future[Any]] = set()
        self._ended = False

    async def stream(self, request: Request) -> "Stream":
        """The stream that a request asks for. Raises Refused."""
        authorization = request.headers.get("authorization")
        caller, _ = self._tokens.caller_until(authorization)
        asked = wanted(request.query_params, request.headers, heard(caller, self._hears_members))
        since = await self._since(asked)
        if self._ended:
            raise Refused("unavailable", "The portal is stopping. Try again in a moment.", 503)
        if self._of[caller.sub] >= OF_ONE:
            raise Refused("too_many_streams", f"One caller can have at most {OF_ONE} streams open at once.", 429)
        if self._of.total() >= OF_ALL:
            raise Refused(
                "too_many_streams",
                f"This instance already has {OF_ALL} streams open, which is its limit. Try again later.",
                429,
            )
        self._of[caller.sub] += 1
        lines = self._lines(asked, since, authorization)
        return Stream(lines, asked.format, lambda: self._closed(caller.sub))

    @property
    def open(self) -> int:
        """How many streams there are now."""
        return self._of.total()

    async def end(self) -> None:
        """End all streams: the process stops."""
        self._ended = True
        for one in self._coming:
            one.cancel()

    def _closed(self, sub: str) -> None:
        self._of[sub] -= 1
        if not self._of[sub]:
            del self._of[sub]

    async def _since(self, asked: Wanted) -> datetime | int | None:
        """Where it begins: always a place, so that nothing is missed when NATS is lost before the first fact."""
        if not self._ekkyo.nc.is_connected:
            raise away()
        try:
            there = (await self._ekkyo.js.stream_info("FACTS")).state
        except (NatsError, TimeoutError):
            raise away() from None
        if asked.since is None:
            return int(there.last_seq) + 1 if asked.follow else 1
        if isinstance(asked.since, int) and asked.since > there.last_seq + 1:
            told = f"The last fact is {there.last_seq}. After a restore, read again from a position you are sure of."
            raise Refused("position_unknown", told, 409)
        return asked.since

    async def _lines(self, asked: Wanted, since: datetime | int | None, authorization: str | None) -> Lines:
        facts: AsyncIterator[Fact] = self._ekkyo.facts(
            *asked.facts, entity=asked.entity, since=since, follow=asked.follow, at_once=HELD
        )
        coming: asyncio.Future[Fact | None] | None = None
        try:
            yield BEGINNING[asked.format]
            while not self._ended:
                left = self._tokens.caller_until(authorization)[1] + LEEWAY - time.time()
                if coming is None:
                    coming = asyncio.ensure_future(anext(facts, None))
                    self._coming.add(coming)
                    coming.add_done_callback(self._coming.discard)
                await asyncio.wait({coming}, timeout=max(0.0, min(self._ping, left)))
                if coming.cancelled():
                    return
                self._tokens.caller_until(authorization)  # whose token is over, or its key gone, is told nothing more
                if not coming.done():
                    yield STILL_THERE[asked.format]
                    continue
                fact, coming = coming.result(), None
                if fact is None:
                    return
                yield line(fact, asked.format)
        except Refused as over:
            log.info("ended a stream of facts: its caller may not receive it any longer", because=over.code)
        finally:
            if coming:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            with contextlib.suppress(NatsError):
                await facts.aclose()  # type: ignore[attr-defined]


class Stream(StreamingResponse):
    """A response that lasts as long as somebody reads it. closed: called once, when it is over."""

    def __init__(self, lines: Lines, format: Format, closed: Callable[[], None]) -> None:
        headers = {"cache-control": "no-store", "content-encoding": "identity", "x-accel-buffering": "no"}
        super().__init__(lines, headers=headers, media_type=MEDIA[format])
        self._lines, self._closed = lines, closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._closed()
            await self._lines.aclose()


def away() -> Refused:
    """NATS cannot be reached."""
    return Refused("unavailable", "Facts cannot be read at the moment. Try again later from your last position.", 503)


def told(fact: Fact) -> dict[str, Any]:
    """A fact with its envelope: a CloudEvent in the structured JSON format, with its place in the stream."""
    meta = fact.meta
    return {
        "position": meta.sequence,
        "specversion": "1.0",
        "id": meta.id,
        "source": meta.source,
        "type": meta.type,
        "subject": meta.subject,
        "time": wire.rfc3339(meta.time),
        "revision": meta.revision,
        **({"actor": meta.actor} if meta.actor else {}),
        "datacontenttype": wire.JSON,
        "data": fact.model_dump(mode="json"),
    }


def line(fact: Fact, format: Format) -> str:
    """A fact as one server-sent event, or as one line."""
    text = json.dumps(told(fact), ensure_ascii=False)
    return f"{text}\n" if format == "ndjson" else f"id: {fact.meta.sequence}\ndata: {text}\n\n"
