"""What can go wrong while one fills in a form, in a browser: each ends well."""

from datetime import timedelta
from pathlib import Path

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import DraftEvent, GetEvent, GetRoster
from ekkyo.contracts.members import FindMembers, GetCommunity, ListCommunities
from ekkyo.decision.clock import utcnow

from tests.journeys.browsing import Person, browsers
from tests.journeys.test_camera import Desk
from tests.portal.leading import IT, answers
from tests.portal.test_events_pages import event
from tests.portal.whole import CODE, Services, identity, served

WORDS = "一行目\n\n  三行目は <b>字下げ</b> & “引用”"
DAY = f"{utcnow() + timedelta(days=9):%Y-%m-%d}"


def with_a_leader(services: Services) -> None:
    known = answers()
    for question in (GetCommunity, FindMembers, ListCommunities):
        services.answering.replies[question] = known[question]
    services.answering.replies[DraftEvent] = lambda c: event(c.event_id, status="draft", title=c.details.title)
    services.answering.replies[GetEvent] = lambda q: event(q.event_id, status="draft", title="もくもく会")


async def sign_in(who: Person) -> None:
    await who.fill(email="hanako@example.com")
    await who.press("確認コードを送る")
    await who.fill(code=CODE)
    await who.press("サインインする")


@pytest.mark.parametrize("script", [True, False])
async def test_a_session_that_ends_while_one_writes_takes_no_word(tmp_path: Path, script: bool) -> None:
    async with served(tmp_path, identity("hanako", leads=["it"])) as (url, services), browsers(url, tmp_path) as them:
        with_a_leader(services)
        leader = await them.person("/c/it/events/new", size="phone", script=script)
        await sign_in(leader)
        await leader.fill(
            title="もくもく会", capacity="7", context="IT", description=WORDS, url="https://meet.example/1"
        )
        await leader.fill(starts=f"{DAY}T12:00", ends=f"{DAY}T13:00")
        await leader.page.context.clear_cookies()
        leader.expected = (401,)
        await leader.press("保存してプレビューする")
        await leader.sees("もう一度サインインしてください", "三行目は <b>字下げ</b> & “引用”", "もくもく会")
        await leader.is_accessible()
        assert services.answering.sent(DraftEvent) == []
        async with leader.page.context.expect_page() as opened:
            await leader.press("別のタブでサインインする")
        tab = Person(await opened.value, url, script=script)
        await sign_in(tab)
        await tab.sees("サインインしました", "このタブを閉じ")
        await tab.is_accessible()
        await tab.page.close()
        await leader.press("入力した内容を送信する")
        await leader.sees("公開前の確認")
        (sent,) = services.answering.sent(DraftEvent)
        details = sent.details
        assert (details.title, details.capacity, details.description) == ("もくもく会", 7, WORDS)
        assert sent.starts_at.isoformat() == f"{DAY}T03:00:00+00:00"
        assert IT.timezone == sent.timezone


async def test_a_desk_goes_on_after_a_service_was_away_and_after_its_session_was_over(tmp_path: Path) -> None:
    async with served(tmp_path, identity("hanako", leads=["it"])) as (url, services), browsers(url, tmp_path) as them:
        desk = Desk()
        services.answering.replies.update(desk.replies)
        leader = await them.person("/e/e1/roster")
        await sign_in(leader)
        leader.expected = (401, 503)
        services.answering.replies[GetRoster] = Refused("no_answer", "", 503)
        await leader.fill(code="0001")
        await leader.page.keyboard.press("Enter")
        await leader.sees("いま応答がありません", "山田 健")
        assert await leader.page.locator("#code").input_value() == "0001"
        await leader.is_accessible()
        services.answering.replies[GetRoster] = desk.replies[GetRoster]
        cookies = await leader.page.context.cookies()
        await leader.page.context.clear_cookies()
        live = await leader.page.request.get(f"{url}/e/e1/roster/live", headers={"accept": "text/event-stream"})
        assert live.status == 204, "the browser does not ask for the stream again"
        await leader.page.keyboard.press("Enter")
        await leader.page.wait_for_url("**/signin?next=**")
        assert desk.rows["ken"].status == "confirmed", "nobody is checked in by whom the portal does not know"
        await leader.page.context.add_cookies(cookies)
        await leader.open("/e/e1/roster")
        await leader.fill(code="0001")
        await leader.page.keyboard.press("Enter")
        await leader.sees("山田 健 さんは受付済みです")
        assert await leader.page.locator("#code").input_value() == ""
