"""Values that the portal signs for itself: sessions, the state of a sign-in, addresses of the local stack.

JSON Web Tokens with HMAC-SHA256 (RFC 7519); the purpose is the audience, so that none stands for another. Every
instance has the same keys, so none keeps anything.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import jwt

ALGORITHM: Final = "HS256"
SHORTEST: Final = 32
"""Characters of a key."""
CHECKED: Final = 4096
"""Values whose signatures are not checked again. Each page has a session; whether it is over is always asked."""


class Signed:
    """Signs with the first key, and accepts what any of the keys signed: a new one stands before the old one."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < SHORTEST for key in keys):
            raise ValueError(f"a key needs at least {SHORTEST} characters, each in a line of its own")
        self._keys = keys
        self._checked = lru_cache(CHECKED)(self._check)

    @classmethod
    def read(cls, file: Path) -> "Signed":
        """The keys in a file, one in each line. Raises OSError, ValueError."""
        return cls([line.strip() for line in file.read_text().splitlines() if line.strip()])

    def make(self, purpose: str, value: dict[str, Any], *, now: datetime, lasts: timedelta) -> str:
        """The value, signed for a purpose until then."""
        claims = {**value, "aud": purpose, "iat": int(now.timestamp()), "exp": int((now + lasts).timestamp())}
        return jwt.encode(claims, self._keys[0], algorithm=ALGORITHM)

    def read_value(self, purpose: str, text: str | None, *, now: datetime) -> dict[str, Any] | None:
        """What was signed for this purpose, or None for what was not, or is over."""
        if not text:
            return None
        try:
            claims = self._checked(purpose, text)
        except jwt.PyJWTError:
            return None
        return dict(claims) if claims["iat"] - 60 <= now.timestamp() < claims["exp"] else None

    def proofs(self, purpose: str, said: bytes) -> list[bytes]:
        """The HMAC-SHA-256 (RFC 2104) of something short by each key, that of the first key first.

        A zero byte stands in what is signed here and in no JSON Web Token, so that neither is ever taken for the other.
        """
        signed = b"ekkyo-" + purpose.encode() + b"\0" + said
        return [hmac.digest(key.encode(), signed, sha256) for key in self._keys]

    def _check(self, purpose: str, text: str) -> dict[str, Any]:
        """What was signed, whatever time it is. Raises PyJWTError when none of the keys signed it for this purpose."""
        for key in self._keys:
            try:
                return jwt.decode(
                    text,
                    key,
                    algorithms=[ALGORITHM],
                    audience=purpose,
                    options={"require": ["exp", "iat", "aud"], "verify_exp": False, "verify_iat": False},
                )
            except jwt.PyJWTError:
                continue
        raise jwt.InvalidSignatureError
