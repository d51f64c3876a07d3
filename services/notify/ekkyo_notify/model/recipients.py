"""Whom a fact names."""

from collections.abc import Iterable

from ekkyo.contracts.events import (
    EventCancelled,
    EventRescheduled,
    EventRevised,
    RegistrationApplied,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationFact,
    RegistrationPromoted,
    RegistrationWaitlisted,
)

from ekkyo_notify.model.notice import Recipient, best


def registered(fact: RegistrationFact) -> Recipient:
    """The member whose registration a fact is about, with what they have by it."""
    match fact:
        case RegistrationConfirmed() | RegistrationPromoted() | RegistrationChanged():
            return Recipient(member_id=fact.member_id, seat="confirmed")
        case RegistrationApplied():
            return Recipient(member_id=fact.member_id, seat="applied")
        case RegistrationWaitlisted():
            return Recipient(member_id=fact.member_id, seat="waitlisted")
        case _:
            return Recipient(member_id=fact.member_id)


def named(confirmed: Iterable[str], waitlisted: Iterable[str] = (), applied: Iterable[str] = ()) -> list[Recipient]:
    """The members a fact names, each once."""
    return [Recipient(member_id=m, seat=seat) for m, seat in best(confirmed, waitlisted, applied).items()]


def concerned(fact: EventRevised | EventRescheduled | EventCancelled) -> list[Recipient]:
    """Who hears of a change of an event: those with a place, those who are invited and have not registered, and its
    hosts, but for those who hear of it by a fact of their own."""
    own = set(fact.promoted) if isinstance(fact, EventRevised) else set()
    everybody = named(fact.confirmed, fact.waitlisted, fact.applied)
    told = {recipient.member_id for recipient in everybody}
    everybody += [Recipient(member_id=m, seat="invited") for m in dict.fromkeys(fact.invited) if m not in told]
    told.update(fact.invited)
    everybody += [Recipient(member_id=host) for host in fact.event.hosts if host not in told]
    return [recipient for recipient in everybody if recipient.member_id not in own]
