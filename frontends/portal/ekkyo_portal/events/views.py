"""What the pages of events show, made from answers. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, MyRegistrationAnswer, MyTableAnswer, Overlap, Registration
from ekkyo.contracts.members import Cards
from ekkyo.contracts.surveys import SurveyList
from ekkyo.wire.seats import Seat
from ekkyo.words.calendar import saved
from ekkyo.words.numbers import count
from ekkyo.words.text import http_url, one_line, several_lines
from ekkyo.words.times import differ
from markupsafe import Markup

from ekkyo_portal.events import lottery, quotas, terms
from ekkyo_portal.events.attending import Way, as_attended, group_size, is_full, other_way, seats, together, waits, ways
from ekkyo_portal.events.places import is_over
from ekkyo_portal.events.presence import Here, here
from ekkyo_portal.look.marks import Mark
from ekkyo_portal.look.qr import qr
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visitor import Visitor


@dataclass(frozen=True)
class Card:
    """An event in a list."""

    event_id: str
    title: str
    month: str
    day: str
    weekday: str
    time: str
    where: str
    online: bool
    context: str
    seats: str
    full: bool
    mark: Mark | None = None
    """Whose event it is, where that is not plain."""
    series: bool = False
    held: tuple[str, str] | None = None
    """What the visitor has there: in words, and the tone of that."""


@dataclass(frozen=True)
class When:
    """When an event is: at its place, and for the reader where the clock there shows another time."""

    first: str
    other: str | None


@dataclass(frozen=True)
class EventView:
    """An event's page."""

    event: EventState
    title: str
    description: str
    when: When
    format: str
    place: str | None
    join: str | None
    link: str
    """Where the meeting's link will be, while there is none to press; empty: there is one, or none is needed."""
    seats: str | None
    state: str | None
    """The state in words, where it is not plainly published."""
    mine: Registration | None
    may_register: bool
    full: bool
    leads: bool
    speakers: Sequence[tuple[str, str]]
    """Their names and departments."""
    waits: str
    """Why the visitor is on the waitlist; empty when they are not."""
    here: Here | None
    """“I am here”, where one can say so now."""
    saved: bool
    """Whether it can still go into one's calendar."""
    mark: Mark | None = None
    """Whose event it is; None while that is not known."""
    over: bool = False
    overlaps: Sequence[tuple[str, str, str]] = ()
    """The visitor's other events at that time: their ids, titles, and when they are with what the visitor has there."""
    code: Markup | None = None
    """The code of the visitor's seat, to be shown at the desk; None where nobody asks for it."""
    table: Sequence[str] = ()
    """Where the visitor sits and with whom, in sentences; nothing at an event without tables."""
    terms: Sequence[str] = ()
    """What the visitor should know of the terms of registration, in sentences."""
    enters: bool = False
    """Whether who registers now enters a draw."""
    draw: lottery.Checking | None = None
    """How to check the draw, if there is one."""
    ways: Sequence[Way] = ()
    """The ways to take part to choose from; nothing where there is one only."""
    groups: bool = False
    """Whether the visitor can register together with colleagues."""
    together: str = ""
    """With how many the visitor registered, in words."""
    other_way: Way | None = None
    """The way to which the visitor can change."""


def over(reader: Reader, event: EventState, mark: Mark | None = None, held: tuple[str, str] | None = None) -> Card:
    """An event that is over in a list: how many came, and its day with the year where that was another."""
    shown, zone = card(reader, event, mark, held), _zones(reader, event)[0]
    local = event.starts_at.astimezone(ZoneInfo(zone))
    words = reader.words
    return replace(
        shown,
        time=shown.time if local.year == reader.now.year else f"{reader.day(event.starts_at, zone)} {shown.time}",
        seats=count(words.events.came, event.attended) if event.attended else words.names.event_states["concluded"],
        full=False,
    )


def card(reader: Reader, event: EventState, mark: Mark | None = None, held: tuple[str, str] | None = None) -> Card:
    """An event in a list. mark: whose it is; held: what the visitor has there."""
    zone = _zones(reader, event)[0]
    words = reader.words
    local = event.starts_at.astimezone(ZoneInfo(zone))
    return Card(
        event_id=event.event_id,
        title=one_line(event.title),
        month=words.events.months.split()[local.month - 1],
        day=str(local.day),
        weekday=words.events.weekdays.split()[local.weekday()],
        time=reader.clocks(event.starts_at, event.ends_at, zone),
        where=one_line(event.place) if event.place and event.format != "online" else words.names.formats[event.format],
        online=event.format == "online",
        context=one_line(event.context),
        seats=seats(reader, event) if event.status == "published" else words.names.event_states[event.status],
        full=is_full(event),
        mark=mark,
        series=event.series_id is not None,
        held=held,
    )


