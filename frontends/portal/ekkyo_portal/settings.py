"""What the portal needs to know besides what every process does."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from ekkyo.process.settings import ProcessSettings
from ekkyo.wire.passes import PassReader
from ekkyo.wire.seats import SeatReader
from ekkyo.wire.tokens import DAY
from pydantic import Field, SecretStr, field_validator, model_validator

LOCAL: Final = ("127.0.0.1", "localhost", "::1")
MANY_TENANTS: Final = ("common", "organizations", "consumers")

_COMMUNITY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PortalSettings(ProcessSettings):
    """Where people find the portal, where it listens, and the keys that it signs with."""

    portal_url: str = Field(description="the address that people open, such as https://ekkyo.example.com")
    web_host: str = Field("127.0.0.1", description="the address that pages are served on")
    web_port: int = Field(8000, ge=0, le=65535, description="their port, 1 to 65535; 0 takes a free one")
    forwarded_from: str = Field(
        "", description="the proxies whose X-Forwarded-For is believed: addresses or networks, with commas"
    )
    jwks_file: Path = Field(description="a readable JWKS file with the public keys of the tokens that services accept")
    token_max_seconds: int = Field(
        DAY, ge=60, le=366 * DAY, description="how long a bearer token may be valid, in seconds: 60 to a year"
    )
    portal_key_file: Path = Field(description="a readable file with the private JWK that signs members' tokens")
    session_key_file: Path = Field(
        description="a readable file with the secret that signs session cookies and the QR codes of seats on pages, "
        "at least 32 characters in a line; an older one may stand in the next line while it is replaced"
    )

    mail_sign_in: bool = Field(True, description="true: one may sign in by a code that is sent by mail")
    local_sign_in: bool = Field(
        False, description="true on the local stack alone: addresses that `ekkyo open` prints sign in"
    )
    passes: bool | None = Field(
        None,
        description="true: links in mails open one event's page for their reader without a sign-in; "
        "when absent, true where no EKKYO_OIDC_ISSUER is set",
    )
    pass_jwks_file: Path | None = Field(
        None,
        description="a readable JWKS file with the public half of notify's EKKYO_PASS_KEY_FILE; "
        "absent: no links in mails without a sign-in, and the desk reads the QR codes of pages, but not those in mails",
    )

    systems_file: Path | None = Field(
        None,
        description="a readable file written by `ekkyo system`: provision creates mirrors for the systems in it, "
        "and the portal lists them for stewards",
    )
    hears_members: str = Field(
        "",
        description="systems that may read facts about members over HTTP: the subjects of their tokens, with commas",
    )
    scim_groups: str = Field(
        "",
        description="groups of the company's directory whose people are in a community: community id=group, with "
        "commas, such as it-salon=SG-IT-Salon",
    )

    oidc_issuer: str = Field("", description="the OpenID provider that people sign in with; Entra ID: of one tenant")
    oidc_client_id: str = Field("", description="what this portal is called there")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="the secret that it was given there")
    oidc_name: str = Field("", description="what the company's sign-in is called on the button, such as Entra ID")
    oidc_number_claim: str = Field(
        "", description="the claim with the personnel number; when absent, the verified mail address tells who it is"
    )
    oidc_required: str = Field(
        "", description="claims that must be so, such as hd=example.com for Google or tid=... for Entra ID; with commas"
    )
    oidc_scopes: str = Field("openid email profile", description="what is asked for, with spaces between")

    @field_validator("portal_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise ValueError("must begin with https://")
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("must be a scheme and a host alone")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("forwarded_from")
    @classmethod
    def _proxies(cls, value: str) -> str:
        """With `*` the address that a browser made up would count; a name would never be found."""
        try:
            for one in value.split(",") if value else ():
                ip_network(one.strip())
        except ValueError:
            raise ValueError("must be addresses or networks, with commas between") from None
        return value

    @field_validator("portal_key_file", "jwks_file", "session_key_file", "pass_jwks_file")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        try:
            if value is not None:
                value.read_bytes()
        except OSError as e:
            raise ValueError from e
        return value

    @field_validator("scim_groups")
    @classmethod
    def _groups(cls, value: str) -> str:
        pairs = _pairs(value)
        if not all(_COMMUNITY.fullmatch(community) and group for community, group in pairs):
            raise ValueError("must be community id=group, with commas between")
        for side in zip(*pairs, strict=True):
            if len(set(side)) < len(side):
                raise ValueError("must name each community and each group once")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _an_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and ((parts.scheme != "https" and parts.hostname not in LOCAL) or not parts.hostname):
            raise ValueError("must begin with https://")
        if parts.hostname == "login.microsoftonline.com" and parts.path.split("/")[1] in MANY_TENANTS:
            raise ValueError("must be that of one tenant: anybody's account would do")
        return value

    @field_validator("oidc_required")
    @classmethod
    def _claims(cls, value: str) -> str:
        if any("=" not in one for one in value.split(",") if value):
            raise ValueError("must be claim=value, with commas between")
        return value

    @model_validator(mode="after")
    def _only_here(self) -> Self:
        if self.local_sign_in and self.secure:
            raise ValueError("EKKYO_LOCAL_SIGN_IN is for the local stack alone")
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("EKKYO_OIDC_ISSUER needs EKKYO_OIDC_CLIENT_ID")
        if not (self.oidc_issuer or self.mail_sign_in or self.local_sign_in):
            raise ValueError("nobody could sign in: EKKYO_OIDC_ISSUER is absent and EKKYO_MAIL_SIGN_IN is false")
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS; on the local stack they do not."""
        return self.portal_url.startswith("https://")

    @property
    def members_heard_by(self) -> frozenset[str]:
        """The subjects of the tokens of systems that hear facts about members."""
        return frozenset(one.strip() for one in self.hears_members.split(",") if one.strip())

    @property
    def groups(self) -> dict[str, str]:
        """The ids of communities by the names of the directory's groups whose people are in them."""
        return {group: community for community, group in _pairs(self.scim_groups)}

    def pass_reader(self) -> PassReader | None:
        """Checks what links in mails hold; None where there are no such links. Raises OSError, ValueError."""
        return PassReader.read(self.pass_jwks_file) if self.pass_jwks_file else None

    def seat_reader(self) -> SeatReader | None:
        """Checks the codes of seats in mails; None where there is no key for it. Raises OSError, ValueError."""
        return SeatReader.read(self.pass_jwks_file) if self.pass_jwks_file else None

    @property
    def opens_by_link(self) -> bool:
        """Whether a link in a mail opens an event's page. Whether it ends messages does not depend on this."""
        return not self.oidc_issuer if self.passes is None else self.passes


def _pairs(text: str) -> list[tuple[str, str]]:
    """What stands on both sides of each =, with commas between the pairs."""
    parts = (one.partition("=") for one in text.split(",") if one.strip())
    return [(before.strip(), after.strip()) for before, _, after in parts]
