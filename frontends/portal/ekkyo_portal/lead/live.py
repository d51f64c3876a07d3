"""An event's roster as it changes, to all who look at it here: one reading of its facts, and one new roster for all."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState
from starlette.responses import Response

from ekkyo_portal.lead import desk
from ekkyo_portal.lead.section import run, section
from ekkyo_portal.web.told import Told, stream
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
GAP: Final = 0.15
"""Seconds between two changes that are told: what happens in between is told once. The first one is told at once."""
TRUSTED: Final = 4.0
"""Seconds after which it is asked again who reads a stream, with what is sent next, which is a ping at the latest.

What is known of members is at most 40 seconds old: so a stream ends within a minute after who reads it may no more."""
HELLO: Final = Told.of("retry: 2000\n\n")
STILL_HERE: Final = Told.of(": ping\n\n")


@dataclass
class _Event:
    """An event that somebody looks at. revision: the newest one that was told; heard: the newest one; 0: none yet."""

    revision: int = 0
    heard: int = 0
    told_at: float = 0.0
    telling: asyncio.TimerHandle | None = None
    viewers: set[asyncio.Event] = field(default_factory=set)
    hearing: asyncio.Task[None] | None = None
    made: dict[Hashable, tuple[int, float, "asyncio.Future[Any]"]] = field(default_factory=dict)
    """What was made for its viewers: after which revision, and when."""

    def changed(self, revision: int) -> None:
        """Tell the viewers of a revision, once the last telling is long enough ago."""
        self.heard = max(self.heard, revision)
        if self.heard == self.revision or self.telling:
            return
        wait = self.told_at + GAP - time.monotonic()
        if wait > 0:
            self.telling = asyncio.get_running_loop().call_later(wait, self.tell)
        else:
            self.tell()

    def tell(self) -> None:
        """Wake the viewers."""
        self.telling, self.told_at, self.revision = None, time.monotonic(), self.heard
        for viewer in self.viewers:
            viewer.set()


class Changes:
    """Who looks at which event. Its facts are read while somebody does, once per instance."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._events: dict[str, _Event] = {}
        self._ended = False

    async def of(
        self, event_id: str, within: float = LONGEST, ping: float = PING, *, seen: int = 0, now: int = 0
    ) -> AsyncGenerator[int | None, None]:
        """The event's revision whenever it changed; None from time to time while it does not.

        seen: the revision that the viewer has already; now: the one that the event has, as far as is known.
        """
        mine, event = asyncio.Event(), self._events.setdefault(event_id, _Event())
        event.viewers.add(mine)
        event.hearing = event.hearing or asyncio.create_task(self._follow(event_id, event))
        event.changed(now)
        until = time.monotonic() + within
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
        if event.telling:
            event.telling.cancel()

    async def _follow(self, event_id: str, event: _Event) -> None:
        while True:
            try:
                async with contextlib.aclosing(self._hear(event_id)) as facts:  # type: ignore[type-var]
                    async for fact in facts:
                        event.changed(fact.event.revision)
            except Exception as error:
                log.warning(
                    "the facts of an event cannot be read: its live pages try again in a second",
                    event_id=event_id,
                    error=type(error).__name__,
                )
            await asyncio.sleep(1)


@section.get("/e/{event_id}/roster/live", who=Who.HOSTS)
async def live(visit: Visit, event_id: str) -> Response:
    """The stream of an event's rosters. since: the revision that the page shows; without it, only that it changed."""
    event = await run(visit, event_id)
    changes: Changes | None = visit.site.changes
    if changes is None:
        return Response(status_code=204)  # browsers do not ask again
    shown = visit.request.headers.get("last-event-id") or visit.request.query_params.get("since", "")
    seen = int(shown) if shown.isdecimal() and len(shown) < 10 else None
    revisions = changes.of(event_id, seen=seen or 0, now=event.revision)
    return stream(visit.request, told(visit, event, revisions, alone=seen is None))


async def told(
    visit: Visit,
    event: EventState,
    revisions: AsyncGenerator[int | None, None],
    *,
    alone: bool = False,
    trusted: float = TRUSTED,
) -> AsyncGenerator[Told, None]:
    """New rosters as server-sent events, while the visitor may see them. alone: their revisions alone."""
    yield HELLO
    asked, seen = time.monotonic(), 0
    async with contextlib.aclosing(revisions):
        async for revision in revisions:
            if time.monotonic() - asked >= trusted:
                renewed = await _renewed(visit, event)
                if renewed is None:
                    return
                visit, asked = renewed, time.monotonic()
            if revision is None:
                yield STILL_HERE
            elif revision > seen:  # else a roster that was sent has it already
                seen, roster = (revision, _changed(revision)) if alone else await _roster(visit, event, revision)
                yield roster


async def _renewed(visit: Visit, event: EventState) -> Visit | None:
    """The same visit with what its visitor may do now; None: they may not see the roster any more."""
    try:
        now: Visit = await visit.site.visit(visit.request)
    except Refused:
        return None
    if now.visitor is None or now.visitor.may_lead(event.community_id):
        return now if now.visitor else None
    try:
        await run(now, event.event_id)
    except Refused:
        return None
    return now


async def _roster(visit: Visit, event: EventState, revision: int) -> tuple[int, Told]:
    """The roster that is shown now, and its revision: the same for all who lead here and read alike."""
    now = replace(visit, reader=replace(visit.reader, now=visit.site.clock()))

    async def make() -> tuple[int, Told]:
        shown, text = await desk.part(now, event.event_id)
        return shown, Told.of(f"event: roster\nid: {shown}\ndata: {text}\n\n")

    try:
        made: tuple[int, Told] = await visit.site.changes.once(event.event_id, _alike(visit, event), make)
    except Refused:  # each page asks for itself, and says what is wrong
        return revision, _changed(revision)
    return made


def _alike(visit: Visit, event: EventState) -> Hashable:
    """What a roster depends on beside its event, among those who run it: hosts see no numbers."""
    leads = visit.me.may_lead(event.community_id)
    return ("stream", visit.reader.locale, visit.reader.zone, visit.me.steward, leads)


def _changed(revision: int) -> Told:
    return Told.of(f"event: changed\ndata: {revision}\n\n")
