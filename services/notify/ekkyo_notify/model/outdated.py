"""What was announced since a fact and makes a message about it untrue, where it was put off and is sent late."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import (
    EventInvitationWithdrawn,
    EventRescheduled,
    EventRevised,
    HostNamed,
    HostRemoved,
    OutputAttached,
    OutputDeclined,
    OutputProposed,
    OutputRemoved,
    QuestionsChanged,
    RegistrationDeclined,
    RegistrationWithdrawn,
)
from ekkyo.contracts.members import (
    DeputyNamed,
    DeputyRemoved,
    IntroductionGiven,
    IntroductionNotGiven,
    RoleGranted,
    RoleRevoked,
    RulesAccepted,
)
from ekkyo.contracts.notify import Topic
from ekkyo.contracts.surveys import InvitationWithdrawn, SurveyAnswered

from ekkyo_notify.model.notice import Notice, Recipient
from ekkyo_notify.model.roles import has_role

LATE: Final = timedelta(seconds=1)
"""A message that is sent so long after its fact is held against what was announced since."""
_CHANGED: Final[tuple[Topic, ...]] = ("event_revised", "event_rescheduled", "event_cancelled")
"""What is told to those with a place, those who are invited, and hosts."""
_NO_PLACE: tuple[type[Fact], ...] = (RegistrationWithdrawn, RegistrationDeclined, EventInvitationWithdrawn, HostRemoved)

UNDONE_BY: Final[Mapping[Topic, tuple[type[Fact], ...]]] = {
    "event_invited": (EventInvitationWithdrawn,),
    "event_revised": (*_NO_PLACE, EventRevised),
    "event_rescheduled": (*_NO_PLACE, EventRescheduled),
    "event_cancelled": _NO_PLACE,
    "event_reminder": (RegistrationWithdrawn, RegistrationDeclined, EventRescheduled),
    "questions_asked": (RegistrationWithdrawn, RegistrationDeclined, QuestionsChanged),
    "host_named": (HostRemoved,),
    "host_removed": (HostNamed,),
    "survey_opened": (SurveyAnswered, InvitationWithdrawn),
    "survey_reminder": (SurveyAnswered, InvitationWithdrawn),
    "rules_due": (RulesAccepted,),
    "leader_named": (RoleRevoked, RoleGranted),
    "deputy_named": (RoleRevoked, DeputyRemoved, DeputyNamed),
    "role_ended": (RoleGranted, DeputyNamed),
    "introduction_requested": (IntroductionGiven, IntroductionNotGiven),
    "output_proposed": (OutputAttached, OutputDeclined, OutputRemoved),
    "output_attached": (OutputRemoved,),
    "output_declined": (OutputProposed, OutputAttached, OutputRemoved),
}
"""By which facts about the same thing a message becomes untrue, or is replaced by a newer one.

Not here: news of one's own registration, which newer news replaces; what is told to everybody in a community, which
is checked against the event as it is; dates of a series, which are told as they are; and what remains true, such as a
pulse that opened no survey."""


def outdated(notice: Notice, recipients: Sequence[Recipient], since: Iterable[Fact]) -> frozenset[Recipient]:
    """Those of the recipients for whom a message is no longer true. since: facts as `UNDONE_BY` names them."""
    members = {to.member_id: to for to in recipients if to.member_id}
    found: set[Recipient] = set()
    if notice.people:  # some of its dates may have been called off since
        concerned = {one.member_id for one in notice.people}
        found.update(to for id, to in members.items() if id not in concerned)
    for fact in since:
        member: str | None = getattr(fact, "member_id", None)
        if member is None and notice.topic in _CHANGED and isinstance(fact, EventRevised | EventRescheduled):
            found.update(_told_again(fact, recipients))
        elif member is None:
            return frozenset(recipients)
        elif (to := members.get(member)) and _concerns(fact, notice, to):
            found.add(to)
    return frozenset(found)


def _told_again(fact: EventRevised | EventRescheduled, recipients: Sequence[Recipient]) -> Iterable[Recipient]:
    """Those of the recipients who hear of this newer change too, and by it how the event is now.

    Of a change of its series, hosts and who is invited do not hear.
    """
    hear: set[str | None] = {None, *fact.confirmed, *fact.waitlisted, *fact.applied}
    if isinstance(fact, EventRevised):
        hear.update(fact.promoted)
    if fact.series_change is None:
        hear.update(fact.invited, fact.event.hosts)
    return (to for to in recipients if to.member_id in hear)


def _concerns(fact: Fact, notice: Notice, to: Recipient) -> bool:
    """Whether a fact about a member takes away why they are told."""
    hosts = notice.event.hosts if notice.event and notice.topic in _CHANGED else []
    if to.member_id in hosts and not isinstance(fact, HostRemoved):
        return False  # whatever place they gave back, a host is told
    match fact:
        case EventInvitationWithdrawn():
            return to.seat == "invited" or notice.topic == "event_invited"
        case HostRemoved():
            return to.seat is None
        case RegistrationWithdrawn() | RegistrationDeclined():
            return to.seat not in (None, "invited") or notice.topic == "questions_asked"
        case RulesAccepted() | RoleGranted() | DeputyNamed():
            return fact.community_id == notice.community_id
        case RoleRevoked() | DeputyRemoved():
            return fact.community_id == notice.community_id and not has_role(fact)
        case _:
            return True
