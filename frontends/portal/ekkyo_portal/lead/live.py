"""That something happened at an event, to all who look at its roster here: one reading of its facts for all of them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from starlette.responses import Response, StreamingResponse

from ekkyo_portal.lead.room import led, room
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

log = structlog.stdlib.get_logger("ekkyo.portal")
Hear = Callable[[str], AsyncIterator[Any]]
"""The facts about one event from a few seconds ago on, as they happen."""
PING: Final = 15.0
"""Seconds after which a silent stream says that it is there."""
LONGEST: Final = 600.0
"""Seconds that a stream lasts. The browser opens another one, and who reads it is checked again."""
SHARED: Final = 2.0
"""Seconds that what was made after a change is shared by those who ask for the same."""


@dataclass
class _Event:
    """An event that somebody looks at. revision: the newest one that was heard of; 0: none yet."""

    revision: int = 0
    viewers: set[asyncio.Event] = field(default_factory=set)
    hearing: asyncio.Task[None] | None = None
    made: dict[Hashable, tuple[int, float, "asyncio.Future[Any]"]] = field(default_factory=dict)
    """What was made for its viewers: after which revision, and when."""


class Changes:
    """Who looks at which event. Its facts are read while somebody does, once per instance."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._events: dict[str, _Event] = {}
        self._ended = False

    async def of(self, event_id: str, within: float = LONGEST, ping: float = PING) -> AsyncIterator[int | None]:
        """The event's revision whenever it changed; None from time to time while it does not."""
        mine, event = asyncio.Event(), self._events.setdefault(event_id, _Event())
        event.viewers.add(mine)
        event.hearing = event.hearing or asyncio.create_task(self._follow(event_id, event))
        seen, until = 0, time.monotonic() + within
        try:
            while not self._ended and time.monotonic() < until:
                mine.clear()
                if event.revision > seen:
                    seen = event.revision
                    yield seen
                    continue
                try:
                    await asyncio.wait_for(mine.wait(), ping)
                except TimeoutError:
                    yield None
        finally:
            event.viewers.discard(mine)
            if not event.viewers:
                self._leave(event_id, event)

    async def once(self, event_id: str, same: Hashable, make: Callable[[], Awaitable[Any]]) -> Any:
        """What `make` gives, made once for all who ask for the same after the same change of an event.

        same: all that it depends on apart from the event, also what its reader may see. While nobody looks at the
        event, each gets their own.
        """
        event = self._events.get(event_id)
        if event is None or not event.revision:
            return await make()
        now, made = time.monotonic(), event.made.get(same)
        if made is None or made[0] != event.revision or made[1] + SHARED < now:
            made = event.made[same] = (event.revision, now, asyncio.ensure_future(make()))
        try:
            return await asyncio.shield(made[2])  # who leaves takes it from nobody
        except Exception:
            if event.made.get(same) is made:
                del event.made[same]
            raise

    @property
    def read(self) -> int:
        """How many events' facts are read now."""
        return len(self._events)

    async def end(self) -> None:
        """End all streams: the process stops."""
        self._ended = True
        events = list(self._events.items())
        for event_id, event in events:
            for viewer in event.viewers:
                viewer.set()
            self._leave(event_id, event)
        hearing = [event.hearing for _, event in events if event.hearing]
        await asyncio.gather(*hearing, return_exceptions=True)

    def _leave(self, event_id: str, event: _Event) -> None:
        if self._events.get(event_id) is event:
            del self._events[event_id]
        if event.hearing:
            event.hearing.cancel()

    async def _follow(self, event_id: str, event: _Event) -> None:
        while True:
            try:
                async with contextlib.aclosing(self._hear(event_id)) as facts:  # type: ignore[type-var]
                    async for fact in facts:
                        event.revision = max(event.revision, fact.event.revision)
                        for viewer in event.viewers:
                            viewer.set()
            except Exception as error:
                log.warning("the facts of an event cannot be read now", error=type(error).__name__)
            await asyncio.sleep(1)


@room.get("/e/{event_id}/roster/live", who=Who.LEADERS)
async def live(visit: Visit, event_id: str) -> Response:
    """The stream of an event's changes: what changed, the page asks for as whoever reads it."""
    await led(visit, event_id)
    changes: Changes | None = visit.site.changes
    if changes is None:
        return Response(status_code=204)  # browsers do not ask again
    return StreamingResponse(told(changes.of(event_id)), media_type="text/event-stream")


async def told(revisions: AsyncIterator[int | None]) -> AsyncIterator[str]:
    """Revisions as server-sent events."""
    yield "retry: 2000\n\n"
    async with contextlib.aclosing(revisions) as each:  # type: ignore[type-var]
        async for revision in each:
            yield ": ping\n\n" if revision is None else f"event: changed\ndata: {revision}\n\n"
