"""Who asks: bearer tokens signed with EdDSA (RFC 8037), checked against the keys of a JWKS file (RFC 7517).

A key in the file may be limited, so that whoever holds it can sign no more than that: `ekkyo_roles` lists the roles its
tokens may have (`leader:*` stands for the leaders of any community), `ekkyo_sub` is a regular expression that the whole
subject must match, `ekkyo_max_seconds` is the longest life of a token, `ekkyo_operations` lists the only commands and
questions that its tokens are good for, such as `events.register`.
"""

import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt

from ekkyo.contracts.base import Caller, Refused

AUDIENCE = "ekkyo"
DAY = 86_400
"""Seconds that a token may live where no setting says otherwise."""
YEAR = 366 * DAY
"""Seconds that the longest token lives."""
UNTRUSTED = "The token is not valid here."
LEEWAY = 10.0
"""Seconds that clocks may differ."""
_KEPT, _LONGEST = 20_000, 2_000
"""So many tokens are remembered at most, forged ones of so many characters at most."""
_SUB = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""A subject is an id; no mail address, since facts carry it as their actor."""


@dataclass(frozen=True)
class Limits:
    """What tokens signed with one key may say. None: nothing is limited."""

    roles: frozenset[str] | None = None
    sub: re.Pattern[str] | None = None
    max_seconds: int | None = None
    operations: frozenset[str] | None = None

    @classmethod
    def of(cls, jwk: Mapping[str, Any]) -> "Limits":
        """The limits that stand in a JWK. Raises ValueError for what is none: misspelled it would limit nothing."""
        given = {name: value for name, value in jwk.items() if name.startswith("ekkyo_")}
        named = ("roles", "sub", "max_seconds", "operations")
        roles, sub, seconds, operations = (given.pop(f"ekkyo_{name}", None) for name in named)
        if given:
            raise ValueError(f"{min(given)} is not a limit that a key can have")
        if roles is not None and not (isinstance(roles, list) and all(_ROLE.fullmatch(str(role)) for role in roles)):
            raise ValueError("ekkyo_roles must be a list of: member, steward, system, portal, leader:*, leader:<id>")
        if seconds is not None and (type(seconds) is not int or seconds <= 0):
            raise ValueError("ekkyo_max_seconds must be a whole number of seconds")
        if operations is not None and not (
            isinstance(operations, list) and all(_OPERATION.fullmatch(str(one)) for one in operations)
        ):
            raise ValueError("ekkyo_operations must be a list of names such as events.register")
        try:
            pattern = None if sub is None else re.compile(sub)
        except (re.error, TypeError):
            raise ValueError("ekkyo_sub must be a regular expression") from None
        only = None if operations is None else frozenset(operations)
        return cls(None if roles is None else frozenset(roles), pattern, seconds, only)

    def exceeded(self, sub: str, roles: Iterable[str], seconds: float) -> str:
        """What a token says beyond these limits, in words; nothing if it stays within them."""
        if self.roles is not None:
            for role in sorted(roles):
                if role not in self.roles and not (role.startswith("leader:") and "leader:*" in self.roles):
                    return "The key that signed this token may not grant one of its roles."
        if self.sub is not None and not self.sub.fullmatch(sub):
            return "The key that signed this token may not be used for its subject."
        if self.max_seconds is not None and seconds > self.max_seconds:
            return f"The key that signed this token allows at most {self.max_seconds} s."
        return ""

    def __str__(self) -> str:
        told = [
            *(["roles " + (", ".join(sorted(self.roles)) or "none")] if self.roles is not None else []),
            *([f"subjects {self.sub.pattern}"] if self.sub is not None else []),
            *([f"{self.max_seconds} s"] if self.max_seconds is not None else []),
            *(["only " + (", ".join(sorted(self.operations)) or "nothing")] if self.operations is not None else []),
        ]
        return "; ".join(told) or "unlimited"


OF_A_PORTAL: Mapping[str, Any] = {
    "ekkyo_roles": ["member", "steward", "leader:*", "portal"],
    "ekkyo_max_seconds": 900,
}
"""The limits of the key that a portal signs its visitors' tokens with: none says `system`, none lives long."""
OF_REPLIES: Mapping[str, Any] = {
    "ekkyo_roles": [],
    "ekkyo_max_seconds": 60,
    "ekkyo_operations": ["events.register", "events.withdraw"],
}
"""The limits of the key with which notify does what a member answered from their calendar, and nothing else."""
OF_A_DIRECTORY: Mapping[str, Any] = {
    "ekkyo_roles": ["system"],
    "ekkyo_sub": "scim",
    "ekkyo_max_seconds": YEAR,
    "ekkyo_operations": [
        "members.provision",
        "members.deprovision",
        "members.provisioned",
        "members.join",
        "members.leave",
    ],
}
"""The limits of the key whose tokens the company's directory sends: they live long, and are good for SCIM alone."""
_ROLE = re.compile(r"member|steward|system|portal|leader:(\*|[A-Za-z0-9_-]{1,64})")
"""What may be said of a key's roles."""
_OPERATION = re.compile(r"[a-z]+\.[a-z_]+")


