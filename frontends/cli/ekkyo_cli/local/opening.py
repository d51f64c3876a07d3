"""Addresses of the stack's portal that sign in whoever opens them. The portal takes them on a local stack alone."""

from datetime import timedelta
from typing import Final

import jwt
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Question, Refused
from ekkyo.contracts.members import FindMembers, Identify, Identity, MemberPage
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import LOOPBACK
from pydantic import ValidationError

from ekkyo_cli.local.folder import Folder, State

PURPOSE: Final = "local"
"""The audience of such a token (RFC 7519); the portal's sessions have another one."""


def portal(state: State) -> str:
    """Where people find the portal of a stack. Refuses when the stack was started by a version that had none."""
    if not state.web:
        raise Refused("portal_not_running", "This stack has no portal yet. Start it again: ekkyo down, ekkyo up", 503)
    return f"http://{LOOPBACK}:{state.web}"


def address(folder: Folder, state: State, member_id: str, path: str, lasts: timedelta) -> str:
    """The address that signs this member in and goes on to a path."""
    now = utcnow()
    claims = {"sub": member_id, "next": path, "aud": PURPOSE, "iat": now, "exp": now + lasts}
    key = folder.session_key.read_text().splitlines()[0]
    return f"{portal(state)}/signin/local?k={jwt.encode(claims, key, algorithm='HS256')}"


async def somebody(ekkyo: Ekkyo, who: str | None) -> Identity:
    """The member with this number, mail address or id; without one a steward, else a leader. Refuses (404)."""
    if who is None:
        for question in (FindMembers(steward=True, limit=500), FindMembers(role="leader", limit=500)):
            if found := await _first_active(ekkyo, question):
                return await ekkyo.ask(Identify(member_id=found))
        raise Refused("member_not_found", "Nobody is a steward or a leader yet. Name one: ekkyo open --as 123", 404)
    for by in ("email",) if "@" in who else ("number", "member_id"):
        try:
            return await ekkyo.ask(Identify.model_validate({by: who}))
        except ValidationError:  # it cannot be one
            continue
        except Refused as refused:
            if refused.code != "member_not_found":
                raise
    raise Refused("member_not_found", f"Nobody has the personnel number, mail address or id {who}.", 404)


async def _first_active(ekkyo: Ekkyo, question: Question[MemberPage]) -> str | None:
    page = await ekkyo.ask(question)
    return next((one.member_id for one in page.members if one.active), None)
