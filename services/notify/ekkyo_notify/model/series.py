"""What facts about series give to tell: one message for all the events that a change concerns."""

from collections.abc import Mapping

from ekkyo.contracts.events import (
    Concerned,
    EventState,
    Occurrence,
    SeatAtOccurrence,
    SeriesCancelled,
    SeriesChanged,
    SeriesFact,
    SeriesPlanned,
    SeriesRegistered,
    SeriesRescheduled,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesState,
    SeriesWithdrawn,
)
from ekkyo.contracts.notify import Topic

from ekkyo_notify.model.notice import Notice, Place, Recipient, SeriesDate

_TOPICS: dict[type[SeriesFact], Topic] = {
    SeriesPlanned: "series_planned",
    SeriesRevised: "series_revised",
    SeriesRescheduled: "series_rescheduled",
    SeriesRuleChanged: "series_rule_changed",
    SeriesCancelled: "series_cancelled",
    SeriesRegistered: "series_registered",
    SeriesWithdrawn: "series_withdrawn",
}
BEST_FIRST: tuple[Place, ...] = ("confirmed", "waitlisted", "applied")
SeriesNews = SeriesPlanned | SeriesChanged | SeriesRegistered | SeriesWithdrawn


def series_notice(fact: SeriesNews) -> Notice | None:
    """What a fact about a series gives to tell; None where it concerns no event."""
    if not fact.occurrences:
        return None
    first = fact.occurrences[0]
    if isinstance(fact, SeriesRuleChanged):  # of what was cancelled it tells too
        first = next((one for one in fact.occurrences if one.status == "published"), first)
    only_asks = isinstance(fact, SeriesRevised) and fact.changed == ["questions"]
    return Notice.of(
        fact,
        "questions_asked" if only_asks else _TOPICS[type(fact)],
        fact.series.community_id,
        event=_event(fact.series, first),
        dates=[_changed(fact, n) for n in range(len(fact.occurrences))]
        if isinstance(fact, SeriesRuleChanged)
        else [_date(one) for one in fact.occurrences],
        people=fact.people if isinstance(fact, SeriesChanged) else [],
        reason=fact.reason if isinstance(fact, SeriesCancelled) else "",
        because=fact.because if isinstance(fact, SeriesRegistered) else None,
        late=isinstance(fact, SeriesWithdrawn) and bool(fact.late),
    )


def of_series(fact: SeriesRegistered | SeriesWithdrawn) -> Recipient:
    """The member who registered for a series or withdrew, with what they have in it: a seat, else an application."""
    if isinstance(fact, SeriesWithdrawn):
        return Recipient(member_id=fact.member_id)
    seats = {_place(one) for one in fact.occurrences}
    first: tuple[Place, ...] = ("confirmed", "applied", "waitlisted")
    return Recipient(member_id=fact.member_id, seat=next((one for one in first if one in seats), None))


def with_places(fact: SeriesChanged) -> list[Recipient]:
    """Everybody with a place at one of the events, with the best that they have at them."""
    return [
        Recipient(member_id=one.member_id, seat=next(seat for seat in BEST_FIRST if getattr(one, seat)))
        for one in fact.people
    ]


def on_dates(notice: Notice, known: Mapping[str, EventState]) -> Notice:
    """The same with its dates as they are by now. What was called off since is left out."""
    if notice.topic in ("series_cancelled", "series_withdrawn"):
        return notice
    kept: dict[int, SeriesDate] = {}
    for number, date in enumerate(notice.dates):
        newest = known.get(date.event_id)
        if newest is None or newest.revision <= date.revision:
            kept[number] = date
        elif newest.status != "cancelled":
            times = {"starts_at": newest.starts_at, "ends_at": newest.ends_at, "revision": newest.revision}
            kept[number] = date.model_copy(update=times)
    dates = list(kept.values())
    if dates == notice.dates:
        return notice
    if not dates:
        off = notice.event and notice.event.model_copy(update={"status": "cancelled"})
        return notice.model_copy(update={"dates": [], "people": [], "event": off})
    places = {number: n for n, number in enumerate(kept)}
    people = [left for one in notice.people if (left := _on(one, places))]
    first = next((date for date in dates if date.change != "cancelled"), dates[0])
    return notice.model_copy(update={"dates": dates, "people": people, "event": notice.at(first)})


def _on(one: Concerned, places: Mapping[int, int]) -> Concerned | None:
    """What somebody has on the dates that are left, by their new numbers; None: nothing."""
    held: dict[str, list[int]] = {seat: [places[n] for n in getattr(one, seat) if n in places] for seat in BEST_FIRST}
    return one.model_copy(update=held) if any(held.values()) else None


def _event(series: SeriesState, first: Occurrence) -> EventState:
    """The first of the events, as the series says that they are."""
    own = first.model_dump(include={"event_id", "recurrence_id", "starts_at", "ends_at"})
    told = series.model_dump(include=set(EventState.model_fields) - {"status", "revision"})
    return EventState.model_validate({**told, **own, "status": first.status, "revision": first.revision})


def _changed(fact: SeriesRuleChanged, number: int) -> SeriesDate:
    """What another rule did to one of the events."""
    one = fact.occurrences[number]
    change = "cancelled" if one.status == "cancelled" else "made" if number in fact.made else "moved"
    return _date(one).model_copy(update={"change": change})


def _place(one: SeatAtOccurrence) -> Place:
    return one.seat if one.seat == "waitlisted" or one.seat == "applied" else "confirmed"


def _date(one: Occurrence) -> SeriesDate:
    seat = _place(one) if isinstance(one, SeatAtOccurrence) else None
    return SeriesDate.model_validate(
        {**one.model_dump(include={"event_id", "recurrence_id", "starts_at", "ends_at", "revision"}), "seat": seat}
    )
