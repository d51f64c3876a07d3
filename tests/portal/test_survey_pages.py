"""The page of a survey: all kinds of questions, what was typed is kept, and nothing of it goes anywhere else."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import MyRegistration
from ekkyo.contracts.surveys import Answered, AnswerSurvey, Form, FormAnswer, GetForm, PendingSurveys, SurveyList

from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_events_pages import mine
from tests.portal.test_me_pages import SURVEY

FORM = Form.model_validate(
    json.loads(
        (Path(__file__).parents[2] / "services/surveys/ekkyo_surveys/forms/post_event.v1.json").read_text("utf-8")
    )
)


def asked(invited: bool = True, answered: bool = False, **changes: Any) -> FormAnswer:
    return FormAnswer(survey=SURVEY.model_copy(update=changes), form=FORM, invited=invited, answered=answered)


async def test_a_survey_says_whether_it_is_anonymous_and_takes_one_answer():
    async with opened({GetForm: asked(), AnswerSurvey: Answered(survey_id="s1", member_id="hanako")}) as browser:
        page = await browser.get("/s/s1")
        assert "匿名のアンケートです" in text_of(page)
        assert "あなたが回答を済ませたかどうかは記録されます" in text_of(page).partition("今回のイベントを")[0]
        warnings = {
            "ja": "書いた人が推測できる内容や、ほかの方のお名前は書かないでください",
            "en": "Leave out what could tell who",
        }
        for locale, warning in warnings.items():
            asking = await browser.as_(replace(HANAKO, locale=locale)).get("/s/s1")
            assert warning in text_of(asking.text.partition('name="satisfaction"')[0])
        browser.as_(HANAKO)
        assert page.text.count('type="radio" name="satisfaction"') == 11
        assert 'value="save"' not in page.text, "an anonymous survey keeps no draft"
        form = {"satisfaction": "9", "useful": "yes", "themes": ["Excel", " ", "RPA"], "comment": " 一行\r\n二行 "}
        done = await browser.post("/s/s1", form)
        assert done.headers["location"] == "/s/s1?did=surveys.answered"
        (sent,) = browser.answering.sent(AnswerSurvey)
        assert sent.answers == {"satisfaction": 9, "useful": "yes", "themes": ["Excel", "RPA"], "comment": "一行\n二行"}
        browser.answering.replies[GetForm] = asked(anonymous=False)
        assert "記名のアンケートです" in text_of(await browser.get("/s/s1"))


async def test_the_page_of_a_concluded_event_leads_who_was_there_to_the_survey_they_have_not_answered():
    there, pending = mine("attended", status="concluded"), SurveyList(surveys=[SURVEY])
    async with opened({MyRegistration: there, PendingSurveys: pending}) as browser:
        assert 'href="/s/s1">アンケートに答える</a>' in (await browser.get("/e/e1")).text
        for none in (SurveyList(surveys=[]), SurveyList(surveys=[SURVEY.model_copy(update={"event_id": "e2"})])):
            browser.answering.replies[PendingSurveys] = none
            assert 'href="/s/' not in (await browser.get("/e/e1")).text
        browser.answering.replies[PendingSurveys] = Refused("no_answer", "", 503)
        assert "参加しました" in text_of(await browser.get("/e/e1"))
        browser.answering.said.clear()
        for other in (mine("no_show", status="concluded"), mine("confirmed"), mine(None, status="concluded")):
            browser.answering.replies[MyRegistration] = other
            await browser.get("/e/e1")
        browser.answering.replies[MyRegistration] = there
        await browser.as_(replace(HANAKO, only="e1")).get("/e/e1")
        assert not browser.answering.sent(PendingSurveys), "others, and a link in a mail, have none to answer"
        browser.answering.replies[PendingSurveys] = pending
        page = await browser.as_(LEADER).get("/e/e1")
        assert 'href="/e/e1/results"' in page.text


async def test_what_is_missing_or_wrong_is_said_and_all_that_was_typed_is_kept():
    async with opened({GetForm: asked()}) as browser:
        form = {"useful": "no", "themes": ["Excel", "RPA", "x" * 101], "comment": "長い感想 <b>"}
        page = await browser.post("/s/s1", form)
        assert page.status_code == 400
        assert {"satisfaction-wrong", "themes-wrong"} == set(re.findall(r'id="(\w+-wrong)"', page.text))
        assert "長い感想 &lt;b&gt;" in page.text
        assert 'value="no" checked' in page.text
        assert 'value="RPA"' in page.text
        assert browser.answering.sent(AnswerSurvey) == []
        refused = Refused("malformed", "x", 400, [FieldError(field="answers.comment", code="unexpected", detail="x")])
        browser.answering.replies[AnswerSurvey] = refused
        page = await browser.post("/s/s1", {"satisfaction": "3", "comment": "x"})
        assert page.status_code == 400
        assert "comment-wrong" in page.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (asked(answered=True), "ご回答ありがとうございました"),
        (asked(answered=True, status="closed"), "ご回答ありがとうございました"),
        (asked(status="closed"), "受付は終了しました"),
        (asked(invited=False), "対象ではありません"),
    ],
)
async def test_a_survey_that_one_cannot_answer_says_why(answer: FormAnswer, says: str):
    async with opened({GetForm: answer}) as browser:
        page = await browser.get("/s/s1")
        assert says in text_of(page)
        assert 'action="/s/s1"' not in page.text


@pytest.mark.parametrize("code", ["survey_closed", "not_invited", "survey_not_found"])
async def test_a_survey_that_was_closed_meanwhile_says_so(code: str):
    async with opened({GetForm: asked(), AnswerSurvey: Refused(code, "No.", 409)}) as browser:
        page = await browser.post("/s/s1", {"satisfaction": "3"})
        assert page.status_code == 409
        assert "アンケート" in text_of(page)


async def test_no_answer_stands_in_a_log(caplog, capsys):
    secret = "絶対に秘密の回答"
    async with opened({GetForm: asked(), AnswerSurvey: Refused("unexpected", "No.", 500)}) as browser:
        await browser.post("/s/s1", {"satisfaction": "3", "comment": secret})
        browser.answering.replies[AnswerSurvey] = Refused("no_answer", "No.", 503)
        await browser.post("/s/s1", {"satisfaction": "3", "comment": secret})
    out = capsys.readouterr()
    assert secret not in caplog.text + out.out + out.err
