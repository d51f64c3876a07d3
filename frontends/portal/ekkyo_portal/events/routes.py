"""The pages of events that members see."""

import asyncio

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    Attend,
    Board,
    ChangeAttend,
    EventState,
    GetAnswers,
    GetRegistrationForm,
    GetSeries,
    MyRegistration,
    MyRegistrationAnswer,
    MyTable,
    RegisterForEvent,
    RegistrationQuestion,
    WithdrawFromEvent,
)
from ekkyo.contracts.members import Cards, GetCards
from ekkyo.contracts.surveys import PendingSurveys
from starlette.responses import Response

from ekkyo_portal.events import asked, places, series_views, views
from ekkyo_portal.events.attending import WAYS
from ekkyo_portal.look.marks import Mark, marks
from ekkyo_portal.look.outputs import Item, items
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

section = Section("events")


@section.get("/e/{event_id}", who=Who.HOLDERS)
async def event(visit: Visit, event_id: str) -> Response:
    """An event, and what the visitor has there. Messages that tell of a series alone lead here too."""
    typed = visit.request.query_params.get("w", "")[:40]  # of the QR code in the room
    try:
        return await shown(visit, event_id, typed=typed)
    except Refused as no:
        if no.code != "event_not_found" or not await _is_a_series(visit, event_id):
            raise
        return visit.see_other(f"/series/{event_id}")


async def _is_a_series(visit: Visit, id: str) -> bool:
    try:
        await visit.ask(GetSeries(series_id=id))
    except Refused:
        return False
    return True


async def shown(
    visit: Visit, event_id: str, *, typed: str = "", wrong: Refused | None = None, form: Form | None = None
) -> Response:
    """The page of an event. typed, wrong: a word on the wall that was not accepted, and why. form: the registration's,
    with what was wrong in it. Raises Refused."""
    mine, communities = await asyncio.gather(
        visit.ask(MyRegistration(event_id=event_id, member_id=visit.me.member_id)), known(visit)
    )
    it = mine.event
    named, series, pending = await asyncio.gather(
        speakers_of(visit, it),
        visit.maybe(GetSeries(series_id=it.series_id)) if it.series_id else nothing(),
        visit.maybe(PendingSurveys(member_id=visit.me.member_id)) if views.was_there(visit.me, mine) else nothing(),
    )
    at, asks = await asyncio.gather(table_of(visit, mine), asks_of(visit, mine))
    part = series_views.part(visit.reader, it, series) if series else None
    mark = communities.get(it.community_id)
    make = visit.site.codes.make
    view = views.event(
        visit.reader, visit.me, mine, typed=typed, wrong=wrong, speakers=named, mark=mark, code=make, table=at
    )
    survey = views.survey(visit.reader, it, pending) if pending else None
    outputs = await outputs_of(visit, it) if visit.me.only is None and places.is_over(it, visit.now) else None
    status = wrong.status if wrong else 422 if form else 200
    shows = {"part": part, "survey": survey, "outputs": outputs, "asks": asks, "form": form or Form()}
    return visit.page("events/event.html", view, status=status, **shows)


async def asks_of(visit: Visit, mine: MyRegistrationAnswer) -> asked.Answered | None:
    """What the page of an event shows of its questions: to answer, or one's answers. None: nothing is asked."""
    it, own = mine.event, mine.registration
    if not it.asks:
        return None
    if own is None or own.status == "withdrawn":
        form = await visit.maybe(GetRegistrationForm(event_id=it.event_id))
        return asked.Answered(asked.asked(visit.reader, form.questions if form else []), (), False, False)
    told = await visit.maybe(GetAnswers(event_id=it.event_id, member_id=own.member_id)) if not visit.me.only else None
    return asked.answered(visit.reader, told) if told else None


