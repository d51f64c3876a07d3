"""Advice how far to overbook: what is learnt, what it says of the next event, and when it says nothing."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from math import comb, exp, lgamma
from typing import Any

import pytest
from ekkyo.contracts.events import EventFormat, GetOverbookingAdvice, OverbookingAdvice, Terms
from ekkyo_events.model import Event, Seat, advice, uncounted
from ekkyo_events.model.overbooking import EVENTS_NEEDED, REGISTRATIONS_NEEDED, RISK_LIMIT
from ekkyo_events.model.shares import ALIKE, MEANS, Past, Share, coming, learnt, likely, most, risk

ASK = GetOverbookingAdvice(event_id="e", seats=30)


def held(id: str, seated: int | None, came: int, **changed: Any) -> Event:
    """A concluded event."""
    at = datetime(2026, 5, 20, 3, tzinfo=UTC)
    values: dict[str, Any] = {"format": "onsite", "context": "IT", "capacity": 30, "seated": seated, **changed}
    times = {"starts_at": at, "ends_at": at, "timezone": "Asia/Tokyo"}
    return Event(id=id, community_id="c1", title="Excel", status="concluded", attended=came, **times, **values)


def advised(past: Sequence[Event], counted: Sequence[Seat] = (), **changed: Any) -> OverbookingAdvice:
    return advice(held("e", 0, 0, **changed), past, counted, ASK)


def exactly(share: Share, confirmed: int) -> list[float]:
    """The beta-binomial, each number by itself."""
    a, b = share.come, share.stay

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return [comb(confirmed, k) * exp(beta(k + a, confirmed - k + b) - beta(a, b)) for k in range(confirmed + 1)]


@pytest.mark.parametrize(("come", "stay"), [(49.4, 12.5), (6.3, 0.06), (0.4, 0.3), (0.5, 40.0), (1.0, 1.0), (900, 250)])
@pytest.mark.parametrize("confirmed", [1, 2, 37, 150])
def test_how_many_come_is_the_beta_binomial(come: float, stay: float, confirmed: int) -> None:
    share = Share(0, 0, 0, come=come, stay=stay)
    assert coming(share, confirmed) == pytest.approx(exactly(share, confirmed), abs=1e-9)


def test_what_is_learnt_foretells_what_the_whole_grid_does() -> None:
    """The mixture over the grid, summed exactly, against the one beta distribution that stands for it."""
    past = [Past(34, 8), Past(30, 3), Past(41, 12), Past(25, 6), Past(38, 5)]
    share, mixed, total = learnt(past), [0.0] * 41, 0.0
    for mean in MEANS:
        for alike in ALIKE:
            at = Share(0, 0, 0, come=(1 - mean) * alike, stay=mean * alike)
            weight = 1.0
            for event in past:
                weight *= exactly(at, event.seated)[event.seated - event.absent]
            total += weight
            mixed = [p + weight * q for p, q in zip(mixed, exactly(at, 40), strict=True)]
    mixed = [p / total for p in mixed]
    told = coming(share, 40)
    errors = {seats: abs(risk(told, seats) - risk(mixed, seats)) for seats in range(40)}
    assert max(errors.values()) < 0.03
    assert max(error for seats, error in errors.items() if risk(mixed, seats) < 0.06) < 0.005, "where advice is given"
    assert share.low < 34 / 168 < share.high


def test_more_than_the_seats_come_as_rarely_as_the_limit_says() -> None:
    """Communities drawn at random, six events of each to learn from, and how probable it truly is at the next one."""
    luck, truly = random.Random(5), []
    for _ in range(40):
        mean, alike = luck.uniform(0.05, 0.5), luck.choice(ALIKE)
        past = []
        for _ in range(6):
            share = luck.betavariate(mean * alike, (1 - mean) * alike)
            past.append(Past(40, sum(luck.random() < share for _ in range(40))))
        confirmed = most(learnt(past), 100, at_most=300, limit=RISK_LIMIT)
        truly.append(risk(coming(Share(0, 0, 0, come=(1 - mean) * alike, stay=mean * alike), confirmed), 100))
    assert 0.02 < sum(truly) / len(truly) < 0.07


def test_the_advised_number_is_the_last_within_the_limit() -> None:
    share = learnt([Past(34, 8)] * 9)
    for seats in (1, 4, 30, 300):
        found = most(share, seats, at_most=3 * seats, limit=RISK_LIMIT)
        assert risk(coming(share, found), seats) <= RISK_LIMIT
        assert found == 3 * seats or risk(coming(share, found + 1), seats) > RISK_LIMIT


def test_the_likely_numbers_hold_nine_tenths() -> None:
    chances = coming(learnt([Past(34, 8)] * 9), 36)
    low, high = likely(chances)
    assert sum(chances[low : high + 1]) >= 0.9
    assert sum(chances[low + 1 : high]) < 0.9


def test_events_that_differ_leave_more_in_doubt_than_events_that_do_not() -> None:
    even, uneven = learnt([Past(40, 8)] * 10), learnt([Past(40, 0), Past(40, 16)] * 5)
    assert uneven.high - uneven.low > even.high - even.low
    assert most(uneven, 100, at_most=300, limit=0.05) < most(even, 100, at_most=300, limit=0.05)


def test_other_events_count_for_little() -> None:
    own = [Past(30, 6)] * 5
    assert abs(learnt(own, [Past(30, 18)] * 100).mean - 0.2) < abs(learnt([*own, *[Past(30, 18)] * 5]).mean - 0.2)
    assert learnt(own, [Past(30, 18)] * 100).mean > learnt(own).mean


def test_the_largest_event_is_advised_at_once() -> None:
    told = advice(held("e", 0, 0), [held(f"p{n}", 15_000, 12_000 + n) for n in range(200)], [], _seats(18_000))
    assert told.advised == 20_000
    assert told.options[-1].confirmed == 20_000


def test_nine_events_like_this_give_advice() -> None:
    told = advised([held(f"p{n}", 34, 26 + n % 3) for n in range(9)])
    assert (told.events, told.registrations, told.did_not_come) == (9, 306, 63)
    assert told.context == "IT"
    assert None not in (told.share_from, told.share, told.share_to)
    assert told.share_from < told.share < told.share_to  # type: ignore[operator]
    assert told.advised is not None
    assert told.advised > 30
    by_number = {one.confirmed: one for one in told.options}
    assert by_number[told.advised].risk <= told.risk_limit < by_number[told.advised + 1].risk
    assert by_number.keys() >= {30, told.advised}
    overbooked = advice(held("e", 0, 0, capacity=36), [held(f"p{n}", 34, 26) for n in range(9)], [], _seats(30))
    assert overbooked.seats == 30
    assert 36 in [one.confirmed for one in overbooked.options], "what is risked now"
    assert len(told.options) <= 7
    assert len(overbooked.options) <= 8


def test_where_the_theme_was_rare_any_theme_counts_and_the_answer_says_so() -> None:
    past = [held(f"p{n}", 34, 26) for n in range(4)] + [held(f"q{n}", 34, 30, context="English") for n in range(4)]
    told = advised(past)
    assert (told.context, told.events, told.silent_because) == (None, 8, None)


@pytest.mark.parametrize(
    ("past", "because"),
    [
        ([], "too_few_events"),
        ([held(f"p{n}", 40, 30) for n in range(EVENTS_NEEDED - 1)], "too_few_events"),
        ([held(f"p{n}", 4, 3) for n in range(EVENTS_NEEDED + 1)], "too_few_registrations"),
        ([held(f"p{n}", 40, 30, format="online") for n in range(9)], "too_few_events"),
        ([held(f"p{n}", 40, 0) for n in range(9)], "too_few_events"),
    ],
)
def test_it_says_nothing_where_too_little_is_known(past: list[Event], because: str) -> None:
    """Nor of events at which nobody was recorded as attending: everybody would be missing."""
    told = advised(past)
    assert told.silent_because == because
    assert (told.share, told.advised, told.options) == (None, None, [])
    assert (told.needed_events, told.needed_registrations) == (EVENTS_NEEDED, REGISTRATIONS_NEEDED)


def test_walk_ins_had_no_seat_and_the_event_itself_does_not_count() -> None:
    past = [held(f"p{n}", 20, 18, walk_ins=3) for n in range(6)]
    told = advised([*past, held("e", 500, 1)])
    assert (told.events, told.registrations, told.did_not_come) == (6, 120, 30)


def test_events_concluded_before_their_seats_were_counted_are_counted_by_them() -> None:
    old = [held(f"p{n}", None, 18) for n in range(5)]
    where = uncounted([*old, held("new", 5, 5)])
    assert where is not None
    assert where["document_id"] == {"$in": [event.id for event in old]}
    seats = [_sat(event, n, "no_show" if n < 4 else "attended") for event in old for n in range(22)]
    told = advised(old, [*seats, _sat(old[0], 22, "attended", walk_in=True)])
    assert (told.registrations, told.did_not_come) == (110, 20)
    assert uncounted([held("new", 5, 5)]) is None


def test_a_room_that_cannot_be_overbooked_is_told_its_own_seats() -> None:
    kind: EventFormat = "onsite"
    told = advice(held("e", 0, 0, format=kind), [held(f"p{n}", 30, 30) for n in range(9)], [], _seats(4))
    assert told.advised == 4


def test_of_hybrid_events_with_a_capacity_each_the_room_counts() -> None:
    terms = Terms(online_capacity=100)
    past = [held(f"p{n}", 60, 30, format="hybrid", terms=terms) for n in range(5)]
    where = uncounted(past)
    assert where is not None
    assert len(where["document_id"]["$in"]) == 5
    room = [_sat(event, n, "no_show" if n < 2 else "attended", attend="onsite") for event in past for n in range(12)]
    online = [_sat(event, n, "no_show", attend="online") for event in past for n in range(20, 40)]
    told = advised(past, [*room, *online], format="hybrid", terms=terms)
    assert (told.events, told.registrations, told.did_not_come) == (5, 60, 10)
    assert advised(past, [*room, *online], format="hybrid").silent_because == "too_few_events", (
        "it has one room for all"
    )


def _sat(event: Event, n: int, status: str, **more: Any) -> Seat:
    return Seat.model_validate({"document_id": event.id, "key": f"m{n}", "status": status, **more})


def _seats(seats: int) -> GetOverbookingAdvice:
    return GetOverbookingAdvice(event_id="e", seats=seats)
