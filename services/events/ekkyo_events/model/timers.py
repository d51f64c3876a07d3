"""What is due at an event: the release of kept seats, the reminder, its start where leaders approve, and its end."""

from datetime import datetime
from typing import ClassVar

from ekkyo.decision import Timer


class ReminderTimer(Timer):
    """It is a day before the event."""

    subject: ClassVar[str] = "ekkyo.timer.events.reminder"
    starts_at: datetime
    """The start it reminds of: an event that was moved since is not reminded of."""


class EndTimer(Timer):
    """The event's end has come."""

    subject: ClassVar[str] = "ekkyo.timer.events.end"
    ends_at: datetime


class ReleaseTimer(Timer):
    """The time has come until which an event keeps seats for some."""

    subject: ClassVar[str] = "ekkyo.timer.events.release"
    released_at: datetime
    """The time it was set for: of a release that was moved since, it says nothing."""


class ApplicationsTimer(Timer):
    """The event has started: nobody decides on applications any more."""

    subject: ClassVar[str] = "ekkyo.timer.events.applications"
    starts_at: datetime
