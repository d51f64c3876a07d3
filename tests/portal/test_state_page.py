"""What stewards see of the services: which answer, what waits in them, and what failed."""

import re

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents
from ekkyo.contracts.members import Erasure, ErasurePage, ListErasures
from ekkyo.contracts.notify import NotifyStatus, NotifyStatusAnswer
from ekkyo.contracts.surveys import PendingSurveys, SurveyList

from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of

COUNTS = {"mail": {"planned": 1200, "failed": 2}, "chat": {"planned": 34, "sent": 5}}
WAITING = [
    Erasure(member_id="x1", erased_at=NOW, receipts={"events": NOW}, waits_for=["notify", "surveys"]),
    Erasure(member_id="x2", erased_at=NOW, receipts={"events": NOW, "notify": NOW, "surveys": NOW}),
]
KNOWN = {
    NotifyStatus: NotifyStatusAnswer(deliveries=COUNTS, contacts=1, channels=0),
    ListErasures: ErasurePage(erasures=WAITING, next="x2"),
    ListEvents: EventPage(events=[]),
    PendingSurveys: SurveyList(surveys=[]),
}


async def test_stewards_see_what_waits_and_for_what_and_where_other_systems_are_managed():
    async with opened(KNOWN, STEWARD) as browser:
        page = await browser.get("/people-state")
        said = text_of(page)
        assert said.count("応答あり") == 4
        assert re.search(r"送信待ち .* 1,234 送信できず .* 2 ", said)
        assert "x1 待っているもの: お知らせ、アンケート" in said
        assert "x2 待っているもの: 記録の流れ(ストリーム)と、他のシステムの写しからの削除" in said
        assert "ekkyo system list" in said
        assert 'href="/people-sent?status=failed"' in page.text
        assert [q.complete for q in browser.answering.sent(ListErasures)] == [False]
        for other in (LEADER, HANAKO):
            assert (await browser.as_(other).get("/people-state")).status_code == 403


async def test_a_service_that_does_not_answer_is_named_and_takes_its_part_away():
    parts = {NotifyStatus: "お知らせ", ListErasures: "メンバー", ListEvents: "イベント", PendingSurveys: "アンケート"}
    for question, name in parts.items():
        async with opened({**KNOWN, question: Refused("no_answer", "", 503)}, STEWARD) as browser:
            said = text_of(await browser.get("/people-state"))
            assert f"{name} 応答なし" in said
            assert said.count("応答あり") == 3
            away = question in (NotifyStatus, ListErasures)
            assert said.count("いまこの部分を表示できません") == away
