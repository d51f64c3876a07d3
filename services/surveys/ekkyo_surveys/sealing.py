"""Answers sealed before they are written: whoever has the database alone cannot read them. Pure.

A sealed answer is a libsodium sealed box (X25519, XSalsa20-Poly1305, https://doc.libsodium.org/public-key_cryptography/
sealed_boxes): the survey's public key closes it, its secret key alone opens it. The same words never look the same
twice, and their length is one of three.
"""

import base64
import json
from hashlib import blake2b
from typing import cast

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey, SealedBox

from ekkyo_surveys.answers import Value

LENGTHS = (512, 2048, 16384)
"""Bytes that an answer is padded to. Most answers fit the first; the form allows none that exceeds the last."""


def public_key(key: str) -> str:
    """The public half of a survey's secret key; both in hexadecimal digits."""
    return bytes(PrivateKey(bytes.fromhex(key)).public_key).hex()


def text_of(said: dict[str, Value]) -> bytes:
    """What was said, as it is sealed before it is padded."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def seal(said: dict[str, Value], *, to: str, ephemeral: bytes) -> str:
    """What was said, sealed to a public key. ephemeral: 32 random bytes, never used for another answer."""
    text = text_of(said)
    padded = text.ljust(next(length for length in LENGTHS if length >= len(text)))
    sender, receiver = PrivateKey(ephemeral), PublicKey(bytes.fromhex(to))
    nonce = blake2b(bytes(sender.public_key) + bytes(receiver), digest_size=Box.NONCE_SIZE).digest()
    sealed = bytes(sender.public_key) + Box(sender, receiver).encrypt(padded, nonce).ciphertext
    return base64.b64encode(sealed).decode()


def opened(sealed: str, key: str | None) -> dict[str, Value] | None:
    """What was said; None when this is not the key that opens it."""
    if key is None:
        return None
    try:
        text = SealedBox(PrivateKey(bytes.fromhex(key))).decrypt(base64.b64decode(sealed))
    except CryptoError:
        return None
    return cast("dict[str, Value]", json.loads(text))
