"""What the events service holds on a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ekkyo.contracts.events import HeldByEvents
from ekkyo.contracts.held import Held, Row
from ekkyo.decision import Caller
from ekkyo.decision.holding import held, row

from ekkyo_events.model.departures import Departure
from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.outputs import Output
from ekkyo_events.model.people import Person
from ekkyo_events.model.series.documents import Regular, Series
from ekkyo_events.model.visibility import seen

OF_SEAT: Final = {"document_id", "key", "moved", "wrong_words"}
"""Said otherwise; and what was tried at the door, which may be somebody's password."""


@dataclass(frozen=True)
class OfMember:
    """All that is stored with a member's id in it. events: those of the seats."""

    person: Person | None = None
    departure: Departure | None = None
    seats: Sequence[Seat] = ()
    events: dict[str, Event] = field(default_factory=dict)
    regulars: Sequence[Regular] = ()
    series: dict[str, Series] = field(default_factory=dict)
    named_in: Sequence[Event] = ()
    speaks_in: Sequence[Series] = ()
    outputs: Sequence[Output] = ()


def held_on(ask: HeldByEvents, it: OfMember, who: Caller) -> Held:
    """All of it. An event that the caller does not see goes without its title and its time."""
    sections: dict[str, Iterable[Row]] = {
        "known": [row(one) for one in (it.person,) if one],
        "left": [row(one) for one in (it.departure,) if one],
        "places": [_place(seat, it.events.get(seat.document_id), who) for seat in it.seats],
        "series": [_regular(one, it.series.get(one.document_id)) for one in it.regulars],
        "hosts": [_event(event) for event in it.named_in if ask.member_id in event.hosts],
        "speaks": [
            *(_event(event) for event in it.named_in if ask.member_id in event.speakers and seen(event, who, None)),
            *({"series_id": one.id, "title": one.title} for one in it.speaks_in),
        ],
        "outputs": [row(one, without=["made_as", "authors", "event_title"]) for one in it.outputs],
    }
    return held(ask, sections, who)


def _place(seat: Seat, event: Event | None, who: Caller) -> Row:
    about = _event(event) if event and seen(event, who, seat) else {"event_id": seat.document_id}
    moved: Row = {"moved_to": seat.moved.to} if seat.moved else {}
    return about | row(seat, without=OF_SEAT) | moved


def _event(event: Event) -> Row:
    return {
        "event_id": event.id,
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "community_id": event.community_id,
    }


def _regular(regular: Regular, series: Series | None) -> Row:
    about: Row = {"series_id": regular.document_id} | ({"title": series.title} if series else {})
    return about | row(regular, without=["document_id", "key"])
