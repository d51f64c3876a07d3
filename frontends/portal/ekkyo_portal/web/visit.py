"""One visit: who came, in which language, what they ask and send, and the page they get."""

import asyncio
import sys
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from ekkyo.contracts.base import Command, Question, Refused
from ekkyo.contracts.members import CommunityPage, ListCommunities
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ekkyo_portal.look import Look
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visitor import Visitor

A = TypeVar("A", bound=BaseModel)
PATIENCE = 3.0
"""Seconds after which a page does without the answer of a service."""
AT_ONCE = 3
"""Questions of one page that are asked at the same time: a page is not to crowd out the others."""
HELD = "p"
"""The name in an address of what shows who reads it, in links of mails."""
LONG = 15.0
"""Seconds that an action may take."""


class Asking(Protocol):
    """Asks and sends on behalf of a visitor."""

    def ask(self, visitor: Visitor | None, question: Question[A], within: float) -> Awaitable[A]:
        """The answer. Raises Refused."""

    def send(self, visitor: Visitor | None, command: Command[A], within: float) -> Awaitable[A]:
        """What came of it. Raises Refused."""


@dataclass
class Visit:
    """What a page is made from."""

    request: Request
    visitor: Visitor | None
    reader: Reader
    asking: Asking
    look: Look
    site: Any
    """What the sections share beside this: settings, the stream of facts, signing in."""
    typed: Form = field(default_factory=Form)
    """The form that was sent, once it is read: a page that says why nothing came of it gives it back."""
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def me(self) -> Visitor:
        """The visitor of a page that is for members. Raises LookupError on one that is for everybody."""
        if self.visitor is None:
            raise LookupError("this page is for everybody")
        return self.visitor

    @property
    def now(self) -> datetime:
        return self.reader.now

    async def ask(self, question: Question[A], within: float = PATIENCE) -> A:
        """The answer to a question, asked as soon as fewer than AT_ONCE of this page are waited for. Raises Refused.

        within: seconds from when it is asked.
        """
        async with self._free:
            return await self.asking.ask(self.visitor, question, within)

    async def maybe(self, question: Question[A]) -> A | None:
        """The answer, or None while the service is away: the page says so in its place."""
        try:
            return await self.ask(question)
        except Refused as refused:
            if refused.status in (429, 503):
                return None
            raise

    async def communities(self) -> CommunityPage | None:
        """The communities, as they were lately; None: the members service is away."""
        found: CommunityPage | None = await self.site.communities.of(lambda: self.maybe(ListCommunities(limit=200)))
        return found

    async def named(self, ids: Collection[str]) -> CommunityPage | None:
        """These communities, oldest first, as they were lately, for their names; None: the members service is away."""
        lately = await self.communities()
        if lately is None:
            return None
        found = {one.community.community_id: one for one in lately.communities}
        new = sorted(set(ids) - found.keys())[:200]
        more = await self.maybe(ListCommunities(community_ids=new, limit=200)) if new else None
        found |= {one.community.community_id: one for one in more.communities} if more else {}
        return CommunityPage(communities=[one for id, one in found.items() if id in ids])

    async def send(self, command: Command[A], within: float = LONG) -> A:
        """What came of a command. Raises Refused."""
        return await self.asking.send(self.visitor, command, within)

    async def change(self, command: Command[A]) -> A:
        """Send what changes who the visitor is, such as their language: the next page knows of it. Raises Refused."""
        done = await self.send(command)
        self.site.signed_in.forget(self.me.member_id)
        return done

    async def form(self) -> Form:
        """What was typed and chosen; files are in `await visit.sent()`."""
        self.typed = Form.of(await self.sent())
        return self.typed

    async def sent(self) -> FormData:
        """The fields and files of a form. A field may be as large as its page takes: it may hold a file as text."""
        return await self.request.form(max_part_size=sys.maxsize)

    def page(self, template: str, view: Any = None, *, status: int = 200, **more: Any) -> Response:
        """A page: the template of a section, as in `events/event.html`, with what it shows as `v`."""
        return self.look.page(template, self, view, status=status, **more)

    def see_other(self, path: str, *, did: str | None = None, **query: str) -> Response:
        """Go on to another page after an action. did: what was done, as `<section>.<word>`; the next page says it."""
        asked: Mapping[str, str] = {**query, **({"did": did} if did else {})}
        path += self.kept
        if asked:
            path += ("&" if "?" in path else "?") + urlencode(asked)
        return RedirectResponse(path, 303)

    @property
    def kept(self) -> str:
        """What the addresses of a visitor's forms end in: whom a link in a mail let in has that alone to show."""
        held = self.request.query_params.get(HELD) if self.visitor and self.visitor.only else None
        return f"?{urlencode({HELD: held})}" if held else ""

    @property
    def live(self) -> bool:
        """Whether the script asks for a part of the page alone."""
        return self.request.headers.get("x-part") is not None
