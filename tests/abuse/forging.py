"""Tokens that are not to be believed."""

import base64
import hmac
import json
import time
from typing import Any

import jwt
from ekkyo.testing.keys import Keys
from ekkyo.wire.tokens import make_keys

NOW = int(time.time())
CLAIMS: dict[str, Any] = {"sub": "m1", "roles": ["system", "steward"], "aud": "ekkyo", "exp": NOW + 3600}
FORGED = {
    "for another audience": {"aud": "payroll"},
    "for nobody": {"aud": None},
    "expired": {"exp": NOW - 60},
    "that never expires": {"exp": None},
    "that is not valid yet": {"nbf": NOW + 3600},
    "of a mail address": {"sub": "taro@example.com"},
    "of nobody": {"sub": None},
    "whose roles are no list": {"roles": "system"},
    "whose roles are no words": {"roles": [1]},
    "without a key's name": {"kid": None},
    "with an unknown key's name": {"kid": "another"},
    "signed by an unknown key": {"key": "another"},
    "signed by an unknown key that it brings along": {"key": "another", "jwk": True},
    "signed with the public key as a secret": {"alg": "HS256"},
    "unsigned": {"alg": "none"},
    "unsigned, in other letters": {"alg": "nOnE"},
    "unsigned, as if it were signed": {"alg": "EdDSA", "key": None},
}
"""Claims and what is in the header, where they are not as agreed; None: missing."""


def forged(keys: Keys, odd: dict[str, Any]) -> str:
    """A token in which these things are odd."""
    stranger, strangers = make_keys()
    public = json.loads(keys.jwks_file.read_text())["keys"][0]
    claims = {name: odd.get(name, value) for name, value in {**CLAIMS, "nbf": None}.items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": odd.get("alg", "EdDSA"), "typ": "JWT", "kid": odd.get("kid", keys.private["kid"])}
    header |= {"jwk": strangers["keys"][0]} if "jwk" in odd else {}
    header = {name: value for name, value in header.items() if value is not None}
    said = f"{part(header)}.{part(claims)}"
    if header["alg"] == "HS256":
        secret = base64.urlsafe_b64decode(public["x"] + "=")
        signature = hmac.digest(secret, said.encode(), "sha256")
    elif header["alg"] != "EdDSA" or odd.get("key", "ours") is None:
        signature = b""
    else:
        signer = jwt.PyJWK(stranger if "key" in odd else keys.private, "EdDSA").key
        signature = signer.sign(said.encode())
    return f"{said}.{base64url(signature)}"


def part(value: dict[str, Any]) -> str:
    return base64url(json.dumps(value).encode())


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