def event(
    reader: Reader,
    visitor: Visitor,
    mine: MyRegistrationAnswer,
    *,
    typed: str = "",
    wrong: Refused | None = None,
    speakers: Cards | None = None,
    mark: Mark | None = None,
    code: Callable[[Seat], str] | None = None,
    table: Sequence[str] = (),
) -> EventView:
    """An event, and what the visitor has there.

    typed, wrong: a word on the wall that was not accepted, and why. code: makes the code of a member's seat.
    """
    own = mine.registration
    held = own if own and own.status != "withdrawn" else None
    it = as_attended(mine.event, held.attend if held else None)
    over = is_over(it, reader.now)
    leads, zone = visitor.may_lead(it.community_id), _zones(reader, it)[0]
    seated = held is not None and held.status in ("confirmed", "attended")
    return EventView(
        event=it,
        title=one_line(it.title),
        description=several_lines(it.description),
        when=when(reader, it),
        format=reader.words.names.formats[it.format],
        place=one_line(it.place) if it.place and it.format != "online" else None,
        join=http_url(it.url) if (seated or visitor.member_id in it.hosts) and not over else None,
        link=_link(reader, it, seated=seated, over=over),
        seats=None if over else seats(reader, it),
        state=None if it.status == "published" else reader.words.names.event_states[it.status],
        mine=held,
        may_register=it.status == "published"
        and held is None
        and reader.now < it.ends_at
        and terms.is_open(it, reader.now, leads=leads),
        full=is_full(it) or lottery.is_to_be_drawn(it),
        ways=ways(reader, it),
        other_way=other_way(reader, it, held),
        groups=group_size(it) > 0 and visitor.only is None,
        together=together(reader, held),
        leads=leads,
        speakers=[(one_line(one.name), one_line(one.department)) for one in speakers.cards] if speakers else [],
        waits=waits(reader, it, held) if held and held.status == "waitlisted" else "",
        here=here(reader, visitor, mine, typed, wrong),
        over=over,
        saved=it.status == "published" and reader.now < it.ends_at,
        mark=mark,
        overlaps=[] if visitor.only else _overlaps(reader, mine.overlaps, zone),
        table=table,
        terms=[
            *terms.said(reader, it, held, zone),
            *lottery.said(reader, it, held, zone),
            *quotas.said(reader, it, held, zone),
        ],
        enters=lottery.enters(it, reader),
        draw=lottery.checking(reader, it),
        code=qr(code(Seat(it.event_id, held.member_id, held.registration_id)))
        if code and held and _is_asked_for_a_code(reader, it, held)
        else None,
    )


def _overlaps(reader: Reader, overlaps: Sequence[Overlap], zone: str) -> Sequence[tuple[str, str, str]]:
    held = reader.words.names.registrations
    return [
        (one.event_id, one_line(one.title), f"{reader.clocks(one.starts_at, one.ends_at, zone)} · {held[one.status]}")
        for one in overlaps
    ]


def at_table(reader: Reader, mine: MyTableAnswer, known: Cards | None) -> list[str]:
    """Where somebody sits, and with whom as far as they may know: the cards that they may see, and how many others."""
    words = reader.words.tables
    if mine.table is None:
        return []
    names = [one_line(card.name) for card in known.cards] if known else []
    others = len(mine.companions) - len(names)
    separator = "、" if reader.locale == "ja" else ", "
    return [
        words.mine.format(n=mine.table),
        *([getattr(words, "with").format(names=separator.join(names))] if names else []),
        *([words.others.format(n=others)] if others else []),
    ]


def _is_asked_for_a_code(reader: Reader, it: EventState, own: Registration) -> bool:
    """Whether the desk will want to know of this seat: there is a desk, and its holder is still to come."""
    return own.status == "confirmed" and it.status == "published" and it.format != "online" and reader.now < it.ends_at


def was_there(visitor: Visitor, mine: MyRegistrationAnswer) -> bool:
    """Whether the visitor attended an event that is concluded: there may be a survey for them to answer."""
    own = mine.registration
    return mine.event.status == "concluded" and own is not None and own.status == "attended" and visitor.only is None


def survey(reader: Reader, event: EventState, pending: SurveyList) -> tuple[str, str] | None:
    """The survey about an event that the visitor has not answered yet: where it is, and until when."""
    found = next((one for one in pending.surveys if one.event_id == event.event_id), None)
    return (f"/s/{found.survey_id}", reader.until(found.deadline)) if found else None


def _link(reader: Reader, it: EventState, *, seated: bool, over: bool) -> str:
    words, said = reader.words.events, ""
    if it.format != "onsite" and not over and not (seated and it.url):
        said = words.url_follows if seated else words.seat_first
    return said


def entry(reader: Reader, visitor: Visitor, mine: MyRegistrationAnswer, page: str) -> bytes:
    """The event as a file for one's calendar. Where to join is in it for those with a seat. page: its address."""
    view = event(reader, visitor, mine)
    seat = view.mine and view.mine.status in ("confirmed", "waitlisted", "applied")
    how = reader.words.events.withdraw_at.format(page=page) if seat else None
    return saved(view.event, stamp=reader.now, join=view.join, page=page, how=how)


def when(reader: Reader, event: EventState) -> When:
    """Its time by the clock that counts, and by the other one where that differs."""
    first, other = _zones(reader, event)
    return When(
        reader.span(event.starts_at, event.ends_at, first),
        reader.span(event.starts_at, event.ends_at, other) if other else None,
    )


def _zones(reader: Reader, event: EventState) -> tuple[str, str | None]:
    """Whose clock counts: who has to be somewhere goes by that place's; an online event is where its reader is."""
    own, there = reader.zone, event.timezone
    first, other = (own, there) if event.format == "online" else (there, own)
    return first, other if differ(first, other, event.starts_at, event.ends_at) else None
