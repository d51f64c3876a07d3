"""Who sees an event and can register for it, as leaders choose it on one form."""

from collections.abc import Sequence
from typing import Final, Literal

from ekkyo.contracts.events import EventDetails, EventState, ReviseEvent
from ekkyo.contracts.events.invitation import InviteePage
from ekkyo.words.numbers import count

from ekkyo_portal.lead.views import Publishing
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

Visibility = Literal["company", "community", "invited"]
CHOICES: Final[Sequence[Visibility]] = ("company", "community", "invited")


def visibility_of(event: EventState) -> Visibility:
    """What was chosen for an event."""
    if event.terms and event.terms.invited_only:
        return "invited"
    return "community" if event.members_only else "company"


def visibility_in(form: Form, event: EventState) -> Visibility:
    """What the form says; what was chosen where it says nothing that one can choose."""
    return next((one for one in CHOICES if form["visibility"] == one), visibility_of(event))


def registers(form: Form, event: EventState) -> ReviseEvent | None:
    """The change of who can register, where the form makes one. By invitation, that stays as it is."""
    chosen = visibility_in(form, event)
    members_only = chosen == "community"
    if chosen == "invited" or members_only == event.members_only:
        return None
    details = EventDetails.model_validate({name: getattr(event, name) for name in EventDetails.model_fields})
    return ReviseEvent(event_id=event.event_id, details=details.model_copy(update={"members_only": members_only}))


def publishing_privately(reader: Reader, event: EventState, invited: InviteePage | None) -> Publishing:
    """The question whether to publish what only invited members see, with how many hear of it."""
    words = reader.words.invitations
    if invited is None:
        told = words.publish_tells
    else:
        told = count(words.publish_tells_n, invited.total) if invited.total else words.publish_tells_nobody
    return Publishing(event, told, event.starts_at <= reader.now, private=True)


def visibilities(reader: Reader) -> list[tuple[str, str]]:
    """The choices, in words."""
    return [(one, getattr(reader.words.invitations, one)) for one in CHOICES]
