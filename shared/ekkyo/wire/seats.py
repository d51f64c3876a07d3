"""Codes of seats: which registration a QR code stands for, read at the desk of its event.

A code names a seat and permits nothing: it is a leader's own command that checks its holder in. It consists of capital
letters and digits (base32, RFC 4648): hand scanners type those the same on every keyboard layout, and they take little
space in a QR code (ISO/IEC 18004, alphanumeric mode).

The code in a mail is signed here with the key of passes (Ed25519, RFC 8032), for a purpose of its own, so that neither
is ever taken for the other. It has no end: an event may move to another day, and the desk reads codes of its own event
alone. The portal proves the codes on its pages in its own way, behind the same ids.
"""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MARK: Final = "EKKYO1"
"""What every code begins with. The digit is not one of base32: no other text of ours looks like it."""
LONGEST: Final = 450
"""Characters of a code, with room to spare."""
_SIGNATURE: Final = 64
_PURPOSE: Final = b"ekkyo-seat-1\0"


@dataclass(frozen=True)
class Seat:
    """Who is named by a code, at which event, and by which registration; None: whichever they have there."""

    event_id: str
    member_id: str
    registration_id: str | None = None

    def packed(self) -> bytes:
        """The ids one after the other: a UUID in 17 bytes, any other with its length before it."""
        return b"".join(_packed(one) for one in (self.event_id, self.member_id, self.registration_id) if one)

    @classmethod
    def of(cls, raw: bytes) -> "Seat":
        """What was packed. Raises ValueError."""
        ids, rest = [], raw
        while rest:
            one, rest = _unpacked(rest)
            ids.append(one)
        if not 2 <= len(ids) <= 3:
            raise ValueError("a code names a member at an event")
        seat = cls(*ids)
        if seat.packed() != raw:
            raise ValueError("the same is said in one way only")
        return seat


def spelled(raw: bytes) -> str:
    """The code that says this."""
    return MARK + base64.b32encode(raw).rstrip(b"=").decode()


def said(code: str) -> bytes:
    """What a code says. Raises ValueError for what is none, or is not spelled as `spelled` does."""
    if not code.startswith(MARK) or len(code) > LONGEST:
        raise ValueError("no code")
    raw = base64.b32decode(code[len(MARK) :] + "=" * (-(len(code) - len(MARK)) % 8))
    if spelled(raw) != code:
        raise ValueError("no code")
    return raw


class SeatMaker:
    """Signs the codes in mails with a private JWK."""

    def __init__(self, private_jwk: Mapping[str, Any]) -> None:
        key = jwt.PyJWK(dict(private_jwk), "EdDSA").key
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("a code is signed with a private Ed25519 key")
        self._key = key

    @classmethod
    def read(cls, file: Path) -> "SeatMaker":
        """With the private JWK in a file. Raises OSError, ValueError."""
        return cls(json.loads(file.read_text()))

    def make(self, seat: Seat) -> str:
        """The code of a seat."""
        head = seat.packed()
        return spelled(head + self._key.sign(_PURPOSE + head))


class SeatReader:
    """Checks the codes in mails with the public keys of a JWKS."""

    def __init__(self, keys: Sequence[Mapping[str, Any]]) -> None:
        found = [jwt.PyJWK(dict(key), "EdDSA").key for key in keys]
        self._keys = [key for key in found if isinstance(key, Ed25519PublicKey)]

    @classmethod
    def read(cls, jwks: Path) -> "SeatReader":
        """With the keys in a JWKS file. Raises OSError, ValueError."""
        return cls(json.loads(jwks.read_text())["keys"])

    def of(self, code: str) -> Seat | None:
        """What a code names that one of these keys signed; None for any other text."""
        try:
            raw = said(code)
            head, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
            seat = Seat.of(head)
        except (ValueError, IndexError):
            return None
        return seat if any(_signed(key, signature, head) for key in self._keys) else None


def _signed(key: Ed25519PublicKey, signature: bytes, head: bytes) -> bool:
    try:
        key.verify(signature, _PURPOSE + head)
    except InvalidSignature:
        return False
    return True


def _packed(text: str) -> bytes:
    as_text = bytes([len(text.encode())]) + text.encode()
    try:
        one = uuid.UUID(text)
    except ValueError:
        return as_text
    return b"\0" + one.bytes if str(one) == text else as_text


def _unpacked(raw: bytes) -> tuple[str, bytes]:
    """The first id, and what stands after it. Raises ValueError."""
    if raw[0] == 0:
        return str(uuid.UUID(bytes=raw[1:17])), raw[17:]
    return raw[1 : 1 + raw[0]].decode(), raw[1 + raw[0] :]
