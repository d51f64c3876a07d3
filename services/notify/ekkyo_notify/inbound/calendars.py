"""What a calendar answers: METHOD:REPLY of RFC 5546, as Outlook, Gmail, Apple Mail and Thunderbird send it."""

from datetime import UTC, datetime
from typing import Any, Final

from icalendar import Calendar

from ekkyo_notify.model import Reply, Said

LARGEST: Final = 64 * 1024
"""Bytes of a calendar part that are looked at; a reply to one invitation has some 2,000."""
MOST_LINES: Final = 2_000
_UID: Final = "@ekkyo"
_PARTSTAT: Final[dict[str, Said]] = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


def read_reply(data: bytes) -> Reply | None:
    """The answer in a calendar; None where it is none of ours to understand."""
    if len(data) > LARGEST or data.count(b"\n") > MOST_LINES or b"BEGIN:VCALENDAR" not in data.upper():
        return None
    try:
        return _reply(data.decode("utf-8", "replace"))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None  # icalendar raises all of these, some when a property that is broken is looked at


def _reply(text: str) -> Reply | None:
    calendar = Calendar.from_ical(text)
    if _text(calendar.get("method")).upper() != "REPLY":
        return None
    entries = [entry for entry in calendar.subcomponents if entry.name == "VEVENT"]
    if len(entries) != 1:
        return None
    [entry] = entries
    uid, people = _text(entry.get("uid")), _several(entry.get("attendee"))
    if not uid.endswith(_UID) or "recurrence-id" in entry or not people:
        return None
    said = {_parameter(person, "PARTSTAT").upper() for person in people}
    return Reply(
        event_id=uid.removesuffix(_UID)[:64],
        attendees=[_address(_text(person)) for person in people[:10]],
        sent_by=_address(_parameter(people[0], "SENT-BY")),
        said=_PARTSTAT.get(said.pop(), "other") if len(said) == 1 else "other",
        stamp=_instant(entry.get("dtstamp")),
        sequence=_number(entry.get("sequence")),
    )


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, list) else str(value).strip()


def _parameter(value: Any, name: str) -> str:
    given = getattr(value, "params", {}).get(name, "")
    return str(given[0] if isinstance(given, list) and given else given)


def _address(text: str) -> str:
    """`mailto:somebody@example.com`, in any case, as the address."""
    scheme, colon, rest = text.strip().strip('"').partition(":")
    return (rest if colon and scheme.lower() == "mailto" else text).strip().lower()[:254]


def _instant(value: Any) -> datetime | None:
    try:
        found = value.dt
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return found if isinstance(found, datetime) and 2000 <= found.year < 2190 else None
    except (OverflowError, ValueError, AttributeError, TypeError):
        return None


def _number(value: Any) -> int | None:
    try:
        number = int(str(value))
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 2**53 else None
