"""How reports write people: names with something in brackets, mail addresses with something around them."""

import re

from ekkyo_common.tables.names import plain

_BRACKETS = re.compile(r"\s*[(（\[［【〔]([^()（）\[\]［］【】〔〕]*)[)）\]］】〕]\s*")
_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^\W_][\w-]+")
_BESIDE = re.compile(rf"[<(\[]?\s*(?:mailto:)?{_MAIL.pattern}\s*[>)\]]?")
_GUEST = re.compile(r"(.+)_([^_]+)#ext#@.+")
"""How Entra ID names a guest: their address with _ for @, in front of the tenant that invited them."""
_AROUND = re.compile(r"(?:mailto:)?\s*(?:[^<>]*<\s*(?:mailto:)?([^<>\s]+)\s*>|(\S+))")


def name_and_aliases(value: str) -> tuple[str, tuple[str, ...]]:
    """`村上　香織 (製造部)` → the name, and what stood in brackets.

    Brackets before the name are a prefix of it, as in 【営業部】山田花子, and stay.
    """
    text = plain(value)
    if _BRACKETS.match(text):
        return text, ()
    aliases = tuple(alias for found in _BRACKETS.findall(text) if (alias := plain(found)))
    name = plain(_BRACKETS.sub(" ", text))
    return (name, aliases) if name else (text, ())


def addresses_in(value: str) -> list[str]:
    """The mail addresses in a cell, in lower case, alone or between other words."""
    if found := mail_address(value):
        return [found]
    return [found.casefold() for found in _MAIL.findall(plain(value)) if mail_address(found)]


def without_addresses(value: str) -> str:
    """A name without the mail address beside it, as in `Anna Weber <anna@example.com>`; it may be empty then."""
    return _BESIDE.sub(" ", plain(value)).strip(" ,;/") if "@" in plain(value) else value


def mail_address(value: str) -> str | None:
    """A mail address in lower case, alone or as `Name <address>` or `mailto:address`; None where there is none."""
    found = _AROUND.fullmatch(plain(value).casefold())
    address = (found[1] or found[2]) if found else ""
    if guest := _GUEST.fullmatch(address):
        address = f"{guest[1]}@{guest[2]}"
    return address if _MAIL.fullmatch(address) else None
