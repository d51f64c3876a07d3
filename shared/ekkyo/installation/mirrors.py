"""Each system's mirror of FACTS, in the system's own account: made, made again, removed, as the NATS user `ops`.

The server copies what a durable consumer of FACTS delivers, whose filter says what the system hears. The consumer lies
in Ekkyo's account, so that a system cannot alter it (ADR-60, nats-server 2.14 or later). Sequence numbers are those of
FACTS.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from nats.aio.client import Client
from nats.errors import Error, NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DeliverPolicy,
    ExternalStream,
    StorageType,
    StreamConfig,
    StreamConsumerSource,
    StreamInfo,
    StreamSource,
)
from nats.js.errors import NotFoundError, ServiceUnavailableError

from ekkyo.installation.systems import MIRROR, ORIGIN, PERSONAL, System, account, api

FACTS: Final = "FACTS"
WITHIN: Final = 5.0


@dataclass(frozen=True)
class Mirror:
    """A system's account, and the subjects of the facts it hears."""

    account: str
    filters: tuple[str, ...]

    @property
    def personal(self) -> bool:
        """Whether it hears facts with personal data."""
        return f"ekkyo.fact.{PERSONAL}.>" in self.filters

    def js(self, nc: Client) -> JetStreamContext:
        """JetStream of that account."""
        return nc.jetstream(prefix=api(self.account), timeout=WITHIN)


async def mirrors(js: JetStreamContext) -> list[Mirror]:
    """The mirrors there are, as the consumers in FACTS that feed them tell."""
    found: list[ConsumerInfo] = []
    while page := await js.consumers_info(FACTS, offset=len(found)):
        found += page
    return [
        Mirror(info.name, tuple(info.config.filter_subjects or [str(info.config.filter_subject)]))
        for info in sorted(found, key=lambda info: info.name)
        if info.name.startswith(account(""))
    ]


async def provision_mirrors(
    nc: Client, systems: Iterable[System], *, replicas: int = 1, within: float = WITHIN
) -> Mapping[str, str]:
    """Make the mirrors of these systems, which are all there are to be, or make those again that are not as they should
    be; others are removed. Gives what became of each.

    A reader's durables keep their place when a mirror is made again. A mirror that does not hear FACTS `within`
    seconds is told as `UNFED`; 0: nobody waits. Raises nats.errors.Error.
    """
    done, wanted = {}, [Mirror(system.account, tuple(system.filters())) for system in systems]
    for left in {mirror.account for mirror in await mirrors(nc.jetstream())} - {mirror.account for mirror in wanted}:
        done[left] = "removed" if await remove(nc, left) else KEPT
    for mirror in wanted:
        there = await _there(nc, mirror)
        if not there:
            await (make if there is None else make_again)(nc, mirror, replicas=replicas)
        done[mirror.account] = "as wanted" if there else "made" if there is None else "made again"
    for mirror in wanted if within else ():
        if not await _fed(nc, mirror, within):
            done[mirror.account] = UNFED
    return done


async def connect_mirrors(
    reload: Callable[[], None], ops: Callable[[], Awaitable[Client]], systems: Sequence[System]
) -> None:
    """Have a server take in its changed configuration, and make the mirrors of these systems. Raises TimeoutError."""
    for _ in range(20):
        reload()  # more than once: see UNFED
        with suppress(OSError, TimeoutError, Error):
            async with await ops() as nc:
                if UNFED not in (await provision_mirrors(nc, systems, within=1)).values():
                    return
        await asyncio.sleep(0.1)
    raise TimeoutError("nats-server did not take its new configuration")


UNFED: Final = "not reached by FACTS: reload NATS's configuration once more"
"""nats-server connects what a new account imports only when its configuration is loaded again, or at its start."""


KEPT: Final = "not removed: NATS no longer has its account, but still has its copy of the facts on disk"


