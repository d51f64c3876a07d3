"""Who may have a seat, by what the members service told of them: asked in every decision that gives one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import MemberErased, MemberFact, MemberMerged
from ekkyo.decision import Document
from pydantic import Field

from ekkyo_events.model.seating import Guest


def _nothing(value: object) -> bool:
    """Whether nothing is known: then nothing is stored, as for members who were stored before this was."""
    return not value


def accepted_version(community_id: str, version: int) -> str:
    """A version of a community's rules, as it is looked up."""
    return f"{community_id}/{version}"


class Person(Document):
    """What has to be known of a member to give them a seat: a projection of the members service's facts."""

    active: bool = True
    """False: they left the company, or were erased."""
    communities: list[str] = []
    joined: dict[str, datetime] = Field(default={}, exclude_if=_nothing)
    """When they joined each of these."""
    department: str | None = Field(default=None, exclude_if=_nothing)
    site: str | None = Field(default=None, exclude_if=_nothing)
    accepted: list[str] = Field(default=[], exclude_if=_nothing)
    """The communities whose rules they accepted."""
    versions: list[str] = Field(default=[], exclude_if=_nothing)
    """Which versions these were, as `accepted_version` writes them."""
    merged_into: str | None = Field(default=None, exclude_if=_nothing)
    """The record of the same person that this one is a part of: it has no places of its own."""

    @classmethod
    def of(cls, fact: MemberFact | MemberErased) -> "Person":
        told, revision = fact.member_id, fact.meta.revision
        if isinstance(fact, MemberErased):
            return cls(id=told, revision=revision, active=False)
        communities = [place.community_id for place in fact.member.communities]
        return cls(
            id=told,
            revision=revision,
            active=fact.member.active,
            merged_into=fact.kept_id if isinstance(fact, MemberMerged) else None,
            communities=communities,
            joined={place.community_id: place.joined_at for place in fact.member.communities},
            department=fact.member.department,
            site=fact.member.site,
            accepted=[place.community_id for place in fact.member.communities if place.rules_accepted],
            versions=[
                accepted_version(place.community_id, place.rules_accepted)
                for place in fact.member.communities
                if place.rules_accepted
            ],
        )


class Restricted(Protocol):
    """What may be for members of its community only: an event, or a series of them."""

    @property
    def community_id(self) -> str: ...
    @property
    def members_only(self) -> bool: ...


class Attended(Protocol):
    """An event of a community."""

    @property
    def id(self) -> str: ...
    @property
    def community_id(self) -> str: ...


@dataclass
class NotLookedUp(Exception):
    """A decision needs to know these members, who sat together at a community's tables, or who came to its events:
    look, and decide again."""

    members: list[str]
    tables_of: str | None = None
    """The community."""
    came: tuple[str, list[str]] | None = None
    """A community, and members of whom to look up to which of its events they came."""


@dataclass(frozen=True)
class People:
    """The members who were looked up for a decision; None: of this one nothing was heard yet.

    Who is not known may have a seat: members may be registered a moment before their facts are heard, and who was never
    registered cannot have left. An event for its community's members is another case: there membership has to be known.
    """

    known: Mapping[str, Person | None] = field(default_factory=dict)
    sat_at: Mapping[str, frozenset[str]] | None = None
    """At which tables members sat at earlier events of the community, by member. None: that was not looked up."""
    came: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """To which events of the community members came, by member, of those who were looked up."""

    def refusal(self, event: Restricted, member_id: str) -> Refused | None:
        """Why this member can have no seat at this event. Raises NotLookedUp."""
        if member_id not in self.known:
            raise NotLookedUp([member_id])
        person = self.known[member_id]
        if person and person.merged_into:
            text = f"This record is part of another one of the same person: use {person.merged_into}."
            return Refused("member_merged", text)
        if person and not person.active:
            return Refused("member_inactive", "A person who has left the company cannot have a seat.")
        if event.members_only and (person is None or event.community_id not in person.communities):
            return Refused("not_a_member", "Only members of the community may register for this event.")
        return None

    def barred(self, event: Restricted, members: Iterable[str], *, held: bool = True) -> set[str]:
        """Those of these who can have no seat at this event. Raises NotLookedUp for all who were not looked up.

        held: of places they hold. Those of a record that is part of another one are about to move there: none is lost.
        """
        members = list(members)
        if missing := [member for member in members if member not in self.known]:
            raise NotLookedUp(missing)
        moving = {one for one in members if held and (person := self.known[one]) and person.merged_into}
        return {member for member in members if member not in moving and self.refusal(event, member)}

    def uninvitable(self, event: Restricted, members: Iterable[str]) -> set[str]:
        """Those of these who cannot be invited: nobody knows them, or they can have no seat. Raises NotLookedUp."""
        members = list(members)
        barred = self.barred(event, members, held=False)
        return barred | {member for member in members if self.known[member] is None}

    def came_before(self, event: Attended, members: Sequence[str]) -> set[str]:
        """Those of these who came to another event of the community. Raises NotLookedUp."""
        if missing := [member for member in members if member not in self.came]:
            raise NotLookedUp([], came=(event.community_id, missing))
        return {member for member in members if self.came[member] - {event.id}}

    def departments(self, members: Iterable[str]) -> dict[str, str | None]:
        """The department of each of these; None where it is not known. Raises NotLookedUp."""
        members = list(members)
        if missing := [member for member in members if member not in self.known]:
            raise NotLookedUp(missing)
        return {member: person.department if (person := self.known[member]) else None for member in members}

    def guests(self, event: Restricted, members: Sequence[str]) -> list[Guest]:
        """What counts of these members at a table of this event. Raises NotLookedUp for all that was not looked up."""
        missing = [member for member in members if member not in self.known]
        if missing or self.sat_at is None:
            raise NotLookedUp(missing, event.community_id if self.sat_at is None else None)
        found = []
        for member in members:
            person = self.known[member] or Person(id=member)
            found.append(
                Guest(
                    id=member,
                    department=person.department,
                    site=person.site,
                    joined_at=person.joined.get(event.community_id),
                    sat_at=self.sat_at.get(member, frozenset()),
                )
            )
        return found
