"""Who asks: bearer tokens signed with EdDSA (RFC 8037), checked against the keys of a JWKS file (RFC 7517)."""

import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt

from ekkyo.contracts.base import Caller, Refused

AUDIENCE = "ekkyo"
LEEWAY = 10.0
"""Seconds that clocks may differ."""
_KEPT, _LONGEST = 20_000, 2_000
"""So many tokens are remembered at most, forged ones of so many characters at most."""
_SUB = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""A subject is an id; no mail address, since facts carry it as their actor."""


class Verifier:
    """Tells the caller from a token. Raises Refused 401: token_missing, token_invalid, token_expired.

    A token is verified once and remembered until it expires. The file is looked at once a second and read again when
    it changed, so keys can be added and withdrawn while services run; what was remembered is then forgotten. A token
    that was forged is remembered too: who floods with it is refused at little cost.
    """

    def __init__(self, jwks: Path) -> None:
        self._file = jwks
        self._keys: dict[str, jwt.PyJWK] = {}
        self._seen: dict[str, tuple[float, Caller]] = {}
        self._forged: set[str] = set()
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = 0.0
        self._read()

    def caller(self, authorization: str | None) -> Caller:
        """The caller that this `Authorization` header is the proof of."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused("token_missing", "Send a token: Authorization: Bearer …", 401)
        now = time.time()
        if now - self._looked > 1:
            self._look(now)
        known = self._seen.get(token)
        if known is None:
            known = self._verify(token)
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            self._seen[token] = known
        if known[0] + LEEWAY < now:
            self._seen.pop(token, None)
            raise Refused("token_expired", "The token is no longer valid.", 401)
        return known[1]

    def _verify(self, token: str) -> tuple[float, Caller]:
        try:
            if token in self._forged:
                raise jwt.InvalidSignatureError
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("token_expired", "The token is no longer valid.", 401) from None
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, jwt.InvalidSignatureError) and len(token) <= _LONGEST:
                self._remember_forged(token)
            raise Refused("token_invalid", "The token is not one that is trusted here.", 401) from None
        roles = claims.get("roles", [])
        well_formed = isinstance(roles, list) and all(isinstance(role, str) for role in roles)
        if not well_formed or not _SUB.fullmatch(claims["sub"]):
            raise Refused("token_invalid", "The token's claims are not well-formed.", 401)
        return float(claims["exp"]), Caller(claims["sub"], frozenset(roles))

    def _remember_forged(self, token: str) -> None:
        if len(self._forged) >= _KEPT:
            self._forged.clear()
        self._forged.add(token)

    def _look(self, now: float) -> None:
        self._looked = now
        try:
            if _stamp(self._file) != self._stamp:
                self._read()
        except (OSError, ValueError, jwt.PyJWTError):  # being written, or broken: the last good keys stay in force
            return

    def _read(self) -> None:
        stamp = _stamp(self._file)
        keys = json.loads(self._file.read_text())["keys"]
        self._keys = {k["kid"]: jwt.PyJWK(k, "EdDSA") for k in keys if k.get("kty") == "OKP" and "kid" in k}
        self._seen.clear()
        self._forged.clear()
        self._stamp = stamp


def _stamp(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


def make_keys() -> tuple[dict[str, Any], dict[str, Any]]:
    """A new signing key as a private JWK, and the JWKS that services need to check what it signs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    named = {"kid": secrets.token_hex(8), "alg": "EdDSA", "use": "sig"}
    algorithm = jwt.algorithms.OKPAlgorithm
    private = {**algorithm.to_jwk(key, as_dict=True), **named}
    public = {**algorithm.to_jwk(key.public_key(), as_dict=True), **named}
    return private, {"keys": [public]}


def issue_token(
    private_jwk: Mapping[str, Any], sub: str, roles: Iterable[str] = (), ttl: timedelta | float = 3600
) -> str:
    """A token for `sub`; `ttl` in seconds. Raises ValueError for a subject that no service would accept."""
    if not _SUB.fullmatch(sub):
        raise ValueError("a subject is an id: letters, digits, dot, hyphen, underscore, at most 64")
    seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
    now = int(time.time())
    claims = {"sub": sub, "roles": sorted(roles), "aud": AUDIENCE, "iat": now, "exp": int(now + seconds)}
    key = jwt.PyJWK(dict(private_jwk), "EdDSA")
    return jwt.encode(claims, key.key, algorithm="EdDSA", headers={"kid": str(private_jwk["kid"])})
