"""Terms of registration: a deadline, a lottery, and members who register together."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo.drawing import BEFORE_START
from ekkyo_cli.demo.season import Plan


async def set_terms(leader: Ekkyo, event_id: str, plan: Plan, starts_at: datetime) -> None:
    """Set what an event of the season needs of terms, while it is a draft."""
    wanted = e.WantedTerms(
        withdraw_by=utcnow() if plan.deadline else None,
        lottery=e.WantedLottery(draws_at=starts_at - BEFORE_START) if plan.lottery else None,
        group_size=plan.together or None,
    )
    if wanted.model_dump():
        await leader.send(e.SetTerms(event_id=event_id, terms=wanted))


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
