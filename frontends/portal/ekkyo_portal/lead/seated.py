"""What the page of an event's tables shows, made from answers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventState, Tables
from ekkyo.words.numbers import fill
from ekkyo.words.text import one_line

from ekkyo_portal.events.views import when
from ekkyo_portal.lead.names import Person
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form


@dataclass(frozen=True)
class AtTable:
    """One person at a table."""

    member_id: str
    name: str
    department: str


@dataclass(frozen=True)
class Seated:
    """The tables of an event."""

    event: EventState
    title: str
    when: str
    tables: Sequence[tuple[str, Sequence[AtTable]]]
    """By what each table is called."""
    people: str
    may: bool
    """Whether tables can be made or changed now."""
    seed: int
    """Makes other tables than there are."""
    form: Form
    away: bool


def seated(
    reader: Reader, event: EventState, told: Tables, known: Mapping[str, Person], form: Form, *, away: bool
) -> Seated:
    """Who sits where. away: the members service does not answer, so that nobody has a name."""
    words = reader.words.tables

    def person(member_id: str) -> AtTable:
        one = known.get(member_id)
        return AtTable(member_id, one.name if one else words.unknown, one.department if one else "")

    numbered = enumerate(told.tables, start=1)
    return Seated(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        tables=[
            (words.table.format(n=n), sorted((person(m) for m in table), key=lambda one: one.name))
            for n, table in numbered
        ],
        people=fill(words.people, n=sum(len(table) for table in told.tables), tables=len(told.tables)),
        may=event.status == "published",
        seed=0 if told.seed is None else (told.seed + 1) % 1_000_000,
        form=form,
        away=away,
    )
