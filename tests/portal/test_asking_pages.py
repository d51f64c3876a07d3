"""Questions at registration by pages: answered and changed by members, written and read by leaders."""

import io
from dataclasses import replace
from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import (
    AnswerQuestions,
    AnswersPage,
    GetAnswers,
    GetRegistrationForm,
    MemberAnswers,
    MyRegistration,
    MyRegistrationAnswer,
    RegisterForEvent,
    RegistrationForm,
    RegistrationQuestion,
    SetQuestions,
    ShownIf,
)
from openpyxl import load_workbook

from tests.portal.leading import ANSWERED, NO, QUESTIONS, answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_events_pages import MARKUP, event, registered

FORM = RegistrationForm(event_id="e1", questions=QUESTIONS)
ASKS: dict[type[Any], Any] = {
    GetRegistrationForm: FORM,
    MyRegistration: MyRegistrationAnswer(event=event(asks=True)),
    RegisterForEvent: registered("confirmed"),
}
TYPED = {
    "asks": "1",
    "registration_id": "r1",
    "q-lunch": "yes",
    "q-menu": "=魚",
    "q-topics": ["RPA", "生成AI"],
    "q-note": "なし",
}
MISSING = Refused(
    "answers_needed", "…", errors=[FieldError(field="answers.menu", code="missing", detail="Expected one of 肉, =魚.")]
)


def own(**said: Any) -> AnswersPage:
    held = {"member_id": "hanako", "status": "confirmed", **said}
    return AnswersPage(event=event(asks=True), questions=QUESTIONS, entries=[MemberAnswers.model_validate(held)])


def having(**said: Any) -> dict[type[Any], Any]:
    place = registered("confirmed").model_copy(update={"unanswered": said.get("unanswered", False)})
    return ASKS | {
        MyRegistration: MyRegistrationAnswer(event=event(asks=True), registration=place),
        GetAnswers: own(**said),
        AnswerQuestions: place,
    }


async def test_a_member_answers_the_questions_when_they_register():
    async with opened(ASKS) as browser:
        page = await browser.get("/e/e1")
        text = text_of(page)
        assert "お弁当は必要ですか はい いいえ どのお弁当ですか" in text
        assert "「お弁当は必要ですか」が「はい」のときだけ答えてください。" in text
        assert 'data-if="q-lunch" data-is="yes"' in page.text
        assert "回答を見られるのは、あなたと" in text
        done = await browser.post("/e/e1/register", TYPED)
        assert done.headers["location"] == "/e/e1?did=events.confirmed"
        (sent,) = browser.answering.sent(RegisterForEvent)
        assert sent.answers == {"lunch": True, "menu": "=魚", "topics": ["RPA", "生成AI"], "note": "なし"}
        await browser.post("/e/e1/register", {"asks": "1", "q-lunch": "no", "q-menu": "", "q-note": " "})
        assert browser.answering.sent(RegisterForEvent)[-1].answers == {"lunch": False}


async def test_what_is_missing_stands_beside_its_question_and_what_was_answered_is_kept():
    for typed in (TYPED, {"registration_id": "r1"}):  # the second from a page that is older than the questions
        async with opened(ASKS | {RegisterForEvent: MISSING}) as browser:
            page = await browser.post("/e/e1/register", typed)
            assert page.status_code == 422
            assert 'id="q-menu-wrong">この質問には回答が必要です。' in page.text
            if typed is TYPED:
                assert 'value="生成AI" checked' in page.text
                assert "\nなし</textarea>" in page.text
    too_long = FieldError(field="answers.note", code="unexpected", detail="")
    async with opened(ASKS | {RegisterForEvent: Refused("malformed", "", 400, errors=[too_long])}) as browser:
        page = await browser.post("/e/e1/register", TYPED)
        assert 'id="q-note-wrong">500文字以内で入力してください。' in page.text
    async with opened(ASKS | {RegisterForEvent: Refused("already_registered", "…")}) as browser:
        page = await browser.post("/e/e1/register", TYPED)
        assert (page.status_code, "変更は、イベントのページでできます" in text_of(page)) == (409, True)


async def test_an_event_that_asks_nothing_asks_no_service_for_it():
    async with opened(
        {MyRegistration: MyRegistrationAnswer(event=event()), RegisterForEvent: registered("confirmed")}
    ) as browser:
        assert 'name="asks"' not in (await browser.get("/e/e1")).text
        await browser.post("/e/e1/register", {"registration_id": "r1"})
        assert browser.answering.sent(GetRegistrationForm) == browser.answering.sent(GetAnswers) == []


