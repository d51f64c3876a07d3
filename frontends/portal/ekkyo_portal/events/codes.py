"""Codes of seats as the portal knows them: it signs those on its pages, and notify those in mails."""

import hmac
from typing import Final

from ekkyo.wire.seats import LONGEST, MARK, Seat, SeatReader, said, spelled

from ekkyo_portal.look.plain import plain
from ekkyo_portal.signin.signed import Signed

PURPOSE: Final = "seat"
PROOF: Final = 16
"""Bytes of the HMAC-SHA-256 that stand in a code of a page."""


class Codes:
    """Makes the codes of pages, and reads those and the ones of mails. Every instance of the portal has the same keys.

    mails: checks the codes of mails; None: there is no key, and none of them is good.
    """

    def __init__(self, signed: Signed, mails: SeatReader | None = None) -> None:
        self._signed = signed
        self._mails = mails

    def make(self, seat: Seat) -> str:
        """The code of a member's seat at an event."""
        return self._all(seat.packed())[0]

    def read(self, text: str) -> Seat | None:
        """What a code names that was signed here or by notify; None for any other text.

        Pages that were opened before an update may show one that names no registration.
        """
        code = scanned(text)
        return self._of_page(code) or (self._mails.of(code) if self._mails else None)

    def _of_page(self, code: str) -> Seat | None:
        try:
            head = said(code)[:-PROOF]
            seat = Seat.of(head)
        except (ValueError, IndexError):
            return None
        return seat if any(hmac.compare_digest(code, good) for good in self._all(head)) else None

    def _all(self, head: bytes) -> list[str]:
        return [spelled(head + proof[:PROOF]) for proof in self._signed.proofs(PURPOSE, head)]


def scanned(text: str) -> str:
    """A code as it was made: scanners may type it in small letters, and Japanese keyboards in full width."""
    found = plain(text).upper()
    return found if len(found) <= LONGEST and found.isascii() else ""


def is_code(text: str) -> bool:
    """Whether a text is meant as a code, good or not."""
    return plain(text).upper().startswith(MARK)
