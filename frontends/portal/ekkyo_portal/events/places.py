"""What somebody has at an event, in words: for lists. Pure."""

from datetime import datetime

from ekkyo.contracts.events import EventPage, EventState, Registration, RegistrationStatus

from ekkyo_portal.look.reader import Reader


def is_over(event: EventState, now: datetime) -> bool:
    """Whether nobody can take part in it any more."""
    return event.status in ("cancelled", "concluded") or now >= event.ends_at


def state(reader: Reader, it: EventState, status: RegistrationStatus) -> str:
    """What somebody has at an event, in words. Nobody has attended what is not over: they are checked in."""
    if status == "attended" and not is_over(it, reader.now):
        return str(reader.words.events.checked_in)
    return str(reader.words.names.registrations[status])


def had(reader: Reader, it: EventState, status: RegistrationStatus) -> str:
    """What somebody has or had at an event, in words: where they would have come, that it was cancelled."""
    if it.status == "cancelled" and status in ("confirmed", "waitlisted", "applied"):
        return str(reader.words.names.event_states["cancelled"])
    return state(reader, it, status)


def held(reader: Reader, it: EventState, own: Registration) -> tuple[str, str]:
    """What somebody has at an event in a list, in words, and the tone of that."""
    if own.status == "waitlisted":
        return reader.words.events.waits_at.format(n=own.position), "warn"
    return state(reader, it, own.status), "warn" if own.status == "applied" else "good"


def all_held(reader: Reader, page: EventPage | None) -> dict[str, tuple[str, str]]:
    """What the visitor has at the events of a page, by event; nothing while that is not known.

    Of what is over, only where they were: nobody waits for it, and nobody is reminded each time of where they were not.
    """
    events = {one.event_id: one for one in page.events} if page else {}
    found = [(events[own.event_id], own) for own in page.registrations] if page else []
    return {it.event_id: held(reader, it, own) for it, own in found if _counts(it, own, reader.now)}


def _counts(it: EventState, own: Registration, now: datetime) -> bool:
    return not is_over(it, now) or (own.status == "attended" and it.status != "cancelled")