async def test_a_member_sees_and_changes_their_answers():
    async with opened(having(answers={"lunch": True, "menu": "肉"})) as browser:
        text = text_of(await browser.get("/e/e1"))
        assert "あなたの回答 お弁当は必要ですか はい どのお弁当ですか 肉 回答を変える" in text
        page = await browser.get("/e/e1/answers")
        assert 'name="q-menu" value="肉" checked' in page.text
        done = await browser.post("/e/e1/answers", {"asks": "1", "q-lunch": "no"})
        assert done.headers["location"] == "/e/e1?did=asking.answered"
        (sent,) = browser.answering.sent(AnswerQuestions)
        assert (sent.member_id, sent.answers) == ("hanako", {"lunch": False})
    async with opened(having(unanswered=True) | {AnswerQuestions: MISSING}) as browser:
        assert "まだ答えていません。 質問に答える" in text_of(await browser.get("/e/e1"))
        page = await browser.post("/e/e1/answers", {"asks": "1", "q-lunch": "yes"})
        assert (page.status_code, 'id="q-menu-wrong"' in page.text) == (422, True)
    async with opened(having(status="attended")) as browser:
        assert "回答できるのは、参加登録をしてから" in text_of(await browser.get("/e/e1/answers"))


async def test_a_link_of_a_mail_lets_one_register_with_answers_and_shows_nobodys():
    holder = replace(HANAKO, only="e1")
    async with opened(ASKS, holder) as browser:
        assert 'name="q-lunch"' in (await browser.get("/e/e1?p=x")).text
    async with opened(having(answers={"note": "ひみつ"}), holder) as browser:
        assert "ひみつ" not in (await browser.get("/e/e1?p=x")).text
        assert browser.answering.sent(GetAnswers) == []


async def test_what_was_written_is_shown_as_text_and_what_was_answered_is_in_no_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG", "ekkyo")
    asked = [
        RegistrationQuestion(key="a", kind="choice", text=MARKUP, choices=[MARKUP, "b"]),
        RegistrationQuestion(key="b", kind="text", text=MARKUP, shown_if=ShownIf(question="a", answer=MARKUP)),
    ]
    told = own(answers={"a": MARKUP, "b": MARKUP}).model_copy(update={"questions": asked})
    form = RegistrationForm(event_id="e1", questions=asked)
    replies = answers(asks=True) | having() | {GetRegistrationForm: form, GetAnswers: told}
    for visitor, paths in (
        (HANAKO, ["/e/e1", "/e/e1/answers"]),
        (LEADER, ["/e/e1/questions", "/e/e1/questions/answers"]),
    ):
        async with opened(replies, visitor) as browser:
            for path in paths:
                page = await browser.get(path)
                assert page.status_code == 200
                assert "alert(1)" in page.text
                assert "<script>alert" not in page.text
    async with opened(ASKS | {RegisterForEvent: MISSING}) as browser:
        await browser.post("/e/e1/register", TYPED | {"q-note": "hush-hush"})
        assert "hush-hush" not in caplog.text


# Leaders

ROWS = {
    "key": ["lunch", "menu"], "text-0": "お弁当は?", "kind-0": "yes_no", "known-0": "on", "required-0": "on",
    "text-1": "どれ?", "kind-1": "choice", "choices-1": "肉\r\n\r\n 魚 ", "condition-1": "lunch:yes",
}  # fmt: skip


async def test_a_leader_writes_the_questions_and_needs_no_script_for_it():
    async with opened(answers(asks=True), LEADER) as browser:
        assert 'href="/e/e1/questions/answers"' in (await browser.get("/e/e1")).text
        page = await browser.get("/e/e1/questions")
        assert '<option value="lunch:yes" selected>「お弁当は必要ですか」が「はい」のとき' in page.text
        assert "肉\n=魚</textarea>" in page.text
        added = await browser.post("/e/e1/questions", ROWS | {"do": "add"})
        assert text_of(added).count("この質問を外す") == 3
        assert "「どれ?」が「魚」のとき" in text_of(added)
        gone = await browser.post("/e/e1/questions", ROWS | {"do": "remove-0"})
        assert (text_of(gone).count("この質問を外す"), 'value="lunch:yes"' in gone.text) == (1, False)
        up = await browser.post("/e/e1/questions", ROWS | {"do": "up-1"})
        assert up.text.index('value="どれ?"') < up.text.index('value="お弁当は?"')
        assert browser.answering.sent(SetQuestions) == []
        saved = await browser.post("/e/e1/questions", ROWS | {"do": "save"})
        assert saved.headers["location"] == "/e/e1?did=asking.set"
        (sent,) = browser.answering.sent(SetQuestions)
        assert [(q.key, q.kind, q.required, q.choices) for q in sent.questions] == [
            ("lunch", "yes_no", True, []),
            ("menu", "choice", False, ["肉", "魚"]),
        ]
        assert sent.questions[1].shown_if
        assert (sent.questions[1].shown_if.question, sent.questions[1].shown_if.answer) == ("lunch", True)
        assert not sent.later
        assert 'name="later"' not in page.text, "this event is alone"


