"""What the desk shows, made from a roster. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.events import EventState, Registration, RosterPage
from ekkyo.wire.seats import Seat
from ekkyo.words.text import one_line

from ekkyo_portal.events import lottery
from ekkyo_portal.events.attending import left
from ekkyo_portal.events.presence import CHECK_IN_BEFORE
from ekkyo_portal.events.views import when
from ekkyo_portal.lead.names import Person
from ekkyo_portal.look.plain import plain
from ekkyo_portal.look.reader import Reader

LATEST: Final = 5
"""Check-ins that can be taken back at the top of the desk."""


@dataclass(frozen=True)
class Row:
    """One person on the roster. text: what is searched in."""

    member_id: str
    name: str
    department: str
    number: str
    note: str
    text: str
    walk_in: bool = False
    unanswered: bool = False
    """Whether a required question of the event has no answer from them."""
    answers: bool = False
    """Whether there may be answers of theirs to look at."""


@dataclass(frozen=True)
class Desk:
    """The roster of an event."""

    event: EventState
    title: str
    when: str
    open: bool
    """Whether people can be checked in now."""
    over: bool
    """Whether nobody will be checked in any more."""
    opens: str
    """When check-in opens, where that is still to come."""
    draw: Sequence[str]
    """What there is to know of its draw, in sentences."""
    expected: Sequence[Row]
    waiting: Sequence[Row]
    applied: Sequence[Row]
    came: Sequence[Row]
    missed: Sequence[Row]
    absent: int
    """How many did not come, whatever is searched for."""
    withdrawn: Sequence[Row]
    declined: Sequence[Row]
    latest: Sequence[Row]
    others: Sequence[Row]
    """Found members without a place here."""
    text: str
    said: str
    said_of: str | None
    """Whose check-in the message is about: it can be taken back there."""
    away: bool
    more: bool
    answers_at: str = ""
    """Where leaders see what members answered; empty where nothing is asked, and for hosts."""

    @property
    def nobody(self) -> bool:
        """Whether nobody stands on the roster, or nobody was found."""
        with_place = self.expected or self.waiting or self.applied or self.came or self.missed
        return not (with_place or self.withdrawn or self.declined or self.others)


def desk(
    reader: Reader,
    page: RosterPage,
    known: Mapping[str, Person],
    *,
    text: str = "",
    others: Sequence[Person] = (),
    came: str | None = None,
    back: str | None = None,
    away: bool = False,
    leads: bool = False,
) -> Desk:
    """The roster, or what of it holds a text. came, back: who was just checked in, and whose check-in was undone."""
    event = page.event
    every = {one.member_id: one for one in page.registrations}
    rows = {one.member_id: _row(reader, event, one, known) for one in page.registrations}
    wanted = plain(text)

    def those(*status: str) -> list[Row]:
        found = [rows[m] for m, one in every.items() if one.status in status and wanted in rows[m].text]
        return sorted(found, key=lambda row: (row.number == "", row.number, row.name))

    here = [one for one in page.registrations if one.status == "attended" and one.checked_in_at]
    here.sort(key=lambda one: one.checked_in_at or event.starts_at, reverse=True)
    waiting = sorted(those("waitlisted"), key=lambda row: every[row.member_id].position or 0)
    opens = event.starts_at - CHECK_IN_BEFORE
    return Desk(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        open=event.status == "published" and reader.now >= opens,
        over=event.status in ("cancelled", "concluded"),
        opens=reader.moment(opens, event.timezone) if event.status == "published" and reader.now < opens else "",
        draw=lottery.said(reader, event, None, event.timezone),
        expected=those("confirmed"),
        waiting=waiting,
        applied=those("applied"),
        came=those("attended"),
        missed=those("no_show"),
        absent=sum(one.status == "no_show" for one in page.registrations),
        withdrawn=those("withdrawn"),
        declined=those("declined"),
        latest=[rows[one.member_id] for one in here[:LATEST]],
        others=[_stranger(one) for one in others if one.member_id not in every],
        text=text,
        said=_said(reader, every, rows, came, back),
        said_of=came if came in every else None,
        away=away,
        more=page.next is not None,
        answers_at=f"/e/{event.event_id}/questions/answers" if leads and event.asks else "",
    )


def unmeant(reader: Reader, page: RosterPage, named: Seat | None, known: Mapping[str, Person]) -> tuple[str, str]:
    """Why a code lets nobody in, in words, and what finds its holder on the roster. Nothing, for one that does."""
    words = reader.words.desk
    if named is None:
        return words.code_not_ours, ""
    if named.event_id != page.event.event_id:
        return words.code_elsewhere, ""
    own = next((one for one in page.registrations if one.member_id == named.member_id), None)
    if own is None:
        return words.code_nobody, ""
    said = {
        "waitlisted": words.code_waitlisted,
        "applied": words.code_applied,
        "declined": words.code_declined,
        "withdrawn": words.code_withdrawn,
    }.get(own.status)
    if said is None and own.status != "attended" and named.registration_id not in (None, own.registration_id):
        said = words.code_earlier
    if said is None:
        return "", ""
    person = known.get(own.member_id)
    return said.format(name=person.name if person else words.unknown), (person.number or person.name) if person else ""


def _row(reader: Reader, event: EventState, one: Registration, known: Mapping[str, Person]) -> Row:
    person = known.get(one.member_id)
    name = person.name if person else reader.words.desk.unknown
    number, department = (person.number, person.department) if person else ("", "")
    text = plain(f"{number} {name} {department}")
    asked = event.asks and one.status in ("confirmed", "waitlisted", "applied", "attended", "no_show")
    return Row(
        one.member_id,
        name,
        department,
        number,
        _note(reader, event, one),
        text,
        one.walk_in,
        unanswered=one.unanswered,
        answers=asked,
    )


def _note(reader: Reader, event: EventState, one: Registration) -> str:
    words = reader.words.desk
    note: str = ""
    if one.status == "waitlisted" and one.position:
        full = left(event).get(one.attend or "onsite", 0) <= 0
        note = (words.waits_full if full else words.waits).format(n=one.position)
    if one.late:
        note = words.late
    if one.status == "attended":
        note = reader.clock(one.checked_in_at, event.timezone) if one.checked_in_at else words.by_report
    online = one.attend == "online" and one.status in ("confirmed", "waitlisted", "attended")
    together = one.together if online or one.status in ("confirmed", "waitlisted") else None
    grouped = reader.words.groups.in_group.format(n=together) if together and together > 1 else ""
    return " · ".join(filter(None, [reader.words.events.online if online else "", grouped, note]))


def _stranger(person: Person) -> Row:
    text = plain(f"{person.number} {person.name} {person.department}")
    return Row(person.member_id, person.name, person.department, person.number, "", text)


def _said(
    reader: Reader, every: Mapping[str, Registration], rows: Mapping[str, Row], came: str | None, back: str | None
) -> str:
    """What was just done: also where it was done before, since when."""
    words, said = reader.words.desk, ""
    if came and came in every and every[came].status == "attended":
        said = words.said_in.format(name=rows[came].name, at=rows[came].note)
    elif back and back in every and every[back].status != "attended":
        state = reader.words.names.registrations[every[back].status]
        said = words.said_out.format(name=rows[back].name, state=state)
    return said
