"""Learning hours: how long people were at a community's events, for a training department. Pure.

Where an attendance report says how long somebody was there, that counts. Where it does not, it is estimated: from when
they were checked in, but not before the start, to the end of the event; who was not checked in either counts as having
been there for all of it. What was measured and what was estimated are told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, Literal

from ekkyo.contracts.events import EventState, Registration
from ekkyo.contracts.members import Locale
from ekkyo.contracts.reports import Period

from ekkyo_common.report.apart import told_beside_all
from ekkyo_common.report.records import UNKNOWN
from ekkyo_common.tables.writing import Cell

A_MINUTE = timedelta(minutes=1)
OTHERS: Final = ""
"""The name of the departments that are not told apart, together."""
HEADS: Final[dict[Locale, dict[str, str]]] = {
    "ja": {
        "number": "社員番号",
        "name": "名前",
        "department": "部署",
        "people": "人数",
        "events": "参加回数",
        "attendances": "のべ参加者",
        "hours": "時間",
        "measured": "うち記録",
        "estimated": "うち推定",
        "others": "そのほかの部署の合計",
    },
    "en": {
        "number": "Number",
        "name": "Name",
        "department": "Department",
        "people": "People",
        "events": "Events",
        "attendances": "Attendances",
        "hours": "Hours",
        "measured": "Measured",
        "estimated": "Estimated",
        "others": "Other departments together",
    },
}


@dataclass(frozen=True)
class Person:
    """Who somebody is, as far as whoever asks may know it."""

    number: str = ""
    name: str = ""
    department: str = UNKNOWN


@dataclass(frozen=True)
class Learned:
    """What one person, or one department, has. measured, estimated: minutes."""

    who: str
    people: int
    events: int
    measured: int
    estimated: int

    @property
    def minutes(self) -> int:
        return self.measured + self.estimated

    def plain(self) -> dict[str, str | int]:
        """For programs."""
        return {**asdict(self), "minutes": self.minutes}


def of_members(
    events: Iterable[EventState], places: Iterable[Registration], period: Period | None, zone: str
) -> list[Learned]:
    """Of each member who came to a concluded event of the period, by member id."""
    held = {event.event_id: event for event in events if period is None or period.holds(event.starts_at, zone)}
    found: dict[str, Learned] = {}
    for place in places:
        event = held.get(place.event_id)
        if event is None or place.status != "attended":
            continue
        had = found.get(place.member_id, Learned(place.member_id, 1, 0, 0, 0))
        measured = place.minutes or 0
        found[place.member_id] = Learned(
            who=had.who,
            people=1,
            events=had.events + 1,
            measured=had.measured + measured,
            estimated=had.estimated + (0 if measured else _estimated(event, place)),
        )
    return [found[member] for member in sorted(found)]


def of_departments(members: Sequence[Learned], people: Mapping[str, Person]) -> list[Learned]:
    """The same by department, the most hours first; at the end, as `OTHERS`, those that are not told apart."""
    came: dict[str, set[str]] = {}
    for one in members:
        came.setdefault(people.get(one.who, Person()).department, set()).add(one.who)
    told = told_beside_all(came, came)
    found: dict[str, Learned] = {}
    for one in members:
        department = people.get(one.who, Person()).department
        name = department if department in told else OTHERS
        had = found.get(name, Learned(name, 0, 0, 0, 0))
        found[name] = Learned(
            who=name,
            people=had.people + 1,
            events=had.events + one.events,
            measured=had.measured + one.measured,
            estimated=had.estimated + one.estimated,
        )
    return sorted(found.values(), key=lambda one: (one.who == OTHERS, -one.minutes, one.who))


def member_rows(members: Sequence[Learned], people: Mapping[str, Person], heads: Sequence[str]) -> list[list[Cell]]:
    """A table of people. heads: number, name, department, events, hours, of them measured, of them estimated."""
    rows: list[list[Cell]] = [list(heads)]
    known = [(people.get(one.who, Person()), one) for one in members]
    for person, one in sorted(known, key=lambda pair: (pair[0].department, pair[0].number, pair[1].who)):
        rows.append([person.number, person.name, person.department, one.events, *_hours(one)])
    return rows


def department_rows(departments: Sequence[Learned], heads: Sequence[str], others: str) -> list[list[Cell]]:
    """A table of departments. heads: department, people, attendances, hours, of them measured, of them estimated.

    others: what those are called that are not told apart.
    """
    return [
        list(heads),
        *([others if one.who == OTHERS else one.who, one.people, one.events, *_hours(one)] for one in departments),
    ]


def headings(of: Literal["members", "departments"], locale: Locale) -> list[str]:
    """The headings of a table of members, or of departments."""
    first = ("number", "name", "department", "events") if of == "members" else ("department", "people", "attendances")
    return [HEADS[locale][name] for name in (*first, "hours", "measured", "estimated")]


def hours(minutes: int) -> str:
    """Minutes as hours with two digits: 1.50."""
    return f"{minutes / 60:.2f}"


def _hours(one: Learned) -> list[Cell]:
    return [hours(one.minutes), hours(one.measured), hours(one.estimated)]


def _estimated(event: EventState, place: Registration) -> int:
    came = max(event.starts_at, place.checked_in_at or event.starts_at)
    return max(int((event.ends_at - came) / A_MINUTE), 0)
