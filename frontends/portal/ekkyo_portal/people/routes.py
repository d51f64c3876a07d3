"""The pages of people: search, one person with all that is known, and what ends their being a member."""

import asyncio
from typing import Any, Final, TypeVar

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import MyEvents
from ekkyo.contracts.members import (
    DeactivateMember,
    EraseMember,
    GetErasure,
    GetJourney,
    GetMember,
    GrantRole,
    GrantSteward,
    ListCommunities,
    ListErasures,
    ListMerges,
    ReactivateMember,
    RevokeRole,
    RevokeSteward,
    SignOutEverywhere,
)
from ekkyo.contracts.notify import ListDeliveries, ResendDelivery
from starlette.responses import Response

from ekkyo_portal.look.lines import NotAgain, outcome
from ekkyo_portal.me import held
from ekkyo_portal.people import views
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

M = TypeVar("M")
section = Section("people")
STEWARDS: Final = Who.STEWARDS
PAGE: Final = 50


@section.get("/people", who=STEWARDS)
async def people(visit: Visit) -> Response:
    """Everybody, or those whom a search finds."""
    query = visit.request.query_params
    asked = views.search(query.get("q", ""), query.get("show", ""), query.get("after"), PAGE)
    found = await visit.maybe(asked) if asked else None
    return visit.page("people/people.html", views.found(query, found, away=bool(asked) and found is None))


@section.get("/people/erased", who=STEWARDS)
async def erased(visit: Visit) -> Response:
    """Who was erased, and whether every service has confirmed it."""
    after = visit.request.query_params.get("after")
    page = await visit.maybe(ListErasures(after=after, limit=PAGE))
    return visit.page("people/erased.html", page)


@section.get("/people/{member_id}", who=STEWARDS)
async def person(visit: Visit, member_id: str) -> Response:
    """One person, with all that is known of them."""
    return await one(visit, member_id)


@section.get("/people/{member_id}/held", who=STEWARDS)
async def what_is_held(visit: Visit, member_id: str) -> Response:
    """What every service holds on one person, but for what is that person's alone."""
    return await held.page_of(visit, member_id)


@section.get("/people/{member_id}/held.json", who=STEWARDS)
async def what_is_held_as_a_file(visit: Visit, member_id: str) -> Response:
    """The same as JSON."""
    return await held.file_of(visit, member_id)


@section.get("/people/{member_id}/held.html", who=STEWARDS)
async def what_is_held_as_a_page_to_keep(visit: Visit, member_id: str) -> Response:
    """The same as a page to keep."""
    return await held.page_file_of(visit, member_id)


@section.post("/people/{member_id}/messages/{delivery_id}/again", who=STEWARDS)
async def again(visit: Visit, member_id: str, delivery_id: str) -> Response:
    """Send a person a message again. The form names the try: a second press is the same one."""
    resend_id = (await visit.form())["resend_id"] or new_id()
    try:
        done = await visit.send(ResendDelivery(delivery_id=delivery_id, resend_id=resend_id, member_id=member_id))
    except Refused as why:
        return await one(visit, member_id, NotAgain.of(visit.reader, delivery_id, why))
    return visit.see_other(f"/people/{member_id}", did=outcome(done))


async def one(visit: Visit, member_id: str, no: NotAgain | None = None, form: Form | None = None) -> Response:
    """The page of one person; of one who was erased, what became of that.

    no: why a message was not sent again. form: a number that they cannot have.
    """
    try:
        member = await visit.ask(GetMember(member_id=member_id))
    except Refused as why:
        if why.code not in ("member_not_found", "member_erased"):
            raise
        return visit.page("people/erasure.html", await visit.ask(GetErasure(member_id=member_id)))
    if member.member_id != member_id:  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}")
    journey, coming, past = await asyncio.gather(
        visit.maybe(GetJourney(member_id=member_id)),
        visit.maybe(MyEvents(member_id=member_id, upcoming=True, limit=20)),
        visit.maybe(MyEvents(member_id=member_id, upcoming=False, limit=20)),
    )
    sent, communities, merges = await asyncio.gather(
        visit.maybe(
            ListDeliveries(member_id=member_id, newest_first=True, limit=views.LATEST, locale=visit.reader.locale)
        ),
        visit.maybe(ListCommunities(limit=200)),
        visit.maybe(ListMerges(member_id=member_id)),
    )
    view = views.person(visit, member, journey, (coming, past), sent, communities, no, merges)
    status = 409 if no else 400 if form else 200
    return visit.page("people/person.html", view, form=form or Form(), status=status, no=no)


