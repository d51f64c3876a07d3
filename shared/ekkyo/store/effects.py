"""Effects that must happen once: claimed before they are carried out."""

from datetime import timedelta

from ekkyo.decision.clock import utcnow
from ekkyo.store.declarations import Binding, Declaration
from ekkyo.store.driver import Replacement
from ekkyo.store.encoding import plain

LEASE = timedelta(seconds=60)


class BeingDone(Exception):
    """Somebody else is carrying this out at the moment: ask again later, in case they do not come to its end."""


class Effects:
    """Claims by id. An id is made of the fact and the reaction's name."""

    def __init__(self, to: Binding, name: str) -> None:
        self.name = name
        self._database = to.database

    @staticmethod
    def of(name: str) -> "Declaration[Effects]":
        """Declare a collection of claims."""
        return Declaration(name, lambda to: Effects(to, name), {name: []})

    async def claim(self, id: str, lease: timedelta = LEASE) -> bool:
        """Whether the effect is yours to carry out; False when it is done.

        Raises BeingDone while another's claim lasts. When that has ended without `done`, its holder crashed, or is
        slower than its lease, and the effect is yours.
        """
        now = utcnow()
        claim = plain({"_id": id, "done": False, "until": now + lease})
        if await self._database.insert(self.name, dict(claim)):
            return True
        expired = plain({"_id": id, "done": False, "until": {"$lte": now}})
        if (await self._database.replace(self.name, [Replacement(expired, claim)])).count:
            return True
        if await self._database.count(self.name, {"_id": id, "done": True}):
            return False
        raise BeingDone(id)

    async def done(self, id: str) -> None:
        """The effect was carried out."""
        done = plain({"_id": id, "done": True, "at": utcnow()})
        await self._database.replace(self.name, [Replacement({"_id": id}, done)])
