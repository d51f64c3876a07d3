"""What an event's page says of the terms of its registration. Pure."""

from collections.abc import Sequence
from datetime import datetime

from ekkyo.contracts.events import EventState, Registration, Terms

from ekkyo_portal.events.attending import is_full
from ekkyo_portal.look.reader import Reader


def is_open(event: EventState, now: datetime, *, leads: bool) -> bool:
    """Whether members can register now. leads: the visitor leads the event, and may register whenever."""
    terms = event.terms
    if terms is None or leads:
        return True
    return (terms.opens_at is None or terms.opens_at <= now) and (terms.closes_at is None or now < terms.closes_at)


def said(reader: Reader, event: EventState, own: Registration | None, zone: str) -> Sequence[str]:
    """What the visitor should know of the terms now, in sentences. own: what they have there."""
    terms, words, now = event.terms or Terms(), reader.words.terms, reader.now
    if event.status not in ("draft", "published") or now >= event.starts_at:
        return []
    lines = [reader.words.invitations.by_invitation] if terms.invited_only else []
    if own is None or own.status == "withdrawn":
        if terms.opens_at and now < terms.opens_at:
            lines.append(words.opens.format(at=reader.moment(terms.opens_at, zone)))
        if terms.closes_at:
            closed = words.closes if now < terms.closes_at else words.closed
            lines.append(closed.format(at=reader.moment(terms.closes_at, zone)))
    if own is None and terms.approval:
        lines.append(reader.words.applications.by_leaders)
    if late := _of_withdrawing(reader, event, own):
        text, at = late
        lines.append(text.format(at=reader.moment(at, zone)))
    return lines


def is_late(event: EventState, own: Registration, now: datetime) -> bool:
    """Whether somebody who withdraws now is late."""
    by = _withdraw_by(event, own)
    return own.status == "confirmed" and by is not None and now > by


def _withdraw_by(event: EventState, own: Registration | None) -> datetime | None:
    """Until when one can withdraw without being late: one's own deadline, where that is later."""
    by = event.terms.withdraw_by if event.terms else None
    return max(by, own.withdraw_by) if by and own and own.withdraw_by else by


def _of_withdrawing(reader: Reader, event: EventState, own: Registration | None) -> tuple[str, datetime] | None:
    """Until when one can withdraw without being late, or that it is too late for that."""
    words, now, by = reader.words.terms, reader.now, _withdraw_by(event, own)
    if by is None:
        return None
    held = own.status if own else "withdrawn"
    said = None
    if held in ("confirmed", "waitlisted", "withdrawn") and now <= by:
        said = words.withdraw_until
    elif held == "confirmed":
        said = words.withdraw_late
    elif held == "withdrawn" and is_open(event, now, leads=False) and not is_full(event):
        said = words.register_late
    return (said, by) if said else None
