"""Registering together with colleagues, whom one names by their work addresses."""

import re
from collections.abc import Sequence
from typing import Final

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import EventState, MyRegistration, MyRegistrationAnswer, RegisterGroup
from ekkyo.contracts.members import FindColleagues
from ekkyo.words.text import one_line
from pydantic import ValidationError
from starlette.responses import Response

from ekkyo_portal.events import attending, terms
from ekkyo_portal.events.routes import attend_of, section
from ekkyo_portal.events.views import when
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit

BETWEEN: Final = re.compile(r"[\s,;、，；]+")
BESIDE: Final = ("group_cannot_register", "group_too_large")
"""Refusals that are told beside the addresses."""
PLACES: Final = ("applied", "confirmed", "waitlisted", "attended")
"""Who has one of these cannot register in a group."""


@section.get("/e/{event_id}/group")
async def group(visit: Visit, event_id: str) -> Response:
    """The form for the addresses of one's colleagues."""
    mine = await _mine(visit, event_id)
    has_place = mine.registration is not None and mine.registration.status in PLACES
    return _page(visit, mine.event, Form.filled({"group_id": new_id()}), has_place=has_place)


@section.post("/e/{event_id}/group")
async def register(visit: Visit, event_id: str) -> Response:
    """Register oneself with these colleagues. The form names the group, so that a second press is the same wish."""
    event, form = (await _mine(visit, event_id)).event, await visit.form()
    typed = [one for one in BETWEEN.split(form.raw("emails").lower()) if one]
    emails = list(dict.fromkeys(typed))
    if not emails:
        form.wrong("emails", "missing")
    elif len(emails) >= attending.group_size(event):
        form.wrong("emails", "too_many_colleagues")
    if attending.ways(visit.reader, event) and not attend_of(form["attend"]):
        form.wrong("attend", "choose_way")
    if form.errors:
        return _page(visit, event, form, 422)
    found = await _found(visit, event, emails)
    unknown = [one for one in emails if one not in found]
    if visit.me.member_id in found.values():
        form.wrong("emails", "yourself")
    elif unknown:
        form.wrong("emails", "no_colleague")
    if form.errors:
        return _page(visit, event, form, 422, unknown)
    try:
        got = await visit.send(
            RegisterGroup(
                event_id=event_id,
                member_id=visit.me.member_id,
                group_id=form["group_id"] or new_id(),
                with_members=[found[one] for one in emails],
                attend=attend_of(form["attend"]),
            )
        )
    except Refused as why:
        if why.code not in BESIDE:
            raise
        form.wrong("emails", why.code)
        named = {error.field.removeprefix("with_members.") for error in why.errors}
        return _page(visit, event, form, 422, [one for n, one in enumerate(emails) if str(n) in named])
    status = next(one.status for one in got.registrations if one.member_id == visit.me.member_id)
    return visit.see_other(f"/e/{event_id}", did=f"groups.{status}")


async def _mine(visit: Visit, event_id: str) -> MyRegistrationAnswer:
    return await visit.ask(MyRegistration(event_id=event_id, member_id=visit.me.member_id))


async def _found(visit: Visit, event: EventState, emails: Sequence[str]) -> dict[str, str]:
    """The ids of those who have these addresses. What is no address is nobody's."""
    asked: list[str] = []
    for one in emails:
        try:
            asked += FindColleagues(community_id=event.community_id, emails=[one]).emails
        except ValidationError:
            continue
    if not asked:
        return {}
    told = await visit.ask(FindColleagues(community_id=event.community_id, emails=asked))
    return {one.email: one.member_id for one in told.colleagues}


def _page(
    visit: Visit,
    event: EventState,
    form: Form,
    status: int = 200,
    wrong: Sequence[str] = (),
    *,
    has_place: bool = False,
) -> Response:
    reader, leads = visit.reader, visit.me.may_lead(event.community_id)
    view = {
        "event": event,
        "title": one_line(event.title),
        "when": when(reader, event).first,
        "others": attending.group_size(event) - 1,
        "seats": attending.seats(reader, event),
        "ways": attending.ways(reader, event),
        "has_place": has_place,
        "may": not has_place
        and attending.group_size(event) > 0
        and event.status == "published"
        and reader.now < event.starts_at
        and terms.is_open(event, reader.now, leads=leads),
        "wrong": [one_line(one) for one in wrong],
    }
    return visit.page("events/group.html", view, status=status, form=form, wrong=vars(reader.words.groups))
