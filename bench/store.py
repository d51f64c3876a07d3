"""How many changes a second the store saves: a rush goes to one document, a spread to 500.

python bench/store.py [motor|pymongo] [changes] starts its own database; the outbox answers at once.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from ekkyo.contracts.base import Fact
from ekkyo.decision import Decision, Document, Entries, Entry
from ekkyo.installation.embedded import start_mongo
from ekkyo.store import CollectionWithEntries, Driver, Index, Store
from ekkyo.wire import OutMessage
from pydantic import BaseModel

AT_ONCE = 256


class Hall(Document):
    title: str = "もくもく会"
    capacity: int = 100_000
    taken: int = 0


class Seat(Entry):
    status: str
    position: int | None = None


class SeatTaken(Fact):
    subject: ClassVar[str] = "ekkyo.fact.events.seat_taken"
    about: ClassVar[str] = "hall_id"
    hall_id: str
    member_id: str
    hall: Hall


class Taken(BaseModel):
    member_id: str
    place: int


halls = CollectionWithEntries.of(Hall, Seat, "halls", entry_indexes=[Index("document_id", "status", "position")])


def take(hall: Hall, seats: Entries[Seat], member: str) -> Decision[Hall, Taken]:
    if (seat := seats.get(member)) is not None:
        return Decision(hall, Taken(member_id=member, place=seat.position or 0))
    after = hall.model_copy(update={"taken": hall.taken + 1})
    return Decision(
        after,
        Taken(member_id=member, place=after.taken),
        entries=[Seat(document_id=hall.id, key=member, status="confirmed", position=after.taken)],
        facts=[SeatTaken(hall_id=hall.id, member_id=member, hall=after)],
    )


async def run(driver: Driver, changes: int, documents: int) -> None:
    published = 0

    async def outbox(messages: Sequence[OutMessage]) -> None:
        nonlocal published
        published += len(messages)

    with tempfile.TemporaryDirectory() as folder:
        server = start_mongo(Path(folder))
        try:
            store = await Store.open(
                server.url, "bench", driver=driver, outbox=outbox, owner="events", declarations=[halls]
            )
            await store.provision()
            live = store.live(halls)
            for n in range(documents):
                await live.create(f"hall-{n}", lambda _, __, n=n: Decision(Hall(id=f"hall-{n}"), None))  # type: ignore[misc]
            gate = asyncio.Semaphore(AT_ONCE)

            async def one(n: int) -> None:
                async with gate:
                    await live.change(
                        f"hall-{n % documents}", lambda h, s: take(h, s, f"member-{n}"), entries=[f"member-{n}"]
                    )

            cpu, start = _cpu(), time.perf_counter()
            await asyncio.gather(*(one(n) for n in range(changes)))
            took, used = time.perf_counter() - start, _cpu() - cpu
            settled = await store.close(30)
            after = time.perf_counter() - start
            assert settled
            assert published == changes
            print(
                f"{driver:8} {documents:4} documents: {changes / took:6.0f}/s, answered in {took:.2f} s, "
                f"settled in {after:.2f} s, {used / changes * 1000:.2f} ms CPU each"
            )
        finally:
            server.stop()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    chosen: list[Driver] = [sys.argv[1]] if len(sys.argv) > 1 else ["motor", "pymongo"]  # type: ignore[list-item]
    for driver in chosen:
        for documents in (1, 500):
            asyncio.run(run(driver, int(sys.argv[2]) if len(sys.argv) > 2 else 5_000, documents))
