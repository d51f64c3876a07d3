"""Results by pages: an event's, a community's, the report as a file, the chat channel."""

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, GetEvent, GetFigures, GetRoster, ListEvents
from ekkyo.contracts.members import Cards, FindMembers, GetCards, GetLogo, ListErasures, Measure, MemberCard, MemberPage
from ekkyo.contracts.notify import ConnectChannel
from ekkyo.contracts.surveys import (
    Choice,
    CloseSurvey,
    CommunityScore,
    CommunityScores,
    CompareCommunities,
    Form,
    FormAnswer,
    FormQuestion,
    GetForm,
    GetResults,
    GetTrend,
    ListSurveys,
    RankThemes,
    Results,
    ResultsAnswer,
    SurveyList,
    SurveyState,
    ThemeCount,
    ThemeRanking,
    Trend,
)
from ekkyo.report.charts.draw import INDIGO, VERMILION
from ekkyo_portal.lead import periods
from ekkyo_portal.look.reader import Reader

from tests.portal.leading import IT as COMMUNITY
from tests.portal.leading import NO, answers, registration, roster
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
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
    opened_at="2026-11-20T16:00:00Z",
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
QUESTIONS = [
    {"question": "satisfaction", "kind": "scale", "asked": 12, "answered": 12, "nps": 33.3, "nps_low": -9.0,
     "nps_high": 62.3, "cells": [{"answers": [str(n) for n in range(9)], "people": 5}, {"answers": ["9"], "people": 7},
                                 {"answers": ["10"], "people": 0}]},
    {"question": "level", "kind": "choice", "asked": 12, "answered": 12,
     "cells": [{"answers": ["right"], "people": 7}, {"answers": ["hard", "other", ""], "people": 5}]},
    {"question": "wishes", "kind": "choices", "asked": 12, "withheld": ["other"],
     "cells": [{"answers": ["right"], "people": 7}]},
    {"question": "order", "kind": "ranking", "asked": 12, "answered": 12, "places": {"right": 1.25, "hard": 1.75}},
    {"question": "hours", "kind": "number", "asked": 12, "answered": 12, "mean": 2.5,
     "cells": [{"answers": ["0-4"], "people": 12}]},
    {"question": "few", "kind": "choice", "asked": 12, "cells": [{"answers": ["a", "b"], "people": 12}]},
]  # fmt: skip
TOLD = Results.model_validate(
    {
        "survey_id": "s1",
        "invited": 20,
        "answered": 12,
        "nps": 33.3,
        "nps_low": -9.0,
        "nps_high": 62.3,
        "distributions": {
            "satisfaction": {"0-8": 5, "9": 7, "10": 0},
            "level": {"right": 7, "hard+other+no_answer": 5},
        },
        "questions": QUESTIONS,
        "cross_tables": [
            {
                "questions": ["satisfaction", "level"],
                "rows": [[str(n) for n in range(9)], ["9", "10"]],
                "columns": [["right"], ["hard", "other", ""]],
                "people": [[0, 5], [7, 0]],
            }
        ],
        "themes": [{"theme": MARKUP, "votes": 4}],
    }
)
TREND = Trend.model_validate(
    {
        "community_id": "it",
        "points": [
            {"survey": SURVEY, "scored": 12, "nps": 33.3, "nps_low": -9.0, "nps_high": 62.3},
            {"survey": SURVEY.model_copy(update={"survey_id": "s2"}), "suppressed": True},
        ],
    }
)
SCORES = CommunityScores(
    communities=[
        CommunityScore(community_id="it", surveys=3, suppressed=1, invited=40, answered=20, scored=16, nps=12.5)
    ]
)
SAID = Results(
    survey_id="s1",
    invited=20,
    answered=12,
    nps=33.3,
    distributions={"satisfaction": {"9": 7, "5": 3}, "level": {"right": 12}},
    themes=[ThemeCount(theme=MARKUP, votes=4)],
)


def answered():
    """Answers to a survey with questions of many kinds."""
    texts = {"comment": [MARKUP, "=1+1"]}
    return {
        **over(),
        GetResults: ResultsAnswer(survey=SURVEY, results=TOLD, comments=texts["comment"], texts=texts),
        GetTrend: TREND,
        CompareCommunities: SCORES,
    }


def over():
    people = [registration(f"m{n}", "attended", walk_in=n == 0) for n in range(9)]
    return {
        **answers(),
        GetEvent: OVER,
        GetRoster: roster(OVER, *people, registration("x", "no_show"), registration("y", "withdrawn")),
        ListSurveys: SurveyList(surveys=[SURVEY]),
        GetResults: ResultsAnswer(survey=SURVEY, results=SAID, comments=[MARKUP]),
        GetForm: FormAnswer(survey=SURVEY, form=FORM, invited=False, answered=False),
        ListEvents: EventPage(events=[OVER.model_copy(update={"attended": 3})]),
    }


