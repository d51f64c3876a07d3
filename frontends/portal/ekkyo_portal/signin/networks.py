"""How often codes may be asked for from one network: a bucket for each, which fills up again slowly."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 30
"""So many at once: a company's people may all come from one address."""
EVERY: Final = 20.0
"""Seconds until one more is allowed."""
KEPT: Final = 50_000


class Networks:
    """Counted in each instance by itself; the limit for one address of mail, which notify keeps, holds for all."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: float = float(MOST), every: float = EVERY
    ) -> None:
        self._clock, self._most, self._every = clock, most, every
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, host: str) -> bool:
        """Whether one more may be asked for from here, or tried in one attempt; counts it if so."""
        key, left = network(host), self.left(host)
        allowed = left >= 1
        self._left[key] = (left - allowed, self._clock())
        self._left.move_to_end(key)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)
        return allowed

    def left(self, host: str) -> float:
        """How many more are allowed from here."""
        now = self._clock()
        left, at = self._left.get(network(host), (self._most, now))
        return min(self._most, left + (now - at) / self._every)


def network(host: str) -> str:
    """The network of an address: itself, or of IPv6 the first 64 bits, which belong to one subscriber."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:  # of a socket for both
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
