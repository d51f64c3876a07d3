"""Events that only invited members see."""

from ekkyo.contracts.events import EventState, MembersInvited

from ekkyo_notify.model.notice import Recipient


def is_private(event: EventState | None) -> bool:
    """Whether an event is told of to nobody but those invited and those with a place."""
    return event is not None and event.terms is not None and event.terms.invited_only


def invited(fact: MembersInvited) -> list[Recipient]:
    """The members whom an invitation names."""
    return [Recipient(member_id=member) for member in dict.fromkeys(fact.members)]