async def _fed(nc: Client, mirror: Mirror, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        about = (await mirror.js(nc).stream_info(FACTS)).mirror
        if about and (about.active or 0) >= 0:
            return True
        await asyncio.sleep(0.05)
    return False


async def _there(nc: Client, wanted: Mirror) -> bool | None:
    """Whether the mirror is as it should be; None where there is none."""
    try:
        has = await wanted.js(nc).stream_info(FACTS)
    except NotFoundError:
        return None
    try:
        feeds = (await nc.jetstream().consumer_info(FACTS, wanted.account)).config
    except NotFoundError:
        return False
    same = set(feeds.filter_subjects or [feeds.filter_subject]) == set(wanted.filters)
    return same and not await is_ahead(nc.jetstream(), has) and await _agrees(nc, wanted)


async def is_ahead(js: JetStreamContext, has: StreamInfo) -> bool:
    """Whether a mirror holds what FACTS had before it was restored, and FACTS has no longer. has: asked for before."""
    return has.state.last_seq > (await js.stream_info(FACTS)).state.last_seq


async def _agrees(nc: Client, mirror: Mirror) -> bool:
    """Whether a mirror's newest fact is the one that FACTS has in its place. After a restore it can be another."""
    try:
        newest = await mirror.js(nc).get_last_msg(FACTS, ">")
        fact = await nc.jetstream().get_msg(FACTS, newest.seq)
    except NotFoundError:
        return True  # it is empty, or an erasure is at work
    return (fact.subject, fact.time) == (newest.subject, newest.time)


async def make(nc: Client, mirror: Mirror, *, replicas: int = 1) -> None:
    """Make a mirror, and what feeds it, from the first fact on."""
    told = f"{MIRROR}.{mirror.account}"
    await _forget(nc.jetstream(), mirror.account)
    await nc.jetstream().add_consumer(
        FACTS,
        ConsumerConfig(
            durable_name=mirror.account,
            name=mirror.account,
            description="feeds the mirror of another system",
            deliver_subject=told,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.FLOW_CONTROL,
            flow_control=True,
            idle_heartbeat=1,
            max_deliver=-1,
            filter_subjects=list(mirror.filters),
        ),
    )
    await mirror.js(nc).add_stream(
        StreamConfig(
            name=FACTS,
            description="What Ekkyo tells this system",
            mirror=StreamSource(
                name=FACTS,
                external=ExternalStream(api=ORIGIN, deliver=MIRROR),
                consumer=StreamConsumerSource(mirror.account, told),
            ),
            storage=StorageType.FILE,
            num_replicas=replicas,
            allow_direct=True,
            deny_purge=True,
        )
    )


async def make_again(nc: Client, mirror: Mirror, *, replicas: int = 1) -> None:
    """Make a mirror again from what FACTS holds. Durables that read it go on where they were, if FACTS still has it."""
    theirs = mirror.js(nc)
    last = (await nc.jetstream().stream_info(FACTS)).state.last_seq
    durables: list[ConsumerInfo] = []
    try:
        while page := await theirs.consumers_info(FACTS, offset=len(durables)):
            durables += page
        await theirs.delete_stream(FACTS)
    except NotFoundError:
        pass
    await make(nc, mirror, replicas=replicas)
    for durable in durables:
        if not durable.config.durable_name:
            continue
        through = durable.ack_floor.stream_seq if durable.ack_floor else 0
        start = {
            "deliver_policy": DeliverPolicy.BY_START_SEQUENCE,
            "opt_start_seq": min(through, last) + 1,
            "opt_start_time": None,
        }
        await theirs.add_consumer(FACTS, durable.config.evolve(**start))


async def remove(nc: Client, account: str) -> bool:
    """Delete a system's copy of the facts, then the consumer that feeds it. It can be done twice.

    False: the server has no such account any more, so the copy cannot be deleted. The consumer then stays, because it
    tells erasures that there is a copy.
    """
    try:
        await Mirror(account, ()).js(nc).delete_stream(FACTS)
    except NotFoundError:
        pass
    except (NoRespondersError, ServiceUnavailableError):
        return False
    await _forget(nc.jetstream(), account)
    return True


async def make_all_again(nc: Client, known: Iterable[Mirror], *, replicas: int = 1) -> None:
    """After FACTS was restored: make the mirrors again that were known before, and those that the backup knows.

    A system that has no account any more has no mirror either.
    """
    js = nc.jetstream()
    for mirror in {mirror.account: mirror for mirror in (*await mirrors(js), *known)}.values():
        try:
            await make_again(nc, mirror, replicas=replicas)
        except (NoRespondersError, ServiceUnavailableError):
            await _forget(js, mirror.account)


async def _forget(js: JetStreamContext, consumer: str) -> None:
    try:
        await js.delete_consumer(FACTS, consumer)
    except NotFoundError:
        return
