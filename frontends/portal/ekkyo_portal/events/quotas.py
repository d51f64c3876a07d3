"""What pages say of seats that are kept for some until a time. Pure."""

from collections.abc import Sequence

from ekkyo.contracts.events import EventState, Quota, Registration
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader


def said(reader: Reader, event: EventState, own: Registration | None, zone: str) -> Sequence[str]:
    """For whom how many seats are kept, and whether for the visitor; nothing once they are released."""
    quotas, words = event.terms.quotas if event.terms else None, reader.words.quotas
    if quotas is None or event.kept is None or event.status not in ("draft", "published"):
        return []
    each = words.both.join(words.each.format(seats=quota.seats, whom=_whom(reader, quota)) for quota in quotas.kept)
    text = words.kept.format(at=reader.moment(quotas.released_at, zone), each=each)
    if own is not None and own.counts_for and own.status in ("waitlisted", "applied"):
        text += (" " if reader.locale == "en" else "") + words.yours
    return [text]


def kept_from(event: EventState, own: Registration) -> int:
    """How many of the seats that are free somebody who waits cannot have, as they are kept for others."""
    return 0 if own.attend == "online" else event.kept or 0


def waits(reader: Reader, event: EventState) -> str:
    """Why somebody waits while seats are free that are kept."""
    quotas = event.terms.quotas if event.terms else None
    assert quotas is not None
    words = reader.words.quotas
    whom = words.both.join(_whom(reader, quota) for quota in quotas.kept)
    return count(words.waits, event.kept or 0, whom=whom, at=reader.moment(quotas.released_at, event.timezone))


def _whom(reader: Reader, quota: Quota) -> str:
    words = reader.words.quotas
    if quota.first_timers:
        return str(words.new)
    return str(words.of.format(names=words.either.join(map(one_line, quota.departments))))
