"""Hosts: members who run one event on its day, although they do not lead its community."""

from datetime import timedelta
from typing import ClassVar, Final, Literal

from pydantic import Field

from ekkyo.contracts.base import Command, Id, Question, may
from ekkyo.contracts.events.event import EventFact, EventState
from ekkyo.contracts.events.listing import EventPage

HOSTS_UNTIL: Final = timedelta(days=7)
"""How long after the end of an event its hosts can record who came."""
MOST_HOSTS: Final = 20


class NameHost(Command[EventState]):
    """Make a member of the community a host of one event.

    Hosts see its roster, check people in, show the word at the door, import the attendance report, and conclude it,
    until seven days after its end. They must have accepted the community's newest rules.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.name_host"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    member_id: Id


class RemoveHost(Command[EventState]):
    """End that a member is a host of an event. Hosts can do it themselves."""

    subject: ClassVar[str] = "ekkyo.cmd.events.remove_host"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id


class ListHosted(Question[EventPage]):
    """The events that a member hosts, by start, until seven days after the end of each."""

    subject: ClassVar[str] = "ekkyo.ask.events.hosted"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=200)


class HostNamed(EventFact):
    """A member became a host of an event. Of a draft it is told when the event is published."""

    subject: ClassVar[str] = "ekkyo.fact.events.host_named"
    member_id: Id


class HostRemoved(EventFact):
    """A member is no host of an event any more."""

    subject: ClassVar[str] = "ekkyo.fact.events.host_removed"
    member_id: Id
    because: Literal["asked", "left"] = "asked"
    """asked: by a leader or the host. left: they left the community or the company."""


__all__ = ["HOSTS_UNTIL", "MOST_HOSTS", "HostNamed", "HostRemoved", "ListHosted", "NameHost", "RemoveHost"]
