"""What the pages of people show, made from answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from ekkyo.contracts.events import EventState, MyEventsPage, Registration
from ekkyo.contracts.members import CommunityPage, FindMembers, Journey, Member, MemberPage, Membership, Merges
from ekkyo.contracts.notify import DeliveryPage
from ekkyo.words.text import one_line
from pydantic import ValidationError

from ekkyo_portal.events.places import had
from ekkyo_portal.look.lines import Line, Message, NotAgain, delivery
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visit import Visit

SHOWS: Final = ("", "leaders", "stewards")
LATEST: Final = 30
"""Messages that the page of a person shows."""
_NUMBER: Final = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{2,32}")


@dataclass(frozen=True)
class Found:
    """Those whom a search found; None: the service is away, or nothing can be called so."""

    q: str
    show: str
    members: list[Member] | None
    next: str | None
    away: bool


@dataclass(frozen=True)
class Person:
    """One person with all that is known. A part that is None cannot be shown right now."""

    member: Member
    memberships: list[tuple[Membership, str]]
    events: list[Line] | None
    crossings: list[Line] | None
    sent: list[Message] | None
    themselves: bool
    """Whether it is the steward who looks."""
    merges: list[tuple[str, str, str]]
    """Records that became part of this one: their id, when, and until when that can be undone."""


def search(q: str, show: str, after: str | None, limit: int) -> FindMembers | None:
    """What a search asks for: an address, a personnel number, else the beginning of a name. None: nothing is so."""
    text = q.strip()
    more = {"after": after, "limit": limit}
    if show == "leaders":
        more["role"] = "leader"
    elif show == "stewards":
        more["steward"] = True
    by = "emails" if "@" in text else "numbers" if _NUMBER.fullmatch(text) else "name"
    try:
        return FindMembers.model_validate(more | ({} if not text else {by: text if by == "name" else [text]}))
    except ValidationError:
        return None


def found(query: Mapping[str, str], page: MemberPage | None, *, away: bool) -> Found:
    """What the page of a search shows."""
    q, show = query.get("q", "").strip(), query.get("show", "")
    following = "?" + urlencode({"q": q, "show": show, "after": page.next}) if page and page.next else None
    return Found(q, show if show in SHOWS else "", None if away else page.members if page else [], following, away)


def person(
    visit: Visit,
    member: Member,
    journey: Journey | None,
    events: tuple[MyEventsPage | None, MyEventsPage | None],
    sent: DeliveryPage | None,
    communities: CommunityPage | None,
    no: NotAgain | None = None,
    merges: Merges | None = None,
) -> Person:
    """One person with all that is known of them."""
    reader = visit.reader
    listed = communities.communities if communities else []
    names = {c.community.community_id: one_line(c.community.name) for c in listed}
    shown = [p for p in events if p is not None]
    return Person(
        member=member,
        memberships=[(m, names.get(m.community_id, m.community_id)) for m in member.communities],
        events=[_event(reader, e.event, e.registration) for p in shown for e in p.entries] if all(events) else None,
        crossings=_crossings(reader, journey, names) if journey else None,
        sent=[delivery(reader, d, no=no) for d in sent.deliveries] if sent else None,
        themselves=visit.me.member_id == member.member_id,
        merges=[
            (one.absorbed_id, reader.moment(one.merged_at), reader.moment(one.undo_until))
            for one in (merges.merges if merges else [])
        ],
    )


def _event(reader: Reader, event: EventState, registration: Registration) -> Line:
    shown = had(reader, event, registration.status)
    return Line(one_line(event.title), reader.day(event.starts_at), shown, f"/e/{event.event_id}")


def _crossings(reader: Reader, journey: Journey, names: Mapping[str, str]) -> list[Line]:
    words = reader.words.names.crossings
    return [Line(words[c.crossing], reader.day(c.reached_at), names.get(c.community_id, "")) for c in journey.crossings]
