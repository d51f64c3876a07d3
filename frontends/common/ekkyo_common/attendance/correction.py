"""What a corrected report changes, before it replaces the earlier ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from ekkyo.contracts.events import Attendee, Registration


@dataclass(frozen=True)
class Correction:
    """Whom a report that replaces the earlier ones makes attend, and whom it does not name. Members' ids, sorted."""

    earlier: int
    """How many an earlier report alone says attended."""
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def correction(registrations: Iterable[Registration], attendees: Iterable[Attendee]) -> Correction:
    """Compare a report with an event's roster. Who was checked in loses nothing, whatever reports say."""
    came = {one.member_id: one for one in registrations if one.status == "attended"}
    named = {one.member_id for one in attendees}
    reported = {member for member, one in came.items() if one.checked_in_at is None}
    return Correction(len(reported), tuple(sorted(named - came.keys())), tuple(sorted(reported - named)))