class Verifier:
    """Tells the caller from a token. Raises Refused 401: token_missing, token_invalid, token_expired.

    A token is verified once and remembered until it expires. The file is looked at once a second and read again when
    it changed, so keys can be added and withdrawn while services run; what was remembered is then forgotten. A token
    that was forged is remembered too: who floods with it is refused at little cost.
    """

    def __init__(self, jwks: Path, max_seconds: float = DAY) -> None:
        """max_seconds: how long a token may live; one without `iat` lives from now on."""
        self._file = jwks
        self._max_seconds = max_seconds
        self._keys: dict[str, tuple[jwt.PyJWK, Limits]] = {}
        self._seen: dict[str, tuple[float, Caller, Limits]] = {}
        self._forged: set[str] = set()
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = 0.0
        self._read()

    def caller(self, authorization: str | None, operation: str | None = None) -> Caller:
        """The caller that this `Authorization` header is the proof of. operation: what they ask for, as
        `events.register`; None: something else, for which no token of a key that is limited to operations is good."""
        return self.caller_until(authorization, operation)[0]

    def caller_until(self, authorization: str | None, operation: str | None = None) -> tuple[Caller, float]:
        """The caller, and the Unix time at which the token expires: for what goes on after it was asked for."""
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
            raise Refused("token_expired", "The token has expired.", 401)
        only = known[2].operations
        if only is not None and operation not in only:
            raise Refused(
                "not_allowed", "The key that signed this token is not allowed to be used for this operation.", 403
            )
        return known[1], known[0]

    def _verify(self, token: str) -> tuple[float, Caller, Limits]:
        try:
            if token in self._forged:
                raise jwt.InvalidSignatureError
            key, limits = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("token_expired", "The token has expired.", 401) from None
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, jwt.InvalidSignatureError) and len(token) <= _LONGEST:
                self._remember_forged(token)
            raise Refused("token_invalid", UNTRUSTED, 401) from None
        roles = claims.get("roles", [])
        well_formed = isinstance(roles, list) and all(isinstance(role, str) for role in roles)
        if not well_formed or not _SUB.fullmatch(claims["sub"]):
            raise Refused("token_invalid", "The token's claims are not well-formed.", 401)
        seconds = float(claims["exp"]) - float(claims.get("iat", time.time() + LEEWAY))
        beyond = limits.exceeded(claims["sub"], roles, seconds)
        if seconds > (longest := self._longest(limits)):
            beyond = f"A token may be valid for at most {longest:.0f} seconds. This one is valid for longer."
        if beyond:
            raise Refused("token_invalid", beyond, 401)
        return float(claims["exp"]), Caller(claims["sub"], frozenset(roles)), limits

    def _longest(self, limits: Limits) -> float:
        """How long a token may live. A key that is good for some operations alone may say so by itself, to a year."""
        own = limits.max_seconds if limits.operations is not None else None
        return max(self._max_seconds, min(own or 0, YEAR))

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
        usable = [key for key in keys if key.get("kty") == "OKP" and "kid" in key]
        self._keys = {key["kid"]: (jwt.PyJWK(key, "EdDSA"), Limits.of(key)) for key in usable}
        self._seen.clear()
        self._forged.clear()
        self._stamp = stamp


def _stamp(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


def make_keys(limits: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """A new signing key as a private JWK, and the JWKS that services need to check what it signs.

    limits: what its tokens may say, such as `OF_A_PORTAL`. They stand in both.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    named = {"kid": secrets.token_hex(8), "alg": "EdDSA", "use": "sig", **(limits or {})}
    algorithm = jwt.algorithms.OKPAlgorithm
    private = {**algorithm.to_jwk(key, as_dict=True), **named}
    public = {**algorithm.to_jwk(key.public_key(), as_dict=True), **named}
    return private, {"keys": [public]}


def subject_of(token: str) -> str | None:
    """Whom a token says it is of, which proves nothing; None: it is no token."""
    try:
        return str(jwt.decode(token, options={"verify_signature": False})["sub"])
    except (jwt.PyJWTError, KeyError, ValueError):
        return None


def public_half(private_jwk: Mapping[str, Any]) -> dict[str, Any]:
    """What may be known of a key, with its limits: an entry of a JWKS."""
    return {name: value for name, value in private_jwk.items() if name != "d"}


def issue_token(
    private_jwk: Mapping[str, Any], sub: str, roles: Iterable[str] = (), ttl: timedelta | float = 3600
) -> str:
    """A token for `sub`; `ttl` in seconds. Raises ValueError for what the services would not accept."""
    if not _SUB.fullmatch(sub):
        raise ValueError("a subject is an id: letters, digits, dot, hyphen, underscore, at most 64")
    seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
    if beyond := Limits.of(private_jwk).exceeded(sub, roles := list(roles), seconds):
        raise ValueError(beyond)
    now = int(time.time())
    claims = {"sub": sub, "roles": sorted(roles), "aud": AUDIENCE, "iat": now, "exp": int(now + seconds)}
    key = jwt.PyJWK(dict(private_jwk), "EdDSA")
    return jwt.encode(claims, key.key, algorithm="EdDSA", headers={"kid": str(private_jwk["kid"])})
