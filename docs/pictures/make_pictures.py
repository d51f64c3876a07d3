"""Takes the pictures of the READMEs and the guides, in English and Japanese: `make pictures`.

They show the season of `make demo`, with two events to come that are created here by the public commands, and
cancelled at the end. Needs Chromium (`make browser`).
"""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    CancelEvent,
    DraftEvent,
    EventDetails,
    EventState,
    ListEvents,
    MyEvents,
    PublishEvent,
    RegisterForEvent,
    ReviseEvent,
)
from ekkyo.contracts.members import FindMembers, Member
from ekkyo_cli.connection import connected
from ekkyo_cli.local import control, opening
from ekkyo_cli.local.folder import Folder
from playwright.async_api import Browser, Page, async_playwright

HERE: Final = Path(__file__).parent
LARGEST: Final = 120_000
"""Bytes of one picture."""
LOWEST, TALLEST = 640, 900
WIDE, PHONE = 1280, 390
WEDNESDAY, FRIDAY = 2, 4
ZONE: Final = ZoneInfo("Asia/Tokyo")
CHROMIUM: Final = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
TALK: Final = {
    "en": EventDetails(
        title="Your first hour with generative AI",
        description="Bring one task of your own. We try it together, and nobody laughs.",
        format="hybrid",
        place="Osaka head office, 3rd floor",
        url="https://meet.example.co.jp/ekkyo",
        capacity=30,
    ),
    "ja": EventDetails(
        title="はじめての生成AI",
        description="ふだんの仕事を一つ持ち寄って、いっしょに試します。何を聞いても笑いません。",
        format="hybrid",
        place="大阪本社 3階 研修室",
        url="https://meet.example.co.jp/ekkyo",
        capacity=30,
    ),
}
LUNCH: Final = {
    "en": EventDetails(
        title="Lunch across departments", format="onsite", context="Lunch", place="Tokyo office, lounge", capacity=12
    ),
    "ja": EventDetails(
        title="部門をこえるランチ 東京", format="onsite", context="ランチ", place="東京支社 2階 ラウンジ", capacity=12
    ),
}


@dataclass
class Scene:
    """Who and what the pictures show."""

    member: Member
    leader: Member
    steward: Member
    talk: str
    lunch: str
    past: str
    """The event with the most guests of the season."""


@dataclass
class Shot:
    """One picture: whose page, which, and how wide. file: one to upload there first."""

    name: str
    who: Member
    path: str
    width: int = WIDE
    file: Path | None = None


def shots(scene: Scene) -> list[Shot]:
    """All that are taken in each language."""
    return [
        Shot("member", scene.member, "/me"),
        Shot("member-phone", scene.member, f"/e/{scene.talk}", PHONE),
        Shot("leader", scene.leader, f"/e/{scene.past}/results"),
        Shot("leader-desk", scene.leader, f"/e/{scene.talk}/roster"),
        Shot("steward", scene.steward, "/people"),
        Shot("steward-import", scene.steward, "/people-import", file=Path("data/employees.cp932.csv")),
    ]


async def staged(ekkyo: Ekkyo) -> Scene:
    """Two events to come with guests, in the community of the demo's season."""
    people = (await ekkyo.ask(FindMembers(limit=500))).members
    leader = (await ekkyo.ask(FindMembers(role="leader", limit=1))).members[0]
    steward = (await ekkyo.ask(FindMembers(steward=True, limit=1))).members[0]
    community = next(one.community_id for one in leader.communities if one.role == "leader")
    held = (await ekkyo.ask(ListEvents(community_id=community, status=["concluded"]))).events
    past = max(held, key=lambda event: event.attended)
    guests = [p for p in people if p.communities and not p.steward and p.member_id != leader.member_id]
    while (await ekkyo.ask(MyEvents(member_id=guests[0].member_id))).entries:  # was in a picture before
        guests.pop(0)
    talk, lunch = TALK["en"], LUNCH["en"]
    talk = talk.model_copy(update={"speakers": [leader.member_id]})
    first = await _held(ekkyo, community, talk, weekday=WEDNESDAY, at=time(17, 30))
    second = await _held(ekkyo, community, lunch, weekday=FRIDAY, at=time(12, 0))
    await _fill(ekkyo, first, guests[:21])
    await _fill(ekkyo, second, [*guests[5:19], guests[0]])
    return Scene(guests[0], leader, steward, first.event_id, second.event_id, past.event_id)


