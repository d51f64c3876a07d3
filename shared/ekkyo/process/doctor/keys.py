"""The keys that tokens are checked with, and a token, if one is given."""

import json
from collections import Counter
from pathlib import Path

import jwt

from ekkyo.contracts.base import Refused
from ekkyo.process.doctor.finding import Finding, either, well, wrong
from ekkyo.wire.tokens import UNTRUSTED, Limits, Verifier


def key_findings(jwks_file: Path, longest: int, token: str | None) -> list[Finding]:
    """Everything about the file of public keys. longest: seconds that a token may be valid for, where one is given."""
    keys = json.loads(jwks_file.read_text())["keys"]
    usable = [str(k["kid"]) for k in keys if k.get("kty") == "OKP" and k.get("crv") == "Ed25519" and "kid" in k]
    trouble = [] if usable else ["EKKYO_JWKS_FILE has no Ed25519 key with a kid, so every token is refused"]
    trouble += [f"the kid {kid} is there twice" for kid, count in Counter(usable).items() if count > 1]
    remedy = "Put the public keys of the issuers of tokens into the file; the service reads it again when it changes."
    limits = [f"{key['kid']}: {Limits.of(key)}" for key in keys if key.get("kid") in usable]
    found = [either("keys", trouble, f"{len(usable)} public keys ({' | '.join(limits)})", remedy)]
    if any("d" in key for key in keys):
        told = "EKKYO_JWKS_FILE holds a private key: whoever reads it can sign tokens for anybody"
        found.append(
            wrong(
                "keys",
                told,
                "Keep only the public part (no `d`) in the file, and replace that key: treat it as leaked.",
            )
        )
    return [*found, _token(Verifier(jwks_file, longest), token, usable)] if token else found


def _token(verifier: Verifier, token: str, kids: list[str]) -> Finding:
    try:
        caller = verifier.caller(f"Bearer {token}")
    except Refused as refused:
        if refused.problem.code == "token_expired":
            return wrong(
                "token",
                "EKKYO_TOKEN has expired",
                "Get a new one from its issuer, and check the clocks of both machines.",
            )
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
        except jwt.PyJWTError:
            kid = ""
        if kid and kid not in kids:
            told = "EKKYO_TOKEN is signed with a key that is not in EKKYO_JWKS_FILE"
            return wrong("token", told, "Add that public key to the file, or sign tokens with a key that is in it.")
        if refused.detail != UNTRUSTED:
            return wrong(
                "token",
                f"EKKYO_TOKEN is refused: {refused.detail}",
                "Sign it with another key, or change that key's limits or EKKYO_TOKEN_MAX_SECONDS.",
            )
        remedy = "It must be signed with EdDSA and have sub (an id), aud=ekkyo, exp, and roles as a list."
        return wrong("token", "EKKYO_TOKEN is not valid", remedy)
    return well("token", f"trusted, with {len(caller.roles)} roles")
