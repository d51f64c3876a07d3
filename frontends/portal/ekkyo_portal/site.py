"""The portal as one ASGI application: its sections, who may open what, and what happens around every page."""

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

import structlog
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import CommunityPage, Locale
from ekkyo.process.running import Instance
from ekkyo.wire import trace
from prometheus_client import CollectorRegistry
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from ekkyo_portal import calendars, community, events, lead, me, outputs, people, signin, surveys
from ekkyo_portal.calendars.seen import Feeds
from ekkyo_portal.community.standing import Counted
from ekkyo_portal.events.codes import Codes
from ekkyo_portal.lead.live import Changes
from ekkyo_portal.look import the_look
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.signin import onward
from ekkyo_portal.signin.networks import Networks
from ekkyo_portal.signin.signed import Signed
from ekkyo_portal.web.body import limited, most
from ekkyo_portal.web.measured import Measured
from ekkyo_portal.web.problems import problem, refused
from ekkyo_portal.web.remembered import Remembered, RememberedEach
from ekkyo_portal.web.sections import Page, Section
from ekkyo_portal.web.visit import HELD, Asking, Visit
from ekkyo_portal.web.visitor import Visitor

log = structlog.stdlib.get_logger("ekkyo.portal")
SECTIONS: Final[Sequence[Section]] = (
    signin.section,
    events.section,
    community.section,
    lead.section,
    me.section,
    outputs.section,
    people.section,
    surveys.section,
    calendars.section,
)
YEAR: Final = 365 * 24 * 3600
"""Seconds that the language of who is not signed in is kept."""
DEFAULT_ZONE: Final = "Asia/Tokyo"
"""The zone of who is not known yet."""


async def _nobody() -> list[Instance]:
    return []


class SignedIn(Protocol):
    """Tells who visits."""

    async def visitor(self, request: Request) -> Visitor | None:
        """The member that a request's cookie or pass stands for, as they are now. None: nobody is signed in."""

    def forget(self, member_id: str) -> None:
        """Ask who they are again: something about them was changed here."""


