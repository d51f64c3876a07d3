"""Who somebody is to a front end: identity, signing out, and what other members may see of them."""

from typing import ClassVar

from pydantic import ConfigDict, Field, model_validator

from ekkyo.contracts.base import (
    Command,
    Email,
    Id,
    Instant,
    Model,
    Question,
    Zone,
    may,
)
from ekkyo.contracts.members.calendar import Digest
from ekkyo.contracts.members.member import Locale, MemberFact, Number


class Identity(Model):
    """Who a member is and what they may do: what a front end needs to know about the person who is signed in."""

    member_id: Id
    name: str
    locale: Locale
    timezone: Zone
    active: bool
    """False once the person left the company: nobody signs in as them."""
    steward: bool
    leads: list[Id]
    communities: list[Id]
    signed_out_before: Instant | None = None
    """Sessions that began before this time have ended."""


class Identify(Question[Identity]):
    """Who somebody is, by exactly one of these. For front ends that sign members in."""

    subject: ClassVar[str] = "ekkyo.ask.members.identify"
    may: ClassVar = may("portal")
    model_config = ConfigDict(json_schema_extra={"example": {"number": "0012345"}})
    member_id: Id | None = None
    number: Number | None = None
    email: Email | None = None
    calendar: Digest | None = None
    """The digest of the secret in an address for calendar programs."""

    @model_validator(mode="after")
    def _by_one(self) -> "Identify":
        if sum(one is not None for one in (self.member_id, self.number, self.email, self.calendar)) != 1:
            raise ValueError("name exactly one of member_id, number, email and calendar")
        return self


class MemberCard(Model):
    """What members may see of a leader or a speaker, and leaders of a guest."""

    member_id: Id
    name: str
    department: str


class Cards(Model):
    """Cards of the requested members whom the caller may see, in the requested order."""

    cards: list[MemberCard]


class GetCards(Question[Cards]):
    """Names and departments.

    Members see themselves, leaders, and those named as speakers of a published event; leaders see the members of
    communities they lead as well, and whoever has or had a place at an event of these; hosts of an event see the same
    in its community, until seven days after its end; stewards and systems see everybody. Others, and members who are
    not active, are left out.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.cards"
    may: ClassVar = may("member")
    member_ids: list[Id] = Field(max_length=200)


class Colleague(Model):
    """A member with an address that was asked for."""

    email: Email
    member_id: Id


class Colleagues(Model):
    """The addresses that were found, in the requested order."""

    colleagues: list[Colleague]


class FindColleagues(Question[Colleagues]):
    """Ids of members of a community by their exact work addresses, to register together with them.

    Only members of the community may ask, and stewards and systems. Addresses of others, and of members who are not
    active or not in this community, are left out: the answer does not say which of the three it is.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.colleagues"
    may: ClassVar = may("member")
    community_id: Id
    emails: list[Email] = Field(min_length=1, max_length=10)


class SignOutEverywhere(Command[Identity]):
    """End all sessions of a member at front ends that began before a point in time."""

    subject: ClassVar[str] = "ekkyo.cmd.members.sign_out_everywhere"
    may: ClassVar = may("self", "steward")
    member_id: Id
    before: Instant
    """A time in the future counts as now."""


class MemberSignedOut(MemberFact):
    """All sessions of a member that began earlier are over."""

    subject: ClassVar[str] = "ekkyo.fact.members.signed_out"
