"""The address for one's calendar program: made, shown once, and ended."""

import asyncio
from dataclasses import dataclass

from ekkyo.contracts.members import EndCalendarAddress, GetCalendarAddress, MakeCalendarAddress
from ekkyo.words.text import one_line
from markupsafe import Markup
from starlette.responses import Response

from ekkyo_portal.calendars import secrets
from ekkyo_portal.look.qr import qr
from ekkyo_portal.me.routes import section
from ekkyo_portal.web.visit import Visit


@dataclass(frozen=True)
class Address:
    """An address that was just made. phone: a code that a phone's camera subscribes with."""

    https: str
    webcal: str
    phone: Markup
    communities: list[tuple[str, str]]
    """Their names, and the address of each one's events."""
    board: str
    """The feed of what is new on the board."""


@dataclass(frozen=True)
class CalendarView:
    """The page. since: when the address was made; secret: what the next one would be."""

    since: str | None
    secret: str
    made: Address | None = None


@section.get("/me/calendar")
async def calendar(visit: Visit) -> Response:
    """Whether there is an address, and what it is for."""
    found = await visit.ask(GetCalendarAddress(member_id=visit.me.member_id))
    since = visit.reader.day(found.since) if found.since else None
    return visit.page("me/calendar.html", CalendarView(since, secrets.new()))


@section.post("/me/calendar")
async def make(visit: Visit) -> Response:
    """Make an address and show it, once. The form names the secret: a second press makes the same one."""
    given = (await visit.form())["secret"]
    secret = given if secrets.good(given) else secrets.new()
    done, communities = await asyncio.gather(
        visit.send(MakeCalendarAddress(member_id=visit.me.member_id, digest=secrets.digest(secret))),
        visit.named(visit.me.communities),
    )
    listed = [one.community for one in communities.communities] if communities else []
    base = f"{visit.site.settings.portal_url}/calendar/{secret}"
    webcal = f"webcal:{base.partition(':')[2]}.ics"
    named = [(one_line(one.name), f"{base}/{one.community_id}.ics") for one in listed]
    since = visit.reader.day(done.since) if done.since else None
    made = Address(f"{base}.ics", webcal, qr(webcal), named, f"{visit.site.settings.portal_url}/board/{secret}.atom")
    return visit.page("me/calendar.html", CalendarView(since, secrets.new(), made))


@section.post("/me/calendar/end")
async def end(visit: Visit) -> Response:
    """End the address."""
    await visit.send(EndCalendarAddress(member_id=visit.me.member_id))
    return visit.see_other("/me/calendar", did="me.calendar_ended")
