"""Where mail comes in: at one address, with a tag behind a plus that says what it is for, and proves it.

`calendar+a<proof>@…` is the organizer of one member's entry for one event, the same in every message about it, since
calendars take no answer or cancellation of another organizer. `calendar+b<delivery><proof>@…` is where a mail server
sends one delivery back to. Base32 in lower case: some mail servers do not keep capitals.
"""

import base64
import hmac
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import jwt
from ekkyo.contracts.base import Email
from pydantic import TypeAdapter, ValidationError

_EMAIL: Final = TypeAdapter(Email)
LONGEST_NAME: Final = 20
"""Characters before the plus: with a tag there are at most 64 (RFC 5321, 4.5.3.1.1)."""
_NAME = re.compile(rf"[a-z0-9._-]{{1,{LONGEST_NAME}}}")
_INVITED, _BOUNCED = re.compile(r"a([a-z2-7]{20})"), re.compile(r"b([a-z2-7]{26})([a-z2-7]{16})")
Kind = Literal["plain", "invited", "bounced"]


@dataclass(frozen=True)
class ListensAt:
    """Where mail is taken in, and in which protocol."""

    protocol: Literal["smtp", "lmtp"]
    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> "ListensAt":
        """Read `lmtp://host:port` or `smtp://host:port`; port 0 takes a free one. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "lmtp") or not parts.hostname or parts.port is None or "@" in parts.netloc:
            raise ValueError("must be lmtp://host:port or smtp://host:port")
        return cls("lmtp" if parts.scheme == "lmtp" else "smtp", parts.hostname, parts.port)


@dataclass(frozen=True)
class To:
    """What a mail is for, by the address that it was sent to. tag: the proof of an invitation, not checked yet."""

    kind: Kind
    tag: str = ""
    delivery_id: str | None = None


class Addresses:
    """Makes these addresses, and reads them back. private_jwk: their proofs are made with a secret derived from it."""

    def __init__(self, address: str, private_jwk: Mapping[str, Any]) -> None:
        """Raises ValueError for an address that leaves no room for a tag, and for what is no private key."""
        self.address = self.valid(address)
        self.name, _, self.domain = self.address.partition("@")
        jwt.PyJWK(dict(private_jwk), "EdDSA")
        secret = private_jwk.get("d")
        if not isinstance(secret, str):
            raise ValueError("addresses are signed with a private key")
        self._secret = hmac.digest(secret.encode(), b"ekkyo addresses that mail comes in at", "sha256")

    @staticmethod
    def valid(address: str) -> str:
        """The address in lower case. Raises ValueError."""
        try:
            found: str = _EMAIL.validate_python(address)
        except ValidationError:
            raise ValueError("is not a mail address") from None
        if not _NAME.fullmatch(found.partition("@")[0]) or not found.isascii():
            raise ValueError(f"must have at most {LONGEST_NAME} letters, digits, dots, hyphens before the @")
        return found

    @classmethod
    def read(cls, address: str, file: Path) -> "Addresses":
        """With the private JWK in a file. Raises OSError, ValueError."""
        return cls(address, json.loads(file.read_text()))

    def organizer(self, event_id: str, member_id: str) -> str:
        """Who one member answers about one event."""
        return f"{self.name}+a{self._proof(20, 'invited', event_id, member_id)}@{self.domain}"

    def envelope(self, delivery_id: str) -> str:
        """Where a delivery goes back to when it cannot be delivered."""
        raw = uuid.UUID(delivery_id).bytes
        return f"{self.name}+b{_text(raw)}{self._proof(16, 'bounced', delivery_id)}@{self.domain}"

    def read_to(self, address: str) -> To | None:
        """What a mail to this address is for; None: there is no such address."""
        name, _, domain = address.lower().rpartition("@")
        base, plus, tag = name.partition("+")
        if domain != self.domain or base != self.name:
            return None
        if not plus:
            return To("plain")
        if found := _INVITED.fullmatch(tag):
            return To("invited", tag=found[1])
        if found := _BOUNCED.fullmatch(tag):
            delivery_id = str(uuid.UUID(bytes=base64.b32decode(f"{found[1]}======".upper())[:16]))
            if hmac.compare_digest(found[2], self._proof(16, "bounced", delivery_id)):
                return To("bounced", delivery_id=delivery_id)
        return None

    def proves(self, tag: str, event_id: str, member_id: str) -> bool:
        """Whether a tag is the one of this member's invitation to this event."""
        return hmac.compare_digest(tag, self._proof(20, "invited", event_id, member_id))

    def is_own(self, address: str) -> bool:
        """Whether an address is one of these."""
        name, _, domain = address.lower().rpartition("@")
        return domain == self.domain and name.partition("+")[0] == self.name

    def _proof(self, characters: int, *parts: str) -> str:
        """Five bits for each character."""
        return _text(hmac.digest(self._secret, "\0".join(parts).encode(), "sha256"))[:characters]


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower().rstrip("=")
