"""A portal whose services answer what a test says: pages are made and tried without servers."""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from ekkyo.contracts.base import Refused
from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.site import Site
from ekkyo_portal.web.visit import AT_ONCE
from ekkyo_portal.web.visitor import Visitor
from starlette.requests import Request

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
HANAKO = Visitor(
    member_id="hanako", name="山田 花子", locale="ja", timezone="Asia/Tokyo", communities=frozenset({"it"})
)
LEADER = replace(HANAKO, member_id="taro", name="佐藤 太郎", leads=frozenset({"it"}))
STEWARD = replace(HANAKO, member_id="midori", name="鈴木 緑", steward=True)
PAGES = count()
PAGE: ContextVar[int] = ContextVar("page", default=0)
"""The page that is made, by its number."""
Reply = Callable[[Any], Any] | Any


@dataclass
class Answering:
    """Answers by the class of the message: a value, an exception, or a function of the message. Keeps what was said."""

    replies: dict[type[Any], Reply] = field(default_factory=dict)
    said: list[Any] = field(default_factory=list)
    asked: Counter[int] = field(default_factory=Counter)
    """By page: its questions that wait for their answer now."""
    most: int = 0
    """How many of one page waited at the same time."""

    async def ask(self, visitor: Visitor | None, question: Any, within: float) -> Any:
        page = PAGE.get()
        self.asked[page] += 1
        self.most = max(self.most, self.asked[page])
        try:
            await asyncio.sleep(0)
            return self.reply(question)
        finally:
            self.asked[page] -= 1

    async def send(self, visitor: Visitor | None, command: Any, within: float) -> Any:
        return self.reply(command)

    def reply(self, question: Any) -> Any:
        self.said.append(question)
        if type(question) not in self.replies:
            raise Refused("unavailable", "nobody answers this in the test", 503)
        reply = self.replies[type(question)]
        found = reply(question) if callable(reply) else reply
        if isinstance(found, Exception):
            raise found
        return found

    def sent(self, kind: type[Any]) -> list[Any]:
        """The messages of one class, in their order."""
        return [message for message in self.said if isinstance(message, kind)]


@dataclass
class Standing:
    """Whoever a test says is signed in."""

    visitor_now: Visitor | None = None

    async def visitor(self, request: Request) -> Visitor | None:
        return self.visitor_now

    async def by_link(self, held: str, about: str) -> Visitor | None:
        return self.visitor_now

    def sponsor_by_link(self, held: str, community_id: str) -> Visitor | None:
        return self.visitor_now

    def forget(self, member_id: str) -> None:
        pass


def settings(**more: Any) -> PortalSettings:
    """Settings of a portal that talks to nobody."""
    plain = Path(__file__)
    values = {
        "nats_url": "nats://127.0.0.1:1",
        "nats_user": "portal",
        "nats_password": "x",
        "portal_url": "http://127.0.0.1:8000",
        "jwks_file": plain,
        "portal_key_file": plain,
        "session_key_file": plain,
        "http_port": 0,
        "web_port": 0,
        **more,
    }
    return PortalSettings(**values)


@dataclass
class Browser:
    """Opens pages of a portal in this process, as one visitor."""

    http: httpx.AsyncClient
    answering: Answering
    standing: Standing

    def as_(self, visitor: Visitor | None) -> "Browser":
        self.standing.visitor_now = visitor
        return self

    async def get(self, path: str, **more: Any) -> httpx.Response:
        PAGE.set(next(PAGES))
        return await self.http.get(path, **more)

    async def post(self, path: str, form: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", **more.pop("headers", {})}
        PAGE.set(next(PAGES))
        return await self.http.post(path, data=form or {}, headers=headers, **more)


@contextlib.asynccontextmanager
async def opened(
    replies: Mapping[type[Any], Reply] | None = None, visitor: Visitor | None = HANAKO, **site: Any
) -> AsyncIterator[Browser]:
    """`async with opened({GetEvent: event}) as browser: page = await browser.get("/e/1")`."""
    answering, standing = Answering(dict(replies or {})), Standing(visitor)
    made = Site(site.pop("settings", settings()), answering, standing, clock=lambda: NOW, **site)
    transport = httpx.ASGITransport(made.application(), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        yield Browser(http, answering, standing)
    assert answering.most <= AT_ONCE, "a page asks at most three questions at the same time"


def text_of(page: httpx.Response | str) -> str:
    """What a page says, without tags, in one line."""
    html = page if isinstance(page, str) else page.text
    body = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
