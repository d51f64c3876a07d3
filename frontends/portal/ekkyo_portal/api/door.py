"""The HTTP door: each request is one command or question, sent on with the caller's own token, or reads facts."""

import json
import time
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Protocol

import structlog
from ekkyo import wire
from ekkyo.contracts.base import Refused, new_id
from ekkyo.docs.openapi import openapi
from ekkyo.wire import trace
from nats.errors import Error as NatsError
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from ekkyo_portal.api.explorer import Explorer
from ekkyo_portal.api.facts import Facts, Stream
from ekkyo_portal.api.reading import Asked, from_address, from_body, operations, token_of
from ekkyo_portal.web.measured import Measured

log = structlog.stdlib.get_logger("ekkyo.portal.api")
AT_ONCE: Final = 512
"""Requests at once in one process; more are answered 429."""
WITHIN: Final = 15.0
"""Seconds that an operation may take."""
FACTS: Final = ("facts", "")
METHODS: Final = {"commands": ("POST",), "questions": ("GET", "POST")}
AGAIN: Final = {429: "1", 503: "5"}
"""After how many seconds a caller should try again, by status."""


explorer = cache(Explorer)


@cache
def document() -> bytes:
    """The OpenAPI document. It takes a second to make, and is the same for every portal of this process."""
    return json.dumps(openapi(), ensure_ascii=False).encode()


class Speaks(Protocol):
    """A connection that speaks for the holder of a token."""

    def with_token(self, token: str) -> Any: ...


class Door:
    """Everything under /api. It knows no cookie and no session, and opens nothing to other sites' pages (no CORS)."""

    def __init__(
        self, ekkyo: Speaks, measured: Measured, facts: Facts, at_once: int = AT_ONCE, within: float = WITHIN
    ) -> None:
        self._ekkyo, self._measured, self._facts = ekkyo, measured, facts
        self._free, self._within = at_once, within
        self._explorer, self._document = explorer(), document()

    @property
    def route(self) -> Mount:
        """Where it stands in the portal."""
        return Mount("/api", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, began = Request(scope, receive), time.perf_counter()
        kind, _, name = str(scope["path"]).removeprefix(str(scope.get("root_path", ""))).strip("/").partition("/")
        known = (kind, name) in operations() or (kind, name) == FACTS
        path = f"/api/{kind}/{name}".rstrip("/") if known else "/api"
        method = request.method if request.method in ("GET", "POST") else "other"
        with trace.span(f"{method} {path}", request.headers.get("traceparent")):
            response = await self._answer(request, kind, name)
            trace.note({"http.response.status_code": response.status_code})
            if response.status_code >= 500:
                trace.failed(str(response.status_code))
            streams = isinstance(response, Stream)  # lasts as long as somebody reads: no request's time
            if not streams:
                await response(scope, receive, send)
        if streams:
            await response(scope, receive, send)
            return
        self._measured.pages.labels(method, path, str(response.status_code)).observe(time.perf_counter() - began)

    async def _answer(self, request: Request, kind: str, name: str) -> Response:
        if (kind, name) == ("openapi.json", "") and request.method == "GET":
            return Response(self._document, media_type=wire.JSON, headers={"cache-control": "no-cache"})
        if kind == "docs" and request.method == "GET":
            found = self._explorer.file(name, request.headers.get("accept-encoding", ""))
            if found:
                return found
        if self._free <= 0:
            return refusal(Refused("too_many_requests", "Too many requests at once. Try again in a moment.", 429))
        self._free -= 1
        try:
            return await self._asked(request, kind, name)
        except Refused as why:
            return refusal(why)
        except ClientDisconnect:
            return Response(status_code=499)
        except NatsError:  # it has no connection, and does not hold more until it has one
            return refusal(
                Refused("unavailable", "The services cannot be reached at the moment. Try again later.", 503)
            )
        except Exception as error:
            reference = new_id()
            log.error("a request failed unexpectedly", operation=name, reference=reference, exc_info=error)
            text = "An unexpected error occurred. Give the operator the reference: the portal's log has the details."
            return refusal(Refused("unexpected", text, 500, reference=reference))
        finally:
            self._free += 1

    async def _asked(self, request: Request, kind: str, name: str) -> Response:
        if (kind, name) == FACTS:
            return await self._facts.stream(request) if request.method == "GET" else not_allowed(("GET",))
        message = operations().get((kind, name))
        if message is None:
            raise Refused("operation_not_found", "There is no such operation. /api/openapi.json lists them all.", 404)
        if request.method not in METHODS[kind]:
            return not_allowed(METHODS[kind])
        caller = self._ekkyo.with_token(token_of(request))
        by_address = request.method == "GET"
        said = from_address(message, request.query_params.multi_items()) if by_address else None
        said = said if said is not None else await from_body(message, request)
        send = caller.send if kind == "commands" else caller.ask
        return answered(message, await send(said, within=self._within), request)


def answered(message: Asked, answer: BaseModel, request: Request) -> Response:
    """The answer; of a list with more to come, where the next page is."""
    response = Response(answer.model_dump_json(), media_type=wire.JSON, headers={"cache-control": "no-store"})
    following = getattr(answer, "next", None)
    if request.method == "GET" and isinstance(following, str) and "after" in message.model_fields:
        url = request.url.include_query_params(after=following)
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def not_allowed(methods: Sequence[str]) -> Response:
    """Another method than those that there are."""
    allowed = ", ".join(methods)
    response = refusal(Refused("method_not_allowed", f"Use {allowed}.", 405))
    response.headers["allow"] = allowed
    return response


def refusal(why: Refused) -> Response:
    """A refusal by RFC 9457: the same code and status as on NATS."""
    problem = why.problem
    told = {"type": f"urn:ekkyo:problem:{problem.code}", **problem.model_dump(mode="json", exclude_none=True)}
    headers = {"cache-control": "no-store"}
    if why.status == 401:
        headers["www-authenticate"] = "Bearer" if why.code == "token_missing" else 'Bearer error="invalid_token"'
    if why.status in AGAIN:
        headers["retry-after"] = AGAIN[why.status]
    body = json.dumps(told, ensure_ascii=False).encode()
    return Response(body, why.status, headers, media_type="application/problem+json")
