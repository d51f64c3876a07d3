"""Lists of events: what is over, filters, paging."""

import pytest
from ekkyo.contracts.events import EventPage, EventState, ListEvents
from ekkyo.contracts.members import CommunityListed, CommunityPage, ListCommunities

from tests.portal.making import NOW, opened, text_of
from tests.portal.test_events_pages import event
from tests.portal.test_people_pages import community


def lists(*events: EventState, after: str | None = None) -> dict[type, object]:
    named = [CommunityListed(community=community(), members=3, leaders=[])]
    return {
        ListEvents: EventPage(events=list(events), next=after),
        ListCommunities: CommunityPage(communities=named),
    }


async def test_what_is_over_is_listed_latest_first_with_how_many_came():
    ended = {"starts_at": "2026-11-20T03:00:00Z", "ends_at": "2026-11-20T04:00:00Z"}
    older = {"starts_at": "2025-11-20T03:00:00Z", "ends_at": "2025-11-20T04:00:00Z", "status": "concluded"}
    now = {"starts_at": "2026-11-26T02:30:00Z", "ends_at": "2026-11-26T03:30:00Z"}
    them = [event("e1", title="いま", **now), event("e2", title="先週", **ended), event("e3", attended=9, **older)]
    async with opened(lists(*them)) as browser:
        said = text_of(await browser.get("/past"))
        assert "先週 12:00〜13:00 オンライン IT の会 終了" in said
        assert "2025年11月20日(木) 12:00〜13:00 オンライン IT の会 9 人が参加" in said
        assert "いま" not in said.split("表示する")[1]
        question = browser.answering.sent(ListEvents)[0]
        assert question.newest_first
        assert question.starts_until == NOW
        assert set(question.status) == {"concluded", "published"}
    async with opened(lists()) as browser:
        assert "終わったイベントはまだありません" in text_of(await browser.get("/past"))


@pytest.mark.parametrize(
    ("path", "on"),
    [("/", ["after=a+b"]), ("/past", ["after=a+b"]), ("/month", ["m=2026-10", "m=2026-12"])],
)
async def test_lists_are_filtered_by_community_format_and_theme_and_keep_that_when_paging(path: str, on: list[str]):
    kept = "community=it&amp;format=online&amp;context=IT%26%E8%8B%B1"
    async with opened(lists(after="a b")) as browser:
        page = await browser.get(f"{path}?community=it&format=online&context=IT%26%E8%8B%B1")
        question = browser.answering.sent(ListEvents)[0]
        assert (question.community_ids, question.format, question.context) == (["it"], "online", "IT&英")
        assert '<option value="it" selected>IT の会</option>' in page.text
        assert '<option value="online" selected>' in page.text
        assert [more for more in on if f'href="{path}?{kept}&amp;{more}"' not in page.text] == []
        assert [view for view in ("/", "/past", "/month") if f'href="{view}?{kept}"' not in page.text] == []
        await browser.get(f"{path}?community=mine&after=a+b")
        question = browser.answering.sent(ListEvents)[1]
        after = None if path == "/month" else "a b"
        assert (question.community_ids, question.format, question.after) == (["it"], None, after)
        assert (await browser.get(f"{path}?community=no%20id")).status_code == 404
        assert (await browser.get(f"{path}?format=paper")).status_code == 404


async def test_a_month_that_is_filtered_stays_that_month():
    async with opened(lists()) as browser:
        page = await browser.get("/month?m=2027-02&context=x")
        assert browser.answering.sent(ListEvents)[0].starts_from.month == 1
        assert '<input type="hidden" name="m" value="2027-02">' in page.text
        assert '<a class="button second" href="/month?m=2027-02">条件を外す</a>' in page.text
        assert "条件に合うイベントはありません" in text_of(page)


async def test_a_filter_that_finds_nothing_can_be_taken_away():
    async with opened(lists()) as browser:
        page = await browser.get("/?context=x")
        assert "条件に合うイベントはありません" in text_of(page)
        assert "<details open>" in page.text
        assert "<details open>" not in (await browser.get("/")).text
    del (answers := lists(event()))[ListCommunities]
    async with opened(answers) as browser:
        page = await browser.get("/?community=it")
        assert "はじめてのピボット" in page.text
        assert '<option value="it" selected>' in page.text
