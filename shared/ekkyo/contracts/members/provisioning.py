"""Provisioning: what the company's directory (Entra ID, Okta) says of people, and what it is told of them."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Command, Email, Id, Instant, Line, Model, Question, Zone, may
from ekkyo.contracts.members.member import Locale, Number

__all__ = ["DeprovisionMember", "FindProvisioned", "ProvisionMember", "Provisioned", "ProvisionedPage"]


class Provisioned(Model):
    """A member as the company's directory knows them."""

    member_id: Id
    user_name: str
    """The name under which the directory knows them, as it was written."""
    external_id: str | None = None
    """The directory's own id of them."""
    number: str
    name: str
    email: str
    department: str
    active: bool
    created_at: Instant | None = None
    """When the directory created them; None: before this was kept."""
    revision: int


class ProvisionMember(Command[Provisioned]):
    """Apply what the company's directory says of a person: a joiner, a mover or a leaver.

    Whoever has an unknown number is registered; a known member is updated, deactivated or reactivated. What the
    directory does not say stays: preferences, communities, and the rest of the profile.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.provision"
    may: ClassVar = may("system")
    number: Number
    user_name: Line
    """Unique among provisioned members, whatever the case of its letters."""
    external_id: Line | None = None
    name: Line
    email: Email
    department: Line
    active: bool = True
    locale: Locale | None = None
    """The language in which they are addressed, until they choose one. Used only when the member is registered."""
    timezone: Zone | None = None
    """Their time zone, until they choose one. Used only when the member is registered."""
    revision: int | None = None
    """Change the member only while they have this revision; otherwise refused (`revision_differs`)."""


class DeprovisionMember(Command[Provisioned]):
    """Record that the company's directory no longer has a person.

    They are deactivated, and the directory is told of them no more. What they did is kept. Provisioned again, the same
    number brings the same member back.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.deprovision"
    may: ClassVar = may("system")
    member_id: Id
    revision: int | None = None
    """Only while the member has this revision; otherwise refused (`revision_differs`)."""


class ProvisionedPage(Model):
    """Provisioned members in the order of their personnel numbers, from position `start` on."""

    members: list[Provisioned]
    total: int
    """How many meet the conditions, on all pages."""
    start: int


class FindProvisioned(Question[ProvisionedPage]):
    """Provisioned members who meet all these conditions. Members who came in another way are left out."""

    subject: ClassVar[str] = "ekkyo.ask.members.provisioned"
    may: ClassVar = may("system")
    member_ids: list[Id] | None = Field(default=None, max_length=500)
    user_name: Line | None = None
    """Whatever the case of its letters."""
    external_id: Line | None = None
    number: Number | None = None
    email: Email | None = None
    name: Line | None = None
    department: Line | None = None
    active: bool | None = None
    community_id: Id | None = None
    start: int = Field(default=1, ge=1, le=1_000_000)
    """The position of the first one that is told, from 1."""
    limit: int = Field(default=100, ge=0, le=500)
