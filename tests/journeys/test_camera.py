"""The desk in Chromium: a code is filmed and read, and what others do appears."""

from pathlib import Path
from typing import Any

import segno
from ekkyo.contracts.events import CheckIn, GetEvent, GetRoster, Registration
from ekkyo_portal.lead.live import Changes

from tests.journeys.browsing import browsers
from tests.portal.leading import registration, roster
from tests.portal.making import LEADER
from tests.portal.pictures import shown
from tests.portal.test_events_pages import event
from tests.portal.test_lead_desk import LISTED, NOW_ON, at_the_desk
from tests.portal.test_lead_live import Facts
from tests.portal.test_seat_codes import CODES, seat

WIDE, HIGH, FRAMES = 640, 480, 10


def film(file: Path, *codes: str) -> Path:
    """A YUV4MPEG2 film that shows each code for two seconds, and begins again."""
    frames = b""
    for code in codes:
        rows = list(segno.make_qr(code).matrix_iter(scale=10, border=6))
        left, top = (WIDE - len(rows[0])) // 2, (HIGH - len(rows)) // 2
        light = bytearray(b"\xeb" * WIDE * HIGH)
        for y, row in enumerate(rows, top):
            light[y * WIDE + left : y * WIDE + left + len(row)] = bytes(16 if dark else 235 for dark in row)
        frames += (b"FRAME\n" + bytes(light) + b"\x80" * (WIDE * HIGH // 2)) * FRAMES
    file.write_bytes(b"YUV4MPEG2 W%d H%d F5:1 Ip A1:1 C420\n" % (WIDE, HIGH) + frames)
    return file


class Desk:
    """An event whose roster changes when somebody is checked in."""

    def __init__(self) -> None:
        self.rows = {one.member_id: one for one in LISTED}
        self.revision = 3
        self.replies: dict[type[Any], Any] = {
            **at_the_desk(),
            GetEvent: lambda q: self.roster().event,
            GetRoster: lambda q: self.roster(),
            CheckIn: self.check_in,
        }

    def roster(self) -> Any:
        came = sum(one.status == "attended" for one in self.rows.values())
        return roster(
            event(**NOW_ON, attended=came, confirmed=len(self.rows) - came, revision=self.revision), *self.rows.values()
        )

    def check_in(self, command: CheckIn) -> Registration:
        came = registration(command.member_id, "attended", checked_in_at="2026-11-26T02:59:00Z")
        self.rows[command.member_id] = came
        return came


async def test_the_camera_checks_in_whose_code_it_sees_and_passes_over_what_names_nobody(tmp_path: Path) -> None:
    desk = Desk()
    camera = film(tmp_path / "codes.y4m", "https://example.com/9", seat("e1", "ken"))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    )
    changes = Changes(Facts().hear)
    async with (
        shown(desk.replies, LEADER, changes=changes, codes=CODES) as url,
        browsers(url, tmp_path, *flags) as them,
    ):
        leader = await them.person("/e/e1/roster", size="phone")
        await leader.press("カメラで読み取る")
        await leader.sees("山田 健 さんは受付済みです(11:59)。")
        assert desk.rows["ken"].status == "attended"
        assert await leader.page.locator("#counts .tile b").first.inner_text() == "2"
        assert await leader.page.locator("video").is_visible()
        assert await leader.page.evaluate("document.activeElement.id") != "code", "no keyboard covers what is filmed"
        await leader.is_accessible()
        await leader.press("カメラで読み取る")
        assert not await leader.page.locator("video").is_visible()
        live = "document.querySelector('video').srcObject.getTracks().some((track) => track.readyState === 'live')"
        assert not await leader.page.evaluate(live), "the camera is off"
        await changes.end()
    async with shown(desk.replies, LEADER, codes=CODES) as url, browsers(url, tmp_path) as them:
        leader = await them.person("/e/e1/roster")
        await leader.page.locator("#code").fill(seat("e1", "mai"))
        await leader.page.keyboard.press("Enter")
        await leader.sees("林 舞 さんは、キャンセル待ちです。")
        assert await leader.page.locator("#code").input_value() == "0003", "who was named is found, not the code"
        assert await leader.page.locator("#waiting + ul li:visible").count() == 1
        await leader.press("カメラで読み取る")
        await leader.sees("カメラを使えません")
        await leader.is_accessible()


async def test_what_others_do_appears_unasked_and_leaves_focus_text_and_what_is_open(
    tmp_path: Path,
) -> None:
    desk, facts = Desk(), Facts()
    desk.rows["gone"] = registration("gone", "withdrawn")
    changes = Changes(facts.hear)
    async with shown(desk.replies, LEADER, changes=changes) as url, browsers(url, tmp_path) as them:
        leader = await them.person("/e/e1/roster")
        asked: list[str] = []
        leader.page.on("request", lambda request: asked.append(request.url))
        await leader.page.locator("#desk summary").click()
        button = leader.page.locator("#waiting + ul button")
        await button.focus()
        for member_id, typed, came in (("ken", "", 2), ("far", "林", 3)):
            await leader.page.locator("#code").evaluate(
                "(box, typed) => { box.value = typed; box.dispatchEvent(new Event('input')); }", typed
            )
            desk.check_in(CheckIn(event_id="e1", member_id=member_id))
            desk.revision += 1
            await facts.tell("e1", desk.revision)
            await leader.page.locator("#counts .tile b").first.filter(has_text=str(came)).wait_for()
            assert await button.evaluate("(button) => button === document.activeElement")
            assert await leader.page.locator("#desk details").get_attribute("open") is not None
            assert await leader.page.locator("#code").input_value() == typed
        assert await leader.page.locator("#came + ul li:visible").count() == 0, "what is typed narrows the new list"
        await leader.is_accessible()
        assert not any(url.endswith("/roster") for url in asked), "the stream brought it"
        await leader.open("/e/e1/roster?q=%E6%9E%97")
        await leader.sees("林 舞")
        await leader.page.locator("#code").evaluate("(box) => { box.value = ''; }")
        desk.revision += 1
        async with leader.page.expect_request("**/e/e1/roster?q=%E6%9E%97"):
            await facts.tell("e1", desk.revision)
        await changes.end()
