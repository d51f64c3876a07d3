"""What waits and what failed: which services answer, deliveries, erasures that are not complete, and other systems."""

import asyncio
from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.events import ListEvents
from ekkyo.contracts.members import Erasure, ErasurePage, ListErasures
from ekkyo.contracts.notify import NotifyStatus, NotifyStatusAnswer
from ekkyo.contracts.surveys import PendingSurveys
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.people.routes import PAGE, STEWARDS, room
from ekkyo_portal.web.visit import Visit

LOOKED_AT: Final = ("planned", "failed")
"""The states of deliveries that somebody has to know of."""


@dataclass(frozen=True)
class Waiting:
    """An erasure that is not complete, and what it waits for, in words."""

    member_id: str
    since: str
    waits_for: list[str]


@dataclass(frozen=True)
class State:
    """What the page shows. None: the service that knows it is away."""

    services: list[tuple[str, bool]]
    """Each service in words, and whether it answers."""
    deliveries: list[tuple[str, int]] | None
    erasures: list[Waiting] | None
    more: bool
    """Whether more erasures wait than are shown."""


@room.get("/people-state", who=STEWARDS)
async def state(visit: Visit) -> Response:
    """Which services answer just now, and what waits in them."""
    sent, erasures, events = await asyncio.gather(
        visit.maybe(NotifyStatus()),
        visit.maybe(ListErasures(complete=False, limit=PAGE)),
        visit.maybe(ListEvents(limit=1)),
    )
    surveys = await visit.maybe(PendingSurveys(member_id=visit.me.member_id))
    answers = {"members": erasures, "events": events, "surveys": surveys, "notify": sent}
    answer = {name: found is not None for name, found in answers.items()}
    return visit.page("people/state.html", shown(visit.reader, answer, sent, erasures))


def shown(
    reader: Reader, answer: dict[str, bool], sent: NotifyStatusAnswer | None, erasures: ErasurePage | None
) -> State:
    """What the page shows, made from answers."""
    services = [(getattr(reader.words.people, f"service_{name}"), well) for name, well in answer.items()]
    counts = [(s, sum(by.get(s, 0) for by in sent.deliveries.values())) for s in LOOKED_AT] if sent else None
    waiting = [_waiting(reader, one) for one in erasures.erasures] if erasures else None
    return State(services, counts, waiting, bool(erasures and erasures.next))


def _waiting(reader: Reader, it: Erasure) -> Waiting:
    words = reader.words.people
    services = [getattr(words, f"service_{name}") for name in it.waits_for]
    return Waiting(it.member_id, reader.moment(it.erased_at), services or [words.stream_and_mirrors])
