"""Seats that quotas keep: for whom they are, and when they are for everybody. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import Quota, Quotas, Terms
from ekkyo.decision import Cancel, Entries, Set

from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.people import People
from ekkyo_events.model.timers import ReleaseTimer

KEPT_AT_MOST = 1_000
"""Seats that all quotas keep together: when they are released, all who get one are saved in one write."""
RECOUNTED_AT_ONCE = 5_000
"""Seats that are saved in one write when quotas change."""
COUNTS = ["confirmed", "attended", "waitlisted", "applied", "declined"]
"""Whose standing matters: who has a seat, waits, or may still be given one."""


def keeps(event: Event) -> bool:
    """Whether an event keeps seats for some members now."""
    return event.terms is not None and event.terms.quotas is not None and not event.released


def counting(event: Event, seats: Sequence[Seat], people: People) -> list[Seat]:
    """These seats with the quotas that are for their members, as far as is known now. Raises NotLookedUp."""
    quotas = event.terms.quotas if event.terms else None
    if quotas is None or event.released:
        return [seat.model_copy(update={"quotas": []}) if seat.quotas else seat for seat in seats]
    members = [seat.key for seat in seats]
    came = people.came_before(event, members) if any(one.first_timers for one in quotas.kept) else set[str]()
    departments = people.departments(members) if any(one.departments for one in quotas.kept) else {}
    return [
        seat.model_copy(
            update={
                "quotas": [
                    number
                    for number, quota in enumerate(quotas.kept)
                    if (seat.key not in came if quota.first_timers else departments[seat.key] in quota.departments)
                ]
            }
        )
        for seat in seats
    ]


def with_quotas(was: Event, after: Event, seats: Entries[Seat], people: People) -> tuple[Event, list[Seat]]:
    """The event whose quotas changed, and those seats whose members other quotas are for than before.

    Where only numbers or the time changed, everybody stays what they were. Raises NotLookedUp.
    """
    old, new = was.terms and was.terms.quotas, after.terms and after.terms.quotas
    if old == new:
        return after, []
    after = after.model_copy(update={"released": False})
    if not new:
        return after.model_copy(update={"holders": {}}), []
    if was.status == "draft" or (old and not was.released and _for_whom(old) == _for_whom(new)):
        return after, []
    every = seats.all(status=COUNTS)
    counted = counting(after, every, people)
    changed = [now for before, now in zip(every, counted, strict=True) if now != before]
    if len(changed) > RECOUNTED_AT_ONCE:
        raise Refused("too_many_registered", f"More than {RECOUNTED_AT_ONCE:,} members are concerned: it is too late.")
    return after.model_copy(update={"holders": held_more({}, [], counted)}), changed


def held_more(holders: dict[str, int], was: Iterable[Seat], now: Iterable[Seat]) -> dict[str, int]:
    """How many who have seats in the room count for which quotas, after these seats changed."""
    counted = dict(holders)
    for seats, more in ((was, -1), (now, 1)):
        for seat in seats:
            if seat.quotas and sits(seat) and seat.attend != "online":
                which = str(sum(1 << number for number in seat.quotas))
                counted[which] = counted.get(which, 0) + more
    return {which: many for which, many in counted.items() if many}


def sits(seat: Seat) -> bool:
    """Whether this is a seat that is in use."""
    return seat.status in ("confirmed", "attended") and not seat.walk_in


def released(event: Event) -> Event:
    """The event without seats that are kept."""
    return event.model_copy(update={"released": True, "holders": {}})


def release_timers(event: Event) -> list[Set | Cancel]:
    """The timer of the release, where seats are kept."""
    quotas = event.terms.quotas if event.terms else None
    if quotas is None or event.released:
        return []
    if event.status != "published":
        return [ReleaseTimer.cancel(event.id)]
    return [ReleaseTimer(id=event.id, released_at=quotas.released_at).at(quotas.released_at)]


def must_fit_quotas(event: Event, terms: Terms, now: datetime) -> list[FieldError]:
    """What is wrong with quotas in themselves, and with the time of their release."""
    quotas = terms.quotas
    if quotas is None:
        return []
    wrong, named = list[FieldError](), list[tuple[object, ...]]()
    for number, quota in enumerate(quotas.kept):
        field = f"terms.quotas.kept.{number}"
        if quota.first_timers == bool(quota.departments):
            detail = "must be for first-timers or for departments, one of the two"
            wrong.append(FieldError(field=field, code="for_whom", detail=detail))
        if _whom(quota) in named:
            wrong.append(FieldError(field=field, code="twice", detail="is for the same members as another quota"))
        named.append(_whom(quota))
    at, field = quotas.released_at, "terms.quotas.released_at"
    was = event.terms.quotas.released_at if event.terms and event.terms.quotas else None
    if at >= event.starts_at:
        wrong.append(FieldError(field=field, code="not_before_start", detail="must be before the event starts"))
    elif terms.lottery and at <= terms.lottery.draws_at:
        wrong.append(FieldError(field=field, code="not_after_draw", detail="must be after the draw"))
    elif event.status == "published" and at != was and at <= now:
        wrong.append(FieldError(field=field, code="in_the_past", detail="must be later than now"))
    return wrong


def must_fit_seats(event: Event) -> None:
    """Refuse to keep more seats than there are, and to publish departments with a draw."""
    terms = event.terms
    if terms is None or terms.quotas is None:
        return
    most = min(event.capacity, KEPT_AT_MOST)
    if sum(quota.seats for quota in terms.quotas.kept) > most:
        wrong = FieldError(field="terms.quotas", code="above_capacity", detail=f"must keep {most} seats at most")
        raise Refused("terms_conflict", f"The quotas keep more seats than {most}.", errors=[wrong])
    if terms.lottery and any(quota.departments for quota in terms.quotas.kept):
        both = [
            FieldError(field=f"terms.{name}", code="department_drawn", detail="leave one of the two out")
            for name in ("quotas", "lottery")
        ]
        text = "Anybody can repeat a draw, which would publish who belongs to which department."
        raise Refused("terms_conflict", text, errors=both)


def must_keep_quotas(event: Event, terms: Terms | None) -> None:
    """Refuse to change how many places of a draw that is open are kept: members were told with the event."""
    was, wanted = event.terms and event.terms.quotas, terms and terms.quotas
    if event.is_to_be_drawn and (was and was.kept) != (wanted and wanted.kept):
        raise Refused(
            "lottery_fixed",
            "How places are drawn was announced with the event, and cannot be changed before the draw.",
            errors=[FieldError(field="terms.quotas", code="fixed_draw", detail="cannot be changed before the draw")],
        )


def must_release_later(event: Event, now: datetime) -> None:
    """Refuse to publish an event whose kept seats would be released at once."""
    quotas = event.terms.quotas if event.terms else None
    if quotas and quotas.released_at <= now:
        wrong = FieldError(field="terms.quotas.released_at", code="in_the_past", detail="must be later than now")
        text = "The time at which kept seats are released has passed. Set another one in the terms."
        raise Refused("release_in_the_past", text, errors=[wrong])


def _for_whom(quotas: Quotas) -> list[tuple[object, ...]]:
    return [_whom(quota) for quota in quotas.kept]


def _whom(quota: Quota) -> tuple[object, ...]:
    return (quota.first_timers, *sorted(quota.departments))
