"""An event, the places at it, and the timers it sets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, repeat

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    Attend,
    DeclinedBecause,
    Draw,
    EventFormat,
    EventState,
    EventStatus,
    FromTheme,
    Lottery,
    Registration,
    RegistrationAnswers,
    RegistrationQuestion,
    RegistrationStatus,
    Terms,
)
from ekkyo.decision import Document, Entries, Entry
from ekkyo.decision.places import Room
from pydantic import Field

from ekkyo_events.model.asking import is_unanswered
from ekkyo_events.model.line import waiting_because
from ekkyo_events.model.lottery import Drawing, Result
from ekkyo_events.model.parts import Guess, Moved, Seating, Sent

_TOLD = tuple(set(EventState.model_fields) - {"event_id", "revision"})
REMIND_BEFORE = timedelta(hours=24)
CHECK_IN_BEFORE = timedelta(hours=1)
ASKED = ["confirmed", "waitlisted", "applied"]
"""Places at an event to come: their members answer its questions."""
CLOCKS_DIFFER = timedelta(minutes=2)
"""How much a desk's clock may be ahead."""


def _unset(value: object) -> bool:
    """Whether there is nothing to keep: an event of no series says nothing of one."""
    return not value


class Event(Document):
    """What an event is, how many come, and how many wait. Who they are is in its seats."""

    community_id: str
    title: str
    description: str = ""
    format: EventFormat
    context: str
    place: str | None = None
    url: str | None = None
    url_follows: bool = False
    capacity: int
    speakers: list[str] = Field(default_factory=list)
    members_only: bool = False
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: EventStatus = "draft"
    sequence: int = 0
    confirmed: int = 0
    waitlisted: int = 0
    applied: int = Field(default=0, exclude_if=_unset)
    attended: int = 0
    walk_ins: int = 0
    """Of the attended, those who came without a seat."""
    tickets: int = 0
    """The last number handed out on the waitlist. It only grows: who waits longest has the lowest."""
    drafted_as: str = ""
    """A digest of the command that drafted it: distinguishes a retry from another command with the same id."""
    reminded_for: datetime | None = None
    """The start that members were reminded of."""
    series_id: str | None = Field(default=None, exclude_if=_unset)
    recurrence_id: datetime | None = Field(default=None, exclude_if=_unset)
    series_step: int | None = Field(default=None, exclude_if=_unset)
    """The number of the last change of its series that it took."""
    seating: Seating | None = Field(default=None, exclude_if=_unset)
    terms: Terms | None = Field(default=None, exclude_if=_unset)
    seated: int | None = Field(default=None, exclude_if=_unset)
    """How many had a seat when it was concluded. Since then each of them either came or did not."""
    late_unfilled: int | None = Field(default=None, exclude_if=_unset)
    """How many seats that were given back late nobody took."""
    questions: list[RegistrationQuestion] = Field(default_factory=list, exclude_if=_unset)
    """What members answer when they register."""
    online_taken: int | None = Field(default=None, exclude_if=_unset)
    """Of the seats in use, those online, where they are counted apart."""
    grouped: bool = Field(default=False, exclude_if=_unset)
    """Whether members registered in groups, which are never parted, whatever became of the terms."""
    from_theme: FromTheme | None = Field(default=None, exclude_if=_unset)
    drawing: Drawing | None = Field(default=None, exclude_if=_unset)
    """The draw of its lottery, from the publication on. It holds the secret seed."""
    drawn_at: datetime | None = Field(default=None, exclude_if=_unset)
    """When the draw was held."""
    invited: int = Field(default=0, exclude_if=_unset)
    """How many are invited, whatever they answered."""
    invitations: list[Sent] = Field(default_factory=list, exclude_if=_unset)
    """The last that were sent."""
    hosts: list[str] = Field(default_factory=list, exclude_if=_unset)
    released: bool = Field(default=False, exclude_if=_unset)
    """Whether the seats that its quotas kept are for everybody now."""
    holders: dict[str, int] = Field(default_factory=dict, exclude_if=_unset)
    """How many who have seats in the room count for exactly these quotas: a bit for each, as a decimal number."""

    @property
    def room(self) -> Room:
        """What is free, by its counts."""
        online, terms = self.online_taken or 0, self.terms
        capacity = terms.online_capacity if terms else None
        kept = terms.quotas.kept if terms and terms.quotas and not self.released else ()
        return Room(
            onsite=self.capacity - (self.seats_in_use - online),
            online=capacity - online if capacity is not None else 0,
            kept=tuple(quota.seats for quota in kept),
            holders={int(which): many for which, many in self.holders.items()} if kept else {},
        )

    @property
    def kept(self) -> int | None:
        """How many of the free seats are kept by quotas."""
        if self.terms is None or self.terms.quotas is None or self.released:
            return None
        return max(0, min(self.room.onsite, self.room.held_back))

    @property
    def asks(self) -> bool:
        return bool(self.questions)

    @property
    def seats_offered(self) -> int:
        """In the room and online together."""
        return self.capacity + ((self.terms.online_capacity or 0) if self.terms else 0)

    @property
    def lottery(self) -> Lottery | None:
        return self.terms.lottery if self.terms else None

    @property
    def draw(self) -> Draw | None:
        """The draw as facts and answers carry it."""
        return self.drawing.told if self.drawing else None

    @property
    def is_to_be_drawn(self) -> bool:
        """Whether places are still to be drawn by lot: until then nobody gets one otherwise."""
        return self.drawing is not None and self.drawing.stage != "done"

    @property
    def table_count(self) -> int | None:
        return self.seating.tables if self.seating else None

    @property
    def in_draw(self) -> int:
        """How many are in a draw that is to come: who registers too late for it waits behind them."""
        return self.applied if self.is_to_be_drawn else 0

    @property
    def seats_in_use(self) -> int:
        """Seats that somebody has or sat on; who walked in took none."""
        return self.confirmed + self.attended - self.walk_ins


