"""What is held on a member: the answers of all services, gathered, and written as one file."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import HeldByEvents
from ekkyo.contracts.held import Held, HeldQuestion, Row
from ekkyo.contracts.members import HeldByMembers
from ekkyo.contracts.notify import HeldByNotify
from ekkyo.contracts.surveys import HeldBySurveys

QUESTIONS: Final[dict[str, type[HeldQuestion]]] = {
    "members": HeldByMembers,
    "events": HeldByEvents,
    "notify": HeldByNotify,
    "surveys": HeldBySurveys,
}
AWAY: Final = (429, 503, 504)
Ask = Callable[[HeldQuestion], Awaitable[Held]]


@dataclass(frozen=True)
class Part:
    """What one service holds, by section. sections None: it is away. withheld: told to the member alone."""

    service: str
    sections: dict[str, list[Row]] | None
    withheld: list[str]


async def gathered(ask: Ask, member_id: str) -> list[Part]:
    """What every service holds. Raises Refused for who may not, and of somebody who is not known or was erased."""
    return list(await asyncio.gather(*(_part(ask, service, member_id) for service in QUESTIONS)))


def as_json(parts: list[Part], member_id: str, at: datetime) -> bytes:
    """The same as a file. A service that was away is null, and named."""
    told: dict[str, Any] = {
        "member_id": member_id,
        "told_at": at.isoformat(timespec="seconds"),
        "away": away(parts),
        "withheld": {part.service: part.withheld for part in parts if part.withheld},
        "services": {part.service: part.sections for part in parts},
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def away(parts: list[Part]) -> list[str]:
    """The services that did not answer."""
    return [part.service for part in parts if part.sections is None]


async def _part(ask: Ask, service: str, member_id: str) -> Part:
    sections: dict[str, list[Row]] = {}
    after: int | None = 0
    withheld: list[str] = []
    while after is not None:
        try:
            told = await ask(QUESTIONS[service](member_id=member_id, after=after))
        except Refused as refused:
            if refused.status not in AWAY:
                raise
            return Part(service, None, [])
        for section in told.sections:
            sections.setdefault(section.name, []).extend(section.rows)
        after, withheld = told.next, told.withheld
    return Part(service, sections, withheld)
