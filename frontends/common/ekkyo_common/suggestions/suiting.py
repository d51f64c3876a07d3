"""Which format, weekday and time suit people: what they said, else what they came to."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from statistics import mean, median
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.events import EventState
from ekkyo.contracts.surveys import SUITING, Suited, Suiting

from ekkyo_common.suggestions.suggested import Choice

FEWEST: Final = 3
"""Past events of a kind from which on their average is compared."""
AHEAD: Final = timedelta(days=14)
STARTS: Final = {"morning": time(10), "lunch": time(12), "afternoon": time(15), "evening": time(18)}
USUAL: Final[dict[Suiting, str]] = {"format": "online", "weekday": "wed", "time": "lunch"}
"""What is proposed where nothing is known."""
MINUTES: Final = 60


def choice(what: Suiting, said: Sequence[Suited], answered: int, past: Sequence[EventState], zone: str) -> Choice:
    """What suits most, by what they said, else by how many came; and what speaks for it."""
    if most := next((one for one in said if one.answer in SUITING[what]), None):
        return Choice(answer=most.answer, because="said", people=most.people, answered=answered)
    came: dict[str, list[int]] = defaultdict(list)
    for event in past:
        came[_kind(what, event, zone)].append(event.attended)
    means = {kind: mean(counts) for kind, counts in came.items() if len(counts) >= FEWEST}
    if not means:
        return Choice(answer=USUAL[what], because="unknown")
    best = min(means, key=lambda kind: (-means[kind], SUITING[what].index(kind)))
    others = [count for kind, counts in came.items() if kind != best for count in counts]
    return Choice(
        answer=best,
        because="came",
        events=len(came[best]),
        mean=round(means[best], 1),
        others_mean=round(mean(others), 1) if others else None,
    )


def starts_at(
    weekday: str, slot: str, past: Sequence[EventState], coming: Sequence[EventState], zone: str, now: datetime
) -> datetime:
    """The next such weekday two weeks ahead without another event, at the quarter in which most of them started."""
    at = ZoneInfo(zone)
    taken = {event.starts_at.astimezone(at).date() for event in coming}
    usual = Counter(_quarter(_clock(event, zone)) for event in past if _slot(event, zone) == slot)
    most = min(usual, key=lambda clock: (-usual[clock], clock)) if usual else STARTS[slot]
    day = (now + AHEAD).astimezone(at).date()
    while SUITING["weekday"][day.weekday()] != weekday or day in taken:
        day = _next(day)
    return datetime.combine(day, most, tzinfo=at)


def minutes(past: Sequence[EventState]) -> int:
    """How long past events were, in the middle, in quarters of an hour."""
    if not past:
        return MINUTES
    long = median((event.ends_at - event.starts_at).total_seconds() / 60 for event in past)
    return max(15, min(15 * round(long / 15), 8 * 60))


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _kind(what: Suiting, event: EventState, zone: str) -> str:
    if what == "format":
        return event.format
    local = event.starts_at.astimezone(ZoneInfo(zone))
    return SUITING["weekday"][local.weekday()] if what == "weekday" else _slot(event, zone)


def _clock(event: EventState, zone: str) -> time:
    local = event.starts_at.astimezone(ZoneInfo(zone))
    return time(local.hour, local.minute)


def _quarter(clock: time) -> time:
    return clock.replace(minute=clock.minute - clock.minute % 15)


def _slot(event: EventState, zone: str) -> str:
    clock = _clock(event, zone)
    if clock < time(11, 30):
        return "morning"
    if clock < time(13, 30):
        return "lunch"
    return "afternoon" if clock < time(17) else "evening"