class Seat(Entry):
    """A member's place at an event. `document_id` is the event, `key` the member."""

    status: RegistrationStatus
    registration_id: str | None = None
    """None: never registered, walked in."""
    position: int | None = None
    """The ticket on the waitlist, while waiting. Who applied has one too, also after they were declined."""
    walk_in: bool = False
    was_waitlisted: bool = False
    was_promoted: bool = False
    minutes: int = 0
    """How long they were there, as the meeting tool's report says."""
    checked_in_at: datetime | None = None
    came_from: RegistrationStatus | None = None
    """What it was before they came, for undoing that."""
    ticket: int | None = None
    """The ticket on the waitlist they had before they came."""
    wrong_words: list[Guess] = Field(default_factory=list)
    """Tried lately, until one was right."""
    withdrawn: list[str] = Field(default_factory=list)
    """Withdrawn registrations: sent again, they stay withdrawn."""
    scans: list[str] = Field(default_factory=list, exclude_if=_unset)
    """The scans that said they came: sent again after that was undone, they bring nobody back."""
    undone_at: datetime | None = Field(default=None, exclude_if=_unset)
    """When a check-in was last undone."""
    table: int | None = Field(default=None, exclude_if=_unset)
    """Where they sit, from 1, at an event with tables."""
    attend: Attend | None = Field(default=None, exclude_if=_unset)
    """How they take part, where the room and online have a capacity each. None: onsite."""
    group_id: str | None = Field(default=None, exclude_if=_unset)
    """The group with which they get a place, or wait."""
    quotas: list[int] = Field(default_factory=list, exclude_if=_unset)
    """The quotas of the event's terms that they count for, by their number from 0."""
    lot: Result | None = Field(default=None, exclude_if=_unset)
    """What they drew, if there was a draw."""
    late: bool = Field(default=False, exclude_if=_unset)
    """Whether a confirmed seat was given back late, and not taken again since."""
    declined_because: DeclinedBecause | None = Field(default=None, exclude_if=_unset)
    note: str = Field(default="", repr=False, exclude_if=_unset)
    """What a leader wrote to this member when declining them."""
    answers: RegistrationAnswers = Field(default_factory=dict, repr=False, exclude_if=_unset)
    """As they were given: questions may have changed since. Dropped when the place is given back."""
    withdraw_by: datetime | None = Field(default=None, exclude_if=_unset)
    """Until when it can be given back without being late, where that is later than for others at the event."""
    invited: bool = Field(default=False, exclude_if=_unset)
    """Whether they are invited, whatever became of it."""
    moved: Moved | None = Field(default=None, exclude_if=_unset)
    """Where this place is now, as its record is part of another one: this is no place any more."""

    @property
    def only_invited(self) -> bool:
        """Whether they never answered their invitation: this is no registration."""
        return self.invited and self.status == "withdrawn" and self.registration_id is None


