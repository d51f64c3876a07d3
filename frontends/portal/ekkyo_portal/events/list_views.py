"""What lists of events show, made from answers. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ekkyo.contracts.events import EventPage, EventState
from ekkyo.words.text import one_line

from ekkyo_portal.events import places, views
from ekkyo_portal.look.marks import Mark
from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class Wanted:
    """Which events are to be listed; empty: any. community: an id, or `mine` for those that the visitor is in."""

    community: str = ""
    format: str = ""
    context: str = ""

    @property
    def any(self) -> bool:
        """Whether all events are wanted."""
        return not (self.community or self.format or self.context)

    def query(self, **more: str) -> str:
        """What an address that keeps this ends with, such as `?format=online`; empty: nothing."""
        on = {name: text for name, text in (vars(self) | more).items() if text}
        return f"?{urlencode(on)}" if on else ""


@dataclass(frozen=True)
class Finding:
    """What the filter of a list or a month shows."""

    wanted: Wanted
    communities: Sequence[tuple[str, str]]
    """Those that can be chosen: id and name."""
    contexts: Sequence[str]
    """Themes that can be chosen: those of the events that are shown."""


@dataclass(frozen=True)
class Listed:
    """A list of events; no cards, None: the service is away. next: the end of the next page's address."""

    cards: Sequence[views.Card] | None
    next: str | None
    past: bool
    find: Finding


def wanted(query: Mapping[str, str]) -> Wanted:
    """What an address asks for."""
    return Wanted(*(one_line(query.get(name, "")) for name in ("community", "format", "context")))


def finding(wanted: Wanted, communities: Mapping[str, Mark], shown: Iterable[EventState]) -> Finding:
    """The filter of what is shown."""
    named = [(key, mark.name) for key, mark in communities.items()]
    return Finding(wanted, named, sorted({one_line(event.context) for event in shown}))


def listed(
    reader: Reader,
    page: EventPage | None,
    wanted: Wanted,
    communities: Mapping[str, Mark],
    *,
    past: bool,
) -> Listed:
    """What is coming, soonest first, with what the visitor has there; or what is over, latest first."""
    own = {} if past else places.all_held(reader, page)
    them = [event for event in page.events if places.is_over(event, reader.now) == past] if page else []
    return Listed(
        cards=[
            (views.over if past else views.card)(
                reader, event, communities.get(event.community_id), own.get(event.event_id)
            )
            for event in them
        ]
        if page
        else None,
        next=wanted.query(after=page.next) if page and page.next else None,
        past=past,
        find=finding(wanted, communities, them),
    )
