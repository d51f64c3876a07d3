"""People with a browser: each has their own, and an error in its console fails the test."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from ekkyo.testing import eventually
from playwright.async_api import Browser, Locator, Page, async_playwright

from tests.needing import needed

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
    # Many browsers share two cores: a process for graphics, and threads that help scripts, cost more than they save.
    "--in-process-gpu",
    "--js-flags=--single-threaded",
)
SIZES = {"phone": (360, 780), "desk": (1280, 800)}
RULES = {"target-size": {"enabled": True}}
"""What axe looks for besides its defaults: WCAG 2.2's least size of what one presses is off by default."""


AXE_FINDS = """(options) => axe.run({exclude: ['.swagger-ui']}, options).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`))"""
"""What is wrong with a page. What swagger-ui makes inside its element is not ours."""


def chromium() -> str:
    """The browser; the shell has no windows and tabs to draw, and takes a fifth less of a processor for all pages.

    Without it the test is skipped; in CI it fails.
    """
    return needed("chromium-headless-shell", "chromium", "google-chrome", missing="no Chromium: run `make browser`")


async def axe_finds(page: Page, **options: Any) -> list[str]:
    """What axe-core finds wrong on a page, all its rules if not told otherwise. It is sent there if need be."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    wanted = {"resultTypes": ["violations"], "rules": RULES, **options}
    found: list[str] = await page.evaluate(AXE_FINDS, wanted)
    return found


NO_ANIMATION = "Transition was aborted because of invalid state"
"""What Chromium says of `@view-transition` when a page was shown before its animation began, on a busy machine."""

DONE = 'class="did"'
"""What a page bears that says what was done."""


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)
    script: bool = True
    expected: tuple[int, ...] = ()
    """Statuses of 400 and above that the test means to see."""
    offline: bool = False
    """Whether the test takes the network away now and then."""

    async def open(self, path: str) -> None:
        await self.page.goto(path if path.startswith("http") else self.base + path)

    async def press(self, name: str, *, exact: bool = True) -> None:
        """Press the button that is called so, else follow the link."""
        button = self.page.get_by_role("button", name=name, exact=exact)
        link = self.page.get_by_role("link", name=name, exact=exact)
        await button.or_(link).first.wait_for()
        await (button if await button.count() else link).first.click()
        await self.page.wait_for_load_state()

    async def post(self, path: str, **form: str) -> None:
        """Send a form of a page as this browser would, without opening the page; the next one says that it is done.

        For what was pressed on a page once: it is the same request, with the same cookies.
        """
        asked = self.page.context.request
        answer = await asked.post(self.base + path, form=dict(form), headers={"sec-fetch-site": "same-origin"})
        text = await answer.text()
        assert answer.ok, f"{answer.status} of {path}"
        assert DONE in text, f"the page after {path} does not say that it is done:\n{text}"

    async def fill(self, **fields: str) -> None:
        """Type into fields by their name."""
        for name, text in fields.items():
            await self.page.locator(f"[name={name}]:not([type=hidden])").first.fill(text)

    async def tab_to(self, wanted: Locator) -> None:
        """Move on with the Tab key until this has the focus, and can be seen to have it."""
        for _ in range(100):
            await self.page.keyboard.press("Tab")
            if await wanted.evaluate("(it) => it === document.activeElement"):
                seen = (
                    "(it) => [it, it.nextElementSibling].some((e) => e && getComputedStyle(e).outlineStyle !== 'none')"
                )
                assert await wanted.evaluate(seen), "the focus cannot be seen"
                return
        raise AssertionError(f"the Tab key does not lead there on {self.page.url}")

    async def sees(self, *texts: str) -> None:
        """Wait until the page says all of this."""

        async def said() -> bool:
            text = await self.text()
            missing = [one for one in texts if one not in text]
            assert missing == [], f"{missing} is not on {self.page.url}:\n{text}"
            return True

        await eventually(said, 10)

    async def text(self) -> str:
        return " ".join((await self.page.inner_text("body")).split())

    async def is_accessible(self) -> None:
        """axe-core finds nothing wrong on this page; it needs a browser with script."""
        if not self.script:
            return
        found = await axe_finds(self.page)
        assert found == [], "\n".join([self.page.url, *found])

    def failed(self, error: Any) -> None:
        if not str(error).startswith(NO_ANIMATION):
            self.troubles.append(f"{self.page.url}: {error}")

    def heard(self, message: Any) -> None:
        ours = self.page.url.startswith(self.base)
        if self.offline and "net::ERR_" in message.text:
            return
        if ours and message.type == "error" and not re.search(r"status of (4\d\d|5\d\d)", message.text):
            self.troubles.append(f"{self.page.url}: {message.text}")

    def answered(self, response: Any) -> None:
        if response.status >= 400 and response.url.startswith(self.base) and response.status not in self.expected:
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")


@dataclass
class Browsers:
    """Opens a browser for each person."""

    browser: Browser
    base: str
    people: list[Person] = field(default_factory=list)

    async def person(
        self, address: str = "/", *, size: str = "desk", script: bool = True, locale: str = "ja", dark: bool = False
    ) -> Person:
        width, height = SIZES[size]
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if size == "desk" else "no-preference",  # so pages are shown both ways
        )
        context.set_default_timeout(15_000)
        one = Person(await context.new_page(), self.base, script=script)
        one.page.on("console", one.heard)
        one.page.on("pageerror", one.failed)
        one.page.on("response", one.answered)
        self.people.append(one)
        await one.open(address)
        return one


@asynccontextmanager
async def browsers(base: str, kept: Path, *flags: str) -> AsyncIterator[Browsers]:
    """Browsers of people who visit one portal. kept: where pictures go when the test fails; flags: of Chromium."""
    executable = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *flags])
        made = Browsers(browser, base)
        try:
            yield made
        except BaseException:
            for number, one in enumerate(made.people):
                await one.page.screenshot(path=kept / f"person-{number}.png", full_page=True)
                print(f"person {number} at {one.page.url}:\n{await one.text()}")
            raise
        finally:
            await browser.close()
        troubles = [trouble for one in made.people for trouble in one.troubles]
        assert troubles == [], "\n".join(troubles)
