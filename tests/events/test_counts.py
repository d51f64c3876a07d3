"""What is counted of a community's events, in numbers that every member may have."""

from datetime import UTC, datetime

from ekkyo.contracts.base import Caller, Span
from ekkyo.contracts.events import CountEvents, SpanCounts, Terms
from ekkyo.contracts.events.counts import Held, counted
from ekkyo_events import model
from ekkyo_events.model.people import Person

from tests.events.test_model import event


def at(month: int) -> datetime:
    return datetime(2026, month, 15, tzinfo=UTC)


def span(since: int | None, until: int) -> Span:
    return Span(
        since=datetime(2026, since, 1, tzinfo=UTC) if since else None, until=datetime(2026, until, 1, tzinfo=UTC)
    )


def test_people_count_once_in_a_span_and_are_new_once_in_all() -> None:
    held = [Held(at(4), frozenset("abc")), Held(at(5), frozenset("ad")), Held(at(5), frozenset())]
    all, april, may, none = counted(
        held, [at(5)], {"a": "X", "b": "Y", "c": None, "d": "X"}, [span(None, 6), span(4, 5), span(5, 6), span(6, 7)]
    )
    assert all == SpanCounts(events=3, attendances=5, people=4, departments=2, first_timers=4, returners=1, outputs=1)
    assert (april.people, april.first_timers, april.returners) == (3, 3, 0)
    assert (may.people, may.first_timers, may.returners, may.departments) == (2, 1, 1, 1)
    assert none == SpanCounts()


def test_an_event_by_invitation_is_counted_for_leaders_alone() -> None:
    hidden = event(status="concluded", terms=Terms(invited_only=True), starts_at=at(4))
    ask = CountEvents(community_id=hidden.community_id, spans=[span(None, 5)])
    for roles, events in (
        ({f"leader:{hidden.community_id}"}, 1),
        ({"leader:other"}, 0),
        (set[str](), 0),
        ({"steward"}, 1),
    ):
        told = model.told_in_counts([hidden], Caller("m1", frozenset(roles)))
        answer = model.counts(ask, told, {hidden.id: {"m1"}}, [Person(id="m1", department="X")], [])
        assert answer.counts[0].attendances == events
