"""Short bearer tokens that speak for a visitor, signed with the portal's own key.

The JWKS limits that key: no token of it says `system`, and none lives longer than a quarter of an hour.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from ekkyo.wire.tokens import issue_token

from ekkyo_portal.web.visitor import Visitor

LIVES: Final = 600.0
RENEWED: Final = 120.0
"""Seconds before its end from which a token is not used any more."""
KEPT: Final = 20_000
PORTAL: Final = "portal"
"""The subject and the role of the portal itself, while it signs somebody in."""


class Tokens:
    """Makes tokens and keeps them for some minutes: services check each but once."""

    def __init__(self, private_jwk: dict[str, Any], clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = private_jwk, clock
        self._made: OrderedDict[tuple[str, frozenset[str]], tuple[float, str]] = OrderedDict()

    @classmethod
    def read(cls, file: Path) -> "Tokens":
        """With the private JWK in a file. Raises OSError, ValueError."""
        return cls(json.loads(file.read_text()))

    def of(self, visitor: Visitor) -> str:
        """The token that speaks for a visitor."""
        return self._of(visitor.member_id, visitor.roles)

    def own(self) -> str:
        """The token of the portal itself."""
        return self._of(PORTAL, {PORTAL})

    def _of(self, sub: str, roles: Iterable[str]) -> str:
        key, now = (sub, frozenset(roles)), self._clock()
        until, token = self._made.get(key, (0.0, ""))
        if until - RENEWED < now:
            token = issue_token(self._key, sub, roles, LIVES)
            self._made[key] = (now + LIVES, token)
            self._made.move_to_end(key)
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return token
