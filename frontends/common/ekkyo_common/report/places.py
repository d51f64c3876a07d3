"""Members' places at events, as the facts about them tell them."""

from copy import copy

from ekkyo.contracts import events as e


class Place:
    """A member's place at one event, as its facts tell it."""

    def __init__(self) -> None:
        self.status: e.RegistrationStatus | None = None
        self.registration_id: str | None = None
        self.walk_in = False
        self.table: int | None = None
        self.registered = self.waited = self.promoted = self.late = False

    def hear(self, fact: e.RegistrationFact) -> None:
        match fact:
            case e.RegistrationConfirmed():
                self.status, self.registered, self.table = "confirmed", True, fact.table
                self.late = False
            case e.RegistrationWaitlisted():
                self.status, self.registered, self.waited, self.late = "waitlisted", True, True, False
            case e.RegistrationApplied():
                self.status, self.registered, self.late = "applied", True, False
            case e.RegistrationDeclined():
                self.status = "declined"
            case e.RegistrationPromoted():
                self.status, self.promoted, self.table = "confirmed", True, fact.table
            case e.RegistrationWithdrawn():
                self.status, self.table, self.late = "withdrawn", None, fact.late
            case e.MemberAttended():
                self.status, self.walk_in, self.table = "attended", fact.walk_in, fact.table
            case e.RegistrationMoved():
                self.status, self.registered = fact.status, fact.registration_id is not None
                self.walk_in, self.table = fact.walk_in, fact.table
            case e.CheckInUndone():
                self.status, self.walk_in = fact.status, False
                self.table = self.table if fact.status in ("confirmed", "no_show") else None
        self.registration_id = fact.registration_id or self.registration_id


Apart = dict[tuple[str, str], tuple[Place | None, Place | None]]
"""By event and absorbed record: what that one had, and what the kept one had."""


def moved(there: dict[str, Place], apart: Apart, fact: e.RegistrationMoved) -> None:
    """A place is another record's of the same person. What both had is kept, for when they are two again."""
    to, of = there.get(fact.member_id), there.get(fact.from_member_id)
    before = apart.pop((fact.event_id, fact.member_id), None)
    same = of is not None and of.registration_id == fact.registration_id
    if before is None:
        apart[fact.event_id, fact.from_member_id] = (of, to)
        there[fact.member_id] = copy((of if same else to) or of or Place())
    else:
        back, kept = before
        there[fact.member_id] = copy((of if same else back) or Place())
        if same and fact.left:
            there[fact.from_member_id] = copy(kept or Place())
            there[fact.from_member_id].status = fact.left
    if before is None or fact.left is None:
        there.pop(fact.from_member_id, None)
    there[fact.member_id].hear(fact)
