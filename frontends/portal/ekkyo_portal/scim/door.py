"""SCIM's own door: limits, the directory's token, and errors as SCIM has them."""

import asyncio
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from ekkyo.contracts.base import Refused, name_of, new_id
from ekkyo.contracts.members import FindProvisioned
from ekkyo.wire import trace
from nats.errors import Error as NatsError
from scim2_models import PreconditionFailedException, SCIMException
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ekkyo_portal.scim import rewriting
from ekkyo_portal.scim.asking import Knows, Speaks
from ekkyo_portal.scim.described import provider
from ekkyo_portal.scim.refused import scim_error, with_status
from ekkyo_portal.scim.storage import Services
from ekkyo_portal.web.body import limited
from ekkyo_portal.web.measured import Measured

log = structlog.stdlib.get_logger("ekkyo.portal.scim")
LARGEST: Final = 1_000_000
"""Bytes of a body."""
AT_ONCE: Final = 64
"""Requests at once in one process; more are answered 429."""
TRIES: Final = 4
"""How often a change is tried while others change the same person."""
AGAIN: Final = {429: "1", 503: "5"}
"""After how many seconds a directory should try again, by status."""
OPEN: Final = {
    Operation.service_provider_config,
    Operation.resource_types,
    Operation.resource_type,
    Operation.schemas,
    Operation.schema,
}
"""What the service says of itself, which is no secret."""


class ScimDoor:
    """Serves SCIM. It knows no cookie and no session."""

    def __init__(
        self, ekkyo: Speaks, tokens: Knows, measured: Measured, base_url: str, groups: Mapping[str, str]
    ) -> None:
        self._ekkyo, self._tokens, self._measured = ekkyo, tokens, measured
        self._base_url, self._groups = base_url, groups
        self._service = ScimService(provider())
        self._user: Any = self._service.get_model(self._service.get_resource_type("User"))
        self._free, self._comparing = AT_ONCE, asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        request = Request(scope, limited(receive, LARGEST))
        method = request.method if request.method in ("GET", "POST", "PUT", "PATCH", "DELETE") else "other"
        shown = f"/scim/v2{_pattern(path)}"
        with trace.span(f"{method} {shown}", request.headers.get("traceparent")):
            response = await self._limited(request, path)
            trace.note({"http.response.status_code": response.status_code})
            if response.status_code >= 500:
                trace.failed(str(response.status_code))
            await response(scope, receive, send)
        self._measured.pages.labels(method, shown, str(response.status_code)).observe(time.perf_counter() - began)

    async def _limited(self, request: Request, path: str) -> Response:
        if self._free <= 0:
            return self._refused(with_status(429, "Too many requests at once. Try again in a moment."))
        self._free -= 1
        try:
            return _sent(await self._asked(request, path))
        except ClientDisconnect:
            return Response(status_code=499)
        except SCIMException as error:
            return self._refused(error)
        except Refused as why:
            return self._refused(scim_error(why))
        except HTTPException as error:
            return self._refused(with_status(error.status_code, HTTPStatus(error.status_code).phrase))
        except NatsError:
            return self._refused(with_status(503, "The services cannot be reached at the moment. Try again later."))
        except Exception as error:
            reference = new_id()
            log.error("a SCIM request failed unexpectedly", path=_pattern(path), reference=reference, exc_info=error)
            return self._refused(with_status(500, f"An unexpected error occurred. Reference: {reference}."))
        finally:
            self._free += 1

    async def _asked(self, request: Request, path: str) -> ScimResponse:
        query = dict(request.query_params)
        if "filter" in query:
            query["filter"] = rewriting.search_filter(query["filter"])
        asked = ScimRequest(request.method, self._base_url, path, query, request.headers.items())
        target = self._service.match(asked)
        token = "" if target.operation in OPEN else self._token(request)
        asked.body = await self._body(request, target)
        caller = self._ekkyo.with_token(token)
        handler = AsyncScimHandler(self._service, Services(caller, self._user, self._groups, self._comparing))
        conditional = {"if-match", "if-none-match"} & set(request.headers)
        for _ in range(TRIES - 1):
            try:
                return await handler.handle(asked)
            except (PreconditionFailedException, Refused) as no:
                changed = isinstance(no, PreconditionFailedException) or no.code == "revision_differs"
                if conditional or not changed:
                    raise
        return await handler.handle(asked)

    def _token(self, request: Request) -> str:
        """The directory's token. The services verify it too: here it keeps strangers' bodies and filters unread."""
        authorization = request.headers.get("authorization")
        caller = self._tokens.caller(authorization, operation=name_of(FindProvisioned))
        if "system" not in caller.roles:
            raise Refused("not_allowed", "The token needs the role `system`.", 403)
        return str(authorization).partition(" ")[2].strip()

    async def _body(self, request: Request, target: Target) -> bytes:
        if target.operation in OPEN or request.method in ("GET", "DELETE"):
            return b""
        self._service.ensure_json(request.headers.get("content-type"))
        body = await request.body()
        whole = target.operation in (Operation.create, Operation.replace)
        users = (target.endpoint or "").lower() == "users"
        if target.operation is Operation.patch:
            rewriting.limited(body)
        if target.operation is Operation.search_with_body:
            return rewriting.search_body(body)
        return rewriting.user_body(request.method, body) if users and whole else body

    def _refused(self, error: SCIMException) -> Response:
        response = _sent(self._service.error_response(error))
        if error.status in AGAIN:
            response.headers["retry-after"] = AGAIN[error.status]
        return response


def _sent(response: ScimResponse) -> Response:
    body = b"" if response.body is None else json.dumps(response.body, ensure_ascii=False).encode()
    headers = {**response.headers, "cache-control": "no-store"}
    if not body:
        headers.pop("Content-Type", None)
    return Response(body, int(response.status), headers)


def _pattern(path: str) -> str:
    """A path without what stands in it: metrics and logs hold no ids."""
    first, _, rest = path.strip("/").partition("/")
    known = {"users": "/Users", "groups": "/Groups", "schemas": "/Schemas", "resourcetypes": "/ResourceTypes"}
    shown = known.get(first.lower())
    if shown is None:
        return "/ServiceProviderConfig" if first == "ServiceProviderConfig" else ""
    return f"{shown}/{{id}}" if rest and rest != ".search" else shown
