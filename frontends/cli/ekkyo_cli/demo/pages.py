"""The steps of the season that people take on the portal's pages, each with a session of their own, without script."""

import asyncio
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http.cookiejar import CookieJar
from typing import Final
from urllib.parse import urlencode, urlsplit

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState

WITHIN: Final = 20.0
DONE: Final = 'class="did"'
"""What a page bears that says what was done."""
Address = Callable[[str, str], str]
"""The address that signs a member in and goes on to a path: `address(member_id, "/e/1")`."""


class Browser:
    """One member at the portal."""

    def __init__(self, address: Address, member_id: str) -> None:
        self._address, self._member_id = address, member_id
        self._web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._portal = ""

    async def open(self, path: str) -> str:
        """The HTML of a page; the first one is reached by signing in. Raises Refused."""
        url = self._portal + path if self._portal else self._address(self._member_id, path)
        self._portal = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        return await asyncio.to_thread(self._ask, url)

    async def press(self, path: str, **form: str) -> None:
        """Send a form. Raises Refused where the page that follows does not say that it is done."""
        if DONE not in await self.send(path, **form):
            raise Refused("page_differs", f"The page after {path} does not say that it is done.")

    async def send(self, path: str, **form: str) -> str:
        """Send a form; the HTML of the page that follows. Raises Refused."""
        return await asyncio.to_thread(self._ask, self._portal + path, urlencode(form).encode())

    def _ask(self, url: str, form: bytes | None = None) -> str:
        request = urllib.request.Request(url, form, {"sec-fetch-site": "same-origin"})  # noqa: S310
        until = time.monotonic() + WITHIN
        while True:
            try:
                with self._web.open(request, timeout=WITHIN) as response:
                    return str(response.read().decode())
            except urllib.error.HTTPError as error:
                # A page of a busy machine is away for a moment, and may be asked for again; a form may not.
                if error.code != 503 or form is not None or time.monotonic() > until:
                    raise Refused("page_failed", f"{urlsplit(url).path}: status {error.code}") from None
            time.sleep(0.5)


async def register(address: Address, member_id: str, event: EventState) -> None:
    """Take a seat on the event's page, by its one button."""
    browser, path = Browser(address, member_id), f"/e/{event.event_id}"
    named = re.search(r'name="registration_id" value="([^"]+)"', await browser.open(path))
    if named is None:
        raise Refused("page_differs", f"{path} offers no registration.")
    await browser.press(f"{path}/register", registration_id=named[1])


async def subscribe(address: Address, member_id: str, event: EventState) -> None:
    """Make an address for a calendar program, and read it as such a program does: without a cookie."""
    browser = Browser(address, member_id)
    named = re.search(r'name="secret" value="([^"]+)"', await browser.open("/me/calendar"))
    made = named and re.search(r'value="(http[^"]+\.ics)"', await browser.send("/me/calendar", secret=named[1]))
    if not made:
        raise Refused("page_differs", "/me/calendar makes no address.")
    first = await asyncio.to_thread(_as_a_program, made[1])
    again = await asyncio.to_thread(_as_a_program, made[1], first[2])
    if f"UID:{event.event_id}@ekkyo\r\n" not in first[1] or again[0] != 304:
        raise Refused("page_differs", f"The calendar does not show {event.event_id}, or is sent again unchanged.")


def _as_a_program(url: str, tag: str = "") -> tuple[int, str, str]:
    """Status, text and ETag of a calendar."""
    try:
        with urllib.request.urlopen(  # noqa: S310
            urllib.request.Request(url, headers={"if-none-match": tag} if tag else {}),  # noqa: S310
            timeout=WITHIN,
        ) as response:
            return response.status, response.read().decode(), response.headers["etag"]
    except urllib.error.HTTPError as error:
        return error.code, "", tag


async def arrive(address: Address, leader_id: str, event: EventState, coming: Sequence[str], word: str) -> list[str]:
    """The first is checked in at the leader's desk, the second types the word on the wall; the others are left."""
    path = f"/e/{event.event_id}"
    for member_id in coming[:1]:
        desk = Browser(address, leader_id)
        await desk.open(f"{path}/roster")
        await desk.press(f"{path}/roster/check-in", member=member_id)
    for member_id in coming[1:2]:
        phone = Browser(address, member_id)
        await phone.open(path)
        await phone.press(f"{path}/here", word=word)
    return list(coming[2:])


async def mistake(address: Address, leader_id: str, event: EventState, member_id: str) -> None:
    """Somebody who is not there yet is checked in at the leader's desk, and it is undone."""
    desk, path = Browser(address, leader_id), f"/e/{event.event_id}/roster"
    await desk.open(path)
    await desk.press(f"{path}/check-in", member=member_id)
    await desk.press(f"{path}/undo", member=member_id)
