"""Which registration each seat is of, for the codes in what is told of an event: nothing keeps that but the facts."""

from collections.abc import Iterable
from typing import Final

from ekkyo.contracts.events import (
    EventReminderDue,
    EventRescheduled,
    EventRevised,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationFact,
    RegistrationPromoted,
)

from ekkyo_notify.model.notice import Notice, event_notice

SEAT_GIVEN: Final = (RegistrationConfirmed, RegistrationPromoted, RegistrationChanged)
"""Facts by which a member has a seat."""


def seated_notice(
    fact: EventReminderDue | EventRevised | EventRescheduled, given: Iterable[RegistrationFact] = ()
) -> Notice:
    """What those with seats are told of their event. given: how the seats were given; of each the last one counts."""
    seated = set(fact.confirmed)
    own = {
        one.member_id: one.registration_id
        for one in sorted(given, key=lambda one: one.meta.revision)
        if one.registration_id and one.member_id in seated
    }
    return event_notice(fact).model_copy(update={"registrations": own})
