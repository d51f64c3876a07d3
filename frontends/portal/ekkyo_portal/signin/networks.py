"""How often codes may be asked for from one network: a bucket for each, which fills up again slowly."""

import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 30
"""So many at once: a company's people may all come from one address."""
EVERY: Final = 20.0
"""Seconds until one more is allowed."""
KEPT: Final = 50_000
"""Networks that are remembered; of more, those that asked longest ago are forgotten."""
_BRACKETED: Final = re.compile(r"\[([^\]]*)\](?::\d*)?")


class Networks:
    """Counted in each instance by itself; the limit for one address of mail, which notify keeps, holds for all."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: float = float(MOST), every: float = EVERY
    ) -> None:
        self._clock, self._most, self._every = clock, most, every
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, host: str) -> bool:
        """Whether one more may be asked for from here; counts it if so."""
        return self.takes(network(host))

    def left(self, host: str) -> float:
        """How many more are allowed from here."""
        return self._now(network(host))

    def takes(self, name: str) -> bool:
        """As `allows`, of what is no network: one attempt to sign in, or one member. The name is one of ours."""
        left = self._now(name)
        allowed = left >= 1
        self._left[name] = (left - allowed, self._clock())
        self._left.move_to_end(name)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)
        return allowed

    def _now(self, name: str) -> float:
        now = self._clock()
        left, at = self._left.get(name, (self._most, now))
        return min(self._most, left + (now - at) / self._every)


def network(host: str) -> str:
    """The network of an address: itself, or of IPv6 the first 64 bits, which belong to one subscriber.

    Proxies write addresses with ports, in brackets and with zones too. All that is no address is one network: a proxy
    may pass on what its callers made up, and each name would be one more to ask from.
    """
    text = host.strip()
    if bracketed := _BRACKETED.fullmatch(text):
        text = bracketed[1]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:  # of a socket for both
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
