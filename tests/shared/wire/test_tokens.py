"""Who is believed, and who is not."""

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.wire.tokens import OF_REPLIES, Verifier, issue_token, make_keys

NOW = int(time.time())


@pytest.fixture
def keys() -> tuple[dict[str, Any], dict[str, Any]]:
    return make_keys()


@pytest.fixture
def jwks(keys: Any, tmp_path: Path) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(keys[1]))
    return file


def code(verifier: Verifier, token: str | None) -> str:
    with pytest.raises(Refused) as refused:
        verifier.caller(token if token is None else f"Bearer {token}")
    assert refused.value.status == 401
    return refused.value.code


def signed(private: dict[str, Any], **claims: Any) -> str:
    claims = {"sub": "m-1", "aud": "ekkyo", "exp": int(time.time()) + 60, "roles": []} | claims
    claims = {k: v for k, v in claims.items() if v is not None}
    return jwt.encode(claims, jwt.PyJWK(private, "EdDSA").key, "EdDSA", headers={"kid": private["kid"]})


def test_a_good_token_tells_the_caller(keys: Any, jwks: Path) -> None:
    token = issue_token(keys[0], "m-1", ["member", "leader:c-1"])
    verifier = Verifier(jwks)
    for _ in range(2):
        assert verifier.caller(f"Bearer {token}") == Caller("m-1", frozenset({"member", "leader:c-1"}))


def test_the_public_file_holds_no_private_key(keys: Any) -> None:
    assert "d" in keys[0]
    assert "d" not in keys[1]["keys"][0]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": "another"}, "token_invalid"),
        ({"aud": None}, "token_invalid"),
        ({"exp": None}, "token_invalid"),
        ({"sub": None}, "token_invalid"),
        ({"sub": "taro@example.com"}, "token_invalid"),
        ({"sub": "a\r\nb"}, "token_invalid"),
        ({"roles": "steward"}, "token_invalid"),
        ({"roles": [1]}, "token_invalid"),
        ({"nbf": int(time.time()) + 3600}, "token_invalid"),
        ({"exp": int(time.time()) - 60}, "token_expired"),
    ],
)
def test_claims_that_are_not_as_agreed_are_not_believed(
    claims: dict[str, Any], expected: str, keys: Any, jwks: Path
) -> None:
    assert code(Verifier(jwks), signed(keys[0], **claims)) == expected


def test_no_token_is_told_apart_from_a_bad_one(jwks: Path) -> None:
    verifier = Verifier(jwks)
    assert code(verifier, None) == "token_missing"
    assert code(verifier, "") == "token_missing"
    assert code(verifier, "x") == "token_invalid"
    with pytest.raises(Refused, match="token_missing"):
        verifier.caller("Basic dTpw")


def test_a_token_without_a_signature_is_not_believed(keys: Any, jwks: Path) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"sub": "m-1", "aud": "ekkyo", "exp": int(time.time()) + 60, "roles": ["steward"]}
    for alg in ("none", "None", "EdDSA"):
        header = {"alg": alg, "kid": keys[0]["kid"], "typ": "JWT"}
        assert code(Verifier(jwks), f"{part(header)}.{part(claims)}.") == "token_invalid"


def test_a_token_signed_with_the_public_key_as_a_secret_is_not_believed(keys: Any, jwks: Path) -> None:
    claims = {"sub": "m-1", "aud": "ekkyo", "exp": int(time.time()) + 60, "roles": ["steward"]}
    secret = base64.urlsafe_b64decode(keys[1]["keys"][0]["x"] + "=")
    forged = jwt.encode(claims, secret, "HS256", headers={"kid": keys[0]["kid"]})
    assert code(Verifier(jwks), forged) == "token_invalid"


def test_a_key_that_is_not_in_the_file_is_not_believed(keys: Any, jwks: Path) -> None:
    stranger, _ = make_keys()
    assert code(Verifier(jwks), signed(stranger)) == "token_invalid"
    assert code(Verifier(jwks), signed(stranger | {"kid": keys[0]["kid"]})) == "token_invalid"


