"""Whether a draw was held as promised, by the facts about its event alone. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ekkyo.contracts.events import (
    DrawClosed,
    DrawHeld,
    EventFact,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationFact,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
)
from ekkyo.decision import draw
from ekkyo.decision.places import Room

A = TypeVar("A")

NAMED = 3
"""How many ids a problem names."""


@dataclass(frozen=True)
class Check:
    """One thing that was promised, and what differs from it; nothing if all is as promised."""

    what: str
    differs: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of the checks of a draw."""

    checks: Sequence[Check]
    entrants: int
    places: int
    placed: int

    @property
    def is_right(self) -> bool:
        return not any(check.differs for check in self.checks)


class NothingDrawn(Exception):
    """There is no draw to verify. Its text says why."""


def verify(
    facts: Iterable[EventFact],
    missed: Mapping[str, int] | None = None,
    first_timers: Mapping[str, bool | None] | None = None,
) -> Verdict:
    """Repeat the draw of an event. Raises NothingDrawn.

    facts: all about the event, in the order of the stream. missed: how many draws in a row members missed before;
    without it, why an entrant has its weight is not looked at. first_timers: which members of those who applied had
    come to no event of the community then, as `first_timers` finds it; without it, for whom seats are kept is not
    looked at.
    """
    facts = list(facts)
    drawn = [fact for fact in facts if fact.event.draw is not None]
    if not drawn:
        raise NothingDrawn("the facts about this event tell of no lottery")
    closed = [at for at, fact in enumerate(facts) if isinstance(fact, DrawClosed)]
    held = [at for at, fact in enumerate(facts) if isinstance(fact, DrawHeld)]
    if not held:
        lottery = facts[-1].event.terms and facts[-1].event.terms.lottery
        at = f" The draw is at {lottery.draws_at:%Y-%m-%d %H:%M} UTC." if lottery else ""
        raise NothingDrawn(f"the draw of this event was not held yet.{at}")
    if len(closed) != 1 or len(held) != 1 or closed[0] > held[0]:
        once = Check("The list of entrants was published once, before the seed", "it was not")
        return Verdict([once], 0, 0, 0)
    list_, result = facts[closed[0]], facts[held[0]]
    assert isinstance(list_, DrawClosed)
    assert isinstance(result, DrawHeld)
    first = drawn[0].event.draw
    assert first is not None
    checks = [
        Check("The list of entrants was published once, before the seed"),
        Check("The draw is the one that was announced", _announced(drawn, facts[: closed[0]], list_, result)),
        Check("The seed is the one that was promised", _differ(draw.commitment(result.seed), first.seed_sha256)),
        Check("The list of entrants has the hash that was published", _hashed(list_, result)),
        Check("Everybody who applied is on the list, and nobody else", _entered(facts, closed[0], list_)),
        *(
            [Check("Who missed out before weighs more", _weighed(facts, closed[0], list_, missed))]
            if missed is not None
            else []
        ),
        *(
            [Check("Seats are kept for those who never came before", _first(facts, closed[0], list_, first_timers))]
            if result.kept and first_timers is not None
            else []
        ),
        Check("The order is the one that follows from the seed and the list", _ordered(list_, result)),
        Check("The places went by the order", _placed(list_, result)),
        Check("Everybody was told what they drew", _told(facts[held[0] :], list_, result)),
    ]
    return Verdict(checks, len(list_.entrants), result.places, len(result.placed))


def _announced(
    drawn: Sequence[EventFact], before: Sequence[EventFact], closed: DrawClosed, held: DrawHeld
) -> str | None:
    said = {(fact.event.draw.draw_id, fact.event.draw.seed_sha256) for fact in drawn if fact.event.draw}
    if len(said) != 1 or {closed.draw_id, held.draw_id} != {draw_id for draw_id, _ in said}:
        return "different facts tell of different draws"
    if drawn[0] not in before:
        return "the hash of the seed was not published before the list of entrants"
    if any(fact.event.draw and fact.event.draw.seed for fact in before):
        return "the seed was published before the list of entrants"
    return None


def _hashed(closed: DrawClosed, held: DrawHeld) -> str | None:
    return _differ(draw.digest(closed.entrants), closed.entrants_sha256) or _differ(
        held.entrants_sha256, closed.entrants_sha256
    )


def _entered(facts: Sequence[EventFact], closed_at: int, closed: DrawClosed) -> str | None:
    """Who is missing or too many. Who may not come any more is left out of the list before that is told."""
    members = _members(facts[:closed_at])
    entered = {unit for unit, who in members.items() if who}
    left = {
        _unit(fact)
        for fact in facts[closed_at:]
        if isinstance(fact, RegistrationWithdrawn) and (fact.was, fact.because) == ("applied", "left")
    }
    listed = _read(lambda: {draw.Entrant.read(line).unit for line in closed.entrants})
    if isinstance(listed, str):
        return listed
    missing = _missing(entered - left - listed, "applied and not on the list")
    return missing or _missing(listed - entered, "on the list without having applied")


