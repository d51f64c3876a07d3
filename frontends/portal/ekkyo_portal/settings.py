"""What the portal needs to know besides what every process does."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from ekkyo.process.settings import ProcessSettings
from pydantic import Field, field_validator, model_validator


class PortalSettings(ProcessSettings):
    """Where people find the portal, where it listens, and the keys that it signs with."""

    portal_url: str = Field(description="the address that people open, such as https://ekkyo.example.com")
    web_host: str = Field("127.0.0.1", description="the address that pages are served on")
    web_port: int = Field(8000, ge=0, le=65535, description="their port, 1 to 65535; 0 takes a free one")
    forwarded_from: str = Field(
        "", description="the proxies whose X-Forwarded-For is believed: addresses or networks, with commas"
    )
    jwks_file: Path = Field(description="a readable JWKS file with the public keys of the tokens that services accept")
    portal_key_file: Path = Field(description="a readable file with the private JWK that signs members' tokens")
    session_key_file: Path = Field(
        description="a readable file with the secret that signs session cookies, at least 32 characters in a line; "
        "an older one may stand in the next line while it is replaced"
    )

    mail_sign_in: bool = Field(True, description="true: one may sign in by a code that is sent by mail")
    local_sign_in: bool = Field(
        False, description="true on the local stack alone: addresses that `ekkyo open` prints sign in"
    )
    oidc_name: str = Field("", description="what the company's sign-in is called on the button, such as Entra ID")

    @field_validator("portal_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ValueError("must begin with https://")
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("must be a scheme and a host alone")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("portal_key_file", "jwks_file", "session_key_file")
    @classmethod
    def _readable(cls, value: Path) -> Path:
        try:
            value.read_bytes()
        except OSError as e:
            raise ValueError from e
        return value

    @model_validator(mode="after")
    def _only_here(self) -> Self:
        if self.local_sign_in and self.secure:
            raise ValueError("EKKYO_LOCAL_SIGN_IN is for the local stack alone")
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS; on the local stack they do not."""
        return self.portal_url.startswith("https://")
