"""NATS as a process needs it: reached, recent, its clock, what this user may do."""

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import URLError

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from ekkyo.installation.permissions import USERS, permissions
from ekkyo.process.doctor.finding import Finding, either, unseen, well, wrong
from ekkyo.process.settings import ProcessSettings

OLDEST = (2, 14)
"""The first NATS whose mirrors are fed by a consumer of ours, which other systems need; timers need 2.12."""
PAYLOAD = 8 * 1024 * 1024
CLOCK = timedelta(seconds=2)
"""So far clocks may differ: tokens are given ten seconds, and a reminder one."""
WITHIN = 5.0


More = Callable[[Client], Awaitable[list[Finding]]]
"""Looks at what else a process needs of NATS, over the same connection."""


async def nothing_more(_nc: Client) -> list[Finding]:
    """For a process that has no streams and no consumers of its own."""
    return []


async def nats_findings(settings: ProcessSettings, monitor: str | None, more: More = nothing_more) -> list[Finding]:
    """Everything about NATS. monitor: where NATS's own monitoring listens, if it may be asked."""
    heard: list[str] = []

    async def note(error: Exception) -> None:
        heard.append(str(error))

    try:
        async with asyncio.timeout(2 * WITHIN):
            nc = await nats.connect(
                settings.nats_servers,
                **settings.nats_login.options(),
                inbox_prefix=settings.inbox_prefix.encode(),
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=int(WITHIN),
                error_cb=note,
            )
    except (NatsError, OSError, TimeoutError) as error:
        return [_unreachable(settings, " ".join([*heard, str(error)]).lower())]
    async with nc:
        found = [well("nats", f"reached as {settings.nats_user}"), *_server(nc)]
        found.append(await _clock(nc))
        found += await more(nc)
        found.append(await _allowed(nc, settings.nats_user))
    found.append(await asyncio.to_thread(_synced, monitor))
    return found


def _unreachable(settings: ProcessSettings, why: str) -> Finding:
    if "authorization" in why or "authentication" in why:
        return wrong(
            "nats",
            f"NATS does not let {settings.nats_user} in",
            "Set EKKYO_NATS_USER with EKKYO_NATS_NKEY_FILE or EKKYO_NATS_PASSWORD to what the server's configuration "
            "has; after a change there, reload it: nats-server --signal reload.",
        )
    if "certificate" in why or "ssl" in why or "tls" in why:
        return wrong("nats", "TLS with NATS fails", "Check EKKYO_NATS_TLS_CA, _CERT and _KEY against the server's own.")
    return wrong(
        "nats", "NATS does not answer", "Check EKKYO_NATS_URL, that nats-server runs, and the network to its port."
    )


def _server(nc: Client) -> list[Finding]:
    about: dict[str, Any] = nc._server_info
    version = str(about.get("version", ""))
    numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit())
    old = [f"nats-server {version}"] if numbers < OLDEST else []
    payload = int(about.get("max_payload", 0))
    small = [f"max_payload is {payload} bytes"] if payload < PAYLOAD else []
    return [
        either(
            "nats version", old, f"nats-server {version}", "Run nats-server 2.14 or later: systems' mirrors need it."
        ),
        either("nats max_payload", small, f"{payload} bytes", "Set max_payload: 8MB in the server's configuration."),
    ]


async def _clock(nc: Client) -> Finding:
    asked = datetime.now(UTC)
    try:
        answer = json.loads((await nc.request("$JS.API.STREAM.INFO.FACTS", b"", timeout=WITHIN)).data)
        theirs = datetime.fromisoformat(answer["ts"])
    except (NatsError, TimeoutError, KeyError, ValueError):
        return unseen("nats clock", "JetStream did not report its time", "Run provision first, then doctor again.")
    return clock("nats clock", theirs, asked)


def clock(check: str, theirs: datetime, asked: datetime) -> Finding:
    """A server's clock against ours, which may lie anywhere between asking and now."""
    now = datetime.now(UTC)
    apart = max(asked - theirs, theirs - now, timedelta())
    far = [f"its clock and this one are {apart.total_seconds():.1f} s apart"] if apart > CLOCK else []
    return either(check, far, "as here", "Synchronise both machines with NTP; check with: chronyc tracking.")


async def _allowed(nc: Client, user: str) -> Finding:
    """What the server says this user may do, against the table."""
    remedy = "Install deploy/nats/nats.conf as `make nats-conf` writes it, and reload: nats-server --signal reload."
    if user not in USERS:
        return unseen("nats permissions", f"{user} is no user of the table", f"Use one of {', '.join(USERS)}.")
    try:
        told = json.loads((await nc.request("$SYS.REQ.USER.INFO", b"", timeout=WITHIN)).data)["data"]
    except (NatsError, TimeoutError, KeyError, ValueError):
        return wrong("nats permissions", f"{user} is not permitted to query its own permissions", remedy)
    have, wanted = told.get("permissions") or {}, permissions(user)
    if not have:
        return wrong("nats permissions", f"{user} may do anything", remedy)
    trouble = []
    for way, subjects in (("publish", wanted.publish), ("subscribe", wanted.subscribe)):
        allowed = set((have.get(way) or {}).get("allow") or ())
        trouble += [f"it may not {way} {subject}" for subject in sorted(set(subjects) - allowed)]
        trouble += [f"it may {way} {subject}" for subject in sorted(allowed - set(subjects))]
    denied = set((have.get("publish") or {}).get("deny") or ())
    trouble += [f"it may publish {subject}" for subject in sorted(set(wanted.publish_denied) - denied)]
    more = [f"and {len(trouble) - 5} more"] if len(trouble) > 5 else []
    return either("nats permissions", trouble[:5] + more, f"{user} has exactly the permissions it needs", remedy)


def _synced(monitor: str | None) -> Finding:
    remedy = "Set sync_interval: always in the server's jetstream block. Without it, a power failure can lose facts."
    if monitor is None:
        return unseen("nats sync_interval", "not visible to clients", "Ask its monitoring: --monitor http://nats:8222")
    try:
        with urllib.request.urlopen(f"{monitor.rstrip('/')}/jsz", timeout=WITHIN) as answer:  # noqa: S310 - the operator's
            config = json.load(answer).get("config") or {}
    except (URLError, OSError, ValueError):
        return wrong("nats sync_interval", "its monitoring does not answer", "Check --monitor, and http: in nats.conf.")
    late = [] if config.get("sync_always") else ["what was confirmed is written to disk later"]
    return either("nats sync_interval", late, "always", remedy)
