"""Passes: short signed texts in links of mails that open one thing for one member, without a sign-in.

A pass is no bearer token, and its key stands in no JWKS that services read. It holds the member and until when it is
good; what it opens stands in the link beside it and is signed with it. Ed25519 (RFC 8032), in base64url: some 115
characters for a member whose id is a UUID.
"""

import base64
import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Kind = Literal["event", "messages"]
"""event: see, register, withdraw, check in. messages: be sent one kind of message no more."""
_UUID, _TEXT = 1, 2
_SIGNATURE: Final = 64
LONGEST: Final = 256
"""Characters of a pass."""


@dataclass(frozen=True)
class Pass:
    """Whom a pass is for, and until when it is good."""

    member_id: str
    until: datetime


class PassMaker:
    """Signs passes with a private JWK."""

    def __init__(self, private_jwk: Mapping[str, Any]) -> None:
        key = jwt.PyJWK(dict(private_jwk), "EdDSA").key
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("a pass is signed with a private Ed25519 key")
        self._key = key

    @classmethod
    def read(cls, file: Path) -> "PassMaker":
        """With the private JWK in a file. Raises OSError, ValueError."""
        return cls(json.loads(file.read_text()))

    def make(self, kind: Kind, about: str, member_id: str, until: datetime) -> str:
        """A pass for a member. about: the id of what it opens."""
        head = struct.pack(">I", int(until.timestamp())) + _packed(member_id)
        return base64.urlsafe_b64encode(head + self._key.sign(_said(kind, about, head))).rstrip(b"=").decode()


class PassReader:
    """Checks passes with the public keys of a JWKS."""

    def __init__(self, keys: Sequence[Mapping[str, Any]]) -> None:
        found = [jwt.PyJWK(dict(key), "EdDSA").key for key in keys]
        self._keys = [key for key in found if isinstance(key, Ed25519PublicKey)]

    @classmethod
    def read(cls, jwks: Path) -> "PassReader":
        """With the keys in a JWKS file. Raises OSError, ValueError."""
        return cls(json.loads(jwks.read_text())["keys"])

    def of(self, text: str | None, kind: Kind, about: str, *, now: datetime) -> Pass | None:
        """What a pass says that opens this; None for one that does not, is over, or is none."""
        if not text or len(text) > LONGEST:
            return None
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            head, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
            until, member_id = datetime.fromtimestamp(struct.unpack(">I", head[:4])[0], UTC), _unpacked(head[4:])
        except (ValueError, struct.error, IndexError):
            return None
        if now >= until or not any(_signed(key, signature, _said(kind, about, head)) for key in self._keys):
            return None
        return Pass(member_id, until)


def _said(kind: Kind, about: str, head: bytes) -> bytes:
    return b"\0".join((b"ekkyo-pass-1", kind.encode(), about.encode(), head))


def _signed(key: Ed25519PublicKey, signature: bytes, said: bytes) -> bool:
    try:
        key.verify(signature, said)
    except InvalidSignature:
        return False
    return True


def _packed(member_id: str) -> bytes:
    try:
        one = uuid.UUID(member_id)
    except ValueError:
        return bytes([_TEXT]) + member_id.encode()
    return bytes([_UUID]) + one.bytes if str(one) == member_id else bytes([_TEXT]) + member_id.encode()


def _unpacked(raw: bytes) -> str:
    return str(uuid.UUID(bytes=raw[1:])) if raw[0] == _UUID else raw[1:].decode()
