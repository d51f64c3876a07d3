"""Who hosts an event, and having them accept the community's rules first."""

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

from ekkyo.broker import Broker, Heard, Router, Who, asked
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, NameHost, RemoveHost
from ekkyo.decision import Decision, Entries
from faststream import Context

from ekkyo_events import model
from ekkyo_events.model import Event, People, Seat
from ekkyo_events.store import Events, KnownPeople, RulesKnown, decided

A = TypeVar("A")
router = Router()
OwnBroker = Annotated[Broker, Context("broker")]
ALL: Final = sys.maxsize
"""Behind every fact there is."""
LATELY: Final = ("rules_not_accepted", "host_has_not_accepted", "not_a_member")
"""Refusals that something heard a moment later can make untrue."""


async def heard_first(broker: Broker, attempt: Callable[[], Awaitable[A]]) -> A:
    """What an attempt gives; where it is refused for what somebody is or accepted, once more when all was heard."""
    try:
        return await attempt()
    except Refused as no:
        if no.code not in LATELY:
            raise
    await Heard(broker, ("events-people", "events-rules")).soon(ALL)  # they may have accepted them a moment ago
    return await attempt()


async def rules_of(community_id: str | None, rules: RulesKnown) -> int | None:
    """The newest version of a community's rules; None: none was heard of."""
    newest = await rules.get(community_id) if community_id else None
    return newest.version if newest else None


async def decided_by_host(
    event_id: str,
    host: str,
    events: Events,
    people: KnownPeople,
    rules: RulesKnown,
    broker: Broker,
    decide: Callable[[Event, Entries[Seat], People, model.Host], Decision[Event, A]],
) -> A:
    """Change an event by a decision that asks whether this member accepted the newest rules of its community."""

    async def attempt() -> A:
        event = await events.get(event_id)
        version = await rules_of(event.community_id if event else None, rules)
        return await decided(
            event_id,
            [host],
            people,
            events,
            lambda e, seats, known: decide(e, seats, known, model.Host(known.known[host], version)),
            entries=[],
        )

    return await heard_first(broker, attempt)


@router.subscriber(**asked(NameHost))
async def name_host(
    cmd: NameHost, events: Events, people: KnownPeople, rules: RulesKnown, broker: OwnBroker, who: Who
) -> EventState:
    """Make a member of the community a host of an event."""
    return await decided_by_host(
        cmd.event_id,
        cmd.member_id,
        events,
        people,
        rules,
        broker,
        lambda e, _seats, _known, host: model.name_host(e, cmd, host, who=who),
    )


@router.subscriber(**asked(RemoveHost))
async def remove_host(cmd: RemoveHost, events: Events, who: Who) -> EventState:
    """Have a host of an event no longer."""
    return await events.change(cmd.event_id, lambda e, seats: model.remove_host(e, cmd, who=who))