@section.post("/people/{member_id}/deactivate", who=STEWARDS)
async def deactivate(visit: Visit, member_id: str) -> Response:
    """Record that somebody left the company."""
    await visit.send(DeactivateMember(member_id=member_id))
    return visit.see_other(f"/people/{member_id}", did="people.deactivated")


@section.post("/people/{member_id}/reactivate", who=STEWARDS)
async def reactivate(visit: Visit, member_id: str) -> Response:
    """Record that somebody came back."""
    await visit.send(ReactivateMember(member_id=member_id))
    return visit.see_other(f"/people/{member_id}", did="people.reactivated")


@section.get("/people/{member_id}/erase", who=STEWARDS)
async def ask_to_erase(visit: Visit, member_id: str) -> Response:
    """What erasing means, and the field that makes sure it is meant."""
    member = await visit.ask(GetMember(member_id=member_id))
    return visit.page("people/erase.html", Form(), member=member)


@section.post("/people/{member_id}/erase", who=STEWARDS)
async def erase(visit: Visit, member_id: str) -> Response:
    """Forget who somebody was. The number has to be typed: it cannot be undone."""
    form = await visit.form()
    try:
        member = await visit.ask(GetMember(member_id=member_id))
    except Refused as no:
        if no.code not in ("member_not_found", "member_erased"):
            raise
        return visit.see_other(f"/people/{member_id}", did="people.erased")  # a second press
    if form["number"] != member.number:
        form.wrong("number", "other_number")
        return visit.page("people/erase.html", form, status=400, member=member)
    await visit.send(EraseMember(member_id=member_id))
    return visit.see_other(f"/people/{member_id}", did="people.erased")


@section.post("/people/{member_id}/signout", who=STEWARDS)
async def sign_out(visit: Visit, member_id: str) -> Response:
    """End all of somebody's sessions."""
    await visit.send(SignOutEverywhere(member_id=member_id, before=visit.now))
    return visit.see_other(f"/people/{member_id}", did="people.signed_out")


@section.post("/people/{member_id}/steward", who=STEWARDS)
async def steward(visit: Visit, member_id: str) -> Response:
    """Make somebody a steward, or no steward any more."""
    form = await visit.form()
    wanted = form.on("wanted")
    until = form["until"] or None
    made = form.make(GrantSteward, member_id=member_id, until=until) if wanted else RevokeSteward(member_id=member_id)
    await visit.send(_meant(made))
    return visit.see_other(f"/people/{member_id}", did="people.granted" if wanted else "people.revoked")


def _meant(made: M | None) -> M:
    """The command. Raises Refused where a day was no day."""
    if made is None:
        raise Refused("malformed", "The last day must be a day such as 2027-03-31.", 400)
    return made


@section.post("/people/{member_id}/leader", who=STEWARDS)
async def leader(visit: Visit, member_id: str) -> Response:
    """Make somebody a leader of a community they are in, or no leader any more."""
    form = await visit.form()
    about: dict[str, Any] = {"member_id": member_id, "community_id": form["community_id"]}
    if form.on("wanted"):
        await visit.send(_meant(form.make(GrantRole, **about, until=form["until"] or None)))
    else:
        await visit.send(RevokeRole(**about))
    return visit.see_other(f"/people/{member_id}", did="people.granted" if form.on("wanted") else "people.revoked")
