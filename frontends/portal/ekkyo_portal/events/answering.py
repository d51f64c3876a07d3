"""One's answers to the questions of an event: for who is signed in. A link in a mail does not open them."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AnswerQuestions, AnswersPage, GetAnswers
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.events import asked
from ekkyo_portal.events.routes import section
from ekkyo_portal.events.views import when
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit


@section.get("/e/{event_id}/answers")
async def answers(visit: Visit, event_id: str) -> Response:
    """The form with what one answered."""
    told = await _own(visit, event_id)
    return _page(visit, told, asked.filled(told.questions, told.entries[0].answers if told.entries else {}))


@section.post("/e/{event_id}/answers")
async def change(visit: Visit, event_id: str) -> Response:
    """Change what one answered. What is wrong stands beside its question."""
    told = await _own(visit, event_id)
    form = await visit.form()
    said = asked.typed(told.questions, form)
    try:
        await visit.send(AnswerQuestions(event_id=event_id, member_id=visit.me.member_id, answers=said))
    except Refused as why:
        asked.beside(told.questions, form, why)
        return _page(visit, told, form, 422)
    return visit.see_other(f"/e/{event_id}", did="asking.answered")


async def _own(visit: Visit, event_id: str) -> AnswersPage:
    return await visit.ask(GetAnswers(event_id=event_id, member_id=visit.me.member_id))


def _page(visit: Visit, told: AnswersPage, form: Form, status: int = 200) -> Response:
    view = {
        "event_id": told.event.event_id,
        "title": one_line(told.event.title),
        "when": when(visit.reader, told.event).first,
        "answered": asked.answered(visit.reader, told),
    }
    return visit.page("events/answers.html", view, status=status, form=form)
