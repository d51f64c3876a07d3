"""Whether a mail address can ever be mailed: what makes it impossible, in words.

Sources: RFC 5321, sections 4.1.2 (dots) and 4.5.3.1 (lengths); RFC 6531 (SMTPUTF8); RFC 5891 (IDNA).
"""

import re
from unicodedata import normalize

from ekkyo_common.tables.names import plain, without_invisible

_SHOWN = re.compile(r"[^<>@]*<\s*(?:mailto:)?([^<>\s]+)\s*>", re.I)
_SEPARATORS = re.compile(r"[;,、；，/／\s]+")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-)*[^\W_])?")


def address_of(cell: str) -> str:
    """The address in a cell: `mailto:` and a name around it left out, full-width letters narrow, in lower case."""
    text = plain(without_invisible(cell))
    if found := _SHOWN.fullmatch(text):
        text = found[1]
    text = (
        re.sub(r"^mailto:\s*", "", text, flags=re.I).partition("?")[0] if text.lower().startswith("mailto:") else text
    )
    return normalize("NFC", text.casefold())


def why_not_mailable(address: str) -> str | None:
    """Why no mail can ever reach this address, in words; None: nothing speaks against it."""
    parts = [part for part in _SEPARATORS.split(address) if "@" in part]
    if len(parts) > 1:
        return "holds more than one address"
    if address.count("@") != 1:
        return "is not a mail address"
    local, _, domain = address.partition("@")
    if not local or len(local.encode()) > 64:
        return "has nothing before the @" if not local else "has more than 64 characters before the @"
    if not local.isascii():
        return "has letters before the @ that most mail servers do not take (they need SMTPUTF8)"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "has a dot at an end or two in a row before the @, which no mail server takes"
    if not _ATOM.fullmatch(local):
        return "has characters before the @ that stand in no mail address"
    return _why_no_domain(domain)


def _why_no_domain(domain: str) -> str | None:
    labels = domain.split(".")
    if len(labels) < 2 or not all(labels):
        return "has no complete domain after the @"
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return "has a domain that cannot be"
    try:
        encoded = domain.encode("idna")
    except UnicodeError:
        return "has a domain that cannot be"
    return "is too long" if len(encoded) > 253 else None
