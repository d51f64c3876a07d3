"""Whether mail can be taken in, and what members answer from their calendars carried out. Nothing is sent."""

import asyncio
import json
from collections.abc import Iterator

from ekkyo.process.doctor import Finding, either, unseen, well, wrong
from ekkyo.wire.tokens import OF_REPLIES, Limits

from ekkyo_notify.channels.mail.addresses import ListensAt
from ekkyo_notify.settings import NotifySettings

WITHIN = 3.0
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where one who listens everywhere is reached from here


async def inbound_findings(settings: NotifySettings) -> list[Finding]:
    """The key, what services make of it, and who listens where mail is to come in."""
    if not settings.inbound_url:
        return [well("mail in", "off: answers from calendars and mail that comes back are not taken in")]
    return [_key(settings), await _listens(ListensAt.parse(settings.inbound_url)), *_others(settings)]


def _key(settings: NotifySettings) -> Finding:
    assert settings.inbound_key_file
    own = json.loads(settings.inbound_key_file.read_text())
    trusted = {key.get("kid"): key for key in json.loads(settings.jwks_file.read_text())["keys"]}.get(own.get("kid"))
    if trusted is None or trusted.get("x") != own.get("x"):
        told = "Run `ekkyo secrets` again, or add its public half with its limits to every service's EKKYO_JWKS_FILE."
        return wrong("mail in key", "the JWKS does not have it, so no answer from a calendar is carried out", told)
    limits, wanted = Limits.of(trusted), Limits.of(OF_REPLIES)
    trouble = [
        *_beyond(limits, wanted),
        *(["everybody on this machine can use it"] if settings.inbound_key_file.stat().st_mode & 0o007 else []),
    ]
    remedy = f"Write beside it in every JWKS: {json.dumps(OF_REPLIES)[1:-1]}; run: chmod o= on the file."
    return either("mail in key", trouble, f"limited in the JWKS: {limits}", remedy)


def _beyond(limits: Limits, wanted: Limits) -> Iterator[str]:
    if limits.roles != wanted.roles:
        yield "its tokens may have roles"
    if limits.max_seconds is None or limits.max_seconds < (wanted.max_seconds or 0):
        yield "its tokens live for a day, or too short"
    if limits.operations is None or limits.operations - (wanted.operations or frozenset()):
        yield "its tokens are good for more than registering and withdrawing"
    elif limits.operations != wanted.operations:
        yield "its tokens are not good for registering and withdrawing"


async def _listens(at: ListensAt) -> Finding:
    try:
        async with asyncio.timeout(WITHIN):
            reader, writer = await asyncio.open_connection(_ANY.get(at.host, at.host), at.port)
            greeting = await reader.readline()
            writer.close()
    except (OSError, TimeoutError, ValueError):
        return unseen("mail in", "nobody listens at EKKYO_INBOUND_URL", "Start notify, and look again.")
    if greeting.rstrip().endswith(b" Ekkyo"):
        told = "mail is taken in; whether the mail server brings it here shows when somebody answers"
        return well("mail in", told)
    remedy = "Give EKKYO_INBOUND_URL a port that is free, or end the program that has it."
    return wrong("mail in", "another program listens at EKKYO_INBOUND_URL", remedy)


def _others(settings: NotifySettings) -> list[Finding]:
    if settings.inbound_authserv_id:
        return [well("mail in sender", f"what {settings.inbound_authserv_id} says of senders counts")]
    told = "Set EKKYO_INBOUND_AUTHSERV_ID to the name in the Authentication-Results that your mail server writes."
    return [unseen("mail in sender", "no mail server says whether a sender is who it claims to be", told)]
