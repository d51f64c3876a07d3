"""The end of an event: somebody says that it is over, or its time is over."""

from datetime import datetime

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import ConcludeEvent, EventConcluded
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged.counting import arranges, recounted
from ekkyo_events.model.documents import Event, Seat, must_be_published, state
from ekkyo_events.model.events import Answer, no_timers
from ekkyo_events.model.hosts import must_run
from ekkyo_events.model.late import unfilled
from ekkyo_events.model.people import People
from ekkyo_events.model.timers import EndTimer

UNASKED = People()


def conclude(
    event: Event, seats: Entries[Seat], cmd: ConcludeEvent, *, people: People = UNASKED, who: Caller, now: datetime
) -> Answer:
    """Declare an event over."""
    must_run(event, who, people, now=now)
    if event.status == "concluded":
        return Decision(event, state(event))
    must_be_published(event, "be concluded")
    if now < event.starts_at:
        raise Refused("event_not_started", "An event that has not started cannot be concluded.")
    return _concluded(event, seats)


def end(event: Event, seats: Entries[Seat], timer: EndTimer) -> Answer:
    """Conclude an event at its end, unless it was moved, called off or concluded before."""
    if event.status != "published" or event.ends_at != timer.ends_at:
        return Decision(event, state(event))
    return _concluded(event, seats)


def _concluded(event: Event, seats: Entries[Seat]) -> Answer:
    attended, confirmed = seats.all(status="attended"), seats.all(status="confirmed")
    counts = {"confirmed": 0, "seated": event.seats_in_use, "late_unfilled": unfilled(event, seats)}
    absent = [seat.model_copy(update={"status": "no_show"}) for seat in confirmed]
    after = event.model_copy(update={"status": "concluded", **counts})
    after = recounted(after, confirmed if arranges(event) else (), absent)
    told = state(after, after=event)
    fact = EventConcluded(
        event_id=event.id,
        event=told,
        attended=[seat.key for seat in attended],
        no_shows=[seat.key for seat in absent],
    )
    return Decision(after, told, entries=absent, facts=[fact], timers=no_timers(after))
