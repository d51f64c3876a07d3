"""How a client proves to NATS who it is: by a password or an nkey, over TLS where the server wants it.

An nkey (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth) is an Ed25519 key
pair: the server knows the public half and never sees the secret one, which is called the seed.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import nkeys


@dataclass(frozen=True)
class Tls:
    """Whom to believe, and what to show: files in PEM. A server that wants no certificate is shown none."""

    ca: Path
    cert: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Raises OSError (ssl.SSLError is one) when a file cannot be used."""
        made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(self.ca))
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.cert:
            made.load_cert_chain(self.cert, self.key)
        return made


@dataclass(frozen=True)
class Login:
    """A NATS user. The nkey's seed wins over the password; with TLS nothing is ever said in the clear."""

    user: str = ""
    password: str = field(default="", repr=False)
    nkey_file: Path | None = None
    tls: Tls | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """EKKYO_NATS_USER, with EKKYO_NATS_PASSWORD or EKKYO_NATS_NKEY_FILE, and EKKYO_NATS_TLS_CA, _CERT and _KEY."""

        def file(name: str) -> Path | None:
            return Path(environment[name]) if environment.get(name) else None

        ca, cert, key = (file(f"EKKYO_NATS_TLS_{what}") for what in ("CA", "CERT", "KEY"))
        return cls(
            user=environment.get("EKKYO_NATS_USER", ""),
            password=environment.get("EKKYO_NATS_PASSWORD", ""),
            nkey_file=file("EKKYO_NATS_NKEY_FILE"),
            tls=Tls(ca, cert, key) if ca else None,
        )

    def options(self) -> dict[str, Any]:
        """What `nats.connect` takes. Raises OSError when a file cannot be read."""
        options: dict[str, Any] = {}
        if self.nkey_file:
            options["nkeys_seed"] = str(self.nkey_file)
        elif self.user:
            options |= {"user": self.user, "password": self.password}
        if self.tls:  # TLS first: nats-py would go on in the clear with a server that does not ask for it
            options |= {"tls": self.tls.context(), "tls_handshake_first": True}
        return options


def make_nkey() -> tuple[bytes, str]:
    """A new user's seed, which is secret, and the public key for the server's configuration."""
    seed = bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER))
    return seed, public_nkey(seed)


def public_nkey(seed: bytes) -> str:
    """The public key that goes with a seed. Raises nkeys.NkeysError for what is none."""
    return str(nkeys.from_seed(bytearray(seed.strip())).public_key.decode())