def still_open():
    still = SURVEY.model_copy(update={"status": "open"})
    form = FormAnswer(survey=still, form=FORM, invited=False, answered=False)
    return {**over(), ListSurveys: SurveyList(surveys=[still]), GetForm: form}


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


async def test_each_question_is_shown_as_its_kind_wants_and_what_is_not_told_says_why():
    async with opened(answered(), LEADER) as browser:
        for path in ("/s/s1/results", "/e/e1/results"):
            page = await browser.get(path)
            said = text_of(page)
            assert "NPS +33(95%信頼区間 -9 〜 +62)" in said
            assert "12人中 12人の回答を集計" in said
            assert "5人に満たない回答は、ほかの回答とまとめています" in said
            assert "その他, 無回答" in page.text
            assert "1.2 right" in said
            assert "平均 2.5" in said
            assert "回答が少ないため、内訳は表示しません" in said
            assert '<th scope="row">9–10</th><td>7</td><td>0</td>' in page.text
            assert "<script>alert" not in page.text
    hidden = TOLD.model_copy(update={"suppressed": True, "compared": True})
    replies = answered() | {GetResults: ResultsAnswer(survey=SURVEY, results=hidden)}
    async with opened(replies, LEADER) as browser:
        page = await browser.get("/s/s1/results")
        assert "結果を比べると5人未満の回答がわかってしまいます" in text_of(page)
        assert "results.csv" not in page.text


async def test_leaders_close_a_survey_before_its_deadline():
    async with opened({**still_open(), CloseSurvey: SURVEY}, LEADER) as browser:
        assert 'href="/s/s1/results"' in (await browser.get("/e/e1/results")).text
        page = await browser.get("/s/s1/results")
        assert "20人中12人が回答しています" in text_of(page)
        assert 'action="/s/s1/close"' in page.text
        closed = await browser.post("/s/s1/close", {})
        assert closed.headers["location"] == "/s/s1/results?did=told.closed"
        assert browser.answering.sent(CloseSurvey) == [CloseSurvey(survey_id="s1")]
        browser.answering.replies[GetForm] = FormAnswer(survey=SURVEY, form=FORM, invited=False, answered=False)
        page = await browser.get("/s/s1/results?did=told.closed")
        assert "アンケートを締め切りました" in text_of(page)
        assert "/close" not in page.text


async def test_themes_of_a_survey_are_shown_as_the_vocabulary_counts_them_now():
    told = ResultsAnswer(survey=SURVEY, results=TOLD, themes=[ThemeCount(theme="自動化", votes=4)])
    async with opened({**answered(), GetResults: told}, LEADER) as browser:
        assert "自動化" in (await browser.get("/s/s1/results")).text
        assert "自動化" in (await browser.get("/s/s1/results.csv")).text


async def test_results_are_saved_as_files_in_which_no_text_is_a_formula():
    async with opened(answered(), in_english(LEADER)) as browser:
        csv = await browser.get("/s/s1/results.csv")
        assert csv.headers["content-disposition"].startswith('attachment; filename="results.csv"')
        text = csv.content.decode("utf-8-sig")
        assert "Would you recommend it?,0–8,5" in text
        assert "'=1+1" in text
        assert "Level,Right,7" in text
        told = ResultsAnswer.model_validate_json((await browser.get("/s/s1/results.json")).content)
        assert told.results == TOLD
        assert (await browser.get("/s/s1/results.xlsx")).content[:2] == b"PK"
        for visitor in (NO, HANAKO):
            for ending in ("", ".csv", ".xlsx", ".json"):
                assert (await browser.as_(visitor).get(f"/s/s1/results{ending}")).status_code == 403
    open_still = FormAnswer(
        survey=SURVEY.model_copy(update={"status": "open"}), form=FORM, invited=False, answered=False
    )
    async with opened(answered() | {GetForm: open_still}, LEADER) as browser:
        assert "アンケートを受付中です" in text_of(await browser.get("/s/s1/results"))
        assert (await browser.get("/s/s1/results.csv")).status_code == 409


async def test_scores_are_shown_over_time_and_stewards_compare_communities():
    async with opened(answered(), LEADER) as browser:
        page = await browser.get("/c/it/trend")
        assert "+33" in text_of(page)
        assert 'href="/s/s1/results"' in page.text
        assert "-9 … +62" in page.text
        assert ("11月21日" in page.text, "11/21" in page.text, "11/20" in page.text) == (True, True, False)
        assert (await browser.get("/people-surveys")).status_code == 403
        page = await browser.as_(STEWARD).get("/people-surveys")
        assert "20/40 50% +12 16" in text_of(page)
        for visitor in (NO, HANAKO):
            assert (await browser.as_(visitor).get("/c/it/trend")).status_code == 403