async def test_a_leader_asks_the_same_on_the_later_dates_of_a_series():
    async with opened(answers(asks=True, series_id="s1"), LEADER) as browser:
        assert "後の回にも" in text_of(await browser.get("/e/e1/questions"))
        added = await browser.post("/e/e1/questions", ROWS | {"do": "add", "later": "on"})
        assert 'name="later" type="checkbox" checked' in added.text, "it is still ticked"
        await browser.post("/e/e1/questions", ROWS | {"do": "save", "later": "on"})
        (sent,) = browser.answering.sent(SetQuestions)
        assert sent.later


async def test_a_question_that_asks_something_else_now_gets_another_key_and_conditions_follow_it():
    async with opened(answers(asks=True), LEADER) as browser:
        await browser.post("/e/e1/questions", ROWS | {"do": "save", "again-0": "on"})
        (sent,) = browser.answering.sent(SetQuestions)
        assert sent.questions[0].key != "lunch"
        assert sent.questions[1].shown_if.question == sent.questions[0].key


async def test_what_is_wrong_with_a_question_stands_beside_its_field():
    async with opened(answers(), LEADER) as browser:
        page = await browser.post("/e/e1/questions", ROWS | {"do": "save", "text-0": "", "text-1": "x" * 201})
        assert page.status_code == 422
        assert 'id="text-0-wrong"' in page.text
        assert 'id="text-1-wrong"' in page.text
    wrong = [
        FieldError(field=f"questions.1.{name}", code="unexpected", detail="") for name in ("shown_if.answer", "choices")
    ]
    for refused, says in (
        (Refused("malformed", "", 400, errors=wrong), 'id="condition-1-wrong">前の質問の答えを選んでください。'),
        (Refused("answers_too_large", ""), "自由記入の質問が多すぎます"),
    ):
        async with opened(answers() | {SetQuestions: refused}, LEADER) as browser:
            page = await browser.post("/e/e1/questions", ROWS | {"do": "save"})
            assert (page.status_code, says in page.text) == (422, True)
            assert 'value="どれ?"' in page.text


async def test_leaders_see_totals_and_each_answer_and_take_them_along():
    more = ANSWERED.model_copy(update={"entries": ANSWERED.entries[1:], "next": None})
    first = ANSWERED.model_copy(update={"entries": ANSWERED.entries[:1], "next": "ken"})
    pages = {GetAnswers: lambda ask: more if ask.after else first}
    async with opened(answers(asks=True) | pages, LEADER) as browser:
        page = await browser.get("/e/e1/questions/answers")
        text = text_of(page)
        assert "席のある方・待っている方 3 人、必須の質問が未回答 1 人" in text
        assert "2 人が回答 はい 1 50% いいえ 1 50%" in text
        assert "RPA 2 100% Excel 0 0% 生成AI 1 50%" in text
        assert "山田 健 営業 · 参加確定" in text
        assert "氏名を表示できない方" in text
        told = await browser.get("/e/e1/questions/answers.csv")
        lines = told.content.decode("utf-8-sig").split("\r\n")
        assert told.content.startswith(b"\xef\xbb\xbf")
        assert lines[0] == "社員番号,氏名,部署,状態,お弁当は必要ですか,どのお弁当ですか,知りたいこと,伝えておきたいこと"
        assert lines[1].endswith(",はい,'=魚,RPA、生成AI,\"'=1+1\n二行目\"")
        book = await browser.get("/e/e1/questions/answers.xlsx")
        sheet = load_workbook(io.BytesIO(book.content)).active
        assert sheet
        cells = [list(row) for row in sheet.iter_rows(min_row=2)]
        assert (cells[0][5].value, cells[0][5].data_type) == ("=魚", "s")
        assert (cells[0][0].value, cells[0][7].value) == ("0001", "=1+1\n二行目")
        for kept in (told, book):
            assert "attachment" in kept.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/e/e1/questions", "/e/e1/questions/answers", "/e/e1/questions/answers.csv"])
async def test_who_leads_elsewhere_sees_neither_form_nor_answers(path: str):
    async with opened(answers(asks=True), NO) as browser:
        assert (await browser.get(path)).status_code == 403
    async with opened(answers(asks=True), HANAKO) as browser:
        assert (await browser.get(path)).status_code == 403
