"""What the pages of an event's invitations show, made from answers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventState
from ekkyo.contracts.events.invitation import InvitationPreview, Invitee, InviteePage
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line

from ekkyo_portal.events.views import when
from ekkyo_portal.lead.listed import Listed, Row
from ekkyo_portal.lead.names import Person
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

STATES = {
    "confirmed": "has_seat",
    "waitlisted": "waits",
    "withdrawn": "withdrew",
    "attended": "came",
    "no_show": "did_not_come",
    "applied": "applied",
    "declined": "declined",
}
"""The word for what became of an invitation, by the member's place."""


@dataclass(frozen=True)
class Guest:
    """One member."""

    member_id: str
    name: str
    department: str
    state: str = ""
    may_withdraw: bool = False


@dataclass(frozen=True)
class Invited:
    """The page of an event's invitations."""

    event: EventState
    title: str
    when: str
    people: str
    guests: Sequence[Guest]
    next: str | None
    private: bool
    """Whether only invited members see the event."""
    may: bool
    """Whether more can be invited now."""
    form: Form
    away: bool


@dataclass(frozen=True)
class Previewed:
    """Whom an invitation would reach."""

    event: EventState
    title: str
    when: str
    reaches: str
    already: str
    guests: Sequence[Guest]
    more: str
    passed_over: Sequence[Guest]
    wrong: Sequence[Row]
    members: str
    """Those named, as the form sends them."""
    any: bool
    form: Form
    away: bool
    told: str
    """When they hear of it."""


def invited(
    reader: Reader, event: EventState, page: InviteePage, known: Mapping[str, Person], form: Form, *, away: bool
) -> Invited:
    """Who is invited, by name as far as the reader may know it."""
    private = event.terms is not None and event.terms.invited_only
    open_still = event.status == "draft" or (event.status == "published" and reader.now < event.starts_at)
    return Invited(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        people=count(reader.words.invitations.people, page.total),
        guests=[_guest(reader, one, known, event) for one in page.invitees],
        next=page.next,
        private=private,
        may=private and open_still,
        form=form,
        away=away,
    )


def previewed(
    reader: Reader,
    event: EventState,
    told: InvitationPreview,
    known: Mapping[str, Person],
    found: Listed,
    form: Form,
    *,
    away: bool,
) -> Previewed:
    """What an invitation would do."""
    words = reader.words.invitations
    rest = told.invited - len(told.members)
    return Previewed(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        reaches=count(words.reaches, told.invited),
        already=count(words.already, told.already) if told.already else "",
        guests=[_named(reader, one, known) for one in told.members],
        more=count(words.more, rest) if rest > 0 else "",
        passed_over=[_named(reader, one, known) for one in told.passed_over],
        wrong=found.wrong,
        members=" ".join(found.member_ids),
        any=told.invited > 0,
        form=form,
        away=away,
        told=words.told_later if event.status == "draft" else words.told_now,
    )


def _named(reader: Reader, member_id: str, known: Mapping[str, Person]) -> Guest:
    one = known.get(member_id)
    return Guest(member_id, one.name if one else reader.words.invitations.unknown, one.department if one else "")


def _guest(reader: Reader, one: Invitee, known: Mapping[str, Person], event: EventState) -> Guest:
    words = reader.words.invitations
    named = _named(reader, one.member_id, known)
    has_place = one.status not in (None, "withdrawn", "declined")
    return Guest(
        named.member_id,
        named.name,
        named.department,
        state=getattr(words, STATES[one.status]) if one.status else words.no_answer,
        may_withdraw=not has_place and event.status in ("draft", "published"),
    )
