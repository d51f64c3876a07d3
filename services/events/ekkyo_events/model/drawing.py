"""The draw, in steps of one write each: the list is closed; the seed and the order are published; places are given.

What stops in between goes on with the next step. A step that is made again finds what it made, and is the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

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

from ekkyo_events.model.asking import seats_at_once
from ekkyo_events.model.documents import Event, Seat, state, told_each, unanswered
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.lottery import Drawing, DrawTimer
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import promote, without_place
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.undoing import With

Step = Decision[Event, bool]
"""The answer: whether the draw is over."""
SAVED_AT_ONCE = 6_000_000
"""About so many bytes of facts and seats are saved in one write. A document has 16 MB, and may hold beside these what
the write before left, as long as that is not published, and a description of a megabyte of characters."""
EACH = 1_100
"""Bytes of a seat, and of a fact without the event it tells."""
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


def missed_before(seats: Iterable[Sequence[Seat]]) -> dict[str, int]:
    """How many draws in a row each member missed. seats: of earlier draws, the latest draw first.

    Who got a place from the waitlist later did not miss it.
    """
    missed: dict[str, int] = {}
    settled = set[str]()
    for entrants in seats:
        for seat in entrants:
            if seat.lot is None or seat.key in settled:
                continue
            if seat.lot == "placed" or seat.was_promoted:
                settled.add(seat.key)
            else:
                missed[seat.key] = missed.get(seat.key, 0) + 1
    return missed


def _closed(event: Event, seats: Entries[Seat], drawing: Drawing, people: People, missed: Mapping[str, int]) -> Step:
    applied = _able(event, seats, people)
    lines = drawn.canonical(
        drawn.Entrant(unit, weight=1 + min(drawn.MORE_AT_MOST, missed.get(seat.key, 0)))
        for unit, seat in applied.items()
    )
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
    order = drawn.order(drawing.seed, drawing.entrants, event.id, drawing.id)
    applied = _able(event, seats, people)
    withdrawn = [unit for unit in order if unit not in applied]
    places = max(0, event.capacity - event.seats_in_use)
    placed = drawn.placed(order, drawing.entrants, places, but=set(withdrawn))
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
        places=places,
        withdrawn=withdrawn,
        placed=placed,
    )
    return Decision(after, False, facts=[fact])


def _given(event: Event, seats: Entries[Seat], drawing: Drawing, people: People, now: datetime) -> Step:
    """Give the next of the order what they drew."""
    until = drawing.given + _at_once(event, len(drawing.order) - drawing.given)
    applied = {seat.registration_id: seat for seat in seats.all(status="applied")}
    units = drawing.order[drawing.given : until]
    barred = people.barred(event, [applied[unit].key for unit in units if unit in applied])
    got = set(drawing.placed)
    seated, waiting, gone = list[Seat](), list[Seat](), list[Seat]()
    free = event.capacity - event.seats_in_use
    for ticket, unit in enumerate(units, start=drawing.given + 1):
        seat = applied.get(unit)
        if seat is None:  # withdrew
            continue
        if seat.key in barred:
            gone.append(without_place(seat))
        elif unit in got and len(seated) < free:
            drew = seat.model_copy(update={"status": "confirmed", "lot": "placed"})
            seated.append(with_time_to_decide(event, drew, now=now))
        else:
            waits = {"status": "waitlisted", "position": ticket, "was_waitlisted": True, "lot": "missed"}
            waiting.append(seat.model_copy(update=waits))
    after = event.model_copy(
        update={
            "drawing": drawing.model_copy(update={"given": until}),
            "applied": event.applied - len(seated) - len(waiting) - len(gone),
            "confirmed": event.confirmed + len(seated),
            "waitlisted": event.waitlisted + len(waiting),
        }
    )
    seated = given_tables(after, seats, seated, people)
    before = sum(1 for seat in seats.all(status="waitlisted") if (seat.position or 0) <= drawing.given)
    facts = _told(event, after, seated, waiting, gone, before)
    return Decision(after, False, entries=[*seated, *waiting, *gone], facts=facts)


def _done(event: Event, seats: Entries[Seat], people: People, now: datetime) -> Step:
    """End the draw. What was given back meanwhile goes to those who wait; who was on no list waits behind them."""
    assert event.drawing is not None
    nothing = {"stage": "done", "entrants": [], "order": [], "placed": []}
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
    after = event.model_copy(update={"drawing": event.drawing.model_copy(update=nothing), **counts})
    promotion = promote(after, With(seats, [*waiting, *gone]), people, "withdrawal").at(now)
    facts = _told(event, promotion.event, [], waiting, gone, event.waitlisted)
    changed = {seat.key: seat for seat in [*waiting, *gone, *promotion.entries]}
    return Decision(
        promotion.event,
        True,
        entries=list(changed.values()),
        facts=[*facts, *promotion.facts(state(promotion.event, after=event))],
    )


def _at_once(event: Event, left: int) -> int:
    """Of how many who are left it is saved in the next write what they got: as few writes as they fit into, alike."""
    brief = state(event).model_copy(update={"description": ""})
    fit = SAVED_AT_ONCE // (len(brief.model_dump_json().encode()) + EACH)
    most = seats_at_once(event.questions, fit)
    return -(-left // -(-left // most))


def _able(event: Event, seats: Entries[Seat], people: People) -> dict[str, Seat]:
    """Those who applied and may come, by their registration. Raises NotLookedUp."""
    applied = [seat for seat in seats.all(status="applied") if seat.registration_id]
    barred = people.barred(event, [seat.key for seat in applied])
    return {seat.registration_id or "": seat for seat in applied if seat.key not in barred}


def _told(
    before: Event,
    after: Event,
    seated: Sequence[Seat],
    waiting: Sequence[Seat],
    gone: Sequence[Seat],
    ahead: int,
) -> list[RegistrationFact]:
    """A fact for each of these. ahead: how many wait before the first of those who wait."""
    everybody = [*seated, *waiting, *gone]
    each = iter(told_each(state(after, after=before), len(everybody)))
    about = {
        seat.key: {
            "event_id": after.id,
            "event": next(each),
            "member_id": seat.key,
            "registration_id": seat.registration_id,
            "unanswered": unanswered(after, seat),
        }
        for seat in everybody
    }
    return [
        *(
            RegistrationConfirmed(because="draw", table=seat.table, withdraw_by=seat.withdraw_by, **about[seat.key])
            for seat in seated
        ),
        *(
            RegistrationWaitlisted(because="draw", position=place, **about[seat.key])
            for place, seat in enumerate(waiting, start=ahead + 1)
        ),
        *(RegistrationWithdrawn(was="applied", because="left", **about[seat.key]) for seat in gone),
    ]
