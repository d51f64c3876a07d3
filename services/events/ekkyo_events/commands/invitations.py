"""What it can be asked to do about invitations to events."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import InviteMembers, UninviteMember
from ekkyo.contracts.events.invitation import InvitedToEvent, Invitee
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.model import telling
from ekkyo_events.store import Events, KnownPeople, RulesKnown, chosen, decided

router = Router()


@router.subscriber(**asked(InviteMembers))
async def invite(
    cmd: InviteMembers, events: Events, people: KnownPeople, rules: RulesKnown, who: Who
) -> InvitedToEvent:
    """Invite members to an event."""
    event = telling.led_by(await events.get(cmd.event_id), who)
    members = await chosen(event, cmd, events, people, rules)
    return await decided(
        cmd.event_id,
        members,
        people,
        events,
        lambda e, seats, known: model.invite(e, seats, cmd, members, people=known, who=who, now=utcnow()),
    )


@router.subscriber(**asked(UninviteMember))
async def uninvite(cmd: UninviteMember, events: Events, who: Who) -> Invitee:
    """Withdraw a member's invitation."""
    return await events.change(
        cmd.event_id, lambda e, seats: model.uninvite(e, seats, cmd, who=who), entries=[cmd.member_id]
    )
