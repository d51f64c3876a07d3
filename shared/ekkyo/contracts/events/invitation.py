"""Invitations to events that only invited members see."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Id, Line, Model, Question, may
from ekkyo.contracts.events.event import EventFact, unset
from ekkyo.contracts.events.registration import RegistrationStatus

MOST_NAMED = 2_000
"""How many members one invitation can name, and one fact tells of."""
MOST_TOLD = 100
"""How many members a preview lists."""


class Segment(Model):
    """Members chosen by what they have in common. Whoever meets all that is stated belongs to it.

    At least one condition is needed. Members who left the company never belong to it. At an event for members of the
    community, only these do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    departments: list[Line] = Field(default=[], max_length=100)
    """In one of these departments, as their profiles name them. Empty: in any."""
    sites: list[Line] = Field(default=[], max_length=100)
    """At one of these sites, as their profiles name them. Empty: at any, or at none."""
    in_community: bool = False
    """Only members of the community."""
    accepted_rules: bool = False
    """Only members of the community who accepted the newest version of its rules."""
    never_came: bool = False
    """Only members who have never attended an event of the community."""


class InvitedToEvent(Model):
    """What an invitation did, or would do."""

    event_id: Id
    invitation_id: Id
    invited: int
    """Members who are invited by it, and were not before."""
    already: int = 0
    """Members who were invited before, or have a place at the event: they keep it."""
    passed_over: int = 0
    """Members who cannot be invited: unknown, no longer in the company, or not in the community at an event for its
    members only."""


class InviteMembers(Command[InvitedToEvent]):
    """Invite members to an event that only invited members see: those named, those of a segment, or both.

    A segment is resolved when the command is carried out: members who join it later are not invited. At a draft, the
    members are told when the event is published. One invitation reaches at most 5,000 members, an event 20,000.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.invite"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    invitation_id: Id
    """Identifies the request: sent again, it invites nobody else."""
    members: list[Id] = Field(default=[], max_length=MOST_NAMED)
    segment: Segment | None = None


class Invitee(Model):
    """A member who is or was invited to an event, and their place there."""

    event_id: Id
    member_id: Id
    invited: bool
    status: RegistrationStatus | None = None
    """Their place at the event. None: they have not registered."""


class UninviteMember(Command[Invitee]):
    """Withdraw a member's invitation. A member who has a place at the event keeps both: withdraw the place first."""

    subject: ClassVar[str] = "ekkyo.cmd.events.uninvite"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    member_id: Id


class InvitationPreview(Model):
    """What an invitation would do."""

    event_id: Id
    invited: int
    """Members who would be invited by it."""
    already: int
    """Members who are invited already, or have a place."""
    passed_over: list[Id]
    """Of the members named, those who cannot be invited."""
    members: list[Id]
    """The first 100 of those who would be invited, by id."""


class PreviewInvitation(Question[InvitationPreview]):
    """Whom an invitation would reach. Nobody is told."""

    subject: ClassVar[str] = "ekkyo.ask.events.preview_invitation"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    members: list[Id] = Field(default=[], max_length=MOST_NAMED)
    segment: Segment | None = None


class InviteePage(Model):
    """InvitedToEvent members by id; `next` continues where this page ends."""

    invitees: list[Invitee]
    total: int
    """How many are invited in all."""
    next: str | None = None


class ListInvitees(Question[InviteePage]):
    """Who is invited to an event, and who of them registered."""

    subject: ClassVar[str] = "ekkyo.ask.events.invitees"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    after: str | None = None
    limit: int = Field(default=200, ge=1, le=1000)


class MembersInvited(EventFact):
    """Members were invited to a published event, or an event to which they were invited was published.

    One fact names at most 2,000 members; a larger invitation is told by several.
    """

    subject: ClassVar[str] = "ekkyo.fact.events.members_invited"
    invitation_id: Id | None = Field(default=None, exclude_if=unset)
    """The invitation. None: they were invited before the publication, perhaps by several."""
    members: list[Id]


class EventInvitationWithdrawn(EventFact):
    """A member is no longer invited to an event, and has no place there."""

    subject: ClassVar[str] = "ekkyo.fact.events.invitation_withdrawn"
    member_id: Id
