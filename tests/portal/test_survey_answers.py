"""Answering a survey of every kind of question: in steps, without script, with drafts, and what was typed kept."""

import re
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Answered, AnswerSurvey, DraftSaved, Form, FormAnswer, GetForm, SaveDraft
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.surveys import answered, views
from ekkyo_portal.web.forms import Form as Typed
from ekkyo_surveys import answers as service
from ekkyo_surveys.forms import rules
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.portal.making import HANAKO, NOW, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_me_pages import SURVEY

TRAVEL = [("train", "電車"), ("car", "車"), ("bike", "自転車")]


def choices(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "label": {"ja": text, "en": key.title()}} for key, text in pairs]


def question(key: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": {"ja": label, "en": label}, **more}


ALL = Form.model_validate(
    {
        "template": "spring",
        "version": 3,
        "title": {"ja": "春"},
        "sections": [
            {
                "key": "way",
                "title": {"ja": "通勤について", "en": "Your way to work"},
                "description": {"ja": "3問です。"},
            },
            {"key": "end", "title": {"ja": "最後に", "en": "At last"}},
        ],
        "questions": [
            question("score", "nps", "すすめますか", required=True),
            question(
                "why", "text", "何が足りませんか", maximum=100, shown_if={"question": "score", "any_of": ["0", "1"]}
            ),
            question("how", "choices", "通勤の手段", choices=choices(*TRAVEL), other=True, maximum=2, section="way"),
            question("best", "ranking", "好きな順", choices=choices(*TRAVEL), section="way"),
            question("minutes", "number", "何分かかりますか", minimum=0, maximum=300, decimals=1, section="way"),
            question(
                "rate",
                "matrix",
                "評価",
                choices=choices(("good", "よい"), ("bad", "わるい")),
                rows=choices(("room", "部屋"), ("food", "食事")),
                required=True,
                section="end",
                shown_if={"question": "how", "any_of": ["train", "other"]},
            ),
            question("when", "date", "都合のよい日", section="end"),
            question("one", "choice", "一つだけ", choices=choices(*TRAVEL), other=True, section="end"),
            question("feel", "scale", "気分", minimum=1, maximum=5, low={"ja": "低い"}, section="end"),
            question("wish", "themes", "テーマ", maximum=2, section="end"),
        ],
    }
)


def asked(**changes: Any) -> FormAnswer:
    more = {name: changes.pop(name) for name in ("answered", "answers", "draft", "may_change") if name in changes}
    return FormAnswer(survey=SURVEY.model_copy(update=changes), form=ALL, invited=True, **{"answered": False, **more})


def begun() -> FormAnswer:
    """Answers that were sent, and a change of them that was saved and not sent."""
    return asked(anonymous=False, answered=True, answers={"score": 2}, draft=True, may_change=True)


def carried(html: str) -> dict[str, list[str]]:
    """The hidden fields of a page, which a browser sends again."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html.partition("<main")[2]):
        found.setdefault(name, []).append(value)
    return {name: values for name, values in found.items() if name != "locale"}


async def test_a_long_form_is_answered_step_by_step_without_script():
    async with opened({GetForm: asked(), AnswerSurvey: Answered(survey_id="s1", member_id="hanako")}) as browser:
        page = await browser.get("/s/s1")
        assert "1 / 3 ページ" in text_of(page)
        assert "通勤の手段" not in page.text
        assert "「すすめますか」が「0」「1」のときだけ" in text_of(page), "without script, a note says when"
        missing = await browser.post("/s/s1", {**carried(page.text), "do": "go"})
        assert (missing.status_code, re.findall(r'id="(\w+-wrong)"', missing.text)) == (400, ["score-wrong"])
        page = await browser.post("/s/s1", {**carried(page.text), "score": "9", "why": "わすれた", "do": "go"})
        assert "通勤について" in text_of(page)
        assert "3問です。" in text_of(page)
        fields = {**carried(page.text), "how": ["car"], "how-other": "船", "best-1": "bike", "minutes": "１２.５"}
        page = await browser.post("/s/s1", {**fields, "do": "go"})
        assert "評価" in text_of(page), "by ship is another way than those to choose from"
        back = await browser.post("/s/s1", {**carried(page.text), "feel": "4", "do": "back"})
        assert 'value="船"' in back.text
        assert 'value="bike" selected' in back.text
        assert carried(back.text)["feel"] == ["4"]
        last = {**carried(page.text), "rate-room": "good", "when": "2026-12-24", "one": "other", "wish": ["Excel", ""]}
        wrong = await browser.post("/s/s1", {**last, "do": "go"})
        assert "すべての行に答えてください" in text_of(wrong)
        assert 'value="2026-12-24"' in wrong.text
        done = await browser.post("/s/s1", {**last, "rate-food": "bad", "do": "go"})
        assert done.headers["location"] == "/s/s1?did=surveys.answered"
        (sent,) = browser.answering.sent(AnswerSurvey)
        assert sent.answers == {
            "score": 9,
            "how": ["car", "other:船"],
            "best": ["bike"],
            "minutes": 12.5,
            "rate": {"room": "good", "food": "bad"},
            "when": "2026-12-24",
            "one": "other:",
            "wish": ["Excel"],
        }
        assert service.checked(ALL, sent.answers) == sent.answers


async def test_a_step_that_asks_nothing_after_these_answers_is_passed_over():
    short = ALL.model_copy(update={"questions": [q for q in ALL.questions if q.section != "end" or q.key == "rate"]})
    replies = {
        GetForm: asked().model_copy(update={"form": short}),
        AnswerSurvey: Answered(survey_id="s1", member_id="hanako"),
    }
    async with opened(replies) as browser:
        done = await browser.post("/s/s1", {"at": "1", "score": "9", "how": "car", "do": "go"})
        assert done.status_code == 303
        (sent,) = browser.answering.sent(AnswerSurvey)
        assert sent.answers == {"score": 9, "how": ["car"]}
        page = await browser.post("/s/s1", {"at": "1", "score": "9", "how": "train", "do": "go"})
        assert "3 / 3 ページ" in text_of(page)


async def test_what_is_wrong_on_an_earlier_step_leads_back_to_it():
    async with opened({GetForm: asked()}) as browser:
        page = await browser.post("/s/s1", {"at": "2", "how": ["train", "car", "bike"], "do": "go"})
        assert (page.status_code, "1 / 3 ページ" in text_of(page)) == (400, True)
        page = await browser.post("/s/s1", {"at": "2", "score": "3", "how": ["train", "car", "bike"], "do": "go"})
        assert "選ぶ数を確認してください" in text_of(page)
        assert browser.answering.sent(AnswerSurvey) == []


async def test_answers_that_are_not_anonymous_are_saved_unfinished_shown_again_and_changed():
    named = asked(anonymous=False)
    async with opened({GetForm: named, SaveDraft: DraftSaved(survey_id="s1", member_id="hanako")}) as browser:
        page = await browser.get("/s/s1")
        assert "記名のアンケートです" in text_of(page)
        assert "data-draft" not in page.text
        saved = await browser.post("/s/s1", {"at": "0", "score": "99x", "why": "x" * 101, "how": "car", "do": "save"})
        assert saved.headers["location"] == "/s/s1?did=surveys.saved"
        (sent,) = browser.answering.sent(SaveDraft)
        assert sent.answers == {"how": ["car"]}
        page = await browser.post("/s/s1", {"at": "0", "score": "9", "do": "go"})
        assert "通勤について" in text_of(page)
        back = await browser.post("/s/s1", {**carried(page.text), "how": "car", "minutes": "12x", "do": "back"})
        assert "1 / 3 ページ" in text_of(back)
        steps = [draft.answers for draft in browser.answering.sent(SaveDraft)[1:]]
        assert steps == [{"score": 9}, {"score": 9, "how": ["car"]}], "each step saves what the form accepts"
        browser.answering.replies[SaveDraft] = Refused("unavailable", "The surveys service is away.", 503)
        page = await browser.post("/s/s1", {"at": "0", "score": "9", "do": "go"})
        assert "通勤について" in text_of(page), "a draft that is refused stops no step"
        browser.answering.replies[GetForm] = asked(anonymous=False, answers={"score": 1, "why": "まだ"}, draft=True)
        page = await browser.get("/s/s1")
        assert "まだ" in page.text
        assert 'value="1" checked' in page.text
        assert "途中まで保存した回答です。まだ送られていません" in text_of(page)
        given = {"score": 8, "how": ["other:船"], "rate": {"room": "bad", "food": "good"}, "one": "car"}
        browser.answering.replies[GetForm] = asked(anonymous=False, answered=True, answers=given, may_change=True)
        assert "ご回答ありがとうございました" in text_of(await browser.get("/s/s1"))
        page = await browser.get("/s/s1?change=1")
        assert 'value="8" checked' in page.text
        assert "前に送った回答です。変更を送るまでは、この回答が有効です" in text_of(page)
        browser.answering.replies[GetForm] = begun()
        again = await browser.get("/s/s1")
        assert 'value="2" checked' in again.text
        assert "変更の途中の内容です" in text_of(again)
        assert "前に送った回答が有効です" in text_of(again)
        browser.answering.replies[SaveDraft] = DraftSaved(survey_id="s1", member_id="hanako")
        assert "有効です" not in text_of(await browser.post("/s/s1", {"at": "0", "score": "2", "do": "go"}))
        assert carried(page.text)["rate-room"] == ["bad"]
        browser.answering.replies[GetForm] = asked(anonymous=False, answered=True, answers=given)
        assert "ご回答ありがとうございました" in text_of(await browser.get("/s/s1?change=1"))


@pytest.mark.parametrize(
    ("saved", "ja", "en"),
    [
        (begun(), "変更をやめる", "Discard my change"),
        (asked(anonymous=False, answers={"score": 1}, draft=True), "保存した内容を消す", "Discard what I saved"),
    ],
)
async def test_what_was_saved_and_not_sent_can_be_discarded(saved: FormAnswer, ja: str, en: str):
    button = '<button class="second" name="do" value="discard">{}</button>'
    told = {GetForm: saved, SaveDraft: DraftSaved(survey_id="s1", member_id="hanako")}
    async with opened(told) as browser:
        assert button.format(ja) in (await browser.get("/s/s1")).text
        further = await browser.post("/s/s1", {"at": "0", "score": "9", "do": "go"})
        assert 'value="discard"' not in further.text, "what is typed since is nothing that was saved before"
        done = await browser.post("/s/s1", {"at": "0", "score": "9x", "do": "discard"})
        assert done.headers["location"] == "/s/s1?did=surveys.discarded"
        assert browser.answering.sent(SaveDraft)[-1].answers == {}
        assert "途中までの内容を消しました" in text_of(await browser.get(done.headers["location"]))
        browser.as_(in_english(HANAKO))
        assert button.format(en) in (await browser.get("/s/s1")).text
        for nothing in (asked(anonymous=False), asked(), asked(anonymous=False, answered=True, may_change=True)):
            browser.answering.replies[GetForm] = nothing
            assert 'value="discard"' not in (await browser.get("/s/s1?change=1")).text


async def test_what_is_typed_into_an_anonymous_survey_is_kept_by_the_browser_alone():
    async with opened({GetForm: asked()}) as browser:
        page = await browser.get("/s/s1")
        (name,) = re.findall(r'data-draft="(\w+)" data-fresh', page.text)
        assert name not in ("s1", "hanako")
        assert "drafts" in page.text.partition("</head>")[0]
        page = await browser.post("/s/s1", {"at": "0", "score": "9", "do": "go"})
        await browser.post("/s/s1", {**carried(page.text), "do": "back"})
        assert browser.answering.sent(SaveDraft) == [], "a draft could be read beside the member's id"
        assert f'data-draft="{name}">' in page.text, "a step is no beginning: what was typed before is not put over it"
        browser.answering.replies[GetForm] = asked(answered=True)
        assert f'data-drop-draft="{name}"' in (await browser.get("/s/s1")).text


def test_each_member_sees_an_order_of_their_own_always_the_same(reader: Any) -> None:
    mixed = ALL.model_copy(
        update={
            "sections": [],
            "random_order": True,
            "questions": [
                q.model_copy(update={"section": None, "random_order": q.kind == "choices"}) for q in ALL.questions
            ],
        }
    )

    def order(member: str) -> list[str]:
        view = views.survey(reader, asked().model_copy(update={"form": mixed}), Typed({"score": ["0"]}), member)
        return [q.key for q in view.steps[0].questions]

    orders = {member: order(member) for member in ("a", "b", "c", "d", "e")}
    assert len({tuple(found) for found in orders.values()}) > 1
    assert order("a") == orders["a"]
    for found in orders.values():
        assert found.index("score") < found.index("why"), "what depends on a question stays behind it"
        assert found.index("how") < found.index("rate")


kinds = st.sampled_from([name for q in ALL.questions for name in answered.names(q)])
typed = st.sampled_from(
    ["", "1", "-3", "9", "12.5", "1e5", "NaN", "train", "other", "good", "2026-12-24", "x" * 101, "\u0661"]
)


@settings(max_examples=60)
@given(st.dictionaries(kinds, st.lists(typed, max_size=3)))
def test_whatever_is_typed_becomes_an_answer_or_is_said_to_be_wrong(values: dict[str, list[str]]):
    """What stands is what the service takes, or what it would refuse about the same questions."""
    form = Typed(values=values)
    said = answered.read(ALL, form)
    assert "score" in said or "score" in form.errors
    right = {key: value for key, value in said.items() if key not in form.errors}
    again = answered.read(ALL, answered.typed(ALL, right))
    assert {key: again[key] for key in right if key in again} == {key: right[key] for key in right if key in again}
    assert set(service.kept(ALL, right)) <= set(right)


def test_the_form_of_these_tests_makes_sense() -> None:
    rules.must_make_sense(ALL)


@pytest.fixture
def reader() -> Reader:
    return Reader("ja", "Asia/Tokyo", NOW)