def _members(facts: Iterable[EventFact]) -> dict[str, set[str]]:
    """Who applied with what, and did not withdraw."""
    members: dict[str, set[str]] = {}
    for fact in facts:
        if isinstance(fact, RegistrationApplied):
            members.setdefault(_unit(fact), set()).add(fact.member_id)
        if isinstance(fact, RegistrationWithdrawn) and fact.was == "applied":
            members.get(_unit(fact), set()).discard(fact.member_id)
    return members


def _weighed(facts: Sequence[EventFact], closed_at: int, closed: DrawClosed, missed: Mapping[str, int]) -> str | None:
    """Whose weight is another than follows. Of a group that somebody left since, it is not known who counted."""
    members, later = _members(facts[:closed_at]), _members(facts)
    other = set()
    entrants = _read(lambda: [draw.Entrant.read(line) for line in closed.entrants])
    for entrant in [] if isinstance(entrants, str) else entrants:
        who = members.get(entrant.unit)
        if who and (len(who) == 1 or who == later.get(entrant.unit)):
            follows = 1 + min(draw.MORE_AT_MOST, *(missed.get(member, 0) for member in who))
            if entrant.weight != follows:
                other.add(entrant.unit)
    return _missing(other, "weighed otherwise than follows from earlier draws")


def _first(
    facts: Sequence[EventFact], closed_at: int, closed: DrawClosed, first_timers: Mapping[str, bool | None]
) -> str | None:
    """Whom kept seats are for although that does not follow. Of a group that somebody left since, it is not known."""
    members, later = _members(facts[:closed_at]), _members(facts)
    other = set()
    entrants = _read(lambda: [draw.Entrant.read(line) for line in closed.entrants])
    for entrant in [] if isinstance(entrants, str) else entrants:
        who = members.get(entrant.unit, set())
        known = [first for member in who if (first := first_timers.get(member)) is not None]
        same = len(known) == len(entrant.seats) == len(who) and (len(who) == 1 or who == later.get(entrant.unit))
        if same and sum(known) != sum(bool(seat.quotas) for seat in entrant.seats):
            other.add(entrant.unit)
    return _missing(other, "counted otherwise than follows from who came to earlier events")


def _ordered(closed: DrawClosed, held: DrawHeld) -> str | None:
    order = _read(lambda: draw.order(held.seed, closed.entrants, held.event_id, held.draw_id))
    if isinstance(order, str):
        return order
    return None if order == held.order else _first_that_differs(order, held.order)


def _placed(closed: DrawClosed, held: DrawHeld) -> str | None:
    terms = held.event.terms
    promised = [quota.seats for quota in terms.quotas.kept] if terms and terms.quotas else []
    if held.kept != promised:
        return f"{held.kept} seats were kept, and {promised} were promised"
    room = Room(onsite=held.places, online=held.online_places or 0, kept=tuple(held.kept))
    placed = _read(lambda: draw.placed(held.order, closed.entrants, room, but=set(held.withdrawn)))
    if isinstance(placed, str):
        return placed
    return None if placed == held.placed else _first_that_differs(placed, held.placed)


def _told(since: Sequence[EventFact], closed: DrawClosed, held: DrawHeld) -> str | None:
    """Who was told otherwise than was drawn, or nothing. Who gave up in between is told that alone."""
    told: dict[type[EventFact], set[str]] = {RegistrationConfirmed: set(), RegistrationWaitlisted: set()}
    gave_up = set(held.withdrawn)
    for fact in since:
        if isinstance(fact, RegistrationConfirmed | RegistrationWaitlisted) and fact.because == "draw":
            told[type(fact)].add(_unit(fact))
        if isinstance(fact, RegistrationWithdrawn):
            gave_up.add(_unit(fact))
    placed, everybody = set(held.placed), set(held.order)
    return (
        _missing(told[RegistrationConfirmed] - placed, "confirmed without having drawn a place")
        or _missing(placed - gave_up - told[RegistrationConfirmed], "not told of their place")
        or _missing(everybody - placed - gave_up - told[RegistrationWaitlisted], "not told that they wait")
    )


def _unit(fact: RegistrationFact) -> str:
    return fact.registration_id or ""


def _read(compute: Callable[[], A]) -> A | str:
    try:
        return compute()
    except (ValueError, KeyError) as problem:
        return str(problem)


def _differ(found: str, promised: str) -> str | None:
    return None if found == promised else f"it is {found}, but {promised} was published"


def _missing(ids: Collection[str], words: str) -> str | None:
    if not ids:
        return None
    some = ", ".join(sorted(ids)[:NAMED]) + (", …" if len(ids) > NAMED else "")
    return f"{len(ids)} {words}: {some}"


def _first_that_differs(computed: Sequence[str], published: Sequence[str]) -> str:
    for place, (one, other) in enumerate(zip(computed, published, strict=False), start=1):
        if one != other:
            return f"place {place} goes to {one}, but {other} was published"
    return f"{len(computed)} follow, but {len(published)} were published"
