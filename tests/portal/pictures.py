"""Pictures of pages, as people see them: in both languages, on a phone and a desk, light and dark.

`async with shown(replies, visitor) as url` serves a portal whose services answer what is given;
`await pictures(url, ["/", "/e/1"], folder)` takes the pictures.
"""

import contextlib
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ekkyo_portal.serving import Web
from ekkyo_portal.site import Site
from ekkyo_portal.web.visitor import Visitor
from playwright.async_api import async_playwright

from tests.portal.making import HANAKO, NOW, Answering, Standing, settings

CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@dataclass
class Stage:
    """A portal in this process on a port; its answers and its visitor can be changed while browsers look at it."""

    url: str
    answering: Answering
    standing: Standing

    def set(self, visitor: Visitor | None, replies: Mapping[type[Any], Any]) -> None:
        self.standing.visitor_now = visitor
        self.answering.replies = dict(replies)


@contextlib.asynccontextmanager
async def staged(
    replies: Mapping[type[Any], Any], visitor: Visitor | None = HANAKO, **site: Any
) -> AsyncIterator[Stage]:
    web = Web("127.0.0.1", 0)
    answering, standing = Answering(dict(replies)), Standing(visitor)
    made = Site(site.pop("settings", settings()), answering, standing, clock=lambda: NOW, **site)
    await web.start(made.application())
    try:
        yield Stage(f"http://127.0.0.1:{web.port}", answering, standing)
    finally:
        await web.stop()


@contextlib.asynccontextmanager
async def shown(replies: Mapping[type[Any], Any], visitor: Visitor | None = HANAKO, **site: Any) -> AsyncIterator[str]:
    """The address of a portal in this process."""
    async with staged(replies, visitor, **site) as stage:
        yield stage.url


async def pictures(
    url: str, paths: Iterable[str], folder: Path, *, widths: Iterable[int] = (360, 1280), dark: bool = False
) -> list[Path]:
    """PNG files of whole pages, named by path and width; prints what the console said of errors."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240
    taken = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for width in widths:
            page = await browser.new_page(
                viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
            )
            page.on("console", lambda said: print("console:", said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: print("page error:", error))
            for path in paths:
                await page.goto(url + path)
                wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if wide > 0:
                    print(f"{path} is {wide} px too wide at {width}")
                name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
                file = folder / f"{name}-{width}{'-dark' if dark else ''}.png"
                await page.screenshot(path=file, full_page=True)
                taken.append(file)
        await browser.close()
    return taken


def in_english(visitor: Visitor) -> Visitor:
    """The same person, who reads English."""
    return replace(visitor, locale="en", name="Hanako Yamada")
