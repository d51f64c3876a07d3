"""What a member consists of, beside their own fields: roles that end, events they host, merges."""

from dataclasses import dataclass
from typing import Any, Literal

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Instant
from pydantic import BaseModel, Field

REMEMBERED = 20
"""How many former names, numbers and addresses are kept."""


def nothing(value: object) -> bool:
    """Whether there is nothing to keep: then it is not stored."""
    return not value


@dataclass(frozen=True)
class Company:
    """What new members have of whom nothing else is said."""

    locale: contract.Locale | None = None
    timezone: str | None = None


NO_DEFAULTS = Company()


class Merged(BaseModel):
    """That a record became part of another one. before: the record as it was, for a day."""

    told: contract.Merge
    came_from: str
    """The id that an import gives to its number."""
    before: dict[str, Any] | None = Field(default=None, repr=False)


class Absorbed(BaseModel):
    """A record that became part of this one. was, since: what that changed in this one, before and after, for a day."""

    told: contract.Merge
    was: dict[str, Any] | None = Field(default=None, repr=False)
    since: dict[str, Any] | None = Field(default=None, repr=False)


class Erased(BaseModel):
    """That somebody was erased, and who has forgotten them since."""

    at: Instant
    communities: list[str] = []
    receipts: dict[contract.Forgetter, Instant] = {}
    purged_at: Instant | None = None


class Planned(BaseModel):
    """When a role of theirs begins or ends, and who said so."""

    kind: Literal["begin", "end"]
    community_id: str | None = None
    """None: it is about being a steward."""
    at: Instant
    by: str


class Hosting(BaseModel):
    """That they host an event, until when they need to know who its guests are; or that they do no more."""

    event_id: str
    community_id: str
    until: Instant
    revision: int
    """The event's."""
    still: bool = True


def earlier(former: contract.Former | None, was: dict[str, str], *, now: contract.Profile) -> contract.Former | None:
    """Former numbers, names and addresses, with these, as far as they are not those of now."""
    before = former or contract.Former()
    lists = {}
    for name in ("number", "name", "email"):
        known = [one for one in getattr(before, name + "s") if one not in (was[name], getattr(now, name))]
        lists[name + "s"] = [*known, *([was[name]] if was[name] != getattr(now, name) else [])][-REMEMBERED:]
    return contract.Former(**lists) if any(lists.values()) else None
