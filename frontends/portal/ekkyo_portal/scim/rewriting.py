"""What Entra ID and Okta send otherwise than the standard says, made what they mean before it is read."""

import json
import re
from typing import Any, Final

from scim2_models import (
    InvalidFilterException,
    InvalidSyntaxException,
    InvalidValueException,
    PayloadTooLargeException,
)

from ekkyo_portal.scim.described import EnterpriseUser
from ekkyo_portal.scim.refused import NUMBER_MISSING

_ADDRESS_FILTER: Final = re.compile(r"emails\s*\[[^\]]*\]\s*\.\s*value", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
OPERATIONS: Final = 1000
"""In one PATCH."""
LONGEST: Final = 2000
"""Characters of a filter."""
WHOLE: Final = ("POST", "PUT")
ENTERPRISE: Final = str(EnterpriseUser.__schema__).lower()


def search_filter(text: str) -> str:
    """Entra ID's `emails[type eq "work"].value eq …`, which the grammar of filters does not have.

    Raises InvalidFilterException for a filter that is too long.
    """
    if len(text) > LONGEST:
        raise InvalidFilterException(detail=f"A filter has at most {LONGEST} characters.")
    return _ADDRESS_FILTER.sub("emails.value", text)


def limited(body: bytes) -> None:
    """Refuse a PATCH of too many operations. Raises PayloadTooLargeException."""
    said = _read(body)
    operations = said.get("Operations") if isinstance(said, dict) else None
    if isinstance(operations, list) and len(operations) > OPERATIONS:
        raise PayloadTooLargeException(detail=f"At most {OPERATIONS} operations are accepted.")


def search_body(body: bytes) -> bytes:
    """A search as it is sent in a body, its filter as `search_filter` makes it."""
    said = _read(body)
    if isinstance(said, dict) and isinstance(said.get("filter"), str):
        said["filter"] = search_filter(said["filter"])
    return json.dumps(said).encode()


def user_body(method: str, body: bytes) -> bytes:
    """A user as they are sent whole, with what goes without saying. A PATCH stays as it is.

    Raises InvalidValueException for somebody new without a number, which is what admins miss first.
    """
    said = _read(body)
    if method not in WHOLE or not isinstance(said, dict):
        return body
    user = {str(name).lower(): value for name, value in said.items()}
    if method == "POST" and not _numbered(user.get(ENTERPRISE)):
        raise InvalidValueException(detail=NUMBER_MISSING)
    if not user.get("displayname") and (name := _composed(user.get("name"))):
        said["displayName"] = name
    if user.get("active") is None:
        said["active"] = True
    given = [one for one in user.get("emails") or [] if isinstance(one, dict) and one.get("value")]
    known_as = user.get("username")
    if not given and isinstance(known_as, str) and _ADDRESS.fullmatch(known_as):
        given = [{"value": known_as}]
    if given:
        _drop(said, "emails")
        said["emails"] = [{"value": _chosen(given)["value"], "type": "work"}]
    return json.dumps(said).encode()


def _numbered(known: Any) -> bool:
    return isinstance(known, dict) and any(str(name).lower() == "employeenumber" and known[name] for name in known)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidSyntaxException(detail="The body is not valid JSON.") from None


def _composed(name: Any) -> str:
    """A name from its parts, in the order in which they are spoken: the family's first, where it is written so."""
    if not isinstance(name, dict):
        return ""
    parts = {str(key).lower(): value for key, value in name.items() if isinstance(value, str) and value.strip()}
    if "formatted" in parts:
        return str(parts["formatted"])
    given, family = parts.get("givenname", ""), parts.get("familyname", "")
    latin = (given + family).isascii()
    return " ".join(part for part in ((given, family) if latin else (family, given)) if part)


def _chosen(emails: list[dict[str, Any]]) -> dict[str, Any]:
    """The primary address, else the one at work, else the first."""
    primary = [one for one in emails if one.get("primary") in (True, "true", "True")]
    at_work = [one for one in emails if str(one.get("type", "")).lower() == "work"]
    return (primary or at_work or emails)[0]


def _drop(said: dict[str, Any], name: str) -> None:
    for key in [key for key in said if key.lower() == name]:
        del said[key]
