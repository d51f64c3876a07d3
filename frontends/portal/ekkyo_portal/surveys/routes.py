"""The page of a survey. What was said goes to the surveys service and nowhere else: no log, no address, no figure."""

from contextlib import suppress

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Answers, AnswerSurvey, FormAnswer, GetForm, SaveDraft
from starlette.responses import Response

from ekkyo_portal.surveys import answered, views
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import FORM, Section
from ekkyo_portal.web.visit import PATIENCE, Visit

section = Section("surveys")


@section.get("/s/{survey_id}")
async def survey(visit: Visit, survey_id: str) -> Response:
    """The questions, or that one has answered, or that it is closed."""
    asked = await visit.ask(GetForm(survey_id=survey_id, member_id=visit.me.member_id))
    change = "change" in visit.request.query_params or asked.draft
    return _page(visit, asked, answered.typed(asked.form, asked.answers), change=change)


@section.post("/s/{survey_id}", largest=2 * FORM)
async def answer(visit: Visit, survey_id: str) -> Response:
    """Go on to the next step, answer, or discard what was saved. What was typed is saved for later unless the survey is
    anonymous.

    Of an anonymous survey the first answer counts, so a second press changes nothing.
    """
    form, member_id = await visit.form(), visit.me.member_id
    asked = await visit.ask(GetForm(survey_id=survey_id, member_id=member_id))
    said, at, do = answered.read(asked.form, form), _number(form["at"]), form["do"]
    right = {key: value for key, value in said.items() if key not in form.errors}
    draft = SaveDraft(survey_id=survey_id, member_id=member_id, answers=right)
    if do == "discard":
        await visit.send(SaveDraft(survey_id=survey_id, member_id=member_id, answers={}))
        return visit.see_other(f"/s/{survey_id}", did="surveys.discarded")
    if do == "save":
        await visit.send(draft)
        return visit.see_other(f"/s/{survey_id}", did="surveys.saved")
    if do == "back":
        await _save(visit, asked, draft)
        form.errors.clear()
        return _page(visit, asked, form, at=views.asked_step(asked.form, said, at, -1), change=True, fresh=False)
    if not views.is_last(asked.form, said, at):
        await _save(visit, asked, draft)
        return _next(visit, asked, form, said, at)
    if not form.errors:
        try:
            await visit.send(AnswerSurvey(survey_id=survey_id, member_id=member_id, answers=said))
            return visit.see_other(f"/s/{survey_id}", did="surveys.answered")
        except Refused as no:
            if no.code != "malformed":
                raise
            for error in no.errors:
                form.wrong(error.field.removeprefix("answers."), "wrong")
    wrong = [n for n, page in enumerate(views.steps(asked.form)) if any(q.key in form.errors for q in page)]
    return _page(visit, asked, form, at=min(wrong, default=at), change=True, fresh=False, status=400)


async def _save(visit: Visit, asked: FormAnswer, draft: SaveDraft) -> None:
    """Save a draft, never of an anonymous survey. The step does not depend on it: its page carries what was typed."""
    if not asked.survey.anonymous:
        with suppress(Refused):
            await visit.send(draft, within=PATIENCE)


def _next(visit: Visit, asked: FormAnswer, form: Form, said: Answers, at: int) -> Response:
    """The next step, if nothing is wrong with this one."""
    here = {q.key for q in views.steps(asked.form)[max(0, at)]}
    form.errors = {key: code for key, code in form.errors.items() if key in here}
    if form.errors:
        return _page(visit, asked, form, at=at, change=True, fresh=False, status=400)
    return _page(visit, asked, form, at=views.asked_step(asked.form, said, at, 1), change=True, fresh=False)


def _page(
    visit: Visit,
    asked: FormAnswer,
    form: Form,
    *,
    at: int = 0,
    change: bool = False,
    fresh: bool = True,
    status: int = 200,
) -> Response:
    view = views.survey(visit.reader, asked, form, visit.me.member_id, at=at, change=change, fresh=fresh)
    return visit.page("surveys/survey.html", view, form=form, status=status)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else 0
