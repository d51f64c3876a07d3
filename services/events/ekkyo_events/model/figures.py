"""What came of a community's events, counted from their seats."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ekkyo.contracts.events import Figures

from ekkyo_events.model.documents import Event, Seat


def figures(community_id: str, concluded: Iterable[tuple[Event, Sequence[Seat]]]) -> Figures:
    """The figures of these events. Every registration ends in exactly one way: came, no-show, withdrawn or waiting."""
    formats: Counter[str] = Counter()
    came: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for event, seats in concluded:
        formats[event.format] += 1
        for seat in seats:
            if seat.status == "attended":
                came[seat.key] += 1
            count["registrations"] += seat.registration_id is not None
            count["waitlisted"] += seat.was_waitlisted
            count["promoted"] += seat.was_promoted
            count["withdrawn"] += seat.status == "withdrawn" and seat.registration_id is not None
            count["no_shows"] += seat.status == "no_show"
            count["walk_ins"] += seat.walk_in
    names = ("registrations", "waitlisted", "promoted", "withdrawn", "no_shows", "walk_ins")
    return Figures.model_validate(
        {
            "community_id": community_id,
            "events": dict(formats),
            "attendances": came.total(),
            "people": len(came),
            "returners": sum(times > 1 for times in came.values()),
            **{name: count[name] for name in names},
        }
    )
