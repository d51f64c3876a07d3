"""Two desks in Chromium, one of which loses its network: what it scans is kept, survives, and is told once."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import CheckIn, CheckInCorrected, GetEvent, GetRoster, MemberAttended, Registration
from ekkyo.decision import EntriesInMemory
from ekkyo.testing import eventually
from ekkyo_events import model
from ekkyo_events.model import Event, Seat

from tests.events.people import EVERYBODY
from tests.journeys.browsing import browsers
from tests.portal.leading import roster
from tests.portal.making import LEADER, NOW
from tests.portal.pictures import staged
from tests.portal.test_events_pages import event
from tests.portal.test_lead_desk import NOW_ON, at_the_desk
from tests.portal.test_seat_codes import CODES, seat

KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('ekkyo.scan.')).map((key) => localStorage[key])"
MINUTE = timedelta(minutes=1)


class Events:
    """The events service's own decisions about one event, in memory."""

    def __init__(self) -> None:
        told = event(**NOW_ON, confirmed=3)
        self.event = Event.model_validate({**told.model_dump(), "id": "e1"})
        status = {"ken": "confirmed", "ken2": "confirmed", "far": "confirmed", "mai": "withdrawn"}
        self.seats = {m: Seat(document_id="e1", key=m, status=s, registration_id=f"r-{m}") for m, s in status.items()}  # type: ignore[arg-type]
        self.facts: list[Any] = []
        self.now = NOW + 10 * MINUTE
        self.replies: dict[type[Any], Any] = {
            **at_the_desk(),
            GetEvent: lambda q: self.roster().event,
            GetRoster: lambda q: self.roster(),
            CheckIn: self.check_in,
        }

    def roster(self) -> Any:
        rows = [model.registration(self.event, seat) for seat in self.seats.values()]
        counts = {name: getattr(self.event, name) for name in ("attended", "confirmed", "revision")}
        return roster(event(**NOW_ON, **counts), *rows)

    def check_in(self, command: CheckIn) -> Registration:
        seats = EntriesInMemory.of(list(self.seats.values()))
        leader = Caller("taro", frozenset({"leader:it"}))
        decision = model.check_in(self.event, seats, command, people=EVERYBODY, who=leader, now=self.now)
        self.event = decision.document.model_copy(update={"revision": self.event.revision + 1})
        self.seats |= {seat.key: seat for seat in decision.entries if isinstance(seat, Seat)}
        self.facts += decision.facts
        return model.unless_refused(decision.answer)