async def _held(ekkyo: Ekkyo, community: str, details: EventDetails, *, weekday: int, at: time) -> EventState:
    """A published event on this day of the week, at least four days from now."""
    soon = datetime.now(ZONE).date() + timedelta(days=4)
    starts = datetime.combine(soon + timedelta(days=(weekday - soon.weekday()) % 7), at, ZONE)
    event_id = new_id()
    await ekkyo.send(
        DraftEvent(
            event_id=event_id,
            community_id=community,
            details=details,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
        )
    )
    return await ekkyo.send(PublishEvent(event_id=event_id))


async def _fill(ekkyo: Ekkyo, event: EventState, guests: Sequence[Member]) -> None:
    for guest in guests:
        await ekkyo.send(RegisterForEvent(event_id=event.event_id, member_id=guest.member_id, registration_id=new_id()))


async def spoken(ekkyo: Ekkyo, scene: Scene, language: str) -> None:
    """Both events in this language."""
    talk = TALK[language].model_copy(update={"speakers": [scene.leader.member_id]})
    await ekkyo.send(ReviseEvent(event_id=scene.talk, details=talk))
    await ekkyo.send(ReviseEvent(event_id=scene.lunch, details=LUNCH[language]))


async def taken(browser: Browser, folder: Folder, shot: Shot, language: str) -> Path:
    """The picture of one page."""
    state = control.running_state(folder)
    portal = opening.portal(state)
    context = await browser.new_context(
        viewport={"width": shot.width, "height": LOWEST},
        device_scale_factor=1,
        color_scheme="light",
        reduced_motion="reduce",
        timezone_id=ZONE.key,
    )
    try:
        page = await context.new_page()
        await page.goto(opening.address(folder, state, shot.who.member_id, "/me", timedelta(minutes=5)))
        await context.request.post(
            f"{portal}/me/language", form={"locale": language, "next": "/me"}, headers={"origin": portal}
        )
        await page.goto(portal + shot.path)
        if shot.file:
            await page.set_input_files("input[type=file]", shot.file)
            await page.locator("main form button").last.click()
            await page.wait_for_load_state()
        return await _saved(page, HERE / f"{shot.name}.{language}.png", language)
    finally:
        await context.close()


async def _saved(page: Page, file: Path, language: str) -> Path:
    shown = await page.locator("html").get_attribute("lang")
    if shown != language:
        raise Refused("picture_wrong", f"{page.url} is in {shown}, not in {language}.")
    height = await page.evaluate("document.documentElement.scrollHeight")
    width = page.viewport_size["width"] if page.viewport_size else WIDE
    await page.set_viewport_size({"width": width, "height": min(height, TALLEST)})  # a phone's menu stays at the bottom
    await page.screenshot(
        path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
    )
    if (size := file.stat().st_size) > LARGEST:  # noqa: ASYNC240
        raise Refused("picture_too_large", f"{file.name} has {size} bytes, more than {LARGEST}.")
    return file


async def take(folder: Folder) -> None:
    """All pictures, in both languages."""
    async with (
        connected(folder.path, roles=("system", "steward")) as ekkyo,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        scene = await staged(ekkyo)
        try:
            for language in ("en", "ja"):  # Japanese last: so the people of the demo are left as they were
                await spoken(ekkyo, scene, language)
                for shot in shots(scene):
                    file = await taken(browser, folder, shot, language)
                    sys.stdout.write(f"{file.name} {file.stat().st_size}\n")
        finally:
            for event_id in (scene.talk, scene.lunch):
                await ekkyo.send(CancelEvent(event_id=event_id))
            await browser.close()


def main(
    dir: Annotated[Path, typer.Option("--dir", help="The folder that `make demo` left.")] = Path(".ekkyo/demo"),
) -> None:
    """Take the pictures of the READMEs and the guides."""
    folder = Folder.at(dir)
    if not (folder.path / "summary.json").exists():
        raise typer.BadParameter(f"{dir} holds no season; run `make demo` first", param_hint="--dir")
    ours = not folder.running
    if ours:
        control.wait_ready(folder, control.launch(folder, attached=False))
    try:
        asyncio.run(take(folder))
    finally:
        if ours:
            control.bring_down(folder)


if __name__ == "__main__":
    typer.run(main)
