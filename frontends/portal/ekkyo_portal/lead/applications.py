"""Applications for an event: seen by its leaders, approved, and declined with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    DeclineApplications,
    DeclineReason,
    EventState,
    GetRoster,
    Registration,
)
from ekkyo.words.text import one_line, several_lines
from starlette.responses import Response

from ekkyo_portal.events.views import when
from ekkyo_portal.lead import names
from ekkyo_portal.lead.answers import answers_of
from ekkyo_portal.lead.gathered import answered
from ekkyo_portal.lead.section import led, section
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

SHOWN: Final = 100
"""Applications on a page: as many as can be decided at once."""


@dataclass(frozen=True)
class Row:
    """One application. key: names it in the form."""

    key: str
    name: str
    department: str
    number: str
    said: Sequence[tuple[str, str]]
    """Questions and answers."""
    reason: str
    note: str


@section.get("/e/{event_id}/applications", who=Who.LEADERS)
async def applications(visit: Visit, event_id: str) -> Response:
    """Who waits for a decision, and who was declined."""
    return await _shown(visit, await led(visit, event_id), Form())


@section.post("/e/{event_id}/applications/approve", who=Who.LEADERS)
async def approve(visit: Visit, event_id: str) -> Response:
    """Approve those that are ticked."""
    event, form = await led(visit, event_id), await visit.form()
    chosen = _chosen(form)
    made = form.make(ApproveApplications, event_id=event_id, applications=chosen)
    if made is None:
        return await _shown(visit, event, form, nobody=not chosen, status=422)
    done = await visit.send(made)
    did = "passed" if done.passed_over else "approved"
    return visit.see_other(f"/e/{event_id}/applications", did=f"applications.{did}")


@section.post("/e/{event_id}/applications/decline", who=Who.LEADERS)
async def decline(visit: Visit, event_id: str) -> Response:
    """Decline those that are ticked, with the reason that they are told."""
    event, form = await led(visit, event_id), await visit.form()
    chosen = _chosen(form)
    said: dict[str, Any] = {"reason": form["reason"], "note": form.raw("note").replace("\r\n", "\n")}
    made = form.make(DeclineApplications, event_id=event_id, applications=chosen, **said)
    if made is None:
        return await _shown(visit, event, form, nobody=not chosen, status=422)
    await visit.send(made)
    return visit.see_other(f"/e/{event_id}/applications", did="applications.declined")


def _chosen(form: Form) -> list[Application]:
    pairs = [key.partition("/") for key in form.all("one")]
    return [Application(member_id=member, registration_id=wish) for member, _, wish in pairs if member and wish]


async def _shown(visit: Visit, event: EventState, form: Form, *, nobody: bool = False, status: int = 200) -> Response:
    roster = await visit.ask(GetRoster(event_id=event.event_id, status=["applied", "declined"], limit=5000))
    waiting = sorted(
        (one for one in roster.registrations if one.status == "applied"), key=lambda one: one.position or 0
    )
    declined = [one for one in roster.registrations if one.status == "declined"][:SHOWN]
    shown = [*waiting[:SHOWN], *declined]
    known, away = await names.known_to(visit, event.community_id, [one.member_id for one in shown])
    said = await _answers(visit, event) if event.asks else {}
    reader = visit.reader
    words = reader.words.applications
    rows = {one.member_id: _row(reader, one, known, said.get(one.member_id, [])) for one in shown}
    view = {
        "event": roster.event,
        "title": one_line(event.title),
        "when": when(reader, event).first,
        "form": form,
        "waiting": [rows[one.member_id] for one in waiting[:SHOWN]],
        "more": len(waiting) - SHOWN,
        "declined": [rows[one.member_id] for one in declined],
        "free": max(0, event.capacity - event.confirmed - event.attended),
        "may": event.status == "published" and reader.now < event.starts_at,
        "away": away,
        "nobody": nobody,
        "reasons": [(reason, words.reasons[reason]) for reason in get_args(DeclineReason)],
    }
    return visit.page("lead/applications.html", view, status=status, wrong=vars(reader.words.lead))


def _row(reader: Reader, one: Registration, known: Mapping[str, names.Person], said: Sequence[tuple[str, str]]) -> Row:
    person = known.get(one.member_id)
    return Row(
        key=f"{one.member_id}/{one.registration_id}",
        name=person.name if person else reader.words.desk.unknown,
        department=person.department if person else "",
        number=person.number if person else "",
        said=said,
        reason=reader.words.applications.reasons[one.declined_because] if one.declined_because else "",
        note=several_lines(one.note),
    )


async def _answers(visit: Visit, event: EventState) -> dict[str, list[tuple[str, str]]]:
    """What members answered, by member."""
    page, entries = await answers_of(visit, event.event_id)
    return {one.member_id: answered(visit.reader, page.questions, one) for one in entries}
