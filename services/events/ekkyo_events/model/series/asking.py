"""The same questions at the later events of a series: decided of the series, and what comes of it in each event."""

from datetime import datetime

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import SetQuestions
from ekkyo.decision import Decision

from ekkyo_events.model.series.changes import number_of
from ekkyo_events.model.series.documents import Series, timers, with_step


def ask_in_series(series: Series, cmd: SetQuestions, *, who: Caller, now: datetime) -> Decision[Series, None]:
    """Have the events after this one ask the same, and those that are added. Said again, it changes nothing in them."""
    who.must_lead(series.community_id)
    first, asked = number_of(series, cmd.event_id) + 1, {"questions": [one.model_dump() for one in cmd.questions]}
    if any((step.kind, step.first, step.details) == ("asked", first, asked) for step in series.steps):
        return Decision(series, None)
    after = series.model_copy(update={"questions": cmd.questions})
    if first < len(series.occurrences):
        change_id = f"{series.id[:40]}-asked-{series.steps_made + 1}"
        after = with_step(after, "asked", change_id, first=first, details=asked)
    return Decision(after, None, timers=timers(after, now) if after.steps else ())
