"""Where a command finds Ekkyo: the environment (EKKYO_NATS_URL and the rest), or a local stack."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import jwt
import nats
import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.installation.login import Login
from ekkyo.installation.permissions import OPS
from ekkyo.wire.tokens import issue_token
from nats.js import JetStreamContext

from ekkyo_cli.local import control
from ekkyo_cli.local.folder import DEFAULT, Folder

Where = Annotated[
    Path | None,
    typer.Option("--dir", help="A local stack's folder. Without it EKKYO_NATS_URL is used, else the stack in .ekkyo."),
]
ME = "ekkyo-cli"
SHORT_LIVED = 900.0
CONNECT_WITHIN = 5.0


@dataclass(frozen=True)
class Place:
    """Where to connect, and as whom."""

    url: str
    login: Login
    inbox_prefix: str
    token: str


def place(dir: Path | None, *, roles: Sequence[str] = ("system",), ops: bool = False, key: Path | None = None) -> Place:
    """The environment's Ekkyo unless a folder is named or nothing is set. ops: as the user who runs it, where known.

    In a local stack the token is a short-lived one of the stack's own, for `roles`, unless EKKYO_TOKEN is set; where a
    folder is named, EKKYO_TOKEN counts if that stack made it. key: a signing key that makes such a token instead.
    Refuses when no stack runs there.
    """
    url = os.environ.get("EKKYO_NATS_URL", "")
    folder = Folder.at(dir or DEFAULT)
    state = folder.state()
    own = bool(state and url == _url(state.parts["nats"].port)) if state and state.parts else False
    token = os.environ.get("EKKYO_TOKEN", "")
    signed = _signed(key, roles) if key else ""
    if not url or dir is not None or (own and ops):
        running = control.running_state(folder)
        given = token if dir is None or folder.made(token) else ""
        token = signed or given or folder.token(ME, list(roles), SHORT_LIVED)
        return Place(_url(running.parts["nats"].port), folder.login(OPS), f"_INBOX.{OPS}", token)
    login = Login.from_environment(os.environ)
    return Place(
        url=url,
        login=login,
        inbox_prefix=os.environ.get("EKKYO_INBOX_PREFIX", f"_INBOX.{login.user}" if login.user else "_INBOX"),
        token=signed or token or (folder.token(ME, list(roles), SHORT_LIVED) if own else ""),
    )


def local_stack(dir: Path | None) -> Folder | None:
    """The folder of the local stack that is talked to, if it is one."""
    folder = Folder.at(dir or DEFAULT)
    url, state = os.environ.get("EKKYO_NATS_URL", ""), folder.state()
    its = _url(state.parts["nats"].port) if state and state.parts else ""
    return folder if its and (dir is not None or url in ("", its)) else None


@asynccontextmanager
async def connected(
    dir: Path | None, *, roles: Sequence[str] = ("system",), ops: bool = False, key: Path | None = None
) -> AsyncIterator[Ekkyo]:
    """A client of Ekkyo, wherever it is."""
    where = place(dir, roles=roles, ops=ops, key=key)
    client = Ekkyo.connect(
        where.url,
        login=where.login,
        token=where.token,
        inbox_prefix=where.inbox_prefix,
        environment={},
    )
    async with asyncio.timeout(
        CONNECT_WITHIN
    ):  # the client would try for ever, which a service wants and people do not
        await client.__aenter__()
    try:
        yield client
    finally:
        await client.__aexit__()


@asynccontextmanager
async def jetstream(dir: Path | None) -> AsyncIterator[JetStreamContext]:
    """The streams, for those who run Ekkyo. Refuses (403) a NATS user who may not see them."""
    where, denied = place(dir, ops=True), list[str]()

    async def heard(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            denied.append(str(error))

    client = await nats.connect(
        where.url.split(","),
        **where.login.options(),
        inbox_prefix=where.inbox_prefix.encode(),
        connect_timeout=3,
        allow_reconnect=False,
        error_cb=heard,
    )
    async with client:
        try:
            yield client.jetstream(timeout=3)
        except TimeoutError:
            if denied:
                raise Refused(
                    "not_allowed", f"The NATS user {where.login.user} may not do this: use the NATS user ops.", 403
                ) from None
            raise


def _signed(key: Path, roles: Sequence[str]) -> str:
    """A short-lived token made with a signing key (JWK), whose limits hold."""
    try:
        return issue_token(json.loads(key.read_text()), ME, list(roles), SHORT_LIVED)
    except (ValueError, TypeError, KeyError, AttributeError, jwt.PyJWTError) as wrong:
        text = str(wrong) if type(wrong) is ValueError else "this is no private key in the form of a JWK"
        raise typer.BadParameter(f"{key}: {text}", param_hint="--key") from None


def _url(port: int) -> str:
    return f"nats://{LOOPBACK}:{port}"
