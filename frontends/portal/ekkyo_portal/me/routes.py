"""My page: places, what is to be answered, the journey, what was sent, and what is held."""

import asyncio

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import MyEvents
from ekkyo.contracts.members import GetJourney, GetMember, ListIntroductions, RecordContribution
from ekkyo.contracts.notify import ListDeliveries, ResendDelivery
from ekkyo.contracts.surveys import PendingSurveys
from starlette.responses import Response

from ekkyo_portal.look.lines import NotAgain, outcome
from ekkyo_portal.me import held, views
from ekkyo_portal.me.growing import growing
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit

section = Section("me")


@section.get("/me")
async def me(visit: Visit) -> Response:
    """What is coming for me, what I am asked, and where I am invited."""
    who = visit.me.member_id
    events, surveys, member, introductions = await asyncio.gather(
        visit.maybe(MyEvents(member_id=who, upcoming=True, hosted=True, limit=50)),
        visit.maybe(PendingSurveys(member_id=who)),
        visit.maybe(GetMember(member_id=who)),
        visit.maybe(ListIntroductions(member_id=who)),
    )
    waits = introductions is not None and any(one.status == "asked" for one in introductions.received)
    invited = [i.community_id for i in member.invitations] if member else []
    named = await visit.named(invited) if invited else None
    known = await visit.communities() if member and member.follows else None
    found = views.mine(visit.reader, events, surveys, member, named, known)
    return visit.page("me/me.html", found, waits=waits)


@section.get("/me/journey")
async def journey(visit: Visit) -> Response:
    """The crossings I reached, each with its proof, and where I was."""
    return await _journey(visit, Form())


@section.post("/me/journey")
async def contribute(visit: Visit) -> Response:
    """Record that I shared something, or carried it outside. The form names it: a second press records it once."""
    form = await visit.form()
    command = form.make(
        RecordContribution,
        contribution_id=form["contribution_id"] or new_id(),
        member_id=visit.me.member_id,
        community_id=form["community_id"],
        kind=form["kind"],
        title=form["title"],
        url=form["url"] or None,
    )
    if command is None:
        return await _journey(visit, form, 400)
    await visit.send(command)
    return visit.see_other("/me/journey", did="me.contributed")


async def _journey(visit: Visit, form: Form, status: int = 200) -> Response:
    who = visit.me.member_id
    found, past, communities = await asyncio.gather(
        visit.maybe(GetJourney(member_id=who)),
        visit.maybe(MyEvents(member_id=who, upcoming=False, limit=100)),
        visit.named(visit.me.communities),
    )
    grown = await growing(visit, found)
    view = views.journey(visit.reader, found, past, communities)
    return visit.page("me/journey.html", view, form=form, grown=grown, status=status)


@section.get("/me/messages")
async def messages(visit: Visit) -> Response:
    """What was sent to me and why, and which messages I want."""
    return await _messages(visit)


@section.post("/me/messages/{delivery_id}/again")
async def again(visit: Visit, delivery_id: str) -> Response:
    """Send me a message again. The form names the try: a second press is the same one."""
    resend_id = (await visit.form())["resend_id"] or new_id()
    try:
        done = await visit.send(
            ResendDelivery(delivery_id=delivery_id, resend_id=resend_id, member_id=visit.me.member_id)
        )
    except Refused as why:
        return await _messages(visit, NotAgain.of(visit.reader, delivery_id, why))
    return visit.see_other("/me/messages", did=outcome(done))


async def _messages(visit: Visit, no: NotAgain | None = None) -> Response:
    who, locale = visit.me.member_id, visit.reader.locale
    sent, member, communities = await asyncio.gather(
        visit.maybe(ListDeliveries(member_id=who, newest_first=True, limit=views.LATEST, locale=locale)),
        visit.ask(GetMember(member_id=who)),
        visit.named(visit.me.communities),
    )
    view = views.messages(visit.reader, sent, member, communities, no)
    return visit.page("me/messages.html", view, status=409 if no else 200, no=no)


@section.get("/me/data")
async def data(visit: Visit) -> Response:
    """What is held on me, by each service."""
    who = visit.me.member_id
    member, services = await asyncio.gather(visit.ask(GetMember(member_id=who)), held.held_on(visit, who))
    return visit.page("me/data.html", member, services=services)


@section.get("/me/held")
async def held_page(visit: Visit) -> Response:
    """The same page by another name."""
    return visit.see_other("/me/data")


@section.get("/me/held.json")
async def held_file(visit: Visit) -> Response:
    """What is held on me, as a file."""
    return await held.file_of(visit, visit.me.member_id)


@section.get("/me/held.html")
async def held_page_file(visit: Visit) -> Response:
    """The same as a page to keep."""
    return await held.page_file_of(visit, visit.me.member_id)
