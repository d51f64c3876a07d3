"""The reminder at half time. Pure."""

from datetime import datetime, timedelta
from typing import ClassVar

from ekkyo.contracts.surveys import SurveyReminderDue
from ekkyo.decision import Decision, Entries, Timer
from ekkyo.decision.decision import Set

from ekkyo_surveys.model.survey import CLOCKS_DIFFER, Part, Survey, state

SHORTEST = timedelta(days=1)
"""A survey that is open for less than this reminds nobody."""


class RemindTimer(Timer):
    """Half of the time that a survey is open. It fires for a closed one too, and reminds nobody then."""

    subject: ClassVar[str] = "ekkyo.timer.surveys.remind"


def half_time(survey: Survey) -> datetime:
    """Halfway between a survey's opening and its deadline."""
    return survey.opened_at + (survey.deadline - survey.opened_at) / 2


def reminder(survey: Survey) -> list[Set]:
    """The timer of a survey that opens."""
    if survey.deadline - survey.opened_at < SHORTEST:
        return []
    return [RemindTimer(id=survey.id).at(half_time(survey))]


def remind_when_due(survey: Survey, parts: Entries[Part], *, now: datetime) -> Decision[Survey, None]:
    """Announce that who has not answered is reminded, once; a timer that fires too early is set again.

    Who they are is not in the fact. If everybody has answered there is nothing to announce: the counts tell as much.
    """
    if survey.reminded or survey.status == "closed" or now >= survey.deadline:
        return Decision(survey, None)
    if half_time(survey) - now > CLOCKS_DIFFER:
        return Decision(survey, None, timers=reminder(survey))
    after = survey.model_copy(update={"reminded": True})
    there = [part for part in parts.all(kind="participation") if part.member_id]
    if all(part.answered for part in there):
        return Decision(after, None)
    invited = [part.key for part in there]
    fact = SurveyReminderDue(survey_id=survey.id, survey=state(after, after=1), invited=invited)
    return Decision(after, None, facts=[fact])
