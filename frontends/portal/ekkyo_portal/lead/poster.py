"""The screen in the room: a QR code to the event's page, and the word that proves being there."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import DoorWord, EventState, GetDoorWord
from ekkyo.words.text import one_line
from markupsafe import Markup
from starlette.responses import Response

from ekkyo_portal.events.views import when
from ekkyo_portal.lead.section import run, section
from ekkyo_portal.look.qr import qr
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

AGAIN: Final = 30
"""Seconds until the page is loaded again where there is no word."""


@dataclass(frozen=True)
class Poster:
    """What the screen shows. word: None where none is needed, or none can be told."""

    event: EventState
    title: str
    when: str
    address: str
    qr: Markup
    needed: bool
    """Whether a member needs the word to check in."""
    word: str | None
    refresh: int | None
    """Seconds until another word takes this one's place."""


@section.get("/e/{event_id}/poster", who=Who.HOSTS)
async def poster(visit: Visit, event_id: str) -> Response:
    """The screen. It loads itself again when the word changes, with or without script."""
    event = await run(visit, event_id)
    word, needed = None, event.format != "online" or "word" in visit.request.query_params
    if event.status == "published" and needed:
        try:
            word = await visit.maybe(GetDoorWord(event_id=event_id))
        except Refused as why:
            if why.code not in ("event_concluded", "event_cancelled"):  # meanwhile
                raise
    view = shown(visit.reader, event, word, visit.site.settings.portal_url, needed=needed)
    response = visit.page("lead/poster.html", view)
    if view.refresh:
        response.headers["refresh"] = str(view.refresh)
    return response


def shown(reader: Reader, event: EventState, word: DoorWord | None, portal_url: str, *, needed: bool) -> Poster:
    """The screen of an event. needed: whether members are to need a word there."""
    needed = needed and event.status == "published"
    address = f"{portal_url.rstrip('/')}/e/{event.event_id}"
    left = int((word.valid_until - reader.now).total_seconds()) + 1 if word else AGAIN
    return Poster(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        address=address,
        qr=qr(f"{address}?w={quote(word.word)}" if word else address),
        needed=needed,
        word=word.word if word else None,
        refresh=max(left, 2) if needed else None,
    )
