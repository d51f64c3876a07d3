"""How far to overbook an event, judged by what became of registrations at the community's past events of its kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from ekkyo.contracts.events import GetOverbookingAdvice, OverbookingAdvice, OverbookingOption

from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.shares import Past, Share, coming, learnt, likely, most, risk

LOOKED_AT: Final = 200
"""Past events of the community that are looked at, the latest."""
EVENTS_NEEDED: Final = 5
REGISTRATIONS_NEEDED: Final = 50
RISK_LIMIT: Final = 0.05
MOST_CONFIRMED: Final = 20_000
"""The highest capacity."""


def apart(event: Event) -> bool:
    """Whether seats in the room and online are counted apart: then it is the room that can be overbooked."""
    return event.terms is not None and event.terms.online_capacity is not None


def past_of(event: Event, now: datetime) -> dict[str, Any]:
    """Which events there is something to learn from."""
    return {"community_id": event.community_id, "status": "concluded", "starts_at": {"$lt": now}}


def uncounted(past: Iterable[Event]) -> dict[str, Any] | None:
    """The seats by which to count who came, of events whose own counts do not say it; None: there are no such events.

    They do not say it of the room alone, nor of events that were concluded before it was kept.
    """
    ids = [event.id for event in past if event.seated is None or apart(event)]
    return {"document_id": {"$in": ids}, "status": {"$in": ["attended", "no_show"]}} if ids else None


def advice(
    event: Event, past: Sequence[Event], counted: Iterable[Seat], ask: GetOverbookingAdvice
) -> OverbookingAdvice:
    """What to expect of the event. past: the community's concluded events; counted: the seats that were asked for."""
    in_room: Counter[tuple[str, str]] = Counter(
        (seat.document_id, seat.status) for seat in counted if seat.attend != "online" and not seat.walk_in
    )
    came_of = {one.id: _came_of(one, in_room) for one in past if one.id != event.id and one.attended}
    known = [one for one in past if one.id in came_of]
    same = [one for one in known if one.format == event.format and apart(one) == apart(event)]
    closest = [one for one in same if one.context == event.context]
    narrow = _silent(closest, came_of) is None
    alike = closest if narrow else same
    silent = _silent(alike, came_of)
    counts = [came_of[one.id] for one in alike]
    told = OverbookingAdvice(
        event_id=event.id,
        seats=ask.seats or event.capacity,
        format=event.format,
        context=event.context if narrow else None,
        events=len(alike),
        registrations=sum(one.seated for one in counts),
        did_not_come=sum(one.absent for one in counts),
        risk_limit=RISK_LIMIT,
        silent_because=silent,
        needed_events=EVENTS_NEEDED,
        needed_registrations=REGISTRATIONS_NEEDED,
    )
    if silent:
        return told
    chosen = {one.id for one in alike}
    share = learnt(counts, [came_of[one.id] for one in known if one.id not in chosen])
    advised = most(share, told.seats, at_most=_at_most(told.seats), limit=RISK_LIMIT)
    return told.model_copy(
        update={
            "share": round(share.mean, 3),
            "share_from": round(share.low, 3),
            "share_to": round(share.high, 3),
            "advised": advised,
            "options": [
                _option(share, confirmed, told.seats) for confirmed in _numbers(told.seats, advised, event.capacity)
            ],
        }
    )


def _came_of(event: Event, in_room: Mapping[tuple[str, str], int]) -> Past:
    """What became of those with a seat, and of seats that were given back so late that nobody took them.

    Walk-ins had no seat. in_room: how many came or did not, where the seats of the event were counted.
    """
    if event.seated is None or apart(event):
        missed = in_room[event.id, "no_show"]
        return Past(in_room[event.id, "attended"] + missed, missed)
    came, late = event.attended - event.walk_ins, event.late_unfilled or 0
    return Past(event.seated + late, event.seated - came + late)


def _silent(
    alike: Sequence[Event], came_of: Mapping[str, Past]
) -> Literal["too_few_events", "too_few_registrations"] | None:
    if len(alike) < EVENTS_NEEDED:
        return "too_few_events"
    seated = sum(came_of[one.id].seated for one in alike)
    return "too_few_registrations" if seated < REGISTRATIONS_NEEDED else None


def _at_most(seats: int) -> int:
    return min(3 * seats, MOST_CONFIRMED)


def _numbers(seats: int, advised: int, capacity: int) -> list[int]:
    """The seats, what is advised, what lies between them, a little more (what that would risk), and the capacity."""
    step = max(1, -(-(advised - seats) // 3))
    beyond = [advised + step, advised + 2 * step, *([capacity] if capacity > seats else [])]
    return sorted({seats, advised, *range(seats + step, advised, step), *(n for n in beyond if n <= _at_most(seats))})


def _option(share: Share, confirmed: int, seats: int) -> OverbookingOption:
    chances = coming(share, confirmed)
    low, high = likely(chances)
    return OverbookingOption(
        confirmed=confirmed,
        expected=round(sum(k * p for k, p in enumerate(chances)), 1),
        likely_from=low,
        likely_to=high,
        risk=round(risk(chances, seats), 3),
    )