async def test_a_community_sees_its_figures_and_what_its_members_want_next():
    async with opened(over(), LEADER) as browser:
        page = await browser.get("/c/it/results")
        assert "9 終了したイベント 1,234 のべ参加者 321 参加した人" in text_of(page)
        assert "イベントの種類別" in text_of(page)
        assert "当日参加 会場 ランチ 2 80 66 11 0 5" in text_of(page)
        assert ">AI<" in page.text
        assert "もくもく会" in page.text
        assert "3 人が参加" in text_of(page)
        assert 'href="/c/it/reports"' in page.text
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


def test_the_seasons_of_a_charter_that_have_begun_are_periods_to_choose() -> None:
    days = [("2026-09-01", "2026-12-15"), ("2026-09-01", "2026-12-15"), ("2026-12-16", "2027-03-31")]
    measures = [
        Measure.model_validate(
            {"key": f"m{n}", "label": "x", "counted": "reported", "target": 1, "period": "season"}
            | {"starts_on": first, "until": last}
        )
        for n, (first, last) in enumerate(days)
    ]
    charter = COMMUNITY.charter.model_copy(update={"measures": measures})
    told = periods.choices(Reader("en", "Asia/Tokyo", NOW), COMMUNITY.model_copy(update={"charter": charter}), [])
    title, options = told.groups[0]
    assert (title, [value for value, _ in options]) == ("Seasons of the charter", ["2026-09-01..2026-12-15"])
    assert len(periods.choices(Reader("en", "Asia/Tokyo", NOW), COMMUNITY, []).groups) == 3


async def test_a_report_is_of_a_period_with_the_one_before_or_says_what_is_wrong_with_it():
    async with opened(over() | {FindMembers: MemberPage(members=[])}, LEADER) as browser:
        choice = await browser.get("/c/it/reports")
        assert '<option value="2026-Q4">2026年10〜12月</option>' in choice.text
        assert '<option value="2026-11">2026年11月</option>' in choice.text
        shown = await browser.get("/c/it/report?period=2026-11&as=page")
        assert "content-disposition" not in shown.headers
        assert "default-src 'none'; style-src 'unsafe-inline'" in shown.headers["content-security-policy"]
        assert "2026年11月と2026年10月の比較" in text_of(shown)
        asked = [(q.since, q.until) for q in browser.answering.sent(GetFigures) if q.since]
        assert [f"{at:%m-%dT%H}" for pair in asked for at in pair] == ["10-31T15", "11-30T15", "09-30T15", "10-31T15"]
        days = await browser.get("/c/it/report?period=2026-11&from=2026-11-01&to=2026-11-20")
        assert "-2026-11-01..2026-11-20.html" in days.headers["content-disposition"]
        for wrong, field in (
            ("period=x", "period"),
            ("from=2026-11-01", "to"),
            ("from=2026-11-02&to=2026-11-01", "to"),
        ):
            page = await browser.get(f"/c/it/report?{wrong}")
            assert page.status_code == 422
            assert f'id="{field}-wrong"' in page.text
        for visitor in (NO, HANAKO):
            assert (await browser.as_(visitor).get("/c/it/reports")).status_code == 403


def of_a_department() -> dict[type, object]:
    """Answers of a quarter in which nine of one department came to an event."""
    held = event(status="concluded", starts_at="2026-08-20T03:00:00Z", ends_at="2026-08-20T04:00:00Z", title="夏の会")
    return {
        **over(),
        GetRoster: roster(held, *[registration(f"m{n}", "attended") for n in range(9)]),
        GetCards: lambda q: Cards(
            cards=[MemberCard(member_id=m, name="山田 花子", department="製造部") for m in q.member_ids]
        ),
        FindMembers: MemberPage(members=[]),
        ListEvents: EventPage(events=[held]),
    }


async def test_the_report_of_a_department_is_of_a_quarter_that_is_over():
    async with opened(of_a_department(), LEADER) as browser:
        page = await browser.get("/c/it/report/department?department=製造部&quarter=2026-Q3&as=page")
        said = text_of(page)
        assert "部署別レポート · 2026年7〜9月" in said
        assert "9 参加した人" in said
        assert "夏の会" in said
        assert "山田" not in said, "nobody is named"
        wrong = {"department=x&quarter=2026-Q3": "department", "department=製造部&quarter=2026-Q4": "quarter"}
        for query, field in {
            **wrong,
            "department=製造部&quarter=2026-08": "quarter",
            "quarter=2026-Q3": "department",
        }.items():
            page = await browser.get(f"/c/it/report/department?{query}")
            assert page.status_code == 422
            assert f'id="{field}-wrong"' in page.text
        for visitor in (NO, HANAKO):
            asked = "/c/it/report/department?department=製造部&quarter=2026-Q3"
            assert (await browser.as_(visitor).get(asked)).status_code == 403


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
