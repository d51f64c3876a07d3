"""The page of a survey. What was said goes to the surveys service and nowhere else: no log, no address, no figure."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import AnswerSurvey, GetForm
from starlette.responses import Response

from ekkyo_portal.surveys import views
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.rooms import Room
from ekkyo_portal.web.visit import Visit

room = Room("surveys")


@room.get("/s/{survey_id}")
async def survey(visit: Visit, survey_id: str) -> Response:
    """The questions, or that one has answered, or that it is closed."""
    asked = await visit.ask(GetForm(survey_id=survey_id, member_id=visit.me.member_id))
    return visit.page("surveys/survey.html", views.survey(visit.reader, asked), form=Form())


@room.post("/s/{survey_id}")
async def answer(visit: Visit, survey_id: str) -> Response:
    """Answer it. The first answer counts, so a second press changes nothing."""
    form, member_id = await visit.form(), visit.me.member_id
    asked = await visit.ask(GetForm(survey_id=survey_id, member_id=member_id))
    said = views.answers(asked.form, form)
    if not form.errors:
        try:
            await visit.send(AnswerSurvey(survey_id=survey_id, member_id=member_id, answers=said))
            return visit.see_other(f"/s/{survey_id}", did="surveys.answered")
        except Refused as no:
            if no.code != "malformed":
                raise
            for error in no.errors:
                form.wrong(error.field.removeprefix("answers."), "wrong")
    return visit.page("surveys/survey.html", views.survey(visit.reader, asked), form=form, status=400)
