"""Connects to addresses of the internet alone: a name is resolved once, checked, and what was checked is dialled."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses of a host, as text."""

_NOT_PUBLIC_4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
"""https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, and 240.0.0.0/4 with broadcast."""
_PUBLIC_6 = IPv6Network("2000::/3")
"""All that is global unicast (RFC 4291, 2.4); what else there is, is local, mapped, multicast or unassigned."""
_NOT_PUBLIC_6 = [IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
"""https://www.iana.org/assignments/iana-ipv6-special-registry: Teredo and 6to4 hide another address."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""Where IPv4 is reached from networks of IPv6 alone (RFC 6052): as public as the address in its last 32 bits."""
_PRIVATE: list[IPv4Network | IPv6Network] = [
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
]
"""Where a host of the company's own may be. Link-local addresses, such as a cloud's metadata, are in no list."""


class Refused(Exception):
    """The host has an address that is not to be dialled. The exception names neither."""


def is_public(address: str) -> bool:
    """Whether an address, as text, is one of the internet."""
    found = _parsed(address)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC_4)
    return found is not None and found in _PUBLIC_6 and not any(found in network for network in _NOT_PUBLIC_6)


def is_private(address: str) -> bool:
    """Whether an address, as text, is one of a company's own network or of this machine."""
    found = _parsed(address)
    return found is not None and any(found in network for network in _PRIVATE)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address that is meant: of a mapped or translated one, the IPv4 address in it."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.scope_id:
            return None
        if found.ipv4_mapped:
            return found.ipv4_mapped
        if found in _NAT64:
            return IPv4Address(found.packed[-4:])
    return found


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system. It reads 2130706433, 0x7f.1 and 0177.0.0.1 as numbers; what comes out of it is checked."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """httpcore's connections, to checked addresses only.

    inside: whether a host and port are the company's own, where private addresses are allowed too. A name with one
    address that is not allowed is refused whole: it is not what it says it is.
    """

    def __init__(
        self,
        inside: Callable[[str, int], bool],
        *,
        resolve: Resolve = resolve,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._inside = inside
        self._resolve = resolve
        self._backend = backend or httpcore.AnyIOBackend()

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be dialled. Raises Refused, or OSError when it has none."""
        found = await self._resolve(host, port)
        private = self._inside(host, port)
        if not found:
            raise OSError("no address")
        if not all(is_public(address) or (private and is_private(address)) for address in found):
            raise Refused
        return found

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, and connect to what was checked."""
        try:
            async with asyncio.timeout(timeout):
                found = await self.addresses(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except (OSError, UnicodeError):
            raise httpcore.ConnectError from None
        trouble: Exception = httpcore.ConnectError()
        for address in found:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                trouble = e
        raise trouble

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """No chat is at a socket of this machine."""
        raise Refused

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts; nobody asks for any."""
        await self._backend.sleep(seconds)
