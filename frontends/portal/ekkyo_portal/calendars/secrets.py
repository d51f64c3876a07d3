"""The secret in an address for calendar programs. The portal makes it and shows it once; services know its digest."""

import re
import secrets
from hashlib import sha256
from typing import Final

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new() -> str:
    """A secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def good(text: str) -> bool:
    """Whether this can be a secret that was made here."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What a service knows of it."""
    return sha256(secret.encode()).hexdigest()
