"""Codes of seats: which member comes to which event, signed by the portal for its own desk.

A code names a seat and permits nothing: it is a leader's own command that checks its holder in. It consists of capital
letters and digits (base32, RFC 4648): hand scanners type those the same on every keyboard layout, and they take little
space in a QR code (ISO/IEC 18004, alphanumeric mode).
"""

import base64
import hmac
import uuid
from dataclasses import dataclass
from typing import Final

from ekkyo_portal.look.plain import plain
from ekkyo_portal.signin.signed import Signed

MARK: Final = "EKKYO1"
"""What every code begins with. The digit is not one of base32: no other text of ours looks like it."""
PURPOSE: Final = "seat"
PROOF: Final = 16
"""Bytes of the HMAC-SHA-256 that stand in a code."""
LONGEST: Final = 300
"""Characters of a code, with room to spare."""


@dataclass(frozen=True)
class Named:
    """Who is named by a code, and at which event."""

    event_id: str
    member_id: str


class Codes:
    """Makes codes and reads them. Every instance of the portal has the same keys."""

    def __init__(self, signed: Signed) -> None:
        self._signed = signed

    def make(self, event_id: str, member_id: str) -> str:
        """The code of a member's seat at an event."""
        return self._all(Named(event_id, member_id))[0]

    def read(self, text: str) -> Named | None:
        """Whom a code names that was signed here; None for any other text.

        It is made again and compared whole, so that no other text means the same.
        """
        code = scanned(text)
        try:
            raw = base64.b32decode(code[len(MARK) :] + "=" * (-(len(code) - len(MARK)) % 8))
            event_id, rest = _unpacked(raw)
            named = Named(event_id, _unpacked(rest)[0])
        except (ValueError, IndexError):
            return None
        return named if any(hmac.compare_digest(code, good) for good in self._all(named)) else None

    def _all(self, named: Named) -> list[str]:
        head = _packed(named.event_id) + _packed(named.member_id)
        proofs = self._signed.proofs(PURPOSE, head)
        return [MARK + base64.b32encode(head + proof[:PROOF]).rstrip(b"=").decode() for proof in proofs]


def scanned(text: str) -> str:
    """A code as it was made: scanners may type it in small letters, and Japanese keyboards in full width."""
    found = plain(text).upper()
    return found if len(found) <= LONGEST and found.isascii() else ""


def is_code(text: str) -> bool:
    """Whether a text is meant as a code, good or not."""
    return plain(text).upper().startswith(MARK)


def _packed(text: str) -> bytes:
    """A UUID in 17 bytes, any other id with its length before it."""
    as_text = bytes([len(text)]) + text.encode()
    try:
        one = uuid.UUID(text)
    except ValueError:
        return as_text
    return b"\0" + one.bytes if str(one) == text else as_text


def _unpacked(raw: bytes) -> tuple[str, bytes]:
    """The first id, and what stands after it. Raises ValueError, IndexError."""
    if raw[0] == 0:
        return str(uuid.UUID(bytes=raw[1:17])), raw[17:]
    return raw[1 : 1 + raw[0]].decode(), raw[1 + raw[0] :]
