"""Pulses: when each opens a survey, and what became of its days. Pure."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final

from ekkyo.contracts.base import FieldError, Instant
from ekkyo.contracts.events.recurring import WEEKDAYS, Recurrence
from ekkyo.contracts.surveys import (
    PlanPulse,
    PulseEnded,
    PulseFact,
    PulseHeld,
    PulseList,
    PulsePlanned,
    PulseRound,
    PulseSkipped,
    PulseState,
    pulse_of,
)
from ekkyo.decision import Decision, Document, Refused, Timer
from ekkyo.decision.recurrence import days, instant

from ekkyo_surveys.model.sampling import Members
from ekkyo_surveys.model.survey import CLOCKS_DIFFER

MOST_PULSES: Final = 20
"""Active ones of a community."""
KEPT: Final = 24
"""Rounds that a pulse tells of."""
LOOKED_AHEAD: Final = timedelta(days=400)
AHEAD: Final = timedelta(days=366)
"""How far ahead the first day may be."""
SHORTEST_MONTH: Final = 28


class PulseTimer(Timer):
    """The next day of a pulse has come."""

    subject: ClassVar[str] = "ekkyo.timer.surveys.pulse"


class Pulse(Document):
    """A pulse. Its id is `pulse_of` its community and its key."""

    community_id: str
    plan: PlanPulse
    ended: bool = False
    next_on: date | None = None
    last_on: date | None = None
    """The newest day that is over with, whether a survey opened or not."""
    rounds: list[PulseRound] = []
    """Newest first."""

    def at(self, day: date) -> datetime:
        """When a survey opens on a day."""
        clock = time.fromisoformat(self.plan.clock)
        return instant(day, clock, self.plan.timezone)[0]

    @property
    def next_at(self) -> Instant | None:
        return self.at(self.next_on) if self.next_on else None


def plan_pulse(
    pulse: Pulse | None, cmd: PlanPulse, *, there: bool, others: int, now: datetime
) -> Decision[Pulse, PulseState]:
    """Plan a pulse, or change it.

    there: whether new surveys can be opened with its template. others: active pulses that the community has besides.
    """
    if pulse and pulse.plan == cmd and not pulse.ended:
        return Decision(pulse, pulse_state(pulse))
    _must_make_sense(cmd, now)
    if not there:
        raise Refused("template_not_found", "There is no template with this key, or it is retired.")
    if (pulse is None or pulse.ended) and others >= MOST_PULSES:
        raise Refused("too_many_pulses", f"A community has at most {MOST_PULSES} pulses at a time. End another first.")
    it = pulse or Pulse(id=pulse_of(cmd.community_id, cmd.pulse), community_id=cmd.community_id, plan=cmd)
    it = it.model_copy(update={"plan": cmd, "ended": False})
    return _on(it, now, PulsePlanned)


def end_pulse(pulse: Pulse | None) -> Decision[Pulse, PulseState]:
    """Open no more surveys of a pulse."""
    if pulse is None:
        raise pulse_not_found()
    if pulse.ended:
        return Decision(pulse, pulse_state(pulse))
    after = pulse.model_copy(update={"ended": True, "next_on": None})
    told = pulse_state(after, after=1)
    fact = PulseEnded(pulse_id=pulse.id, pulse=told)
    return Decision(after, told, facts=[fact], timers=[PulseTimer.cancel(pulse.id)])


def due_on(pulse: Pulse | None, now: datetime) -> date | None:
    """The day whose survey is to be opened now, None if there is none.

    If several days went by while the service was down, the newest of them: one survey opens, late.
    """
    if pulse is None or pulse.ended or pulse.next_on is None:
        return None
    day = None
    for one in _days(pulse, pulse.next_on, now):
        if pulse.at(one) - now > CLOCKS_DIFFER:
            break
        day = one
    return day


def ran(pulse: Pulse, round: PulseRound | None, *, now: datetime) -> Decision[Pulse, None]:
    """What became of a day, once; then the timer of the next one. round None: no day has come yet."""
    if pulse.ended:
        return Decision(pulse, None)
    if round is None or (pulse.last_on is not None and round.day <= pulse.last_on):
        timers = [PulseTimer(id=pulse.id).at(pulse.next_at)] if pulse.next_at else []
        return Decision(pulse, None, timers=timers)
    it = pulse.model_copy(update={"last_on": round.day, "rounds": [round, *pulse.rounds][:KEPT]})
    kind: type[PulseFact] = PulseHeld if round.survey_id else PulseSkipped
    next = _on(it, now, kind, round=round)
    return Decision(next.document, None, facts=next.facts, timers=next.timers)


def pulse_state(pulse: Pulse, *, after: int = 0) -> PulseState:
    """A pulse as it is told; within a decision as of the next revision (`after=1`)."""
    return PulseState.model_validate(
        {
            **pulse.plan.model_dump(),
            "pulse_id": pulse.id,
            "status": "ended" if pulse.ended else "active",
            "next_on": pulse.next_on,
            "next_at": pulse.next_at,
            "rounds": pulse.rounds,
            "revision": pulse.revision + after,
        }
    )


def pulses_told(pulses: list[Pulse], members: Members) -> PulseList:
    """The pulses of a community, those that run first."""
    ordered = sorted(pulses, key=lambda one: (one.ended, one.plan.pulse))
    told, there = [pulse_state(one) for one in ordered], set(members.there)
    return PulseList(pulses=told, members=len(there), rested=len(there & members.rested))


def pulse_not_found() -> Refused:
    """The answer when a community has no such pulse."""
    return Refused("pulse_not_found", "This community has no pulse with this key.")


def _on(it: Pulse, now: datetime, kind: type[PulseFact], **more: object) -> Decision[Pulse, PulseState]:
    """Wait for the first day that is still to come."""
    first = it.plan.starts_on if it.last_on is None else max(it.plan.starts_on, it.last_on + timedelta(days=1))
    days_left = _days(it, first, now + LOOKED_AHEAD)
    after = it.model_copy(update={"next_on": next((day for day in days_left if it.at(day) > now), None)})
    told = pulse_state(after, after=1)
    fact = kind.model_validate({"pulse_id": it.id, "pulse": told, **more})
    assert after.next_at is not None, "a pulse has a next day at most 12 weeks, or a month, later"
    return Decision(after, told, facts=[fact], timers=[PulseTimer(id=it.id).at(after.next_at)])


def _days(pulse: Pulse, first: date, until: datetime) -> list[date]:
    """Its days from one on, up to the one after an instant."""
    weekday, plan = WEEKDAYS.index(pulse.plan.weekday), pulse.plan
    last = max(until.date() + timedelta(days=1), first + LOOKED_AHEAD)
    if plan.weeks is None:
        rule = Recurrence("MONTHLY", by_day=((weekday, 1),))
    else:
        rule = Recurrence("WEEKLY", interval=plan.weeks, by_day=((weekday, 0),))
    begins = datetime.combine(plan.starts_on, time.fromisoformat(plan.clock))
    return [day for day in days(rule, begins, last, plan.timezone) if day >= first]


def _must_make_sense(cmd: PlanPulse, now: datetime) -> None:
    errors = []
    if not cmd.title:
        errors.append(FieldError(field="title", code="missing", detail="Expected a title in ja, en or both."))
    if (cmd.sample is None) == (cmd.share is None):
        detail = "Expected either how many members (sample) or how many percent of them (share)."
        errors.append(FieldError(field="sample", code="unexpected", detail=detail))
    apart = 7 * cmd.weeks if cmd.weeks else SHORTEST_MONTH
    if cmd.days > apart:
        detail = f"Expected at most {apart} days: each survey closes before the next one opens."
        errors.append(FieldError(field="days", code="unexpected", detail=detail))
    if cmd.starts_on > now.date() + AHEAD:
        detail = f"Expected a day within the next {AHEAD.days} days."
        errors.append(FieldError(field="starts_on", code="unexpected", detail=detail))
    if cmd.starts_on < now.date() - AHEAD:
        detail = f"Expected a day no more than {AHEAD.days} days ago."
        errors.append(FieldError(field="starts_on", code="unexpected", detail=detail))
    if errors:
        raise Refused("malformed", "This pulse cannot be planned.", 400, errors)
