"""What a local stack deletes once an erasure is complete: the mail caught for the member, and the remains in files.

The supervisor does it, so it does not matter who had the member erased. It is done with the rights of the NATS user
`ops`. A stack that was stopped in between does it when it runs again.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, TypeAdapter

from ekkyo_cli.local.folder import Folder, write
from ekkyo_cli.local.scrub import scrub

if TYPE_CHECKING:
    from ekkyo.client import Ekkyo
    from ekkyo.contracts.members import Erasure

ME: Final = "ekkyo-local"
LOOK_EVERY: Final = 0.5
"""Seconds between two looks whether an erasure was completed."""
RETRY_AFTER: Final = 2.0
"""Seconds until it is tried again when NATS or a service did not answer, or a file could not be rewritten."""
STOP_WITHIN: Final = 2.0
TOKEN_LIVES: Final = 900.0


class Cleared(BaseModel):
    """That a member's erasure reached the files of the stack."""

    purged_at: datetime
    """Of the erasure. After a restore, the same member can be erased again at another time."""
    mails: int
    """How many caught mails were deleted."""


_RECORD: Final = TypeAdapter(dict[str, Cleared])


def cleared(folder: Folder) -> dict[str, Cleared]:
    """The erasures that have reached the files, by the member's id."""
    try:
        return _RECORD.validate_json(_record(folder).read_bytes())
    except (OSError, ValueError):
        return {}


def not_cleared(done: dict[str, Cleared], erasures: "Iterable[Erasure]") -> "list[Erasure]":
    """Those of whose members the files may still hold something."""

    def there(erasure: "Erasure") -> bool:
        known = done.get(erasure.member_id)
        return known is None or known.purged_at != erasure.purged_at

    return [erasure for erasure in erasures if there(erasure)]


class Erasing(threading.Thread):
    """Looks for completed erasures for as long as the stack runs."""

    def __init__(self, folder: Folder, nats_port: int, say: Callable[[str], None]) -> None:
        super().__init__(daemon=True, name="erasing")
        self._folder, self._port, self._say = folder, nats_port, say
        self._stopping = threading.Event()
        self._mails: dict[str, int] = {}

    def stop(self) -> None:
        """Ask it to stop, and give it a moment: what it does not finish is done at the next start."""
        self._stopping.set()
        if self.is_alive():
            self.join(STOP_WITHIN)

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        from ekkyo.client import Ekkyo  # not before the stack is ready: it takes half a second
        from ekkyo.contracts.base import Refused
        from ekkyo.installation.embedded import LOOPBACK
        from ekkyo.installation.permissions import OPS
        from nats.errors import Error

        client = Ekkyo.connect(
            f"nats://{LOOPBACK}:{self._port}",
            login=self._folder.login(OPS),
            inbox_prefix=f"_INBOX.{OPS}",
            token=lambda: self._folder.token(ME, ["system"], TOKEN_LIVES),
            environment={},
        )
        told = ""
        async with client as ekkyo:
            while not self._stopping.is_set():
                try:
                    await self._follow(ekkyo)
                except (OSError, TimeoutError, Error, Refused) as problem:  # a part of the stack is down
                    if told != (told := type(problem).__name__):
                        self._say(f"looking for completed erasures: {told}; trying again")
                    await self._pause(RETRY_AFTER)

    async def _follow(self, ekkyo: "Ekkyo") -> None:
        """Look at the last fact that an erasure is complete; when it is another one, clear what is not cleared yet."""
        heard: tuple[int, object] | None = None
        while not self._stopping.is_set():
            last = await _last_purged(ekkyo)
            if last == heard or await self._clear(ekkyo):
                heard = last
                await self._pause(LOOK_EVERY)
            else:
                await self._pause(RETRY_AFTER)

    async def _clear(self, ekkyo: "Ekkyo") -> bool:
        """Whether the files hold nothing of anybody who is erased."""
        done = cleared(self._folder)
        left = not_cleared(done, await _complete(ekkyo))
        if not left:
            return True
        for erasure in left:
            deleted = await _delete_mails(ekkyo, erasure.member_id, self._folder)
            self._mails[erasure.member_id] = self._mails.get(erasure.member_id, 0) + deleted
        if not await asyncio.to_thread(scrub, self._folder):
            self._say("the database's files were in use and may still contain what was erased; trying again")
            return False
        for erasure in left:
            assert erasure.purged_at
            done[erasure.member_id] = Cleared(purged_at=erasure.purged_at, mails=self._mails.pop(erasure.member_id))
        write(_record(self._folder), json.dumps(_RECORD.dump_python(done, mode="json"), indent=1))
        self._say(f"erased from mail and database files: {len(left)}")
        return True

    async def _pause(self, seconds: float) -> None:
        await asyncio.to_thread(self._stopping.wait, seconds)


def _record(folder: Folder) -> Path:
    return folder.path / "erased.json"


async def _last_purged(ekkyo: "Ekkyo") -> tuple[int, object] | None:
    """Which fact told last that an erasure is complete. After a restore it can have a lower number, or another time."""
    from ekkyo.contracts.members import MemberPurged
    from nats.js.errors import NotFoundError

    try:
        message = await ekkyo.js.get_last_msg("FACTS", f"{MemberPurged.subject}.*")
    except NotFoundError:
        return None
    return message.seq or 0, message.time


async def _complete(ekkyo: "Ekkyo") -> "list[Erasure]":
    from ekkyo.contracts.members import ListErasures

    found: list[Erasure] = []
    after = None
    while True:
        page = await ekkyo.ask(ListErasures(complete=True, after=after, limit=500))
        found += page.erasures
        after = page.next
        if after is None:
            return found


async def _delete_mails(ekkyo: "Ekkyo", member_id: str, folder: Folder) -> int:
    """Delete the mail that was caught for a member, and say how much it was."""
    from ekkyo.contracts.notify import ListDeliveries

    sent, after = set[str](), None
    while True:
        page = await ekkyo.ask(ListDeliveries(member_id=member_id, after=after, limit=500))
        sent |= {delivery.delivery_id for delivery in page.deliveries}
        after = page.next
        if after is None:
            break
    theirs = [file for file in folder.mail.glob("*.eml") if _delivery(file) in sent]
    for file in theirs:
        file.unlink(missing_ok=True)
    return len(theirs)


def _delivery(file: Path) -> str:
    try:
        return str(message_from_bytes(file.read_bytes(), policy=policy.default)["X-Ekkyo-Delivery"])
    except FileNotFoundError:
        return ""
