"""Terms of registration: a deadline, a lottery, kept seats, approval, and members who register together."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo.season import Plan
from ekkyo_cli.demo.terms.approving import QUESTIONS

BEFORE_START: Final = timedelta(seconds=4)
"""How long before the start places are drawn, or kept seats released: the season is played in fast time."""


async def set_terms(leader: Ekkyo, event_id: str, plan: Plan, starts_at: datetime) -> None:
    """Set what an event of the season needs of terms, while it is a draft."""
    before = starts_at - BEFORE_START
    kept = [e.WantedQuota(seats=plan.first_timers, first_timers=True)] if plan.first_timers else []
    wanted = e.WantedTerms(
        withdraw_by=utcnow() if plan.deadline else None,
        lottery=e.WantedLottery(draws_at=before) if plan.lottery else None,
        group_size=plan.together or None,
        approval=plan.approval,
        quotas=e.WantedQuotas(kept=kept, released_at=before) if kept else None,
    )
    if wanted.model_dump():
        await leader.send(e.SetTerms(event_id=event_id, terms=wanted))
    if plan.approval:
        await leader.send(e.SetQuestions(event_id=event_id, questions=QUESTIONS))


async def register_together(
    as_: Callable[..., Ekkyo], event: e.EventState, group: Sequence[m.Member], say: Callable[[str], None]
) -> list[e.Registration]:
    """Register these as a group by one of them; nobody, if there is no group. Their places, in this order."""
    if not group:
        return []
    first, *others = (who.member_id for who in group)
    wish = e.RegisterGroup(event_id=event.event_id, member_id=first, group_id=new_id(), with_members=others)
    told = (await as_(first).send(wish)).registrations
    have = "have seats" if all(place.status == "confirmed" for place in told) else "wait"
    say(f"  {event.title}: {group[0].name} and {len(others)} colleagues registered together, and {have} together")
    return told
