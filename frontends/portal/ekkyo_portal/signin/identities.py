"""Who the member of a session is now: asked of the members service, and known for less than a minute."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import structlog
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Identify, Identity

log = structlog.stdlib.get_logger("ekkyo.portal")
FRESH: Final = 40.0
"""Seconds that an answer counts: whoever is deactivated, erased, demoted or signed out is so within a minute."""
STALE: Final = 600.0
"""Seconds that it counts while the members service is away."""
KEPT: Final = 20_000
WITHIN: Final = 3.0


class Identities:
    """Asks with a token of the role `portal`, which gives nothing but this."""

    def __init__(self, ekkyo: Ekkyo, token: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._ekkyo, self._clock = ekkyo.with_token(token), clock
        self._known: OrderedDict[str, tuple[float, Identity | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Future[Identity | None]] = {}

    async def of(self, member_id: str) -> Identity | None:
        """The member with this id, or None when there is none any more. Raises Refused when it cannot be known."""
        now = self._clock()
        at, known = self._known.get(member_id, (-STALE, None))
        if now - at < FRESH:
            return known
        try:
            known = await self._once(member_id)
        except Refused as refused:
            if refused.status not in (429, 503) or now - at >= STALE or known is None:
                raise
            log.warning(
                "the members service cannot be reached: using what was known of a signed-in member",
                seconds=int(now - at),
            )
            return known
        self._known[member_id] = (now, known)
        self._known.move_to_end(member_id)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return known

    async def _once(self, member_id: str) -> Identity | None:
        """One question for all who want to know it at the same time, as the streams of one member do."""
        asking = self._asking.get(member_id)
        if asking is None:
            asking = self._asking[member_id] = asyncio.ensure_future(self.find(member_id=member_id))
            asking.add_done_callback(lambda done: self._asked(member_id, done))
        return await asyncio.shield(asking)

    def _asked(self, member_id: str, done: "asyncio.Future[Identity | None]") -> None:
        if self._asking.get(member_id) is done:
            del self._asking[member_id]

    async def find(self, **by: Any) -> Identity | None:
        """Somebody by `member_id`, `number` or `email`; None when nobody is found. Raises Refused."""
        try:
            return await self._ekkyo.ask(Identify(**by), within=WITHIN)
        except Refused as refused:
            if refused.code == "member_not_found":
                return None
            raise

    def forget(self, member_id: str) -> None:
        """Ask again the next time: something about them was changed here."""
        self._known.pop(member_id, None)
        self._asking.pop(member_id, None)
