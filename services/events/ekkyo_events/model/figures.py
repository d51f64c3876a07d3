"""What came of a community's events, counted from their seats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import CountEvents, EventCounts, EventFormat, Figures, KindFigures
from ekkyo.contracts.events.counts import Held, counted

from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.outputs import Output
from ekkyo_events.model.people import Person
from ekkyo_events.model.visibility import seen

TOTALS: Final = (
    "registrations",
    "waitlisted",
    "promoted",
    "withdrawn",
    "declined",
    "late_cancellations",
    "no_shows",
    "walk_ins",
)
OF_A_KIND: Final = ("events", "registrations", "came", "no_shows", "late_cancellations", "walk_ins")
MOST_KINDS: Final = 200


def figures(community_id: str, concluded: Iterable[tuple[Event, Sequence[Seat]]]) -> Figures:
    """The figures of these events. Every registration ends in one way: came, no-show, gave up, or got no seat."""
    formats: Counter[str] = Counter()
    kinds: dict[tuple[EventFormat, str], Counter[str]] = {}
    came: Counter[str] = Counter()
    for event, seats in concluded:
        formats[event.format] += 1
        kind = kinds.setdefault((event.format, event.context), Counter())
        kind["events"] += 1
        for seat in seats:
            if seat.status == "attended":
                came[seat.key] += 1
            kind.update(_counted(seat))
    count = sum(kinds.values(), Counter[str]())
    return Figures.model_validate(
        {
            "community_id": community_id,
            "events": dict(formats),
            "attendances": came.total(),
            "people": len(came),
            "returners": sum(times > 1 for times in came.values()),
            **{name: count[name] for name in TOTALS},
            "kinds": _most_held(kinds),
        }
    )


def told_in_counts(concluded: Iterable[Event], who: Caller) -> list[Event]:
    """Those of these that the caller may hear of: short spans would tell others of an event by invitation."""
    return [event for event in concluded if seen(event, who, None)]


def counts(
    ask: CountEvents,
    concluded: Iterable[Event],
    came: Mapping[str, Iterable[str]],
    people: Iterable[Person],
    board: Iterable[Output],
) -> EventCounts:
    """What took place within the spans that the question names. came: who attended each event."""
    held = [Held(event.starts_at, frozenset(came[event.id])) for event in concluded]
    attached = [output.attached_at for output in board if output.attached_at]
    departments = {person.id: person.department for person in people}
    return EventCounts(community_id=ask.community_id, counts=counted(held, attached, departments, ask.spans))


def _counted(seat: Seat) -> Iterable[str]:
    """What one seat counts as, once or more."""
    ends = {"attended": "came", "no_show": "no_shows"}
    if seat.status in ends:
        yield ends[seat.status]
    if seat.walk_in:
        yield "walk_ins"
    if seat.was_waitlisted:
        yield "waitlisted"
    if seat.was_promoted:
        yield "promoted"
    if seat.registration_id is not None:
        yield "registrations"
        if seat.status in ("withdrawn", "declined"):
            yield seat.status
        if seat.status == "withdrawn" and seat.late:
            yield "late_cancellations"


def _most_held(kinds: Mapping[tuple[EventFormat, str], Counter[str]]) -> list[KindFigures]:
    """The kinds with the most events first."""
    ordered = sorted(kinds, key=lambda kind: (-kinds[kind]["events"], *kind))[:MOST_KINDS]
    return [
        KindFigures(format=kind[0], context=kind[1], **{name: kinds[kind][name] for name in OF_A_KIND})
        for kind in ordered
    ]
