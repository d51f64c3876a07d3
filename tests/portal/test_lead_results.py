"""Results by pages: an event's, a community's, the report as a file, the chat channel."""

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, GetEvent, GetFigures, GetRoster, ListEvents
from ekkyo.contracts.members import FindMembers, GetLogo, ListErasures, MemberPage
from ekkyo.contracts.notify import ConnectChannel
from ekkyo.contracts.surveys import (
    Choice,
    Form,
    FormQuestion,
    GetResults,
    ListSurveys,
    PreviewForm,
    RankThemes,
    Results,
    ResultsAnswer,
    SurveyList,
    SurveyState,
    ThemeCount,
    ThemeRanking,
)
from ekkyo.report.charts.draw import INDIGO, VERMILION

from tests.portal.leading import NO, answers, registration, roster
from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import MARKUP, event
from tests.portal.test_looks import FILE

OVER = event(status="concluded", starts_at="2026-11-20T03:00:00Z", ends_at="2026-11-20T04:00:00Z", title="もくもく会")
SURVEY = SurveyState(
    survey_id="s1",
    community_id="it",
    event_id="e1",
    title={"ja": "x", "en": "x"},
    anonymous=True,
    status="closed",
    opened_at="2026-11-20T04:00:00Z",
    deadline="2026-11-24T04:00:00Z",
    invited=20,
    answered=12,
    revision=1,
)
FORM = Form(
    template="post_event",
    version=1,
    title={"ja": "x", "en": "x"},
    questions=[
        FormQuestion(key="satisfaction", kind="scale", label={"ja": "薦めますか", "en": "Would you recommend it?"}),
        FormQuestion(
            key="level",
            kind="choice",
            label={"ja": "難しさ", "en": "Level"},
            choices=[Choice(key="right", label={"ja": "ちょうどよい", "en": "Right"})],
        ),
    ],
)
SAID = Results(
    survey_id="s1",
    invited=20,
    answered=12,
    nps=33.3,
    distributions={"satisfaction": {"9": 7, "5": 3}, "level": {"right": 12}},
    themes=[ThemeCount(theme=MARKUP, votes=4)],
)


def over():
    people = [registration(f"m{n}", "attended", walk_in=n == 0) for n in range(9)]
    return {
        **answers(),
        GetEvent: OVER,
        GetRoster: roster(OVER, *people, registration("x", "no_show"), registration("y", "withdrawn")),
        ListSurveys: SurveyList(surveys=[SURVEY]),
        GetResults: ResultsAnswer(survey=SURVEY, results=SAID, comments=[MARKUP]),
        PreviewForm: FORM,
        ListEvents: EventPage(events=[OVER.model_copy(update={"attended": 3})]),
    }


async def test_an_events_results_are_figures_charts_and_comments():
    async with opened(over(), LEADER) as browser:
        page = await browser.get("/e/e1/results")
        said = text_of(page)
        assert "9 参加済み 1 当日参加 12/20 アンケートの回答 +33 NPS" in said
        assert "薦めますか" in said
        assert "ちょうどよい" in page.text
        assert INDIGO in page.text
        assert VERMILION in page.text
        assert "<script>alert" not in page.text
        assert "Would you recommend it?" in text_of(await browser.as_(in_english(LEADER)).get("/e/e1/results"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({ListSurveys: SurveyList(surveys=[])}, "アンケートはまだありません"),
        ({ListSurveys: SurveyList(surveys=[SURVEY.model_copy(update={"status": "open"})])}, "アンケートを受付中です"),
        (
            {GetResults: ResultsAnswer(survey=SURVEY, results=SAID.model_copy(update={"suppressed": True}))},
            "回答が 5 件より少ない",
        ),
        ({ListSurveys: Refused("unavailable", "x", 503)}, "いまこの部分を表示できません"),
        ({GetResults: Refused("unavailable", "x", 503)}, "いまこの部分を表示できません"),
    ],
)
async def test_where_no_answers_are_shown_the_page_says_why(changes, says):
    async with opened(over() | changes, LEADER) as browser:
        page = await browser.get("/e/e1/results")
        assert page.status_code == 200
        assert says in text_of(page)
        assert "薦めますか" not in page.text


async def test_a_community_sees_its_figures_and_what_its_members_want_next():
    async with opened(over(), LEADER) as browser:
        page = await browser.get("/c/it/results")
        assert "9 終了したイベント 1,234 のべ参加者 321 参加した人" in text_of(page)
        assert ">AI<" in page.text
        assert "もくもく会" in page.text
        assert "3 人が参加" in text_of(page)
        assert 'href="/c/it/report"' in page.text
    empty = {RankThemes: ThemeRanking(community_id="it", themes=[]), ListEvents: EventPage(events=[])}
    async with opened(over() | empty, LEADER) as browser:
        said = text_of(await browser.get("/c/it/results"))
        assert "希望するテーマはまだ集まっていません" in said
        assert "終わったイベントはまだありません" in said
    away = dict.fromkeys((GetFigures, RankThemes, ListEvents), Refused("unavailable", "x", 503))
    async with opened(over() | away, LEADER) as browser:
        assert text_of(await browser.get("/c/it/results")).count("いまこの部分を表示できません") == 3


async def test_stewards_and_leaders_get_the_report_of_their_community_as_a_file():
    async with opened(over() | {FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        assert (await browser.get("/c/it/report")).status_code == 200
        browser.answering.said.clear()
        file = await browser.as_(LEADER).get("/c/it/report")
        assert file.status_code == 200
        assert {question.community_id for question in browser.answering.sent(FindMembers)} == {"it"}
        assert {question.community_id for question in browser.answering.sent(ListErasures)} == {"it"}
        assert file.headers["content-disposition"].startswith('attachment; filename="report.html"')
        assert "%E5%8B%89%E5%BC%B7%E4%BC%9A-2026-11-26.html" in file.headers["content-disposition"]
        assert "もくもく会" in file.text
        assert "<img" not in file.text
        browser.answering.replies[GetLogo] = FILE
        assert f'src="data:image/png;base64,{FILE.data}"' in (await browser.get("/c/it/report")).text
        for visitor in (NO, HANAKO):
            assert (await browser.as_(visitor).get("/c/it/report")).status_code == 403


async def test_a_chat_channel_is_connected_and_its_address_is_never_shown():
    secret = "https://chat.example.com/hooks/secret"
    async with opened(over(), LEADER) as browser:
        assert "Webhook" in text_of(await browser.get("/c/it/chat"))
        done = await browser.post("/c/it/chat", {"url": secret})
        assert done.headers["location"] == "/c/it/chat?did=results.connected"
        (command,) = browser.answering.sent(ConnectChannel)
        assert (command.community_id, command.url.get_secret_value()) == ("it", secret)
        assert secret not in (await browser.get(done.headers["location"])).text
        wrong = await browser.post("/c/it/chat", {"url": "hooks/secret"})
        assert wrong.status_code == 422
        assert 'id="url-wrong"' in wrong.text
        assert "hooks/secret" not in wrong.text
        assert (await browser.post("/c/it/chat")).status_code == 422