async def test_what_is_scanned_without_a_network_is_sent_once_it_is_back_and_conflicts_are_shown(
    tmp_path: Path,
) -> None:
    service = Events()
    async with staged(service.replies, LEADER, codes=CODES) as stage, browsers(stage.url, tmp_path) as them:
        first = await them.person("/e/e1/roster", size="phone")
        first.offline = True
        second = await them.person("/e/e1/roster")
        desk, field = first.page, first.page.locator("#code")

        async def scans(who: Any, code: str, minute: int) -> None:
            await who.page.clock.set_fixed_time(NOW + minute * MINUTE)
            await who.page.locator("#code").fill(code)
            await who.page.keyboard.press("Enter")

        # without a network: two codes, a forged one, one of another event, one of who withdrew, and a button
        await desk.context.set_offline(True)
        await scans(first, seat("e1", "ken"), 0)
        await first.sees("1 件が送信を待っています", "この端末に残しました")
        assert await field.input_value() == ""
        await scans(first, "山田", 0)
        await first.sees("QRコードの読み取りか、一覧のボタンで受付してください")
        for minute, code in enumerate((seat("e1", "ken2"), seat("e2", "ken"), seat("e1", "mai")), 1):
            await scans(first, code, minute)
        await scans(first, seat("e1", "ken")[:-2] + "AA", 4)
        await desk.clock.set_fixed_time(NOW + 5 * MINUTE)
        await desk.locator('#expected + ul button[value="far"]').click()
        await first.sees("6 件が送信を待っています")
        await first.is_accessible()
        kept = [json.loads(one) for one in await desk.evaluate(KEPT)]
        assert {key for one in kept for key in one} <= {"id", "at", "code", "member", "act", "tried"}
        assert not any(name in json.dumps(kept, ensure_ascii=False) for name in ("山田", "林", "0001", "人事"))
        assert service.facts == []

        # meanwhile the other desk checks one of them in
        await scans(second, seat("e1", "ken2"), 3)
        await second.sees("山田 健 さんは受付済みです")

        # the tab is closed; a new one finds the scans. The portal is reached, but its service is away
        context = desk.context
        await desk.close()
        await context.set_offline(False)
        stage.answering.replies[CheckIn] = away
        desk = first.page = await context.new_page()
        first.expected = (503,)
        await desk.clock.set_fixed_time(NOW + 6 * MINUTE)
        await first.open("/e/e1/roster")
        await first.sees("6 件が送信を待っています")
        stage.answering.replies[CheckIn] = service.check_in
        await desk.reload()
        await first.sees(
            "送信が終わりました。下の 4 件を確認してください。",
            "12:01 · コード",
            "別の受付でも",
            "別のイベントのコードです",
            "林 舞 さんは、参加を取りやめています",
            "このコードは使えません",
        )
        times = {m: seat.checked_in_at for m, seat in service.seats.items()}
        assert times["ken"] == NOW
        assert times["ken2"] == NOW + MINUTE, "the earlier of both scans"
        assert times["far"] == NOW + 5 * MINUTE
        assert times["mai"] is None
        told = [(type(fact), fact.member_id) for fact in service.facts]
        assert sorted(told, key=str) == sorted(
            [
                *((MemberAttended, member) for member in ("ken", "ken2", "far")),
                (CheckInCorrected, "ken2"),
            ],
            key=str,
        )
        await first.is_accessible()

        # conflicts survive a reload, what needs no look does not; nothing is told again, and one is looked at
        before = len(service.facts)
        await desk.reload()
        await first.sees("下の 3 件を確認してください")
        assert len(service.facts) == before
        row = desk.locator("#kept li", has_text="林 舞")
        await row.get_by_role("button", name="探す").click()
        assert await desk.locator("#code").input_value() == "0003"
        for _ in range(3):
            await desk.locator("#kept li").first.get_by_role("button", name="確認済み").click()
        assert not await desk.locator("#kept").is_visible()
        assert await desk.evaluate(KEPT) == []


async def test_an_answer_that_was_lost_is_no_second_check_in_and_signing_out_clears_what_is_kept(
    tmp_path: Path,
) -> None:
    service = Events()
    async with staged(service.replies, LEADER, codes=CODES) as stage, browsers(stage.url, tmp_path) as them:
        leader = await them.person("/e/e1/roster")
        leader.offline = True
        await leader.page.clock.set_fixed_time(NOW)
        service.now = NOW + timedelta(seconds=3)

        async def lost(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await leader.page.route("**/roster/check-in", lost)
        await leader.page.locator("#code").fill(seat("e1", "ken"))
        await leader.page.keyboard.press("Enter")

        await leader.sees("この端末に残しました")

        async def sent() -> bool:
            return service.facts != [] and await leader.page.evaluate(KEPT) == []

        await eventually(sent, 10)
        assert [type(fact) for fact in service.facts] == [MemberAttended]
        assert not await leader.page.locator("#kept").is_visible()

        await leader.page.context.set_offline(True)
        await leader.page.locator("#code").fill(seat("e1", "ken2"))
        await leader.page.keyboard.press("Enter")
        await leader.sees("1 件が送信を待っています")
        await leader.page.route("**/roster/scan", lambda route: route.abort())
        await leader.page.context.set_offline(False)
        asked: list[str] = []

        async def answer(dialog: Any) -> None:
            asked.append(dialog.message)
            await (dialog.dismiss() if len(asked) == 1 else dialog.accept())

        leader.page.on("dialog", answer)
        await leader.press("サインアウト")
        assert len(await leader.page.evaluate(KEPT)) == 1
        await leader.page.route("**/signout", lambda route: route.fulfill(status=204))
        await leader.press("サインアウト")
        assert await leader.page.evaluate(KEPT) == []
        assert "まだ送信していない受付" in asked[0]


def away(_: Any) -> Any:
    """The events service does not answer."""
    raise Refused("unavailable", "x", 503)
