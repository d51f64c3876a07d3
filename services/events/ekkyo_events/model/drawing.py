"""The draw, in steps of one write each: the list is closed; the seed and the order are published; places are given.

What stops in between goes on with the next step. A step that is made again finds what it made, and is the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from ekkyo.contracts.events import (
    DrawClosed,
    DrawHeld,
    RegistrationConfirmed,
    RegistrationFact,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
)
from ekkyo.decision import Decision, Entries
from ekkyo.decision import draw as drawn

from ekkyo_events.model.arranged import Unit, room_of
from ekkyo_events.model.arranged.counting import arrangement, recounted
from ekkyo_events.model.arranged.quotas import released
from ekkyo_events.model.asking import seats_at_once
from ekkyo_events.model.documents import Event, Seat, state, told_each, unanswered
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.line import places
from ekkyo_events.model.lottery import Drawing, DrawTimer, Result
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import promote, without_place
from ekkyo_events.model.releasing import is_due
from ekkyo_events.model.releasing import told as told_released
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.undoing import With

Step = Decision[Event, bool]
"""The answer: whether the draw is over."""
SAVED_AT_ONCE = 6_000_000
"""About so many bytes of facts and seats are saved in one write. A document has 16 MB, and may hold beside these what
the write before left, as long as that is not published, and a description of a megabyte of characters."""
EACH = 1_100
"""Bytes of a seat, and of a fact without the event it tells."""
DONE: Final[Mapping[str, Any]] = {"stage": "done", "entrants": [], "order": [], "placed": []}
"""A draw whose places are given."""
EARLIER = 6
"""Earlier draws of a community, the latest, in which it is looked up who missed out."""


def draw(
    event: Event,
    seats: Entries[Seat],
    timer: DrawTimer,
    *,
    people: People,
    missed: Mapping[str, int],
    now: datetime,
) -> Step:
    """Make the next step of a draw. missed: how many draws in a row each member missed before.

    A draw whose time came while no service ran is held late, but not after the start: then a place is worth nothing.
    """
    drawing = event.drawing
    if drawing is None or event.status != "published" or drawing.stage == "done":
        return Decision(event, True)
    if drawing.stage == "open":
        if event.lottery is None or event.lottery.draws_at != timer.draws_at or now >= event.starts_at:
            return Decision(event, True)
        return _closed(event, seats, drawing, people, missed)
    if drawing.stage == "closed":
        return _held(event, seats, drawing, people, now)
    if drawing.given < len(drawing.order):
        return _given(event, seats, drawing, people, now)
    return _done(event, seats, people, now)


def is_to_be_closed(event: Event | None) -> bool:
    """Whether the next step of a draw weighs the entrants, for which it has to be known who missed out before."""
    return event is not None and event.drawing is not None and event.drawing.stage == "open"


class Drew(NamedTuple):
    """What became of an entrant in a draw: of a seat, as much as the next draw needs to know."""

    key: str
    lot: Result | None
    was_promoted: bool | None


def missed_before(draws: Iterable[Sequence[Drew | Seat]]) -> dict[str, int]:
    """How many draws in a row each member missed. draws: the entrants of earlier ones, the latest draw first.

    Who got a place from the waitlist later did not miss it.
    """
    missed: dict[str, int] = {}
    settled = set[str]()
    for entrants in draws:
        for seat in entrants:
            if seat.lot is None or seat.key in settled:
                continue
            if seat.lot == "placed" or seat.was_promoted:
                settled.add(seat.key)
            else:
                missed[seat.key] = missed.get(seat.key, 0) + 1
    return missed


def _closed(event: Event, seats: Entries[Seat], drawing: Drawing, people: People, missed: Mapping[str, int]) -> Step:
    lines = drawn.canonical(_entrant(unit, of, missed) for unit, of in _able(event, seats, people).items())
    hashed = drawn.digest(lines)
    closed = {"stage": "closed", "entrants": lines, "count": len(lines), "entrants_sha256": hashed}
    after = event.model_copy(update={"drawing": drawing.model_copy(update=closed)})
    fact = DrawClosed(
        event_id=event.id,
        event=state(after, after=event),
        draw_id=drawing.id,
        entrants=lines,
        entrants_sha256=hashed,
    )
    return Decision(after, False, facts=[fact])


def _held(event: Event, seats: Entries[Seat], drawing: Drawing, people: People, now: datetime) -> Step:
    applied = _able(event, seats, people)
    order = drawn.order(drawing.seed, drawing.entrants, event.id, drawing.id)
    withdrawn = [unit for unit in order if unit not in applied]
    room = room_of(event)
    placed = drawn.placed(order, drawing.entrants, room, but=set(withdrawn))
    held = {"stage": "held", "entrants": [], "order": order, "placed": placed}
    tickets = max(event.tickets, len(order))  # who comes later waits behind all of them
    changed = {"drawing": drawing.model_copy(update=held), "tickets": tickets, "drawn_at": now}
    after = event.model_copy(update=changed)
    fact = DrawHeld(
        event_id=event.id,
        event=state(after, after=event),
        draw_id=drawing.id,
        seed=drawing.seed,
        entrants_sha256=drawing.entrants_sha256 or "",
        order=order,
        places=room.onsite,
        kept=list(room.kept),
        online_places=room.online if event.terms and event.terms.online_capacity is not None else None,
        withdrawn=withdrawn,
        placed=placed,
    )
    return Decision(after, False, facts=[fact])


def _given(event: Event, seats: Entries[Seat], drawing: Drawing, people: People, now: datetime) -> Step:
    """Give the next of the order what they drew."""
    until = drawing.given + _at_once(event, len(drawing.order) - drawing.given)
    applied, before = _by_unit(seats.all(status="applied")), seats.all(status="waitlisted")
    units = drawing.order[drawing.given : until]
    barred = people.barred(event, [seat.key for unit in units for seat in applied.get(unit, ())])
    got, room = set(drawing.placed), room_of(event)
    seated, waiting, gone = list[Seat](), list[Seat](), list[Seat]()
    for ticket, name in enumerate(units, start=drawing.given + 1):
        members = applied.get(name, ())  # nobody: they withdrew
        gone += [without_place(seat) for seat in members if seat.key in barred]
        unit = Unit(tuple(seat for seat in members if seat.key not in barred))
        if name in got and room.fits(unit):
            room = room.without(unit)
            drew = {"status": "confirmed", "lot": "placed"}
            seated += [with_time_to_decide(event, seat.model_copy(update=drew), now=now) for seat in unit.seats]
        else:
            waits = {"status": "waitlisted", "position": ticket, "was_waitlisted": True, "lot": "missed"}
            waiting += [seat.model_copy(update=waits) for seat in unit.seats]
    after = event.model_copy(
        update={
            "drawing": drawing.model_copy(update={"given": until}),
            "applied": event.applied - len(seated) - len(waiting) - len(gone),
            "confirmed": event.confirmed + len(seated),
            "waitlisted": event.waitlisted + len(waiting),
        }
    )
    after = recounted(after, [], seated)
    seated = given_tables(after, seats, seated, people)
    line = places([*before, *waiting])
    over = until >= len(drawing.order) and _is_all(after, now)
    if over:
        after = after.model_copy(update={"drawing": drawing.model_copy(update={**DONE, "given": until})})
    facts = _told(event, after, seated, waiting, gone, line)
    return Decision(after, over, entries=[*seated, *waiting, *gone], facts=facts)


def _is_all(event: Event, now: datetime) -> bool:
    """Whether nobody is left who applied, and no seat for those who wait: then a draw is over with its last places."""
    full = event.room.onsite <= 0 and event.room.online <= 0
    return event.applied == 0 and (full or event.waitlisted == 0) and not is_due(event, now)


def _done(event: Event, seats: Entries[Seat], people: People, now: datetime) -> Step:
    """End the draw. What was given back meanwhile goes to those who wait; who was on no list waits behind them."""
    assert event.drawing is not None
    left = seats.all(status="applied")
    barred = people.barred(event, [seat.key for seat in left])
    gone = [without_place(seat) for seat in left if seat.key in barred]
    waits = {"status": "waitlisted", "was_waitlisted": True}
    waiting = [
        seat.model_copy(update={**waits, "position": event.tickets + n})
        for n, seat in enumerate((seat for seat in left if seat.key not in barred), start=1)
    ]
    counts = {
        "applied": event.applied - len(left),
        "waitlisted": event.waitlisted + len(waiting),
        "tickets": event.tickets + len(waiting),
    }
    after = event.model_copy(update={"drawing": event.drawing.model_copy(update=DONE), **counts})
    there, due = With(seats, [*waiting, *gone]), is_due(after, now)
    promotion = promote(released(after) if due else after, there, people, "seats_released" if due else "withdrawal").at(
        now
    )
    promoted = told_released(event, promotion) if due else promotion.facts(state(promotion.event, after=event))
    line = places([*seats.all(status="waitlisted"), *waiting]) if waiting else {}
    facts = _told(event, promotion.event, [], waiting, gone, line)
    changed = {seat.key: seat for seat in [*waiting, *gone, *promotion.entries]}
    return Decision(
        promotion.event,
        True,
        entries=list(changed.values()),
        facts=[*facts, *promoted],
    )


def _at_once(event: Event, left: int) -> int:
    """Of how many units it is saved in the next write what they got: as few writes as all fit into, alike."""
    brief = state(event).model_copy(update={"description": ""})
    fit = SAVED_AT_ONCE // (len(brief.model_dump_json().encode()) + EACH)
    most = seats_at_once(event.questions, fit)
    writes = -(-max(left, event.applied) // most)
    return -(-left // writes)


def _able(event: Event, seats: Entries[Seat], people: People) -> dict[str, list[Seat]]:
    """Those who applied and may come, by what they applied with, alone or together. Raises NotLookedUp."""
    applied = seats.all(status="applied")
    barred = people.barred(event, [seat.key for seat in applied])
    return _by_unit(seat for seat in applied if seat.key not in barred)


def _by_unit(applied: Iterable[Seat]) -> dict[str, list[Seat]]:
    found: dict[str, list[Seat]] = {}
    for seat in applied:
        found.setdefault(seat.registration_id or "", []).append(seat)
    return found


def _entrant(unit: str, seats: Sequence[Seat], missed: Mapping[str, int]) -> drawn.Entrant:
    """A registration or a group, which nobody makes heavier by joining it."""
    weight = 1 + min(drawn.MORE_AT_MOST, *(missed.get(seat.key, 0) for seat in seats))
    return drawn.Entrant(unit, weight, tuple(drawn.Wanted(seat.attend, tuple(seat.quotas)) for seat in seats))


def _told(
    before: Event,
    after: Event,
    seated: Sequence[Seat],
    waiting: Sequence[Seat],
    gone: Sequence[Seat],
    line: Mapping[str, int],
) -> list[RegistrationFact]:
    """A fact for each of these. line: which place on the waitlist each of those has who wait."""
    each = iter(told_each(state(after, after=before), len(seated) + len(waiting) + len(gone)))
    about = {
        seat.key: {
            "event_id": after.id,
            "event": next(each),
            "member_id": seat.key,
            "registration_id": seat.registration_id,
            "unanswered": unanswered(after, seat),
            **arrangement(seat, alike),
        }
        for alike in (seated, waiting, gone)
        for seat in alike
    }
    return [
        *(
            RegistrationConfirmed(because="draw", table=seat.table, withdraw_by=seat.withdraw_by, **about[seat.key])
            for seat in seated
        ),
        *(RegistrationWaitlisted(because="draw", position=line[seat.key], **about[seat.key]) for seat in waiting),
        *(RegistrationWithdrawn(was="applied", because="left", **about[seat.key]) for seat in gone),
    ]
