"""The questions that members answer when they register, as their leaders write them."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, GetRegistrationForm, SetQuestions
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.events.views import when
from ekkyo_portal.lead import questioned
from ekkyo_portal.lead.section import led, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/e/{event_id}/questions", who=Who.LEADERS)
async def questions(visit: Visit, event_id: str) -> Response:
    """The questions as they are, to be changed."""
    event = await led(visit, event_id)
    told = await visit.ask(GetRegistrationForm(event_id=event_id))
    return _page(visit, event, questioned.filled(told.questions))


@section.post("/e/{event_id}/questions", who=Who.LEADERS)
async def set_questions(visit: Visit, event_id: str) -> Response:
    """Save the questions, or change the form: add a question, remove one, move one up, offer other conditions."""
    event = await led(visit, event_id)
    form = await visit.form()
    rows, later = questioned.read(form), form.on("later")
    if form["do"] not in ("", "save"):
        return _page(visit, event, questioned.changed(rows, form["do"]), later=later)
    asked = questioned.made(rows)
    if asked is None:
        return _page(visit, event, rows, 422, later=later)
    try:
        await visit.send(SetQuestions(event_id=event_id, questions=asked, later=later))
    except Refused as why:
        if why.code not in ("malformed", "answers_too_large"):
            raise
        wrong = questioned.beside(rows, why)
        return _page(visit, event, rows, 422, wrong="" if wrong else why.code, later=later)
    return visit.see_other(f"/e/{event_id}", did="asking.set")


def _page(
    visit: Visit,
    event: EventState,
    rows: list[questioned.Row],
    status: int = 200,
    wrong: str = "",
    *,
    later: bool = False,
) -> Response:
    reader = visit.reader
    may = event.status == "draft" or (event.status == "published" and reader.now < event.starts_at)
    view = {
        "event": event,
        "title": one_line(event.title),
        "when": when(reader, event).first,
        "rows": questioned.shown(reader, rows),
        "kinds": [(kind, getattr(reader.words.asking, f"kind_{kind}")) for kind in questioned.KINDS],
        "full": len(rows) >= questioned.MOST,
        "may": may,
        "told": event.status == "published",
        "later": later,
        "wrong": questioned.refusal_words(reader, wrong),
    }
    return visit.page(
        "lead/questions.html", view, status=status, form=Form(errors={"form": "wrong"} if status > 400 else {})
    )