async def table_of(visit: Visit, mine: MyRegistrationAnswer) -> list[str]:
    """Where the visitor sits; nothing at an event without tables, or while the service is away."""
    own = mine.registration
    if own is None or own.table is None:
        return []
    told = await visit.maybe(MyTable(event_id=own.event_id, member_id=own.member_id))
    if told is None:
        return []
    known = await visit.maybe(GetCards(member_ids=told.companions)) if told.companions else None
    return views.at_table(visit.reader, told, known)


async def outputs_of(visit: Visit, event: EventState) -> tuple[Item, ...] | None:
    """What came of an event; None: the service is away, or the event never took place."""
    if event.status == "cancelled":
        return None
    found = await visit.maybe(Board(event_id=event.event_id, limit=10))
    return items(visit.reader, found, {}, None)


async def nothing() -> None:
    """What there is nothing to ask for."""


async def speakers_of(visit: Visit, event: EventState) -> Cards | None:
    """The cards of who speaks; None: nobody does, or the members service is away."""
    return await visit.maybe(GetCards(member_ids=event.speakers)) if event.speakers else None


async def known(visit: Visit) -> dict[str, Mark]:
    """How communities are recognised, by their ids."""
    return marks(await visit.communities(), letters=visit.me.only is not None)


@section.get("/e/{event_id}/calendar.ics", who=Who.HOLDERS)
async def entry(visit: Visit, event_id: str) -> Response:
    """The event as a file for one's calendar."""
    mine = await visit.ask(MyRegistration(event_id=event_id, member_id=visit.me.member_id))
    page = f"{visit.site.settings.portal_url}/e/{event_id}"
    file = views.entry(visit.reader, visit.me, mine, page)
    return Response(
        file, media_type="text/calendar", headers={"content-disposition": 'attachment; filename="event.ics"'}
    )


@section.post("/e/{event_id}/register", who=Who.HOLDERS)
async def register(visit: Visit, event_id: str) -> Response:
    """Ask for a seat. The form names the registration, so that a second press is the same wish."""
    form = await visit.form()
    registration_id = form["registration_id"] or new_id()
    questions = await _questions(visit, event_id) if form.on("asks") else []
    if form.on("chooses") and not attend_of(form["attend"]):
        form.wrong("attend", "choose_way")
        return await shown(visit, event_id, form=form)
    command = RegisterForEvent(
        event_id=event_id,
        member_id=visit.me.member_id,
        registration_id=registration_id,
        attend=attend_of(form["attend"]),
        answers=asked.typed(questions, form),
    )
    try:
        got = await visit.send(command)
    except Refused as why:
        if why.code not in asked.WRONG:
            raise
        asked.beside(questions or await _questions(visit, event_id), form, why)
        return await shown(visit, event_id, form=form)
    return visit.see_other(f"/e/{event_id}", did=f"events.{got.status}")


async def _questions(visit: Visit, event_id: str) -> list[RegistrationQuestion]:
    return (await visit.ask(GetRegistrationForm(event_id=event_id))).questions


def attend_of(said: str) -> Attend | None:
    """How somebody wants to take part, as a form says it."""
    return next((way for way in WAYS if way == said), None)


@section.post("/e/{event_id}/attend", who=Who.HOLDERS)
async def change_attend(visit: Visit, event_id: str) -> Response:
    """Take part the other way: in the room, or online."""
    form = await visit.form()
    attend, member_id = attend_of(form["attend"]), visit.me.member_id
    if attend is None:
        return await shown(visit, event_id)
    await visit.send(ChangeAttend(event_id=event_id, member_id=member_id, attend=attend))
    return visit.see_other(f"/e/{event_id}", did="events.attend_changed")


@section.post("/e/{event_id}/withdraw", who=Who.HOLDERS)
async def withdraw(visit: Visit, event_id: str) -> Response:
    """Give up a seat or a place on the waitlist."""
    form = await visit.form()
    registration_id = form["registration_id"] or None
    member_id = visit.me.member_id
    await visit.send(WithdrawFromEvent(event_id=event_id, member_id=member_id, registration_id=registration_id))
    return visit.see_other(f"/e/{event_id}", did="events.withdrawn")
