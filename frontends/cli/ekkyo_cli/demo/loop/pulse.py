"""A pulse: a short survey that opens by itself for a sample of the members, so that nobody is asked too often."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.client import Ekkyo
from ekkyo.contracts import surveys as s
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo.listen import Listener
from ekkyo_cli.demo.loop.answering import suiting

ZONE: Final = "Asia/Tokyo"
WEEKDAYS: Final[tuple[s.Weekday, ...]] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SHARE: Final = 20
"""Per cent of the members who are asked each time."""


async def plan(leader: Ekkyo, community_id: str) -> s.PulseState:
    """Plan it every four weeks, for the first time when the next minute begins."""
    first = (utcnow() + timedelta(minutes=1, seconds=2)).astimezone(ZoneInfo(ZONE))
    return await leader.send(
        s.PlanPulse(
            community_id=community_id,
            pulse="what_next",
            title={"ja": "次に何をしましょうか", "en": "What shall we do next?"},
            template="next_events",
            weeks=4,
            weekday=WEEKDAYS[first.weekday()],
            clock=f"{first:%H:%M}",
            timezone=ZONE,
            starts_on=first.date(),
            share=SHARE,
        )
    )


async def answer(as_: Callable[..., Ekkyo], leader: Ekkyo, pulse: s.PulseState, heard: Listener) -> str:
    """Most of those whom it asked answer, and a leader closes it; what came of it."""
    await heard.until(s.PulseHeld, pulse.pulse_id)
    held = next(one.round for one in heard.facts if isinstance(one, s.PulseHeld) and one.pulse_id == pulse.pulse_id)
    survey_id = held.survey_id or ""
    asked, chance = await heard.asked(survey_id, held.invited), random.Random(2024)  # noqa: S311
    for member_id in asked:
        if chance.random() < 0.7:
            said = s.AnswerSurvey(survey_id=survey_id, member_id=member_id, answers=suiting(chance))
            await as_(member_id).send(said)
    closed = await leader.send(s.CloseSurvey(survey_id=survey_id))
    now = await leader.ask(s.ListPulses(community_id=pulse.community_id))
    return (
        f"A pulse opened by itself and asked {held.invited} of {held.members} members what to do next; "
        f"{closed.answered} answered. Those {now.rested} are not in a sample again for 30 days"
    )