@dataclass
class Site:
    """What all pages share."""

    settings: PortalSettings
    asking: Asking
    signed_in: SignedIn
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    networks: Networks = field(default_factory=Networks)
    feeds: Feeds = field(default_factory=Feeds)
    codes: Codes = field(default_factory=lambda: Codes(Signed([secrets.token_hex(32)])))
    """Codes of seats. Those made with a random key are good at this instance alone, while it runs."""
    changes: Changes | None = None
    """What happens at events, for pages that show it as it happens."""
    running: Callable[[], Awaitable[list[Instance]]] = _nobody
    """Which instances of services run just now."""

    def __post_init__(self) -> None:
        self.look = the_look()
        self.measured = Measured(self.registry)
        self.communities: Remembered[CommunityPage] = Remembered()
        self.measures: RememberedEach[Counted] = RememberedEach(200)
        self.made: RememberedEach[Any] = RememberedEach(50)

    async def visit(self, request: Request) -> Visit:
        """Who comes with this request, and how they read. Raises Refused when that cannot be known."""
        return self._visit(request, await self.signed_in.visitor(request))

    def _visit(self, request: Request, visitor: Visitor | None) -> Visit:
        zone = visitor.timezone if visitor else DEFAULT_ZONE
        reader = Reader(_locale(request, visitor), zone, self.clock())
        return Visit(request, visitor, reader, self.asking, self.look, self)

    async def answer(self, page: Page, request: Request) -> Response:
        """The response of one page, or why there is none. A language that its address asks for is kept."""
        try:
            response = await self._answer(page, request)
        except ClientDisconnect:  # before the form was whole; nobody reads this
            return Response(status_code=499)
        if (asked := request.query_params.get("lang")) in ("ja", "en"):
            response.set_cookie("lang", asked, YEAR, httponly=True, samesite="lax", secure=self.settings.secure)
        return response

    async def _answer(self, page: Page, request: Request) -> Response:
        try:
            visit = await self.visit(request)
            admitted = page.who.admits(visit.visitor, request.path_params.get("event_id"))
            if not admitted and visit.visitor and not visit.visitor.only:
                self.signed_in.forget(visit.visitor.member_id)  # the role may be a minute old
                visit = await self.visit(request)
                admitted = page.who.admits(visit.visitor)
        except Refused as why:
            return refused(self._visit(request, None), why)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception as error:
            return _unexpected(self._visit(request, None), page, error)
        if not admitted:
            return problem(visit, 403) if visit.visitor and not visit.visitor.only else await sign_in(visit)
        try:
            return await page.handler(visit, **request.path_params)
        except Refused as why:
            if why.status == 401:
                return await sign_in(visit)
            return refused(visit, why)
        except ValidationError:  # an address that cannot be one: forms tell what is wrong by themselves
            return problem(visit, 404 if page.method == "GET" else 400)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception as error:
            return _unexpected(visit, page, error)

    def application(self, more: Sequence[BaseRoute] = (), middleware: Sequence[Middleware] = ()) -> Starlette:
        """Everything that is served. more: what are no pages, such as the HTTP door of systems."""
        routes: list[BaseRoute] = [*more, Route("/static/{version}/{name}", self.look.files.serve, methods=["GET"])]
        for section in SECTIONS:
            routes += [self._route(page) for page in section.pages]
        shown = {page.path for section in SECTIONS for page in section.pages if page.method == "GET"}
        acted = {page.path for section in SECTIONS for page in section.pages} - shown
        routes += [Route(path, back_to(page_of(path, shown)), methods=["GET"]) for path in sorted(acted)]
        made = Starlette(
            routes=routes,
            middleware=[*middleware, Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
            exception_handlers={HTTPException: self._http_exception},
        )
        made.router.redirect_slashes = False  # it would lead to whatever host the request names, without TLS
        return made

    def _route(self, page: Page) -> Route:
        async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
            began = time.perf_counter()
            request = Request(scope, limited(receive, most(Headers(scope=scope), page.largest)), send)
            with trace.span(f"{page.method} {page.path}", request.headers.get("traceparent")):
                response = await self.answer(page, request)
                trace.note({"http.request.method": page.method, "http.response.status_code": response.status_code})
                if response.status_code >= 500:
                    trace.failed(str(response.status_code))
                streams = isinstance(response, StreamingResponse)  # lasts as long as somebody looks: no page's time
                if not streams:
                    await response(scope, receive, send)
            if streams:
                await response(scope, receive, send)
                return
            seen = self.measured.pages.labels(page.method, page.path, str(response.status_code))
            seen.observe(time.perf_counter() - began)

        return Route(page.path, Endpoint(endpoint), methods=[page.method], name=f"{page.method} {page.path}")

    async def _http_exception(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and (meant := without_slash(request)):
            return RedirectResponse(meant, 308)
        try:
            visit = await self.visit(request)
        except Refused:
            visit = self._visit(request, None)
        return problem(visit, error.status_code)


def _unexpected(visit: Visit, page: Page, error: Exception) -> Response:
    """The page for a bug: a reference, under which the log has the place."""
    reference = new_id()
    log.error("a page failed unexpectedly", path=page.path, reference=reference, exc_info=error)
    return problem(visit, 500, reference=reference)


def without_slash(request: Request) -> str | None:
    """The path of a page that was asked for with a slash too many or, as that of the HTTP door, with one too few."""
    path = request.url.path
    meant = path.rstrip("/") if path.endswith("/") else f"{path}/"
    scope = {**request.scope, "path": meant}
    found = any(route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes)
    query = request.url.query
    return quote(meant) + (f"?{query}" if query else "") if found and onward.path(meant) == meant else None


def page_of(action: str, shown: set[str]) -> str:
    """The page that an action belongs to: the nearest one above its path."""
    while action not in shown:
        action = action.rpartition("/")[0] or "/"
    return action


def back_to(page: str) -> Callable[[Request], Awaitable[Response]]:
    """Where the address of an action leads whoever opens it, as one does who loads a form with a mistake again."""

    async def go(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(page.format(**request.path_params) + (f"?{query}" if query else ""), 303)

    return go


async def sign_in(visit: Visit) -> Response:
    """To the page where one signs in, and back here afterwards. A form whose session is over waits there."""
    request = visit.request
    if request.method == "POST":
        return await signin.waiting(visit)
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=204)  # the stream ends; its page finds out by itself that the session is over
    query = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != HELD])
    here = request.url.path + (f"?{query}" if query else "")
    return RedirectResponse(f"/signin?next={quote(here)}", 303)


def _locale(request: Request, visitor: Visitor | None) -> Locale:
    """The member's language; of others what the address says, or said before, else the browser's, else Japanese."""
    if visitor and not visitor.only:
        return visitor.locale
    chosen = request.query_params.get("lang") or request.cookies.get("lang")
    asked = chosen or (visitor.locale if visitor else None)
    if asked in ("ja", "en"):
        return asked  # type: ignore[return-value]
    for one in request.headers.get("accept-language", "").split(","):
        tongue = one.strip()[:2].lower()
        if tongue in ("ja", "en"):
            return tongue  # type: ignore[return-value]
    return "ja"


class Endpoint:
    """An ASGI application of one route; Starlette takes a plain function for one that is given a request."""

    def __init__(self, serve: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._serve = serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._serve(scope, receive, send)
