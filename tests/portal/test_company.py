"""The company's own sign-in, with a provider that really answers, and with one that lies."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import oidc_provider_mock
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from ekkyo_portal.settings import PortalSettings
from ekkyo_portal.signin.company import BACK, NotProven, Provider
from pydantic import ValidationError

from tests.portal.making import settings, text_of
from tests.portal.whole import Whole, identity, whole

CLIENT = {"oidc_client_id": "ekkyo", "oidc_client_secret": "s"}
PEOPLE = {
    "with-mail": {"email": "hanako@example.com", "email_verified": True, "employee_number": "0012345"},
    "unverified": {"email": "hanako@example.com", "email_verified": False},
    "stranger": {"email": "nobody@example.com", "email_verified": True},
    "gone": {"email": "gone@example.com", "email_verified": True},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


async def consented(address: str, sub: str) -> str:
    """What the provider sends the browser back to, once somebody has signed in there."""
    async with httpx.AsyncClient() as http:
        answer = await http.post(address, data={"sub": sub})
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.headers["location"])
    assert parts.path == BACK
    return f"{parts.path}?{parts.query}"


async def signed_in(portal: Whole, sub: str, onto: str = "/") -> httpx.Response:
    to = await portal.get(f"/signin/company?next={onto}")
    return await portal.get(await consented(to.headers["location"], sub))


def known(portal: Whole) -> None:
    portal.services.found_by.update(
        {
            ("email", "hanako@example.com"): "hanako",
            ("number", "0012345"): "hanako",
            ("email", "gone@example.com"): "gone",
        }
    )


@pytest.mark.parametrize("claim", ["", "employee_number"])
async def test_whom_the_provider_names_is_signed_in_and_gets_to_where_they_wanted(tmp_path, issuer: str, claim: str):
    async with whole(tmp_path, oidc_issuer=issuer, **CLIENT, oidc_name="Entra ID", oidc_number_claim=claim) as portal:
        known(portal)
        page = await portal.get("/signin?next=/e/e1")
        assert "Entra ID でサインイン" in text_of(page)
        assert 'href="/signin/company?next=/e/e1"' in page.text
        done = await signed_in(portal, "with-mail", "/e/e1")
        assert done.headers["location"] == "/e/e1"
        assert portal.signed_in


@pytest.mark.parametrize("sub", ["unverified", "stranger", "gone"])
async def test_who_is_not_a_member_now_is_told_whom_to_ask(tmp_path, issuer: str, sub: str):
    people = identity("hanako"), identity("gone", active=False)
    async with whole(tmp_path, *people, oidc_issuer=issuer, **CLIENT) as portal:
        known(portal)
        page = await signed_in(portal, sub)
        assert page.status_code == 403
        assert "管理者にお問い合わせください" in text_of(page)
        assert not portal.signed_in


async def test_what_comes_back_works_once_and_only_in_the_browser_that_asked(tmp_path, issuer: str):
    async with whole(tmp_path, oidc_issuer=issuer, **CLIENT) as portal:
        known(portal)
        to = (await portal.get("/signin/company")).headers["location"]
        query = parse_qs(urlsplit(to).query)
        assert query["code_challenge_method"] == ["S256"]
        back = await consented(to, "with-mail")
        mine = dict(portal.http.cookies)
        portal.http.cookies.clear()
        assert (await portal.get(back)).status_code == 400, "another browser"
        await portal.get("/signin/company")
        assert (await portal.get(back)).status_code == 403, "another sign-in in the same browser"
        portal.http.cookies.clear()
        portal.http.cookies.update(mine)
        assert (await portal.http.head(back)).status_code == 400
        assert (await portal.get(back.replace("code=", "code=x"))).status_code == 403
        assert (await portal.get(f"{back}&iss=https://evil.example.com")).status_code == 403
        assert not portal.signed_in
        assert (await portal.get(back)).status_code == 303
        assert portal.signed_in
        portal.http.cookies.clear()
        portal.http.cookies.update(mine)
        assert (await portal.get(back)).status_code == 403, "the code was used"


async def test_a_provider_that_is_away_is_said_so(tmp_path):
    async with whole(tmp_path, oidc_issuer="http://localhost:9", **CLIENT) as portal:
        page = await portal.get("/signin/company")
        assert page.status_code == 503
        assert "会社のサインインにいま接続できません" in text_of(page)
        assert (await portal.get("/signin")).status_code == 200


KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
ISSUER = "https://id.example.com/tenant"
GOOD = {
    "iss": ISSUER,
    "aud": "ekkyo",
    "sub": "1",
    "nonce": "n",
    "email": "a@example.com",
    "email_verified": True,
    "hd": "x",
}


def provider(**more: str) -> Provider:
    """One that is not asked: its description and its key are known."""
    made = Provider(ISSUER, "ekkyo", "secret", "openid", **more)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    made._known = (time.monotonic(), {"jwks_uri": "http://localhost:9/jwks"})
    made._keys = (time.monotonic(), [{**public, "kid": "k1", "alg": "RS256"}])
    return made


def token(key=KEY, algorithm: str = "RS256", kid: str | None = "k1", **claims: object) -> str:
    now = int(time.time())
    said = {k: v for k, v in {**GOOD, "iat": now, "exp": now + 60, **claims}.items() if v is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


async def who(made: Provider, text: str) -> dict[str, str]:
    return made._who(await made._claims(text, "n"))


async def test_a_good_token_tells_who_it_is():
    assert await who(provider(), token()) == {"email": "a@example.com"}
    assert await who(provider(), token(kid=None)) == {"email": "a@example.com"}
    assert await who(provider(number_claim="no"), token(no=12345)) == {"number": "12345"}
    assert await who(provider(required={"hd": "x"}), token()) == {"email": "a@example.com"}
    assert await who(provider(), token(aud=["ekkyo", "b"], azp="ekkyo")) == {"email": "a@example.com"}


@pytest.mark.parametrize(
    "text",
    [
        token(OTHER),
        token("x" * 32, "HS256"),
        jwt.encode(GOOD, None, algorithm="none"),
        token(kid="k2"),
        token(iss="https://id.example.com/other"),
        token(aud="another"),
        token(aud=["ekkyo", "b"], azp="b"),
        token(aud=["ekkyo", "b"]),
        token(nonce="m"),
        token(nonce=None),
        token(exp=int(time.time()) - 100),
        token(exp=None),
        token(email_verified=None),
        token(email_verified=False),
        token(email=None),
        "x",
        "",
    ],
)
async def test_a_token_that_proves_nothing_signs_nobody_in(text: str):
    with pytest.raises(NotProven):
        await who(provider(), text)


@pytest.mark.parametrize(
    ("id_token", "told", "tells"),
    [
        ({}, {"email": "a@example.com", "email_verified": True}, {"email": "a@example.com"}),
        ({"email": "b@example.com"}, {"email": "a@example.com", "email_verified": True}, {"email": "a@example.com"}),
        ({}, {"email": "a@example.com"}, None),
        ({"email_verified": True}, {"email": "a@example.com"}, None),
        ({}, {"email": "a@example.com", "email_verified": True, "sub": "2"}, None),
        ({"email": "a@example.com", "email_verified": False}, {"email_verified": True}, None),
    ],
)
async def test_what_the_id_token_lacks_is_asked_for_of_the_same_person(id_token, told, tells):
    made, asked = provider(), []

    async def call(method: str, url: str, authorization: str = "") -> dict[str, object]:
        asked.append((method, url, authorization))
        return {"sub": "1", **told}

    made._known[1]["userinfo_endpoint"] = "http://localhost:9/me"
    made._call = call
    try:
        found = made._who(await made._all_of({"sub": "1", **id_token}, "t"))
    except NotProven:
        found = None
    assert found == tells
    assert asked in ([], [("GET", "http://localhost:9/me", "Bearer t")])
    assert made._who(await made._all_of(GOOD, "t")) == {"email": "a@example.com"}
    assert len(asked) <= 1, "whose token tells all is not asked about"


async def test_claims_that_are_required_must_be_there():
    for made, text in (
        (provider(required={"hd": "x"}), token(hd="y")),
        (provider(required={"hd": "x"}), token(hd=None)),
        (provider(number_claim="no"), token()),
        (provider(number_claim="no"), token(no=" ")),
        (provider(number_claim="no"), token(no=["1"])),
    ):
        with pytest.raises(NotProven):
            await who(made, text)


@pytest.mark.parametrize(
    "more",
    [
        {"oidc_issuer": "http://id.example.com", "oidc_client_id": "x"},
        {"oidc_issuer": "https://login.microsoftonline.com/common/v2.0", "oidc_client_id": "x"},
        {"oidc_issuer": "https://id.example.com"},
        {"oidc_required": "hd"},
        {"mail_sign_in": False},
        {"portal_url": "http://ekkyo.example.com"},
        {"portal_url": "https://ekkyo.example.com/portal"},
        {"portal_url": "https://ekkyo.example.com", "local_sign_in": True},
    ],
)
def test_settings_that_would_let_anybody_in_or_nobody_are_refused(more: dict[str, object]):
    with pytest.raises(ValidationError):
        settings(**more)
    assert isinstance(settings(), PortalSettings)
