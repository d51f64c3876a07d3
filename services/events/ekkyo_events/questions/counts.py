"""What the events service can be asked to count."""

from collections.abc import Sequence
from typing import Final, TypeVar

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import CountEvents, EventCounts

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, Outputs

router = Router()
T = TypeVar("T")
AT_ONCE: Final = 500
"""Ids in one question to the database."""


@router.subscriber(**asked(CountEvents))
async def counts(ask: CountEvents, events: Events, outputs: Outputs, people: KnownPeople, who: Who) -> EventCounts:
    """What took place in a community, as numbers alone. Events by invitation are counted for leaders only."""
    found = await events.find({"community_id": ask.community_id, "status": "concluded"}, limit=0)
    concluded = model.told_in_counts(found, who)
    came = {event.id: set[str]() for event in concluded}
    for some in _parts(list(came)):
        for seat in await events.find_entries({"document_id": {"$in": some}, "status": "attended"}, limit=0):
            came[seat.document_id].add(seat.key)
    known = [
        person
        for some in _parts(sorted(set[str]().union(*came.values())))
        for person in await people.find({"id": {"$in": some}}, limit=0)
    ]
    board = await outputs.find({"community_id": ask.community_id, "status": "attached"}, limit=0)
    return model.counts(ask, concluded, came, known, board)


def _parts(ids: Sequence[T]) -> list[Sequence[T]]:
    return [ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE)]
