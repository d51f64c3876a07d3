"""What stewards see of the services: which answer, what waits in them, and what failed."""

import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents
from ekkyo.contracts.members import Erasure, ErasurePage, ListErasures
from ekkyo.contracts.notify import NotifyStatus, NotifyStatusAnswer
from ekkyo.contracts.surveys import PendingSurveys, SurveyList
from ekkyo.installation.permissions import SERVICES
from ekkyo.installation.systems import System, as_json
from ekkyo.process.running import Instance, instances
from ekkyo.service.discovery import Discovery
from ekkyo.testing import Nats, settled
from ekkyo_portal.settings import PortalSettings
from prometheus_client import CollectorRegistry

from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, settings, text_of
from tests.portal.pictures import in_english

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


RUNNING = [
    Instance("members", "0.1.0"),
    Instance("events", "0.1.0"),
    Instance("events", "0.2.0"),
    Instance("surveys", "0.1.0"),
]
SYSTEMS = (
    System(name="hr", may=("members.*", "events.list"), hears=("events", "members")),
    System(name="any", may=("*",)),
)


def told(file: Path, *systems: System, **more: Any) -> PortalSettings:
    file.write_text(as_json(systems, logins=False))
    return settings(systems_file=file, **more)


async def test_stewards_see_what_waits_and_for_what():
    async with opened(KNOWN, STEWARD) as browser:
        page = await browser.get("/people-state")
        said = text_of(page)
        assert said.count("応答あり") == 5
        assert re.search(r"送信待ち .* 1,234 送信できず .* 2 ", said)
        assert "x1 待っているもの: お知らせ、アンケート" in said
        assert "x2 待っているもの: 記録の流れ(ストリーム)と、他のシステムの写しからの削除" in said
        assert "どのシステムが登録されているかを知らされていません" in said
        assert 'href="/people-sent?status=failed"' in page.text
        assert [q.complete for q in browser.answering.sent(ListErasures)] == [False]
        for other in (LEADER, HANAKO):
            assert (await browser.as_(other).get("/people-state")).status_code == 403


async def test_stewards_see_which_versions_run_and_which_systems_are_let_in(tmp_path: Path):
    async def running() -> list[Instance]:
        return [*RUNNING, Instance("members", "0.1.0")]

    known = told(tmp_path / "systems.json", *SYSTEMS, hears_members="hr,payroll")
    async with opened(KNOWN, STEWARD, settings=known, running=running) as browser:
        said = text_of(await browser.get("/people-state"))
        assert "メンバー バージョン 0.1.0 (2 台) 応答あり イベント バージョン 0.1.0、バージョン 0.2.0 応答あり" in said
        assert "お知らせ バージョン不明 応答あり" in said
        assert re.search(r"ポータル\(この画面\) バージョン \d", said)
        assert "hr 送れる要求: members.*、events.list 受け取る記録: イベント、メンバー 個人データを含む" in said
        assert "any 送れる要求: すべて 受け取る記録: イベント、アンケート、お知らせ" in said
        assert "HTTP で読めるシステム: hr、payroll" in said
        said = text_of(await browser.as_(in_english(STEWARD)).get("/people-state"))
        assert "Members version 0.1.0 (2 instances) Answers" in said
        assert "hr May send: members.*, events.list Receives facts about: Events, Members" in said
        told(tmp_path / "systems.json")
        assert "There are no other systems." in text_of(await browser.get("/people-state"))
        (tmp_path / "systems.json").write_text("{")
        assert "The list of systems cannot be read" in text_of(await browser.get("/people-state"))


async def test_the_portal_asks_who_runs_with_its_own_rights(nats: Nats):
    services = [
        Discovery(name=name, version=version, description="", endpoints=[], registry=CollectorRegistry())
        for name, version in RUNNING
    ]
    async with AsyncExitStack() as stack:
        portal = await stack.enter_async_context(await nats.connect("portal"))
        assert await instances(portal, within=5) == [], "the server tells at once that nobody runs"
        for service in services:
            theirs = await stack.enter_async_context(await nats.connect(service.identity["name"]))
            await service.start(theirs)
            await settled(theirs)
        assert sorted(await instances(portal, within=5, of={name for name, _ in RUNNING})) == sorted(RUNNING)
        assert set(await instances(portal, within=2, of=SERVICES)) == set(RUNNING), "one of them is away"


async def test_a_service_that_does_not_answer_is_named_and_takes_its_part_away():
    parts = {NotifyStatus: "お知らせ", ListErasures: "メンバー", ListEvents: "イベント", PendingSurveys: "アンケート"}
    for question, name in parts.items():
        async with opened({**KNOWN, question: Refused("no_answer", "", 503)}, STEWARD) as browser:
            said = text_of(await browser.get("/people-state"))
            assert f"{name} バージョン不明 応答なし" in said
            assert said.count("応答あり") == 4
            away = question in (NotifyStatus, ListErasures)
            assert said.count("いまこの部分を表示できません") == away
