"""Which hosts a chat's webhook may be at. Pure; which addresses are dialled is checked at connecting."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

WELL_KNOWN = (
    "hooks.slack.com,hooks.slack-gov.com,*.webhook.office.com,*.logic.azure.com,"
    "*.environment.api.powerplatform.com,chat.googleapis.com,webhook.worksmobile.com"
)
"""Slack, Teams, Google Chat and LINE WORKS. A Mattermost has a host of its own, which a setting names."""
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


@dataclass(frozen=True)
class Place:
    """Where a webhook is: what of an address may be told and checked. The rest of it is the secret."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True)
class ChatHosts:
    """The hosts that chats may be at.

    public: reached over https at addresses of the internet alone. inside: named by who runs Ekkyo as the company's
    own, at private addresses too; http:// before a host allows it without TLS.
    """

    public: tuple[Place, ...]
    inside: tuple[Place, ...] = ()

    @classmethod
    def parse(cls, public: str, inside: str = "") -> "ChatHosts":
        """Read two lists with commas between. Raises ValueError when an entry is none."""
        return cls(tuple(map(_public, _entries(public))), tuple(map(_entry, _entries(inside))))

    def allows(self, url: str) -> bool:
        """Whether a webhook may be at this address."""
        place = place_of(url)
        return place is not None and any(_same(place, entry) for entry in (*self.public, *self.inside))

    def is_inside(self, host: str, port: int) -> bool:
        """Whether this host is the company's own, and may have a private address."""
        return any(_same_host(host, port, entry) for entry in self.inside)


def place_of(url: str) -> Place | None:
    """The place of a webhook; None when the address is none, or says more than one thing to different readers."""
    try:
        parts: SplitResult = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain = url.isascii() and url.isprintable() and not any(c in url for c in ' \\<>"')
    if parts.scheme not in _PORTS or not host or not plain or "@" in parts.netloc or "%" in parts.netloc:
        return None
    return Place(parts.scheme, host.rstrip("."), _PORTS[parts.scheme] if port is None else port)


def _entries(text: str) -> list[str]:
    return [entry.strip().lower() for entry in text.split(",") if entry.strip()]


def _public(entry: str) -> Place:
    place = _entry(entry)
    if place.scheme != "https":
        raise ValueError("a host of the internet is reached over https")
    return place


def _entry(entry: str) -> Place:
    """`host`, `*.host`, `host:port`, `http://host:port`; `*` as the port is any. Port 0 stands for any."""
    scheme, mark, rest = entry.rpartition("://")
    scheme = scheme if mark else "https"
    host, colon, port = rest.rpartition(":") if not rest.endswith("]") else (rest, "", "")
    if not colon:
        host, port = rest, ""
    if scheme not in _PORTS or not _HOST.fullmatch(host) or not (port in ("", "*") or port.isdigit()):
        raise ValueError("must be hosts with commas between, such as hooks.slack.com,*.example.com:8443")
    number = _PORTS[scheme] if not port else 0 if port == "*" else int(port)
    return Place(scheme, host.strip("[]"), number)


def _same(place: Place, entry: Place) -> bool:
    return place.scheme == entry.scheme and _same_host(place.host, place.port, entry)


def _same_host(host: str, port: int, entry: Place) -> bool:
    if entry.port not in (0, port):
        return False
    return host.endswith(entry.host[1:]) if entry.host.startswith("*.") else host == entry.host