def state(event: Event, *, after: Event | None = None) -> EventState:
    """The event as facts and answers carry it. after: the event as read, when this is what a decision made of it."""
    revision = event.revision if after is None else after.revision + 1
    fields = {name: getattr(event, name) for name in _TOLD}
    return EventState.model_validate({**fields, "event_id": event.id, "revision": revision})


def told_each(told: EventState, members: int) -> Iterator[EventState]:
    """The event for each of the facts that tell it of so many members in one decision, which is saved in one write.

    Where they would not fit, all but the last go without its description: who follows the facts ends with it.
    """
    fits = members * len(told.description) <= 1_000_000  # characters, of up to four bytes; a document has 16 MB
    brief = told if fits else told.model_copy(update={"description": ""})
    return chain(repeat(brief, members - 1), [told])


def registration(event: Event, seat: Seat, place: int | None = None, together: int | None = None) -> Registration:
    """A seat as answers carry it. place: how many wait up to and including this member; together: in their group."""
    if place:
        place += event.in_draw
    return Registration(
        event_id=event.id,
        member_id=seat.key,
        registration_id=seat.registration_id,
        status=seat.status,
        position=place,
        waiting_because=waiting_because(event, place, seat, together or 1) if place else None,
        walk_in=seat.walk_in,
        checked_in_at=seat.checked_in_at,
        minutes=(seat.minutes or None) if seat.status == "attended" else None,
        table=seat.table,
        declined_because=seat.declined_because if seat.status == "declined" else None,
        note=seat.note if seat.status == "declined" else "",
        unanswered=unanswered(event, seat),
        late=seat.late and seat.status == "withdrawn",
        withdraw_by=seat.withdraw_by if seat.status == "confirmed" else None,
        attend=seat.attend,
        group_id=seat.group_id,
        together=together,
        counts_for=[],  # pydantic would copy the default deeply
    )


def unanswered(event: Event, seat: Seat) -> bool:
    """Whether a required question has no answer from a member who has a place."""
    return bool(event.questions) and seat.status in ASKED and is_unanswered(event.questions, seat.answers)


def who_hears(seats: Entries[Seat]) -> dict[str, list[str]]:
    """Who must hear of a change: those with a seat (who checked in early too), those who wait, and who applied."""
    hear: dict[str, list[str]] = {"confirmed": [], "waitlisted": [], "applied": []}
    for seat in seats.all(status=["confirmed", "attended", "waitlisted", "applied"]):
        hear["confirmed" if seat.status == "attended" else seat.status].append(seat.key)
    return hear


def leads(who: Caller, event: Event) -> bool:
    """Whether the caller leads the event's community, or may do what its leaders may."""
    try:
        who.must_lead(event.community_id)
    except Refused:
        return False
    return True


def not_found() -> Refused:
    """What is said of a draft to those who may not know it."""
    return Refused("event_not_found", "There is no event with this id.")


def must_be_published(event: Event, what: str) -> None:
    """Refuse what only a published event can do."""
    if event.status == "draft":
        raise Refused("event_not_published", f"A draft cannot {what}.")
    if event.status == "cancelled":
        raise Refused("event_cancelled", f"A cancelled event cannot {what}.")
    if event.status == "concluded":
        raise Refused("event_concluded", f"A concluded event cannot {what}.")
