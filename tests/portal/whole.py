"""The whole portal in this process, with its sign-in, cookies and headers; what it asks is answered by a test."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Identify, Identity
from ekkyo.contracts.notify import BeginSignIn, FinishSignIn, SignedIn, SignInBegun
from ekkyo.wire.passes import PassMaker
from ekkyo.wire.seats import SeatMaker
from ekkyo.wire.tokens import make_keys
from ekkyo_portal.app import make
from ekkyo_portal.serving import Web
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from tests.portal.making import NOW, Answering, settings

CODE = "271828"


def identity(member_id: str, **more: Any) -> Identity:
    """A member as the members service tells the portal."""
    values = {"name": "山田 花子", "active": True, "locale": "ja", "timezone": "Asia/Tokyo", "communities": ["it"]}
    return Identity(member_id=member_id, **{**values, "steward": False, "leads": [], **more})


@dataclass
class Services:
    """Stands in for the connection to NATS: knows members by id, number and address, and who asked for what."""

    answering: Answering = field(default_factory=Answering)
    members: dict[str, Identity] = field(default_factory=dict)
    found_by: dict[tuple[str, str], str] = field(default_factory=dict)
    callers: list[tuple[str, frozenset[str], Any]] = field(default_factory=list)
    token: Callable[[], str] | str = ""
    nc: Any = field(default_factory=lambda: SimpleNamespace(is_connected=False))

    def __post_init__(self) -> None:
        replies = self.answering.replies
        replies.setdefault(Identify, self._identify)
        replies.setdefault(BeginSignIn, lambda m: SignInBegun(attempt_id=m.attempt_id, expires_at=NOW))
        replies.setdefault(FinishSignIn, self._finish)

    def with_token(self, token: Callable[[], str] | str, **more: Any) -> "Services":
        return Services(self.answering, self.members, self.found_by, self.callers, token)

    async def ask(self, message: Any, within: float = 0) -> Any:
        text = self.token() if callable(self.token) else self.token
        claims = jwt.decode(text, options={"verify_signature": False})
        self.callers.append((claims["sub"], frozenset(claims["roles"]), message))
        return await self.answering.ask(None, message, within)

    send = ask

    async def facts(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        """Nothing happens while a test looks."""
        await asyncio.Event().wait()
        yield

    def _identify(self, asked: Identify) -> Identity:
        keys = {"member_id": asked.member_id, "number": asked.number, "email": asked.email, "calendar": asked.calendar}
        (by,) = [(name, value) for name, value in keys.items() if value]
        member_id = by[1] if by[0] == "member_id" else self.found_by.get(by, "")  # type: ignore[arg-type]
        if member_id not in self.members:
            raise Refused("member_not_found", "There is no such member.", 404)
        return self.members[member_id]

    def _finish(self, finish: FinishSignIn) -> SignedIn:
        if finish.code.get_secret_value() != CODE:
            raise Refused("code_wrong", "The code is wrong.")
        return SignedIn(member_id="hanako")


@dataclass
class Whole:
    """A portal, its services, and one browser that keeps cookies."""

    http: httpx.AsyncClient
    services: Services
    passes: PassMaker
    seats: SeatMaker
    secure: bool

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, **more)

    async def post(self, path: str, form: Any = None, **more: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", **more.pop("headers", {})}
        return await self.http.post(path, data=form or {}, headers=headers, **more)

    async def sign_in(self, onto: str = "/") -> httpx.Response:
        """Sign 花子 in by mail."""
        await self.post("/signin/mail", {"email": "hanako@example.com", "next": onto})
        return await self.post("/signin/code", {"code": CODE})

    @property
    def signed_in(self) -> bool:
        return any(name.endswith("ekkyo") for name in self.http.cookies)


def built(folder: Path, *members: Identity, url: str, **more: Any) -> tuple[Starlette, Services, dict[str, Any]]:
    """The portal's application, as it is known under an address, and the key with which notify would sign."""
    portal_key, jwks = make_keys()
    pass_key, pass_jwks = make_keys()
    files = {
        "portal_key_file": json.dumps(portal_key),
        "jwks_file": json.dumps(jwks),
        "pass_jwks_file": json.dumps(pass_jwks),
        "session_key_file": "k" * 40,
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    made = settings(portal_url=url, **{name: folder / name for name in files}, **more)
    services = Services()
    for member in members or (identity("hanako"),):
        services.members[member.member_id] = member
    return make(made)(services, CollectorRegistry()), services, pass_key  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def whole(
    folder: Path, *members: Identity, url: str = "https://ekkyo.example.com", **more: Any
) -> AsyncIterator[Whole]:
    """`async with whole(tmp_path) as portal: page = await portal.get("/signin")`."""
    application, services, key = built(folder, *members, url=url, **more)
    transport = httpx.ASGITransport(application, raise_app_exceptions=True, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=url) as http:
        yield Whole(http, services, PassMaker(key), SeatMaker(key), url.startswith("https"))


@contextlib.asynccontextmanager
async def served(
    folder: Path, *members: Identity, web: Web | None = None, **more: Any
) -> AsyncIterator[tuple[str, Services]]:
    """The same portal on a port, for browsers: its address, and what answers it. web: a port that is taken already."""
    web = web or Web("127.0.0.1", 0)
    url = f"http://127.0.0.1:{web.port}"
    application, services, _ = built(folder, *members, url=url, **more)
    await web.start(application)
    try:
        yield url, services
    finally:
        await application.state.end()
        await web.stop()
