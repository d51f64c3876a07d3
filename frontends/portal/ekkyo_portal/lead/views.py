"""What the pages about an event's life show, made from answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventPage, EventState
from ekkyo.contracts.members import CommunityPage
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line
from ekkyo.words.times import zone_name

from ekkyo_portal.events.views import Card, card, when
from ekkyo_portal.lead.speakers import Unsure
from ekkyo_portal.look.marks import Mark, mark
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form


@dataclass(frozen=True)
class Led:
    """A community that one leads."""

    community_id: str
    name: str
    members: str
    mark: Mark


@dataclass(frozen=True)
class Leading:
    """What leaders begin with. None: the service is away."""

    communities: Sequence[Led] | None
    drafts: Sequence[Card] | None
    coming: Sequence[Card] | None


@dataclass(frozen=True)
class Writing:
    """The form of an event. event: None for a new one."""

    form: Form
    event: EventState | None
    title: str
    action: str
    back: str
    zone: str
    timed: bool
    """Whether the form has the times: those of a published event are moved on a page of their own."""
    told: str
    """Who hears of the change; empty: nobody."""
    formats: Sequence[tuple[str, str]]
    community: str
    unsure: Sequence[Unsure]


@dataclass(frozen=True)
class Moving:
    """The form of another time."""

    form: Form
    event: EventState
    title: str
    was: str
    zone: str
    told: str


@dataclass(frozen=True)
class Publishing:
    """The question whether to publish."""

    event: EventState
    told: str
    late: bool
    """The start is past: nobody could come."""
    private: bool = False
    """Only invited members will see it."""


@dataclass(frozen=True)
class Ending:
    """The question whether to cancel or to conclude."""

    form: Form
    event: EventState
    title: str
    when: str
    draft: bool
    told: str
    no_shows: str
    begun: bool


def leading(
    reader: Reader, communities: CommunityPage | None, drafts: EventPage | None, coming: EventPage | None
) -> Leading:
    """What leaders begin with."""
    words = reader.words.lead
    led = communities.communities if communities else []
    return Leading(
        None
        if communities is None
        else [
            Led(
                one.community.community_id,
                one_line(one.community.name),
                count(words.members, one.members),
                mark(one.community),
            )
            for one in led
        ],
        None if drafts is None else [card(reader, event) for event in drafts.events],
        None if coming is None else [card(reader, event) for event in coming.events],
    )


def writing(
    reader: Reader,
    form: Form,
    event: EventState | None,
    community_id: str,
    zone: str,
    community: str = "",
    unsure: Sequence[Unsure] = (),
) -> Writing:
    """The form of an event."""
    words = reader.words.lead
    published = event is not None and event.status != "draft"
    return Writing(
        form=form,
        event=event,
        title=words.edit_title if event else words.new,
        action=f"/e/{event.event_id}/edit" if event else f"/c/{community_id}/events/new",
        back=f"/e/{event.event_id}" if event else "/lead",
        zone=zone_name(zone, reader.locale),
        timed=not published,
        told=_told(reader, event) if event and published else "",
        formats=list(reader.words.names.formats.items()),
        community=one_line(community),
        unsure=unsure,
    )


def moving(reader: Reader, event: EventState, form: Form) -> Moving:
    """The form of another time."""
    return Moving(
        form=form,
        event=event,
        title=one_line(event.title),
        was=when(reader, event).first,
        zone=zone_name(event.timezone, reader.locale),
        told=_told(reader, event) if event.status != "draft" else "",
    )


def publishing(reader: Reader, event: EventState, told: CommunityPage | None) -> Publishing:
    """The question whether to publish, with how many people are in the community."""
    members = told.communities[0].members if told and told.communities else None
    words = reader.words.lead
    return Publishing(
        event,
        words.publish_tells if members is None else count(words.publish_tells_n, members),
        event.starts_at <= reader.now,
    )


def ending(reader: Reader, event: EventState, form: Form) -> Ending:
    """The question whether to cancel or to conclude."""
    return Ending(
        form=form,
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        draft=event.status == "draft",
        told=_told(reader, event, reader.words.lead.told_off),
        no_shows=count(reader.words.lead.become_no_shows, event.confirmed),
        begun=event.starts_at <= reader.now,
    )


def _told(reader: Reader, event: EventState, words: str = "") -> str:
    """How many people hear of a change."""
    return count(words or reader.words.lead.told, event.confirmed + event.attended + event.waitlisted + event.applied)
