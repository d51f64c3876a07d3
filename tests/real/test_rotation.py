"""The key that tokens are signed with is changed while a service answers, and nobody notices."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

from ekkyo.contracts import events as e
from ekkyo.testing import eventually
from ekkyo.wire.tokens import issue_token, make_keys

from tests.real.installation import Installation

PAUSE = 0.02
"""Seconds between requests."""


class Asking:
    """Somebody who asks all the time, with a token of this key."""

    def __init__(self, installation: Installation, key: dict[str, Any]) -> None:
        self.installation, self.key = installation, key
        self.answers: Counter[str] = Counter()
        self.over = asyncio.Event()

    async def go(self) -> None:
        nc = await self.installation.nats.connect("outside")
        try:
            while not self.over.is_set():
                self.answers[await ask(nc, self.key)] += 1
                await asyncio.sleep(PAUSE)
        finally:
            await nc.close()

    async def more(self, count: int = 50) -> None:
        wanted = self.answers.total() + count
        await eventually(lambda: self.answers.total() >= wanted, 30)


async def ask(nc: Any, key: dict[str, Any]) -> str:
    """What a question is answered with: the status of the refusal. There is no such event, so 404 is an answer."""
    headers = {"Authorization": f"Bearer {issue_token(key, 'portal', ['system'])}"}
    reply = await nc.request(e.GetEvent.subject, b'{"event_id": "none"}', timeout=10, headers=headers)
    return str((reply.headers or {}).get("Nats-Service-Error-Code"))


async def test_the_key_of_tokens_is_changed_and_no_request_fails(installation: Installation, tmp_path: Path) -> None:
    (old, old_public), (new, new_public) = make_keys(), make_keys()
    jwks = tmp_path / "changing.json"

    def trust(*keys: dict[str, Any]) -> None:
        """In the file's place at once, as a mounted secret changes."""
        draft = jwks.with_suffix(".new")
        draft.write_text(json.dumps({"keys": [key for public in keys for key in public["keys"]]}))
        draft.replace(jwks)

    trust(old_public)
    await installation.provision("events")
    process = await installation.process("events")
    process.environment["EKKYO_JWKS_FILE"] = str(jwks)
    process.start()
    await process.ready()
    other = await installation.nats.connect("outside")
    asking = Asking(installation, old)
    going = asyncio.create_task(asking.go())
    try:
        await asking.more()
        assert await ask(other, new) == "401"

        trust(old_public, new_public)
        await eventually(lambda: answered(other, new), 30)
        await asking.more()
        asking.key = new
        await asking.more()

        trust(new_public)
        await eventually(lambda: refused(other, old), 30)
        await asking.more()
    finally:
        asking.over.set()
        await going
        await other.close()
    assert set(asking.answers) == {"404"}


async def answered(nc: Any, key: dict[str, Any]) -> bool:
    return await ask(nc, key) == "404"


async def refused(nc: Any, key: dict[str, Any]) -> bool:
    return await ask(nc, key) == "401"
