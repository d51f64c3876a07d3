"""Which facts a request asks for, from where on, and in which format: read from its address and headers, strictly."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from ekkyo import wire
from ekkyo.contracts import FACTS
from ekkyo.contracts.base import Caller, Fact, FieldError, Id, Instant, Refused, name_of, owner_of
from ekkyo.contracts.members import MemberErased
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import Headers, QueryParams

Format = Literal["sse", "ndjson"]
TYPES: Final[Mapping[str, type[Fact]]] = {name_of(fact): fact for fact in FACTS.values()}
"""Every fact by its name, such as `events.registration_confirmed`."""
NDJSON: Final = "application/x-ndjson"
LAST: Final = "Last-Event-ID"
PERSONAL: Final = "members"
"""Whose facts hold personal data. `members.erased` holds ids alone, and all who store anything must hear it."""
_NAMES: Final = ("type", "entity", "since", "format", "follow")
_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)
_INSTANT: Final[TypeAdapter[datetime]] = TypeAdapter(Instant)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to hear. since: a time, or the first position that is told; None: what is new."""

    facts: tuple[type[Fact], ...]
    entity: str | None
    since: datetime | int | None
    follow: bool
    format: Format


def heard(caller: Caller, hears_members: Set[str]) -> frozenset[str]:
    """The facts that a caller may hear, by name: those of members only when it is named for them. Raises Refused."""
    if "system" not in caller.roles:
        raise Refused("not_allowed", "Only systems may read facts: the token needs the role `system`.", 403)
    named = caller.sub in hears_members
    return frozenset(
        name for name, fact in TYPES.items() if named or owner_of(fact) != PERSONAL or fact is MemberErased
    )


def wanted(query: QueryParams, headers: Headers, may: Set[str]) -> Wanted:
    """What a request asks for, of what its caller may hear. Raises Refused."""
    given = query.multi_items()
    for name in dict(given):
        if name not in _NAMES:
            raise wrong(name, "unknown", "there is no such parameter")
        if name != "type" and len(query.getlist(name)) > 1:
            raise wrong(name, "repeated", "may be given once")
    types = query.getlist("type")
    for name in types:
        if name not in TYPES:
            raise wrong("type", "unknown", "there is no fact of this name; /api/openapi.json lists them")
    if beyond := sorted(set(types) - may):
        raise Refused("facts_of_members", f"This system may not read facts about members: {', '.join(beyond)}.", 403)
    return Wanted(
        facts=tuple(TYPES[name] for name in sorted(types or may)),
        entity=_entity(query.get("entity")),
        since=_since(query.get("since"), headers.get(LAST)),
        follow=_one_of("follow", query.get("follow", "true"), {"true": True, "false": False}),
        format=_format(query.get("format"), headers.get("accept", "")),
    )


def wrong(field: str, code: str, detail: str) -> wire.Malformed:
    """One parameter that cannot be used."""
    return wire.Malformed(f"The parameter {field}: {detail}.", [FieldError(field=field, code=code, detail=detail)])


def _entity(text: str | None) -> str | None:
    try:
        return None if text is None else _ID.validate_python(text)
    except ValidationError:
        raise wrong("entity", "not_an_id", "give one id") from None


def _since(since: str | None, last: str | None) -> datetime | int | None:
    """Where to begin. A reader that goes on after a fact says which one, whatever its address still says."""
    if last:
        if not re.fullmatch("[0-9]{1,18}", last):
            raise wrong(LAST, "not_a_position", "give the id of the last fact that arrived")
        return int(last) + 1
    if since is None:
        return None
    if re.fullmatch("[0-9]{1,18}", since):
        return max(1, int(since))
    try:
        return _INSTANT.validate_python(since)
    except ValidationError:
        told = "give a position, or a time with its zone such as 2026-05-01T09:00:00Z (+ in an address is %2B)"
        raise wrong("since", "not_a_time", told) from None


def _format(text: str | None, accept: str) -> Format:
    if text is None:
        return "ndjson" if NDJSON in accept else "sse"
    formats: dict[str, Format] = {"sse": "sse", "ndjson": "ndjson"}
    chosen: Format = _one_of("format", text, formats)
    return chosen


def _one_of(field: str, text: str, values: Mapping[str, Any]) -> Any:
    if text not in values:
        raise wrong(field, "unknown", f"give {' or '.join(values)}")
    return values[text]
