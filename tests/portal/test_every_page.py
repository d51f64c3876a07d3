"""What holds for every page of the portal: all of them are opened, with answers in which everything is hostile."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import Command
from ekkyo.docs import examples
from ekkyo.docs.messages import messages
from ekkyo_portal.site import ROOMS

from tests.portal.whole import Whole, identity, whole

HOSTILE = "\"><xss onload=alert(1)>{{7*7}}'</script>\r\nX-Injected: 1"
COMMUNITY, EVENT, SURVEY = (examples.IDS[name] for name in ("community_id", "event_id", "survey_id"))
IDS = {
    "community_id": COMMUNITY,
    "event_id": EVENT,
    "survey_id": SURVEY,
    "member_id": examples.IDS["member_id"],
    "output_id": examples.IDS["output_id"],
    "series_id": examples.IDS["series_id"],
}
IDS["name"] = "b8401f"  # of the styles of a colour
PAGES = [page for room in ROOMS for page in room.pages]
STREAM = "/e/{event_id}/roster/live"
"""Ends only with the browser; its parts are those of the roster's page."""
GETS = [page.path for page in PAGES if page.method == "GET" and page.path != STREAM]
POSTS = [page.path for page in PAGES if page.method == "POST" and page.path != "/u/{about}/{held}"]
"""All but the one that a mail program presses (RFC 8058): it goes by what its address holds, and reads no cookie."""
NOT_THERE = ("/e/{event_id}/publish", "/signin/", "/u/", "/calendar/", "/board/{secret}")
"""No draft, no company's sign-in, no link of a mail and no address for calendar programs is in this test."""
FREE_TEXT = set(examples.WORDS) - {"timezone", "email", "url", "logo_url", "code", "key", "message_id", "number"}
FREE_TEXT -= {"data", "starts", "clock", "rule"}


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: IDS.get(found.group(1), "x"), path)


def hostile(value: Any, field: str = "") -> Any:
    """An example with its free texts replaced by what would break out of a page, a header or an attribute."""
    if isinstance(value, dict):
        return {key: None if key == "next" else hostile(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile(one, field) for one in value]
    return HOSTILE if isinstance(value, str) and field in FREE_TEXT else value


def answers() -> dict[type[Any], Any]:
    """An answer to every question, for a portal to show."""
    found: dict[type[Any], Any] = {}
    asked = None
    for message in messages():
        if message.kind == "question":
            asked = message
        elif message.kind == "answer" and asked and message.name == f"{asked.name}.answer":
            plain = examples.example(message)
            try:
                found[asked.model] = message.model.model_validate(hostile(plain))
            except ValueError:
                found[asked.model] = message.model.model_validate(plain)
    return found


@contextlib.asynccontextmanager
async def signed_in(folder: Path, **more: Any) -> AsyncIterator[Whole]:
    """A portal that 花子 is signed in to, and whose services tell hostile things."""
    async with whole(folder, identity("hanako", name=HOSTILE, **more)) as portal:
        replies = portal.services.answering.replies
        replies.update({question: answer for question, answer in answers().items() if question not in replies})
        await portal.sign_in()
        portal.services.answering.said.clear()
        yield portal


@pytest.mark.parametrize("more", [{}, {"leads": [COMMUNITY]}, {"steward": True}], ids=["member", "leader", "steward"])
async def test_looking_at_a_page_changes_nothing_and_shows_texts_as_texts(tmp_path: Path, more: dict[str, Any]):
    """Programs that look through mails open every address; some ask for the head first."""
    shown = set()
    async with signed_in(tmp_path, **more) as portal:
        for path in GETS:
            page = await portal.get(address(path) + "?q=%3Cxss%3E&next=%3Cxss%3E")
            assert page.status_code < 500, path
            html = page.headers.get("content-type", "").startswith("text/html")
            assert not html or "<xss" not in page.text, path
            assert "\nX-Injected" not in page.text or html, path
            assert "x-injected" not in page.headers, path
            assert "set-cookie" not in page.headers, path
            head = await portal.http.head(address(path))
            assert (head.status_code, head.content) == (page.status_code, b""), path
            shown |= {path} if page.status_code == 200 else set()
        assert not [said for said in portal.services.answering.said if isinstance(said, Command)]
    hidden = {path for path in GETS if path not in shown and not path.startswith(NOT_THERE)}
    assert not hidden if "steward" in more else hidden


@pytest.mark.parametrize("from_where", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example.com"}])
async def test_no_other_site_presses_a_button_of_any_page(tmp_path: Path, from_where: dict[str, str]):
    async with signed_in(tmp_path, steward=True) as portal:
        for path in POSTS:
            assert (await portal.http.post(address(path), data={}, headers=from_where)).status_code == 403, path
        assert portal.services.answering.said == []
