"""Communities: their charter, rules and looks."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import (
    Command,
    Fact,
    Id,
    Instant,
    Line,
    Model,
    Question,
    Text,
    Url,
    Zone,
    may,
)
from ekkyo.contracts.members.member import Locale


class Charter(Model):
    """Why a community exists, written before anything else: objective, who, what, how, and how it will be judged."""

    objective: Text
    who: Text
    what: Text
    how: Text
    figures: list[Line] = Field(default=[], max_length=20)


class Community(Model):
    """A community: a name, a logo, rules, and a charter."""

    community_id: Id
    name: Line
    logo_url: str | None = None
    rules: Text
    rules_version: int = 1
    charter: Charter
    locale: Locale = "ja"
    timezone: Zone = "Asia/Tokyo"
    founded_at: Instant
    revision: int


# Commands


class FoundCommunity(Command[Community]):
    """Found a community with its charter and its rules."""

    subject: ClassVar[str] = "ekkyo.cmd.members.found_community"
    may: ClassVar = may("steward", "system")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "name": "IT Users' Community",
                "rules": "Ask anything. Nobody is made fun of.",
                "charter": {
                    "objective": "Halve the questions to the IT desk in a year.",
                    "who": "Everyone who uses IT at work.",
                    "what": "Talks, co-working hours, lunches across departments.",
                    "how": "Members teach each other; leaders hold one event a week.",
                    "figures": ["250 attendances in the first season"],
                },
            }
        }
    )
    community_id: Id
    name: Line
    rules: Text
    charter: Charter
    logo_url: Url | None = None
    locale: Locale = "ja"
    timezone: Zone = "Asia/Tokyo"


class ReviseCharter(Command[Community]):
    """Change a community's charter, its rules, or both; members must accept changed rules again."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revise_charter"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    charter: Charter | None = None
    rules: Text | None = None


class GetCommunity(Question[Community]):
    """A community: its name, charter and rules."""

    subject: ClassVar[str] = "ekkyo.ask.members.community"
    may: ClassVar = may("member")
    community_id: Id


class CommunityListed(Model):
    """A community as one may join it."""

    community: Community
    members: int
    """How many people are in it."""
    leaders: list[Id]


class CommunityPage(Model):
    """Communities in the order they were founded in; `next` continues where this page ends."""

    communities: list[CommunityListed]
    next: str | None = None


class ListCommunities(Question[CommunityPage]):
    """The communities one may join."""

    subject: ClassVar[str] = "ekkyo.ask.members.communities"
    may: ClassVar = may("member")
    community_ids: list[Id] | None = Field(default=None, max_length=200)
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


# Facts


class CommunityFounded(Fact):
    """A community was founded."""

    subject: ClassVar[str] = "ekkyo.fact.members.community_founded"
    about: ClassVar[str] = "community_id"
    community_id: Id
    community: Community


class CharterRevised(Fact):
    """A community's charter or rules changed."""

    subject: ClassVar[str] = "ekkyo.fact.members.charter_revised"
    about: ClassVar[str] = "community_id"
    community_id: Id
    community: Community
