"""The fact that seats kept by quotas are for everybody."""

from typing import ClassVar

from ekkyo.contracts.base import Id
from ekkyo.contracts.events.event import EventFact


class SeatsReleased(EventFact):
    """The time has come until which seats were kept by quotas. Whoever waits longest gets those that are left."""

    subject: ClassVar[str] = "ekkyo.fact.events.seats_released"
    released: int
    """How many seats were still kept."""
    promoted: list[Id]
    """Members who got one. Each of them has a `registration_promoted` too."""
