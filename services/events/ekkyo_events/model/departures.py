"""Members who left the company or a community, were erased, or are part of another record, as far as their places at
events are concerned."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from ekkyo.contracts.events import EventsForgotMember
from ekkyo.contracts.members import MemberDeactivated, MemberErased, MemberLeft, MemberMerged, MergeUndone
from ekkyo.decision import Decision, Document, Timer

AGAIN_AFTER = timedelta(minutes=1)
Leaving = MemberDeactivated | MemberErased | MemberLeft
Merging = MemberMerged | MergeUndone


class DepartureTimer(Timer):
    """A minute has passed since somebody's places were given back.

    A registration may have been decided before it was known that they left, and written after their places were looked
    for: whatever was being decided then has been written by now, or never will be.
    """

    subject: ClassVar[str] = "ekkyo.timer.events.departure"


class Departure(Document):
    """Records that the registrations of a member who left were withdrawn. Its id is the member's."""

    heard: int = 0
    """The member's revision at which they left: what was told before is no news, even if they came back since."""
    erased: bool = False
    merged_into: str | None = None
    """The record that this one is a part of: its places are that one's."""
    merge_id: str | None = None
    hosted: list[str] = []
    """The events that it hosted and that one did not: they are its own again when the merge is undone."""


def departed(departure: Departure | None, fact: Leaving, *, now: datetime) -> Decision[Departure, None]:
    """Their places were given back; of somebody who was erased the services are told that they are forgotten here."""
    before = departure or Departure(id=fact.member_id)
    if not is_news(departure, fact):
        return Decision(before, None)
    timers = [DepartureTimer(id=fact.member_id).at(now + AGAIN_AFTER)]
    if isinstance(fact, MemberErased):
        after = before.model_copy(update={"heard": fact.meta.revision, "erased": True})
        return Decision(after, None, facts=[EventsForgotMember(member_id=fact.member_id)], timers=timers)
    return Decision(before.model_copy(update={"heard": fact.meta.revision}), None, timers=timers)


def merged(departure: Departure | None, fact: Merging, *, now: datetime) -> Decision[Departure, None]:
    """Keep where the places of a record are, for those that were decided while it was being heard."""
    before = departure or Departure(id=fact.member_id)
    if not is_news(departure, fact):
        return Decision(before, None)
    into = fact.kept_id if isinstance(fact, MemberMerged) else None
    after = before.model_copy(
        update={"heard": fact.meta.revision, "merged_into": into, "merge_id": fact.merge_id if into else None}
        | ({} if into else {"hosted": []})
    )
    return Decision(after, None, timers=[DepartureTimer(id=fact.member_id).at(now + AGAIN_AFTER)] if into else [])


def hosted_before(departure: Departure | None, member_id: str, event_ids: Iterable[str]) -> Decision[Departure, None]:
    """Keep which events a record hosts that is about to become part of another one, before that one does."""
    before = departure or Departure(id=member_id)
    return Decision(before.model_copy(update={"hosted": sorted({*before.hosted, *event_ids})}), None)


def is_news(departure: Departure | None, fact: Leaving | Merging) -> bool:
    """Whether this is newer than everything known of this member."""
    return departure is None or fact.meta.revision > departure.heard
