"""Keys to sign bearer tokens with, for tests."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ekkyo.wire.tokens import issue_token, make_keys


@dataclass(frozen=True)
class Keys:
    """A signing key, and the JWKS file with its public half that services read."""

    private: dict[str, Any] = field(repr=False)
    jwks_file: Path

    @classmethod
    def make(cls, folder: Path) -> "Keys":
        """Make a key; the JWKS file is written under `folder`."""
        private, public = make_keys()
        file = folder / "jwks.json"
        file.write_text(json.dumps(public))
        return cls(private, file)

    def token(self, sub: str, *roles: str, ttl: float = 3600) -> str:
        """A bearer token; `ttl` in seconds, negative for one that has expired."""
        return issue_token(self.private, sub, roles, ttl)
