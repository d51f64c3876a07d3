"""The address under which a member's calendar programs read their events. Only a digest of its secret is kept."""

from datetime import datetime
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Refused

from ekkyo_members.model.member import Member, must_be_active

ENDED: Final = 20
"""So many addresses that have ended are known again: a command that is sent again late brings none of them back."""


def calendar_address(member: Member) -> contract.CalendarAddress:
    """Whether they have one, and since when."""
    return contract.CalendarAddress(member_id=member.id, since=member.calendar_since)


def make_calendar_address(member: Member, digest: str, *, now: datetime) -> Decision[Member, contract.CalendarAddress]:
    """Have this address from now on, in place of another one. Nobody is told: it concerns no other service."""
    must_be_active(member)
    if digest == member.calendar:
        return Decision(member, calendar_address(member))
    if digest in member.calendar_ended:
        raise Refused("calendar_address_ended", "This address has ended. Make a new one.")
    after = _ended(member).model_copy(update={"calendar": digest, "calendar_since": now})
    return Decision(after, calendar_address(after))


def end_calendar_address(member: Member) -> Decision[Member, contract.CalendarAddress]:
    """Have no address."""
    after = _ended(member)
    return Decision(after, calendar_address(after))


def _ended(member: Member) -> Member:
    """The member without an address, who knows which one it was."""
    if member.calendar is None:
        return member
    ended = [*member.calendar_ended, member.calendar][-ENDED:]
    return member.model_copy(update={"calendar": None, "calendar_since": None, "calendar_ended": ended})
