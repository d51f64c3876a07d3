"""`ekkyo-<service> rebuild <projection>`: compares a projection with the stream of facts, and corrects it.

The service serves meanwhile, in any number of instances, and hears new facts. See docs/decisions/rebuilding.md.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from ekkyo.broker import Reaction
from ekkyo.broker.inject import wants
from ekkyo.contracts.base import Fact, Refused
from ekkyo.process.connecting import connect_once
from ekkyo.service.declaration import Service
from ekkyo.service.settings import Settings
from ekkyo.store import Mended, Projected, Rebuilt
from ekkyo.wire import Malformed, read_fact

Tell = Callable[[str], None]
Hear = Callable[[Fact], Awaitable[Any]]
Builder = tuple[Reaction, Callable[..., Awaitable[Any]]]
WITHIN: Final = 10.0
"""Seconds in which NATS must answer; an election of a leader took up to eight."""
AT_ONCE: Final = 8
"""Into how many parts, read at the same time, each subject is divided; a part is of `SMALLEST` places at least."""
SMALLEST: Final = 500
EVERY: Final = 1.0
"""Seconds between two lines of progress."""
SAY_AGAIN: Final = "The rows corrected so far stay corrected. Run it again."


class NoSuchProjection(LookupError):
    """The service has no such projection; the text lists those it has."""


def builders(service: Service) -> dict[str, list[Builder]]:
    """By projection, the reactions that build it: they hear facts from the beginning, and do nothing but put there."""
    declared = {d.name for d in service.collections if isinstance(d, Projected)}
    found: dict[str, list[Builder]] = {}
    for to, handler in (route for router in service.routers for route in router.routes):
        if not isinstance(to, Reaction) or to.stream != "FACTS" or to.start != "beginning":
            continue
        asked = [name for _, name in wants(handler)]
        if len(asked) == 1 and asked[0] in declared:
            found.setdefault(asked[0], []).append((to, handler))
    return found


async def rebuild(service: Service, settings: Settings, name: str, *, tell: Tell) -> Mended:
    """Make a projection match all the facts in the stream. tell: receives the progress.

    It runs as the service's own NATS user and leaves nothing behind on the server. Raises NoSuchProjection; Refused
    when the stream holds nothing of it; nats.errors.Error, OSError, Unavailable when something cannot be reached.
    """
    there = builders(service)
    if name not in there:
        kept = f"There are: {', '.join(sorted(there))}." if there else f"{service.name} keeps none."
        raise NoSuchProjection(f"There is no projection {name!r} to rebuild. {kept}")
    [declared] = [d for d in service.collections if isinstance(d, Projected) and d.name == name]
    async with await connect_once(settings, _silent) as nc, service.store(settings) as store:
        js, rebuilt = nc.jetstream(timeout=WITHIN), store.rebuilt(declared)
        seldom = _seldom(tell)
        reading = Reading(js, _hearers(there[name], declared, rebuilt), rebuilt, seldom)
        lag = partial(_lag, js, [to.durable for to, _ in there[name]])
        began = time.monotonic()
        await reading.on()
        if not reading.count and await rebuilt.there():
            raise Refused(
                "no_facts", f"The stream holds no fact that {name} is built from: is this the right NATS server?"
            )
        tell(f"{name}: {reading.count:,} facts read; the service has {await lag():,} of them still to hear")

        def compared(rows: int, of: int, so_far: Mended) -> None:
            seldom(f"{name}: {rows:,} of {of:,} rows compared, {so_far.differed:,} differed")

        found = await rebuilt.mend(reading.on, compared)
        tell(f"{name}: {reading.count:,} facts read in the end; the service has {await lag():,} of them still to hear")
        for line in _ending(found, reading.unread, time.monotonic() - began):
            tell(f"{name}: {line}")
        return found


class Reading:
    """The facts on some subjects, from the beginning of the stream on, each once, in any order.

    They are asked for one by one: the stream's leader answers, so what was stored before is found, and every service
    may ask so (a replayed dead letter names its fact by its place), while only `ops` makes consumers.
    """

    def __init__(self, js: JetStreamContext, hearers: Mapping[str, Hear], rebuilt: Rebuilt, tell: Tell) -> None:
        self._js, self._hearers, self._rebuilt, self._tell = js, hearers, rebuilt, tell
        self._of, self._read = 0, 0
        self.count = 0
        self.unread: list[int] = []
        """The places in the stream of facts that cannot be read: dead letters of the service."""

    async def on(self) -> None:
        """Read all that is there now and was not read before. What comes meanwhile is left: it might never end."""
        if not self._of:
            self._of = sum([n async for n in self._counts()])
        last = (await self._js.stream_info("FACTS")).state.last_seq
        step = max(SMALLEST, -(-(last - self._read) // AT_ONCE))
        parts = [(n, min(n + step, last + 1)) for n in range(self._read + 1, last + 1, step)]
        await asyncio.gather(*(self._part(subject, *part) for subject in self._hearers for part in parts))
        self._read = last

    async def _part(self, subject: str, next: int, end: int) -> None:
        """Those from one place in the stream to before another."""
        while next < end:
            try:
                found = await self._js.get_msg("FACTS", next, subject, next=True)
            except NotFoundError:
                return
            assert found.seq is not None
            if found.seq < end:
                await self._hear(subject, found)
            next = found.seq + 1

    async def _hear(self, subject: str, found: RawStreamMsg) -> None:
        assert found.seq is not None
        assert found.subject is not None
        try:
            fact = read_fact(found.subject, found.headers, found.data or b"", found.seq)
        except Malformed:
            self.unread.append(found.seq)
            self._rebuilt.unread.add(found.subject.rpartition(".")[2])
        else:
            await self._hearers[subject](fact)
        self.count += 1
        self._tell(f"{self._rebuilt.name}: {self.count:,} of {max(self.count, self._of):,} facts read")

    async def _counts(self) -> AsyncIterator[int]:
        """How many facts there are, page by page: the server tells of at most 100,000 subjects at once."""
        for subject in self._hearers:
            told, total = 0, 1
            while told < total:
                asked = json.dumps({"subjects_filter": subject, "offset": told}).encode()
                reply = await self._js._nc.request("$JS.API.STREAM.INFO.FACTS", asked, timeout=WITHIN)
                info = json.loads(reply.data)
                page, total = info["state"].get("subjects") or {}, info.get("total", 0)
                yield sum(page.values())
                told += len(page) or total


def _hearers(by: Iterable[Builder], declared: Projected[Any], rebuilt: Rebuilt) -> dict[str, Hear]:
    """By the subject that facts are told on, `…*` for whomever, what is done on hearing one."""

    async def forget(fact: Fact) -> None:
        await rebuilt.forget(fact.entity_id, fact.meta.revision)

    found: dict[str, Hear] = {f"{fact.subject}.*": forget for fact in declared.forgotten_by}
    for reaction, handler in by:
        [(argument, _)] = wants(handler)
        found |= dict.fromkeys(reaction.subjects, partial(handler, **{argument: rebuilt}))
    return found


async def _lag(js: JetStreamContext, durables: Iterable[str]) -> int:
    """How many facts the service's own reactions are not through with."""
    infos = [await js.consumer_info("FACTS", durable) for durable in durables]
    return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)


def _seldom(tell: Tell) -> Tell:
    """Tell at most one line in `EVERY` seconds, and leave the others out."""
    last = time.monotonic()

    def told(line: str) -> None:
        nonlocal last
        if time.monotonic() >= last + EVERY:
            last = time.monotonic()
            tell(line)

    return told


def _ending(found: Mended, unread: list[int], seconds: float) -> Iterable[str]:
    yield (
        f"{found.before:,} rows before, {found.after:,} after, in {seconds:.1f} s; {found.differed:,} differed: "
        f"{found.missing:,} were missing, {found.wrong:,} wrong, {found.older:,} behind the facts, "
        f"{found.needless:,} told by no fact"
    )
    if unread:
        places = ", ".join(map(str, sorted(unread)[:10])) + (", …" if len(unread) > 10 else "")
        yield f"{len(unread):,} facts cannot be read, and whom they are about was left alone: {places} in FACTS"


async def _silent(_error: Exception) -> None:
    """Whatever is wrong with the connection shows in what is asked over it."""
