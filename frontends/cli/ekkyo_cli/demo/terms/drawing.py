"""A popular event whose places are drawn by lot, and the draw repeated from the facts alone."""

from collections.abc import Iterable

from ekkyo.contracts import events as e
from ekkyo.contracts.base import Fact, Refused
from ekkyo_common.draws import verify


def repeated(facts: Iterable[Fact], event: e.EventState) -> str:
    """What came of the draw. Raises Refused if it was not held as promised."""
    verdict = verify(fact for fact in facts if isinstance(fact, e.EventFact) and fact.event_id == event.event_id)
    for check in verdict.checks:
        if check.differs:
            raise Refused("draw_differs", f"{check.what}: {check.differs}")
    return f"{event.title}: {verdict.placed} of {verdict.entrants} got places by lot; the draw was repeated"
