"""What waits and what failed: which services answer, in which version; deliveries, erasures, and other systems."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ekkyo.contracts.events import ListEvents
from ekkyo.contracts.members import Erasure, ErasurePage, ListErasures
from ekkyo.contracts.notify import NotifyStatus, NotifyStatusAnswer
from ekkyo.contracts.surveys import PendingSurveys
from ekkyo.installation import systems
from ekkyo.installation.systems import PERSONAL, System
from ekkyo.process.console import about
from ekkyo.process.running import Instance
from ekkyo.words.numbers import count
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.people.routes import PAGE, STEWARDS, section
from ekkyo_portal.web.visit import Visit

LOOKED_AT: Final = ("planned", "failed")
"""The states of deliveries that somebody has to know of."""


@dataclass(frozen=True)
class Runs:
    """A service: its name, whether it answers, and which versions of it run."""

    name: str
    well: bool
    versions: str


@dataclass(frozen=True)
class Waiting:
    """An erasure that is not complete, and what it waits for, in words."""

    member_id: str
    since: str
    waits_for: list[str]


@dataclass(frozen=True)
class Outside:
    """Another system: what it may ask and whose facts it hears, in words. personal: facts about members too."""

    name: str
    asks: str
    hears: str
    personal: bool


@dataclass(frozen=True)
class State:
    """What the page shows. None: the service that knows it is away, or the file cannot be read."""

    services: list[Runs]
    deliveries: list[tuple[str, int]] | None
    erasures: list[Waiting] | None
    more: bool
    """Whether more erasures wait than are shown."""
    told: bool
    """Whether the portal is told which systems there are."""
    systems: list[Outside] | None
    over_http: list[str]
    """Systems that read facts about members over HTTP."""


@section.get("/people-state", who=STEWARDS)
async def state(visit: Visit) -> Response:
    """Which services answer just now, what waits in them, and which systems are let in."""
    sent, erasures, events = await asyncio.gather(
        visit.maybe(NotifyStatus()),
        visit.maybe(ListErasures(complete=False, limit=PAGE)),
        visit.maybe(ListEvents(limit=1)),
    )
    surveys, running, known = await asyncio.gather(
        visit.maybe(PendingSurveys(member_id=visit.me.member_id)),
        visit.site.running(),
        asyncio.to_thread(_known, visit.site.settings.systems_file),
    )
    answers = {"members": erasures, "events": events, "surveys": surveys, "notify": sent}
    reader = visit.reader
    view = State(
        services=services(reader, {name: found is not None for name, found in answers.items()}, running),
        deliveries=_counts(sent) if sent else None,
        erasures=_erasures(reader, erasures) if erasures else None,
        more=bool(erasures and erasures.next),
        told=visit.site.settings.systems_file is not None,
        systems=[outside(reader, one) for one in known] if known is not None else None,
        over_http=sorted(visit.site.settings.members_heard_by),
    )
    return visit.page("people/state.html", view)


def services(reader: Reader, answer: dict[str, bool], running: Sequence[Instance]) -> list[Runs]:
    """Each service in words, and this portal."""
    words = reader.words.people
    found = []
    for name, well in answer.items():
        of_it = [one.version for one in running if one.service == name]
        found.append(Runs(getattr(words, f"service_{name}"), well, _versions(reader, of_it)))
    return [*found, Runs(words.this_portal, True, _versions(reader, [about("ekkyo-portal")[0]]))]


def outside(reader: Reader, system: System) -> Outside:
    """Another system, in words."""
    words = reader.words.people
    asks = [words.asks_all if one == "*" else one for one in system.may]
    return Outside(
        name=system.name,
        asks=words.and_then.join(asks) or words.asks_nothing,
        hears=words.and_then.join(getattr(words, f"service_{owner}") for owner in system.hears),
        personal=PERSONAL in system.hears,
    )


def _versions(reader: Reader, running: list[str]) -> str:
    words = reader.words.people
    each = [
        words.version.format(version=version) + (f" ({count(words.instances, n)})" if n > 1 else "")
        for version, n in sorted(Counter(running).items())
    ]
    told: str = words.and_then.join(each)
    return told


def _known(file: Path | None) -> tuple[System, ...] | None:
    try:
        return systems.read(file) if file else None
    except (OSError, ValueError):
        return None


def _counts(sent: NotifyStatusAnswer) -> list[tuple[str, int]]:
    return [(s, sum(by.get(s, 0) for by in sent.deliveries.values())) for s in LOOKED_AT]


def _erasures(reader: Reader, page: ErasurePage) -> list[Waiting]:
    return [_waiting(reader, one) for one in page.erasures]


def _waiting(reader: Reader, it: Erasure) -> Waiting:
    words = reader.words.people
    services = [getattr(words, f"service_{name}") for name in it.waits_for]
    return Waiting(it.member_id, reader.moment(it.erased_at), services or [words.stream_and_mirrors])
