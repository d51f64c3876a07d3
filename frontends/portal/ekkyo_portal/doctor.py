"""Finds the usual mistakes of a new portal, and says how to correct them. It changes nothing."""

import asyncio
import json
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import partial

from ekkyo.process import doctor
from ekkyo.process.doctor import Finding, either, well, wrong
from ekkyo.process.doctor.keys import key_findings
from ekkyo.process.doctor.nats import nats_findings
from ekkyo.process.settings import TOKEN
from ekkyo.wire.tokens import DAY, Limits

from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.signin.signed import Signed


async def examine(environ: Mapping[str, str], monitor: str | None = None) -> list[Finding]:
    """Everything about the portal in this environment."""

    def looks(settings: PortalSettings) -> Iterator[Awaitable[Sequence[Finding]]]:
        yield nats_findings(settings, monitor)
        yield asyncio.to_thread(partial(key_findings, settings.jwks_file, DAY), environ.get(TOKEN))
        yield asyncio.to_thread(own_keys, settings)

    return await doctor.examine("portal", PortalSettings, environ, looks)


def own_keys(settings: PortalSettings) -> list[Finding]:
    """The key that signs members' tokens is limited in the JWKS, and the one of sessions is long enough."""
    found = []
    try:
        kid = json.loads(settings.portal_key_file.read_text())["kid"]
        keys = {key.get("kid"): key for key in json.loads(settings.jwks_file.read_text())["keys"]}
        limits = Limits.of(keys[kid]) if kid in keys else None
    except (OSError, ValueError, KeyError, TypeError):
        found.append(wrong("portal key", "it cannot be read", "Make keys with `ekkyo secrets`."))
    else:
        if limits is None:
            found.append(wrong("portal key", "the JWKS does not have it", "Add its public half to EKKYO_JWKS_FILE."))
        else:
            too_much = [] if limits.roles is not None and "system" not in limits.roles else ["it may say `system`"]
            told = "Give it ekkyo_roles in the JWKS, as `ekkyo secrets` does: member, steward, portal, leader:*."
            found.append(either("portal key", too_much, "limited in the JWKS", told))
    try:
        Signed.read(settings.session_key_file)
        found.append(well("session key", "long enough"))
    except (OSError, ValueError):
        remedy = "Put a random line of at least 32 characters into EKKYO_SESSION_KEY_FILE."
        found.append(wrong("session key", "too short, or not readable", remedy))
    return found
