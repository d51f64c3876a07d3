"""Entering a lottery, and opening one: what registering, publishing and setting terms ask of it."""

from collections.abc import Sequence
from datetime import datetime

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import RegistrationApplied, Terms
from ekkyo.decision import Cancel, Set
from ekkyo.decision import draw as drawn

from ekkyo_events.model.arranged.counting import arrangement
from ekkyo_events.model.documents import Event, Seat, state, unanswered
from ekkyo_events.model.lottery import Drawing, DrawTimer, Lot

ENTRANTS = 20_000
"""The list of entrants is one fact: more would make it too large for the messages of some receivers."""


def takes_entrants(event: Event, now: datetime) -> bool:
    """Whether who registers now enters a draw.

    Once somebody came after the time of the draw, nobody enters, even where a clock says otherwise.
    """
    is_open = event.drawing is not None and event.drawing.stage == "open" and event.tickets == 0
    return event.lottery is not None and is_open and now < event.lottery.draws_at


def enter(event: Event, newcomers: Sequence[Seat]) -> tuple[Event, list[Seat], list[RegistrationApplied]]:
    """Apply for places, alone or together. It is drawn who gets one."""
    if event.applied + len(newcomers) > ENTRANTS:
        raise Refused("draw_full", f"At most {ENTRANTS:,} members can take part in a draw.")
    after = event.model_copy(update={"applied": event.applied + len(newcomers)})
    applied = [seat.model_copy(update={"status": "applied", "late": False}) for seat in newcomers]
    told = state(after, after=event)
    facts = [
        RegistrationApplied(
            event_id=event.id,
            event=told,
            member_id=seat.key,
            registration_id=seat.registration_id,
            unanswered=unanswered(after, seat),
            **arrangement(seat, applied),
        )
        for seat in applied
    ]
    return after, applied, facts


def opened(event: Event, lot: Lot, now: datetime) -> Event:
    """The event with the draw of its lottery opened, if it has one. For its publication."""
    if event.lottery is None:
        return event
    if event.lottery.draws_at <= now:
        wrong = FieldError(field="terms.lottery.draws_at", code="in_the_past", detail="must be later than now")
        raise Refused(
            "draw_in_the_past", "The time of the draw has passed. Set another one in the terms.", errors=[wrong]
        )
    made = Drawing(id=lot.draw_id, seed=lot.seed, seed_sha256=drawn.commitment(lot.seed))
    return event.model_copy(update={"drawing": made})


def draw_timers(event: Event) -> list[Set | Cancel]:
    """The timer of the draw, if one is to come; none where the event is not to come either."""
    if event.drawing is None or event.drawing.stage != "open":
        return []
    if event.status != "published" or event.lottery is None:
        return [DrawTimer.cancel(event.id)]
    draws_at = event.lottery.draws_at
    return [DrawTimer(id=event.id, draws_at=draws_at).at(draws_at)]


def must_fit_lottery(event: Event, terms: Terms) -> list[FieldError]:
    """What is wrong with the time of a draw."""
    if terms.lottery is None or (event.drawing and event.drawing.stage != "open"):
        return []
    at, wrong = terms.lottery.draws_at, []
    if at >= event.starts_at:
        wrong.append(("not_before_start", "must be before the event starts"))
    if terms.opens_at and at <= terms.opens_at:
        wrong.append(("not_after_open", "must be after registration opens"))
    return [FieldError(field="terms.lottery.draws_at", code=code, detail=detail) for code, detail in wrong]


def must_keep_lottery(event: Event, terms: Terms | None, now: datetime) -> None:
    """Refuse to change what was promised with a published event: that places are drawn, and not before that time."""
    was, wanted = event.lottery, terms.lottery if terms else None
    if event.status == "draft" or was == wanted:
        return
    if was is None or wanted is None:
        raise Refused(
            "lottery_fixed",
            "Whether places are drawn was announced with the event, and cannot be changed any more.",
            errors=[FieldError(field="terms.lottery", code="fixed", detail="cannot be changed after the publication")],
        )
    errors = [
        FieldError(field="terms.lottery.draws_at", code="only_later", detail=f"must not be before {was.draws_at}")
    ]
    if wanted.draws_at < was.draws_at:
        raise Refused("draw_earlier", "Members were told that they can enter the draw until then.", errors=errors)
    if now >= was.draws_at or (event.drawing and event.drawing.stage != "open") or event.tickets:
        raise Refused("draw_closed", "The time of the draw has come: it cannot be moved any more.", errors=errors)


def must_draw_before(event: Event) -> None:
    """Refuse to move an event so that its draw would come after its start."""
    is_open = event.drawing is not None and event.drawing.stage == "open"
    if is_open and event.lottery and event.starts_at <= event.lottery.draws_at:
        raise Refused(
            "draw_after_start", "The event would start before its draw, which members were told. Choose a later start."
        )


def must_not_be_drawn(event: Event) -> None:
    """Refuse to change what places there are, or who has which, while they are given."""
    if event.drawing and (event.drawing.stage in ("closed", "held") or (event.is_to_be_drawn and event.tickets)):
        raise Refused("draw_running", "The places are being drawn at the moment. Try again in a minute.")
