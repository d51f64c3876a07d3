"""What facts about earlier events of a community mean for a draw: who missed out before, and who came. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from ekkyo.contracts.events import (
    CheckInUndone,
    DrawHeld,
    EventCancelled,
    EventFact,
    MemberAttended,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)

EARLIER = 6
"""How many earlier draws count, the latest."""
AT_ONCE = timedelta(minutes=1)
"""Who came to an event, and applied for another one within this time, may count as a first-timer or not."""


def first_timers(facts: Iterable[EventFact], event_id: str, community_id: str) -> dict[str, bool | None]:
    """Which of the members who applied for an event had never come to another one of its community when they did.

    facts: all before its list of entrants was closed, in order. None: they came at about the same time.
    """
    came: dict[str, set[str]] = {}
    last: dict[str, EventFact] = {}
    found: dict[str, bool | None] = {}
    applied: dict[str, EventFact] = {}
    for fact in facts:
        if fact.event.community_id != community_id:
            continue
        if isinstance(fact, MemberAttended | CheckInUndone) and fact.event_id != event_id:
            events = came.setdefault(fact.member_id, set())
            events.discard(fact.event_id) if isinstance(fact, CheckInUndone) else events.add(fact.event_id)
            last[fact.member_id] = fact
            if (entered := applied.get(fact.member_id)) and fact.meta.time - entered.meta.time < AT_ONCE:
                found[fact.member_id] = None
        if isinstance(fact, RegistrationApplied) and fact.event_id == event_id:
            before = last.get(fact.member_id)
            sure = before is None or fact.meta.time - before.meta.time >= AT_ONCE
            found[fact.member_id] = not came.get(fact.member_id) if sure else None
            applied[fact.member_id] = fact
    return found


def missed_before(facts: Iterable[EventFact], community_id: str) -> dict[str, int]:
    """How many draws of a community in a row members missed. facts: all before a list of entrants was closed, in order.

    The service counts in the same way (docs/decisions/lottery.md).
    """
    results: dict[str, dict[str, bool]] = {}
    for fact in facts:
        if fact.event.community_id != community_id:
            continue
        if isinstance(fact, DrawHeld):
            results[fact.event_id] = {}
        if isinstance(fact, EventCancelled):
            results.pop(fact.event_id, None)
        got = results.get(fact.event_id, {})
        if isinstance(fact, RegistrationConfirmed | RegistrationWaitlisted) and fact.because == "draw":
            got[fact.member_id] = isinstance(fact, RegistrationConfirmed)
        if isinstance(fact, RegistrationPromoted) and fact.member_id in got:
            got[fact.member_id] = True
    missed, settled = dict[str, int](), set[str]()
    for result in list(results.values())[::-1][:EARLIER]:
        for member, placed in result.items():
            if placed:
                settled.add(member)
            elif member not in settled:
                missed[member] = missed.get(member, 0) + 1
    return missed
