"""Logos as they are uploaded, and as they are kept: nothing of the file that was sent is kept as it came.

Why it is done this way is in docs/decisions/logos.md.
"""

from base64 import b64decode, b64encode

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused

from ekkyo_members import model
from ekkyo_members.logos.drawings import drawn
from ekkyo_members.logos.pictures import pictured, smaller

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def kept(community_id: str, base64: str) -> model.Logo:
    """The logo in an uploaded file. Refused with what is wrong with it and what to do."""
    try:
        data = b64decode(base64, validate=True)
    except ValueError:
        raise Refused("logo_unreadable", "The file is not valid base64.") from None
    kind, cleaned = _cleaned(data) if len(data) <= contract.LOGO_BYTES else ("image/png", data)
    if len(cleaned) > contract.LOGO_BYTES:
        raise Refused(
            "logo_too_large", f"A logo can have at most {contract.LOGO_BYTES:,} bytes. Make the file smaller."
        )
    small = b64encode(smaller(cleaned)).decode() if kind != "image/svg+xml" else ""
    return model.Logo(
        document_id=community_id, key=model.LOGO, kind=kind, data=b64encode(cleaned).decode(), small=small
    )


def _cleaned(data: bytes) -> tuple[contract.LogoKind, bytes]:
    if data.startswith(PNG):
        return "image/png", pictured(data, "PNG")
    if data.startswith(JPEG):
        return "image/jpeg", pictured(data, "JPEG")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "image/svg+xml", drawn(data)
    raise Refused("logo_wrong_kind", "A logo must be a PNG, JPEG or SVG file.")