def test_a_remembered_token_expires_all_the_same(keys: Any, jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, token = Verifier(jwks), issue_token(keys[0], "m-1", ttl=60)
    assert verifier.caller(f"Bearer {token}").sub == "m-1"
    now = time.time()
    monkeypatch.setattr("ekkyo.wire.tokens.time.time", lambda: now + 100)
    assert code(verifier, token) == "token_expired"


def test_keys_are_added_and_withdrawn_while_it_runs(keys: Any, jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, old = Verifier(jwks), issue_token(keys[0], "m-1")
    assert verifier.caller(f"Bearer {old}").sub == "m-1"
    private, public = make_keys()
    later = time.time()
    for n, (content, good, bad) in enumerate(
        [
            (json.dumps({"keys": keys[1]["keys"] + public["keys"]}), [old, issue_token(private, "m-2")], []),
            ("{ half of it", [old], []),
            (json.dumps(public), [issue_token(private, "m-2")], [old]),
        ]
    ):
        jwks.write_text(content)
        os.utime(jwks, (later + n, later + n))
        monkeypatch.setattr("ekkyo.wire.tokens.time.time", lambda n=n: later + 2 * (n + 1))
        for token in good:
            verifier.caller(f"Bearer {token}")
        for token in bad:
            assert code(verifier, token) == "token_invalid"


def test_a_token_that_was_forged_is_believed_once_its_key_is_added(
    keys: Any, jwks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier, (private, public) = Verifier(jwks), make_keys()
    kid = {"kid": keys[0]["kid"]}
    token = issue_token(private | kid, "m-1")
    assert [code(verifier, token) for _ in range(2)] == ["token_invalid"] * 2
    now = time.time()
    jwks.write_text(json.dumps({"keys": [public["keys"][0] | kid]}))
    os.utime(jwks, (now + 9, now + 9))
    monkeypatch.setattr("ekkyo.wire.tokens.time.time", lambda: now + 2)
    assert verifier.caller(f"Bearer {token}").sub == "m-1"


@pytest.mark.parametrize(
    ("limit", "within", "beyond"),
    [
        ({"ekkyo_roles": ["leader:*"]}, {"roles": ["leader:c1", "leader:c2"]}, {"roles": ["leader:c1", "system"]}),
        ({"ekkyo_roles": ["leader:c1"]}, {"roles": ["leader:c1"]}, {"roles": ["leader:c2"]}),
        ({"ekkyo_roles": []}, {"roles": []}, {"roles": ["steward"]}),
        ({"ekkyo_sub": "hr-[0-9]+"}, {"sub": "hr-1"}, {"sub": "hr-1x"}),
        ({"ekkyo_max_seconds": 3600}, {"iat": NOW, "exp": NOW + 3600}, {"exp": NOW + 7200}),
        ({}, {"exp": NOW + 86_400}, {"exp": NOW + 90_000}),
        ({}, {"iat": NOW, "exp": NOW + 86_400}, {"iat": NOW - 90_000}),
    ],
)
def test_a_token_says_no_more_than_its_key_may(
    limit: dict[str, Any], within: dict[str, Any], beyond: dict[str, Any], keys: Any, jwks: Path
) -> None:
    jwks.write_text(json.dumps({"keys": [keys[1]["keys"][0] | limit]}))
    verifier = Verifier(jwks)
    for _ in range(2):
        assert verifier.caller(f"Bearer {signed(keys[0], **within)}").sub == within.get("sub", "m-1")
        assert code(verifier, signed(keys[0], **beyond)) == "token_invalid"


def test_a_key_that_is_limited_to_operations_is_good_for_nothing_else(jwks: Path) -> None:
    private, public = make_keys(OF_REPLIES)
    jwks.write_text(json.dumps(public))
    verifier, bearer = Verifier(jwks), f"Bearer {issue_token(private, 'm-1', [], 60)}"
    for _ in range(2):  # the second time it is remembered
        for operation in ("events.register", "events.withdraw"):
            assert verifier.caller(bearer, operation).sub == "m-1"
        for other in ("events.mine", "members.change_profile", None):
            with pytest.raises(Refused) as no:
                verifier.caller(bearer, other)
            assert (no.value.status, no.value.code) == (403, "not_allowed")
    with pytest.raises(Refused):
        verifier.caller_until(bearer)
    for roles, seconds in ((["steward"], 60), (["leader:c1"], 60), ([], 61)):
        with pytest.raises(ValueError, match="key"):
            issue_token(private, "m-1", roles, seconds)


def test_how_long_a_token_may_live_is_a_setting(keys: Any, jwks: Path) -> None:
    week = signed(keys[0], exp=int(time.time()) + 7 * 86_400)
    assert code(Verifier(jwks), week) == "token_invalid"
    assert Verifier(jwks, max_seconds=8 * 86_400).caller(f"Bearer {week}").sub == "m-1"


def test_a_key_for_some_operations_alone_may_say_how_long_its_tokens_live_up_to_a_year(keys: Any, jwks: Path) -> None:
    half_a_year, forever = (signed(keys[0], exp=int(time.time()) + days * 86_400) for days in (180, 400))
    long = {"ekkyo_max_seconds": 1000 * 86_400}
    for limits, taken in [(long | {"ekkyo_operations": ["members.provision"]}, True), (long, False)]:
        jwks.write_text(json.dumps({"keys": [keys[1]["keys"][0] | limits]}))
        if taken:
            assert Verifier(jwks).caller(f"Bearer {half_a_year}", "members.provision").sub == "m-1"
        else:
            assert code(Verifier(jwks), half_a_year) == "token_invalid"
        assert code(Verifier(jwks), forever) == "token_invalid"


@pytest.mark.parametrize(
    "limit",
    [{"ekkyo_role": []}, {"ekkyo_roles": "leader"}, {"ekkyo_roles": ["leader"]}, {"ekkyo_sub": "("}]
    + [{"ekkyo_max_seconds": seconds} for seconds in (0, True, "60")]
    + [{"ekkyo_operations": names} for names in ("events.register", ["ekkyo.cmd.events.register"], ["events.*"])],
)
def test_a_limit_that_is_misspelled_lets_nobody_in(limit: dict[str, Any], keys: Any, jwks: Path) -> None:
    jwks.write_text(json.dumps({"keys": [keys[1]["keys"][0] | limit]}))
    with pytest.raises(ValueError, match=r"ekkyo_|limit"):
        Verifier(jwks)


def test_a_key_that_knows_its_limits_signs_nothing_beyond_them(keys: Any) -> None:
    limited = keys[0] | {"ekkyo_roles": ["leader:*"], "ekkyo_max_seconds": 900}
    assert issue_token(limited, "m-1", ["leader:c1"], 900)
    for roles, seconds in ((["system"], 900), ([], 901)):
        with pytest.raises(ValueError, match="key"):
            issue_token(limited, "m-1", roles, seconds)


def test_without_keys_a_service_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Verifier(tmp_path / "none.json")


def test_a_token_for_what_is_no_id_is_not_issued(keys: Any) -> None:
    with pytest.raises(ValueError, match="an id"):
        issue_token(keys[0], "taro@example.com")
