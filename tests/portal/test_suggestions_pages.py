"""Suggestions become drafts in one step, and members wait for themes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ekkyo.contracts.events import (
    Board,
    DraftEvent,
    EventPage,
    FromTheme,
    ListEvents,
    MyRegistration,
    OutputPage,
    OutputState,
)
from ekkyo.contracts.members import (
    FindTeachers,
    Followed,
    FollowedTheme,
    FollowedThemes,
    FollowTheme,
    GetFollowedThemes,
    GetMember,
    Teacher,
    Teachers,
    ThemeFollowers,
)
from ekkyo.contracts.surveys import GetSuits, RankThemes, Suited, Suits, ThemeCount, ThemeRanking

from tests.portal import test_community_pages, test_me_pages
from tests.portal.leading import NO, answers
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event, mine
from tests.portal.test_people_pages import member


def talk(n: int, title: str, came: int, *speakers: str, **more: Any) -> Any:
    starts = NOW - timedelta(days=7 * n)
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    values = {"status": "concluded", "attended": came, "speakers": list(speakers), "format": "online", **more}
    return event(f"p{n}", title=title, **times, **values)


PAST = [talk(1, "Excel 入門", 18, "ken", hosts=["mai"]), *(talk(n, "もくもく会", 8 + n) for n in range(2, 8))]
SLIDES = OutputState(
    output_id="o1", community_id="it", kind="slides", title="エクセルの資料", authors=["gone"], status="attached"
)


def listed(question: ListEvents) -> EventPage:
    return EventPage(
        events=PAST if question.status == ["concluded"] else [event("e5", title="RPAの会", status="draft")]
    )


SUGGESTED: dict[type[Any], Any] = {
    **answers(),
    ListEvents: listed,
    RankThemes: ThemeRanking(
        community_id="it",
        themes=[ThemeCount(theme="エクセル", votes=11, mentions=4), ThemeCount(theme="RPA", votes=4)],
    ),
    GetFollowedThemes: FollowedThemes(community_id="it", themes=[ThemeFollowers(theme="Excel", members=3)]),
    GetSuits: Suits(
        community_id="it",
        surveys=1,
        answered=22,
        format=[Suited(answer="online", people=15)],
        weekday=[Suited(answer="thu", people=12)],
    ),
    Board: OutputPage(outputs=[SLIDES]),
    FindTeachers: lambda q: Teachers(teachers=[Teacher(teacher="t", teaches=[q.topic])] if q.topic != "RPA" else []),
}
NOTHING = {
    **SUGGESTED,
    ListEvents: EventPage(events=[]),
    RankThemes: ThemeRanking(community_id="it", themes=[]),
    GetFollowedThemes: FollowedThemes(community_id="it", themes=[]),
    GetSuits: Suits(community_id="it", surveys=0, answered=0),
}


def following() -> dict[type[Any], Any]:
    waits = [FollowedTheme(community_id="it", theme=theme, since=NOW) for theme in ("パワークエリ", "花見")]
    asked = FromTheme(theme="Power Query", votes=11, followers=3, asked_since=NOW - timedelta(days=180))
    return {
        **test_me_pages.KNOWN,
        **test_community_pages.known(follows=waits),
        FollowTheme: Followed(member_id="hanako", follows=waits),
        MyRegistration: mine(None, from_theme=asked),
    }


async def test_a_suggestion_says_why_who_when_and_how_many() -> None:
    async with opened(SUGGESTED, LEADER) as browser:
        said = text_of(await browser.get("/c/it/suggestions"))
        for part in (
            "5月30日(土)以降のアンケートで 11 人が希望",
            "3 人が、開かれるときのお知らせを待っています",
            "以降に 1 回開催。直近は Excel 入門 (11月19日(木)、18 人が参加)",
            "「教えられる」と示しているメンバー:1 人 紹介を頼む",
            "山田 健 さんが「Excel 入門」で話しました",
            "林 舞 さんが「Excel 入門」の運営を手伝いました",
            "昔 の人 さんが「エクセルの資料」を公開しています",
            "予定: RPAの会",
            "オンライン アンケートで 22 人中 15 人が選びました",
            "木曜日 アンケートで 22 人中 12 人が選びました",
            "10〜18 人 同じ形式の過去 7 回から。これまでと同じような回なら、75% の確率でこの範囲です。まん中は 13 人",
            "12月10日(木)",
        ):
            assert part in said, part
        english = text_of(await browser.as_(in_english(LEADER)).get("/c/it/suggestions"))
        assert "11 asked for it in surveys since Sat 30 May" in english
        assert "1 member shows that they can teach it" in english
        file = await browser.get("/c/it/suggestions.json")
        assert file.headers["content-disposition"] == 'attachment; filename="suggestions.json"'
        assert file.json()["suggestions"][0]["theme"] == "エクセル"
        bare = text_of(await browser.as_(STEWARD).get("/c/it/suggestions"))
        assert "エクセル" in bare
    async with opened(NOTHING, LEADER) as browser:
        said = text_of(await browser.get("/c/it/suggestions"))
        assert "まだ提案できるテーマがありません" in said
        assert "同じ形式の過去のイベントが 0 回しかなく、少なくとも 5 回必要です" in said


async def test_one_press_makes_a_draft_that_remembers_what_asked_for_it() -> None:
    async with opened(SUGGESTED, LEADER) as browser:
        page = (await browser.get("/c/it/suggestions")).text
        card = page[page.index('<form method="post" action="/c/it/suggestions"') :]
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', card.split("</form>")[0]))
        made = await browser.post("/c/it/suggestions", fields)
        assert made.headers["location"] == f"/e/{fields['event_id']}/edit?did=suggestions.drafted"
        (drafted,) = browser.answering.sent(DraftEvent)
        assert drafted.from_theme.model_dump() == {
            "theme": "エクセル", "votes": 11, "followers": 3, "asked_since": NOW - timedelta(days=180)
        }  # fmt: skip
        assert (drafted.details.title, drafted.details.capacity, drafted.details.speakers) == ("エクセルの会", 20, [])
        assert drafted.starts_at == datetime(2026, 12, 10, 3, 0, tzinfo=UTC)
        wrong = await browser.post("/c/it/suggestions", {**fields, "capacity": "many"})
        assert (wrong.status_code, len(browser.answering.sent(DraftEvent))) == (400, 1)
        for visitor in (NO, HANAKO):
            browser.as_(visitor)
            assert (await browser.get("/c/it/suggestions")).status_code == 403
            assert (await browser.get("/c/it/suggestions.json")).status_code == 403
            assert (await browser.post("/c/it/suggestions", fields)).status_code == 403
        assert len(browser.answering.sent(DraftEvent)) == 1


async def test_members_wait_for_themes_on_the_community_s_page_and_stop_on_their_own() -> None:
    async with opened(following()) as browser:
        page = await browser.get("/c/it")
        assert "Power Query 4 人 待っています やめる" in text_of(page)
        assert 'name="theme" value="パワークエリ"' in page.text
        assert text_of(page).count("花見") == 2, "and once more in the button, for those who cannot see it"
        sent = await browser.post("/c/it/follow", {"theme": " Excel "})
        assert sent.headers["location"] == "/c/it?did=suggestions.followed"
        own = await browser.get("/me")
        assert "待っているテーマ" in text_of(own)
        stopped = await browser.post("/c/it/follow", {"theme": "花見", "wanted": "no", "next": "/me"})
        assert stopped.headers["location"] == "/me?did=suggestions.unfollowed"
        told = [(one.member_id, one.theme, one.wanted) for one in browser.answering.sent(FollowTheme)]
        assert told == [("hanako", "Excel", True), ("hanako", "花見", False)]
        assert (await browser.post("/c/it/follow", {"theme": "!"})).status_code == 422
        assert "みなさんの声から:「Power Query」" in text_of(await browser.get("/e/e1"))


async def test_a_visitor_who_is_no_member_cannot_wait_for_a_theme() -> None:
    stranger = {**following(), GetMember: member(communities=[])}
    async with opened(stranger) as browser:
        assert "お知らせを待つ" not in text_of(await browser.get("/c/it"))
