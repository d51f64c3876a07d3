"""Communities: their charter, rules and appearance."""

from typing import ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

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
from ekkyo.contracts.members.colour import Colour
from ekkyo.contracts.members.measure import Measure
from ekkyo.contracts.members.member import Locale, nothing
from ekkyo.contracts.members.standing import MemberCard


def _none(value: object) -> bool:
    """A charter without measures does not mention them, on the wire or in the database."""
    return not value


class Charter(Model):
    """Why a community exists, written before anything else: objective, who, what, how, and how it will be judged."""

    objective: Text
    who: Text
    what: Text
    how: Text
    figures: list[Line] = Field(default=[], max_length=20)
    """In words."""
    measures: list[Measure] = Field(default=[], max_length=20, exclude_if=_none)
    """In numbers. Each has a key of its own."""

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        keys = [measure.key for measure in self.measures]
        if len(keys) != len(set(keys)):
            raise ValueError("two measures have the same key")
        return self


class Community(Model):
    """A community: a name, a colour, a logo, rules, and a charter."""

    community_id: Id
    name: Line
    logo_url: str | None = None
    """A URL that was given when the community was founded. The uploaded logo is `logo`."""
    colour: str | None = None
    """Its colour, such as #31487f: white text on it can be read."""
    logo: str | None = None
    """Which logo it has: a name that changes with the file and ends in its type. `members.logo` returns the file."""
    rules: Text
    rules_version: int = 1
    charter: Charter
    locale: Locale = "ja"
    timezone: Zone = "Asia/Tokyo"
    founded_at: Instant
    revision: int


LogoKind = Literal["image/png", "image/jpeg", "image/svg+xml"]
LOGO_BYTES: Final = 500_000
"""How large a logo's file may be."""
LOGO_CHARACTERS: Final = (LOGO_BYTES + 2) // 3 * 4
"""The same in base64."""


class LogoFile(Model):
    """A community's logo as a file."""

    community_id: Id
    logo: str
    """Which one it is, as the community tells it."""
    kind: LogoKind
    data: str = Field(repr=False)
    """The file in base64."""


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


class ReviseCommunity(Command[Community]):
    """Change a community's name, its colour, its logo, or several of them."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revise_community"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "name": "IT Users' Community",
                "colour": "#31487f",
            }
        }
    )
    community_id: Id
    name: Line | None = None
    colour: Colour | None = None
    """Empty: remove it."""
    logo_file: str | None = Field(
        default=None, max_length=LOGO_CHARACTERS, pattern="^[A-Za-z0-9+/]*={0,2}$", repr=False
    )
    """A PNG, JPEG or SVG file of at most 500 kB, in base64. It is encoded again before it is stored: images with at
    most 320 by 320 pixels, drawings with shapes, paths and text only. Empty: remove the logo."""


class GetLogo(Question[LogoFile]):
    """The logo that a community has now."""

    subject: ClassVar[str] = "ekkyo.ask.members.logo"
    may: ClassVar = may("member")
    community_id: Id


class GetCommunity(Question[Community]):
    """A community: its name, charter and rules."""

    subject: ClassVar[str] = "ekkyo.ask.members.community"
    may: ClassVar = may("member")
    community_id: Id


class CommunityListed(Model):
    """A community that one may join."""

    community: Community
    members: int
    """How many people are in it."""
    leaders: list[Id]
    deputies: list[Id] = []
    """Those of the leaders who stand in for another one."""
    cards: list[MemberCard] = Field(default=[], exclude_if=nothing)
    """What members may see of the leaders, where the question asks for it."""


class CommunityPage(Model):
    """Communities in the order they were founded in; `next` continues where this page ends."""

    communities: list[CommunityListed]
    next: str | None = None


class ListCommunities(Question[CommunityPage]):
    """The communities one may join."""

    subject: ClassVar[str] = "ekkyo.ask.members.communities"
    may: ClassVar = may("member")
    community_ids: list[Id] | None = Field(default=None, max_length=200)
    cards: bool = False
    """Whether to tell the leaders' names and departments too."""
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
    small_logo: str = Field(default="", repr=False)
    """Its logo as a PNG of at most 96 by 96 pixels, in base64, for mails; empty: it has none, or it is a drawing."""


class CommunityRevised(Fact):
    """A community's name, colour or logo changed."""

    subject: ClassVar[str] = "ekkyo.fact.members.community_revised"
    about: ClassVar[str] = "community_id"
    community_id: Id
    community: Community
    small_logo: str = Field(default="", repr=False)
    """Its logo as a PNG of at most 96 by 96 pixels, in base64, for mails; empty: it has none, or it is a drawing."""
