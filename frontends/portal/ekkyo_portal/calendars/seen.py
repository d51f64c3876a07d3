"""What an instance remembers of calendars: since when each is as it is, and how often it is read."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from ekkyo_portal.signin.networks import Networks

KEPT: Final = 20_000


class Feeds:
    """Kept in memory: an instance that begins anew tells a later time, and a program reads the calendar once more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._unknown = Networks(clock, most=100, every=5)
        self._readers = Networks(clock, most=60, every=10)
        self._since: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def may_guess(self, host: str) -> bool:
        """Whether an address that may be unknown may be asked about from here."""
        return self._unknown.left(host) >= 1

    def guessed(self, host: str) -> None:
        """Count an address that nobody has: programs go on reading one that has ended."""
        self._unknown.allows(host)

    def may_read(self, member_id: str) -> bool:
        """Whether a member's calendars may be read once more; counts it if so."""
        return self._readers.takes(member_id)

    def seen(self, calendar: str, tag: str, now: datetime) -> datetime:
        """Since when this instance knows the calendar as it is, to the second."""
        known = self._since.pop(calendar, None)
        since = known[1] if known and known[0] == tag else now.replace(microsecond=0)
        self._since[calendar] = (tag, since)
        if len(self._since) > KEPT:
            self._since.popitem(last=False)
        return since
