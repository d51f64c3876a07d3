"""The company's own sign-in: OpenID Connect 1.0, authorization code flow with PKCE (RFC 7636), one issuer pinned."""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import jwt
from ekkyo.process.doctor import Finding, well, wrong

from ekkyo_portal.settings import PortalSettings

ALGORITHMS: Final = ("RS256", "ES256", "PS256", "EdDSA")
LEEWAY: Final = 60
"""Seconds that two clocks may differ."""
FRESH: Final = 3600.0
"""Seconds after which the provider's description is read again."""
RARELY: Final = 60.0
"""Seconds between two reads of its keys on account of a key that is not known."""
WITHIN: Final = 5.0
BACK: Final = "/signin/company/back"
"""Where the provider sends people back to: it has to be told this address once."""


class Away(Exception):
    """The provider does not answer, or not as one."""


class NotProven(Exception):
    """What came back does not prove who it is. The text says why, for the log; it holds nothing about the person."""


@dataclass
class Provider:
    """One OpenID provider. number_claim: empty when the verified mail address tells who it is."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    number_claim: str = ""
    required: Mapping[str, str] = field(default_factory=dict)
    back: str = ""
    clock: Callable[[], float] = time.monotonic
    _known: tuple[float, dict[str, Any]] = (-FRESH, {})
    _keys: tuple[float, list[dict[str, Any]]] = (-FRESH, [])
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, settings: PortalSettings) -> "Provider | None":
        """As the settings say; None where people sign in by mail alone."""
        if not settings.oidc_issuer:
            return None
        pairs = (one.partition("=") for one in settings.oidc_required.split(",") if one)
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            scopes=settings.oidc_scopes,
            number_claim=settings.oidc_number_claim,
            required={name.strip(): value.strip() for name, _, value in pairs},
            back=settings.portal_url + BACK,
        )

    async def begin(self) -> tuple[str, dict[str, str]]:
        """The address that asks the provider who it is, and what the browser has to bring back. Raises Away."""
        bound = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(bound["verifier"].encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": self.scopes,
            "state": bound["state"],
            "nonce": bound["nonce"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = (await self._description())["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", bound

    async def finish(self, query: Mapping[str, str], bound: Mapping[str, str]) -> dict[str, str]:
        """Who it is, as the members service is asked: `number` or `email`. Raises Away, NotProven."""
        if not secrets.compare_digest(query.get("state", ""), bound["state"]):
            raise NotProven("the state does not belong to this browser")
        if query.get("iss", self.issuer) != self.issuer:
            raise NotProven("the answer came from another issuer")
        if "code" not in query:
            raise NotProven("the provider refused the sign-in")
        description = await self._description()
        asked = {
            "grant_type": "authorization_code",
            "code": query["code"],
            "redirect_uri": self.back,
            "code_verifier": bound["verifier"],
        }
        login: tuple[str, str] | None = None
        ways = description.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.client_secret and "client_secret_basic" in ways:
            login = (self.client_id, self.client_secret)
        else:
            asked |= {"client_id": self.client_id}
            asked |= {"client_secret": self.client_secret} if self.client_secret else {}
        answer = await self._call("POST", description["token_endpoint"], data=asked, auth=login)
        if not isinstance(answer.get("id_token"), str):
            raise NotProven("the provider gave no id_token")
        claims = await self._claims(answer["id_token"], bound["nonce"])
        return self._who(await self._all_of(claims, answer.get("access_token")))

    async def _all_of(self, claims: dict[str, Any], access_token: object) -> dict[str, Any]:
        """With what the id_token lacks, from the userinfo endpoint (OpenID Connect Core 1.0, sections 5.3 and 5.4)."""
        needed = {self.number_claim} if self.number_claim else {"email", "email_verified"}
        endpoint = (await self._description()).get("userinfo_endpoint")
        if needed | self.required.keys() <= claims.keys() or not endpoint or not isinstance(access_token, str):
            return claims
        told = await self._call("GET", endpoint, authorization=f"Bearer {access_token}")
        if told.get("sub") != claims["sub"]:
            raise NotProven("the userinfo endpoint describes another subject than the id_token")
        if "email" in told:  # an address, and whether it is verified, come from the same place
            claims = {name: value for name, value in claims.items() if name not in ("email", "email_verified")}
        return {**told, **claims}

    def _who(self, claims: Mapping[str, Any]) -> dict[str, str]:
        for name, value in self.required.items():
            if str(claims.get(name)) != value:
                raise NotProven(f"the claim {name} does not have the value that EKKYO_OIDC_REQUIRED requires")
        if self.number_claim:
            number = claims.get(self.number_claim)
            if not isinstance(number, str | int) or isinstance(number, bool) or not str(number).strip():
                raise NotProven(f"the claim {self.number_claim} is missing")
            return {"number": str(number).strip()}
        if claims.get("email_verified") not in (True, "true") or not isinstance(claims.get("email"), str):
            raise NotProven("there is no mail address that the provider has verified")
        return {"email": claims["email"]}

    async def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(id_token)
            if header.get("alg") not in ALGORITHMS:
                raise NotProven("the id_token is signed in a way that is not accepted")
            key = await self._key(header.get("kid"))
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=[header["alg"]],
                audience=self.client_id,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, ValueError) as e:
            raise NotProven(f"the id_token is invalid: {type(e).__name__}") from e
        if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise NotProven("the id_token was made for another sign-in")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.client_id:
            raise NotProven("the id_token was made for another client")
        return claims

    async def _key(self, kid: str | None) -> Any:
        """The key with this id; of a token that names none, the only one there is."""
        for again in (False, True):
            at, keys = self._keys
            if again and self.clock() - at >= RARELY:
                uri = (await self._description())["jwks_uri"]
                keys = [k for k in (await self._call("GET", uri)).get("keys", []) if k.get("use", "sig") == "sig"]
                self._keys = (self.clock(), keys)
            found = [key for key in keys if key.get("kid") == kid] if kid else keys
            if len(found) == 1:
                return jwt.PyJWK(found[0]).key
        raise NotProven("the id_token is signed with a key that the provider does not publish")

    async def _description(self) -> dict[str, Any]:
        async with self._lock:
            at, known = self._known
            if self.clock() - at >= FRESH:
                known = await self._call("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                if known.get("issuer") != self.issuer:
                    raise Away(f"its issuer is {known.get('issuer')!r}: EKKYO_OIDC_ISSUER must be exactly this")
                if not all(isinstance(known.get(name), str) for name in ENDPOINTS):
                    raise Away("its discovery document lacks an endpoint")
                self._known = (self.clock(), known)
            return known

    async def _call(self, method: str, url: str, authorization: str = "", **more: Any) -> dict[str, Any]:
        headers = {"accept": "application/json", **({"authorization": authorization} if authorization else {})}
        try:
            async with httpx.AsyncClient(timeout=WITHIN, follow_redirects=False) as http:
                answer = await http.request(method, url, headers=headers, **more)
            found = answer.json() if answer.status_code < 500 else None
        except (httpx.HTTPError, ValueError) as e:
            raise Away(type(e).__name__) from e
        if answer.status_code == 400 and method == "POST":
            raise NotProven("the provider did not accept the authorization code")
        if answer.status_code != 200 or not isinstance(found, dict):
            raise Away(f"status {answer.status_code}")
        return found


ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


async def findings(settings: PortalSettings) -> list[Finding]:
    """For the doctor: whether the provider answers, and calls itself what the settings call it."""
    provider = Provider.of(settings)
    if provider is None:
        return []
    try:
        await provider.begin()
    except Away as away:
        return [wrong("company sign-in", f"the provider cannot be used: {away}", "Check EKKYO_OIDC_ISSUER.")]
    return [well("company sign-in", f"answers; it has to know {provider.back}")]
