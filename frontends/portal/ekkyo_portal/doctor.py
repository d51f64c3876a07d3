"""Finds the usual mistakes of a new portal, and says how to correct them. It changes nothing."""

import asyncio
import json
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import jwt
from ekkyo.installation import systems
from ekkyo.process import doctor
from ekkyo.process.doctor import Finding, either, well, wrong
from ekkyo.process.doctor.keys import key_findings
from ekkyo.process.doctor.nats import nats_findings
from ekkyo.process.settings import TOKEN
from ekkyo.wire.tokens import OF_A_PORTAL, Limits

from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.signin import company
from ekkyo_portal.signin.signed import Signed
from ekkyo_portal.signin.tokens import LIVES


async def examine(environ: Mapping[str, str], monitor: str | None = None) -> list[Finding]:
    """Everything about the portal in this environment."""

    def looks(settings: PortalSettings) -> Iterator[Awaitable[Sequence[Finding]]]:
        yield nats_findings(settings, monitor)
        keys = partial(key_findings, settings.jwks_file, settings.token_max_seconds)
        yield asyncio.to_thread(keys, environ.get(TOKEN))
        yield asyncio.to_thread(own_keys, settings)
        yield company.findings(settings)

    return await doctor.examine("portal", PortalSettings, environ, looks)


def own_keys(settings: PortalSettings) -> list[Finding]:
    """The keys that the portal signs with: who else can read them, and what the services make of them."""
    return [
        *_portal_key(settings),
        *_session_key(settings.session_key_file),
        _passes(settings),
        *_hears_members(settings),
        *_systems(settings.systems_file),
    ]


def _portal_key(settings: PortalSettings) -> list[Finding]:
    try:
        own = json.loads(settings.portal_key_file.read_text())
        jwt.PyJWK(own, "EdDSA")
        trusted = {key.get("kid"): key for key in json.loads(settings.jwks_file.read_text())["keys"]}.get(own["kid"])
        limits = Limits.of(trusted) if trusted else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError):
        return [wrong("portal key", "it cannot be read", "Make keys with `ekkyo secrets`.")]
    if trusted is None or limits is None:
        told = "Run `ekkyo secrets` again, or add its public half with its limits to every service's EKKYO_JWKS_FILE."
        return [wrong("portal key", "the JWKS does not have it, so services refuse what the portal asks", told)]
    trouble = [
        *(["the JWKS has another key of this kid"] if trusted.get("x") != own.get("x") else []),
        *_beyond(limits),
    ]
    wanted = json.dumps(OF_A_PORTAL)[1:-1]
    return [
        either("portal key", trouble, f"limited in the JWKS: {limits}", f"Write beside it in every JWKS: {wanted}."),
        *_private(settings.portal_key_file, "portal key"),
    ]


def _beyond(limits: Limits) -> Iterator[str]:
    """What a key may sign that no portal needs, and what it may not although the portal needs it."""
    needed = set(OF_A_PORTAL["ekkyo_roles"])
    if limits.roles is None:
        yield "its tokens may have any role, `system` too"
    else:
        yield from (
            f"its tokens may have the role {role}" for role in sorted(limits.roles - needed) if role == "system"
        )
        yield from (f"its tokens may not have the role {role}" for role in sorted(needed - {"member"} - limits.roles))
    if limits.max_seconds is None:
        yield "its tokens may live for a day"
    elif limits.max_seconds < LIVES:
        yield f"its tokens may not live for {LIVES:.0f} s, which the portal needs"


def _session_key(file: Path) -> list[Finding]:
    try:
        Signed.read(file)
    except (OSError, ValueError):
        remedy = "Put a random line of at least 32 characters into EKKYO_SESSION_KEY_FILE."
        return [wrong("session key", "too short, or not readable", remedy)]
    return [well("session key", "long enough"), *_private(file, "session key")]


def _passes(settings: PortalSettings) -> Finding:
    if settings.passes and settings.pass_jwks_file is None:
        told = "Set EKKYO_PASS_JWKS_FILE to the file with the public half of notify's EKKYO_PASS_KEY_FILE."
        return wrong("passes", "EKKYO_PASSES is true and there is no key to check them with", told)
    try:
        reader = settings.pass_reader()
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError):
        return wrong("passes", "EKKYO_PASS_JWKS_FILE is no JWKS", "Make keys with `ekkyo secrets`.")
    if reader is None:
        return well("passes", "off: every page wants a sign-in, and the desk cannot read the QR codes in mails")
    opens = settings.opens_by_link
    return well("passes", "links in mails open one event's page" if opens else "off: every page wants a sign-in")


def _hears_members(settings: PortalSettings) -> list[Finding]:
    """Whether another system's key could sign for one that hears of members; nothing where none does."""
    if not settings.members_heard_by:
        return []
    try:
        keys = json.loads(settings.jwks_file.read_text())["keys"]
        limits = {str(key.get("kid")): Limits.of(key) for key in keys}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # that the JWKS cannot be read is told by the look at it
    trouble = [
        f"the key {kid} signs for any system"
        for kid, limit in limits.items()
        if limit.sub is None and (limit.roles is None or "system" in limit.roles)
    ]
    told = f"told over HTTP to {', '.join(sorted(settings.members_heard_by))}"
    return [either("facts of members", trouble, told, "Write ekkyo_sub beside each key that other teams have.")]


def _systems(file: Path | None) -> list[Finding]:
    """Whether stewards can see which systems there are; nothing where they are not to."""
    if file is None:
        return []
    try:
        known = systems.read(file)
    except (OSError, ValueError):
        told = "Set EKKYO_SYSTEMS_FILE to the portal/systems.json that `ekkyo secrets` and `ekkyo system` write."
        return [wrong("systems file", "it cannot be read, so stewards do not see which systems there are", told)]
    if any(system.logins for system in known):
        told = "Give the portal the portal/systems.json that `ekkyo system` writes, which holds none."
        return [wrong("systems file", "it holds passwords, which the portal has no use for", told)]
    return [well("systems file", f"{len(known)} systems are shown to stewards")]


def _private(file: Path, check: str) -> list[Finding]:
    """A key that anybody on the machine can read; silent about one that its owner and group alone can."""
    if not file.stat().st_mode & 0o007:
        return []
    return [wrong(f"{check} file", "everybody on this machine can use it", f"Run: chmod o= {file.name}")]
