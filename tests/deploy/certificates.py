"""A CA of a test's own, and certificates that it signed."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.x509.oid import NameOID
from ekkyo.installation.login import Tls

NOW = datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Authority:
    """Who signs. Its certificate is `ca.crt` beside those that it signed."""

    folder: Path
    name: x509.Name
    key: EllipticCurvePrivateKey

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        folder.mkdir(parents=True)
        key = generate_private_key(SECP256R1())
        name = _named("an authority")
        made = _certificate(name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        (folder / "ca.crt").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return cls(folder, name, key)

    def sign(self, who: str) -> Tls:
        """A certificate for somebody on the loopback address, good for both sides."""
        key = generate_private_key(SECP256R1())
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName(who)])
        made = _certificate(_named(who), key, self.name).add_extension(here, critical=False)
        tls = Tls(self.folder / "ca.crt", self.folder / f"{who}.crt", self.folder / f"{who}.key")
        assert tls.cert
        assert tls.key
        tls.cert.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        tls.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
        return tls


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    name: x509.Name, key: EllipticCurvePrivateKey, issuer: x509.Name | None = None
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(minutes=5))
        .not_valid_after(NOW + datetime.timedelta(hours=1))
    )
