"""What leaders decide on applications."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import ApproveApplications, DecidedApplications, DeclineApplications
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, decided

router = Router()


@router.subscriber(**asked(ApproveApplications))
async def approve(cmd: ApproveApplications, events: Events, people: KnownPeople, who: Who) -> DecidedApplications:
    """Give members who applied a seat, or a place on the waitlist."""
    return await decided(
        cmd.event_id,
        [one.member_id for one in cmd.applications],
        people,
        events,
        lambda e, seats, known: model.approve(e, seats, cmd, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(DeclineApplications))
async def decline(cmd: DeclineApplications, events: Events, who: Who) -> DecidedApplications:
    """Tell members who applied that they get no place."""
    return await events.change(
        cmd.event_id,
        lambda e, seats: model.decline_applications(e, seats, cmd, who=who, now=utcnow()),
        entries=[one.member_id for one in cmd.applications],
    )
