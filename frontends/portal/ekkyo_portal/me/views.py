"""What my page shows, made from answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ekkyo.contracts.events import MyEvent, MyEventsPage
from ekkyo.contracts.members import CommunityListed, CommunityPage, Journey, Member
from ekkyo.contracts.notify import DeliveryPage
from ekkyo.contracts.surveys import SurveyList
from ekkyo.words.text import one_line

from ekkyo_portal.events import places
from ekkyo_portal.events import views as events
from ekkyo_portal.events.attending import as_attended
from ekkyo_portal.events.views import Card
from ekkyo_portal.look.lines import Line, Message, NotAgain, delivery
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.surveys.views import worded

LATEST: Final = 50
"""Messages that are shown."""


@dataclass(frozen=True)
class Place:
    """An event that I have a place at, and which."""

    card: Card
    state: str
    tone: str


@dataclass(frozen=True)
class Mine:
    """What my page shows. None: the service is away."""

    places: list[Place] | None
    surveys: list[Line] | None
    invitations: list[CommunityListed]
    follows: list[tuple[str, str, str]] = field(default_factory=list)
    """Themes that I wait for: the community's id, its name, and the theme."""
    hosted: list[Line] = field(default_factory=list)
    """Events that I host."""


def mine(
    reader: Reader,
    page: MyEventsPage | None,
    surveys: SurveyList | None,
    member: Member | None,
    named: CommunityPage | None,
    known: CommunityPage | None = None,
) -> Mine:
    """What is coming for me, what I am asked, where I am invited, and which themes I wait for.

    named: the communities that invite me. known: those whose themes I follow, among others.
    """
    names = {one.community.community_id: one_line(one.community.name) for one in (known.communities if known else [])}
    return Mine(
        places=[_place(reader, entry) for entry in page.entries] if page else None,
        surveys=[
            Line(one_line(worded(s.title, reader)), reader.until(s.deadline), "", f"/s/{s.survey_id}")
            for s in surveys.surveys
        ]
        if surveys
        else None,
        invitations=named.communities if named else [],
        follows=[
            (one.community_id, names.get(one.community_id, ""), one_line(one.theme))
            for one in (member.follows if member else [])
        ],
        hosted=[
            Line(one_line(one.title), reader.moment(one.starts_at, one.timezone), "", f"/e/{one.event_id}")
            for one in (page.hosted if page else [])
        ],
    )


def _place(reader: Reader, entry: MyEvent) -> Place:
    event = as_attended(entry.event, entry.registration.attend)
    if event.status == "cancelled":
        return Place(events.card(reader, event), reader.words.names.event_states["cancelled"], "hot")
    return Place(events.card(reader, event), *places.held(reader, event, entry.registration))


@dataclass(frozen=True)
class JourneyView:
    """What the page of my journey shows. None: the service is away."""

    steps: list[tuple[str, Line | None]] | None
    """Each crossing in its order, with when and where it was reached first."""
    attended: int
    past: list[Line] | None
    communities: list[tuple[str, str]]


def journey(
    reader: Reader, found: Journey | None, past: MyEventsPage | None, communities: CommunityPage | None
) -> JourneyView:
    """My crossings, each with its proof, and where I was."""
    listed = communities.communities if communities else []
    names = {c.community.community_id: one_line(c.community.name) for c in listed}
    return JourneyView(
        steps=_steps(reader, found, names) if found else None,
        attended=found.attended if found else 0,
        past=[
            Line(
                one_line(entry.event.title),
                reader.day(entry.event.starts_at),
                places.had(reader, entry.event, entry.registration.status),
                f"/e/{entry.event.event_id}",
            )
            for entry in past.entries
        ]
        if past
        else None,
        communities=list(names.items()),
    )


def _steps(reader: Reader, found: Journey, names: Mapping[str, str]) -> list[tuple[str, Line | None]]:
    first: dict[str, Line] = {}
    for it in found.crossings:
        owner, _, rest = it.proof.partition("/")
        href = f"/e/{rest.split('/')[0]}" if owner == "events" else None
        first.setdefault(it.crossing, Line(names.get(it.community_id, ""), reader.day(it.reached_at), "", href))
    return [(word, first.get(crossing)) for crossing, word in reader.words.names.crossings.items()]


@dataclass(frozen=True)
class Messages:
    """What was sent to me, and which kinds I want."""

    sent: list[Message] | None
    communities: list[tuple[str, str, bool]]
    """Id, name, and whether new events of it are told."""
    surveys: bool


def messages(
    reader: Reader,
    sent: DeliveryPage | None,
    member: Member,
    communities: CommunityPage | None,
    no: NotAgain | None = None,
) -> Messages:
    """What was sent to me and why, and which messages I want."""
    listed = communities.communities if communities else []
    names = {c.community.community_id: one_line(c.community.name) for c in listed}
    return Messages(
        sent=[delivery(reader, d, own=True, no=no) for d in sent.deliveries] if sent else None,
        communities=[
            (m.community_id, names.get(m.community_id, m.community_id), m.community_id not in member.muted)
            for m in member.communities
        ],
        surveys=member.surveys,
    )
