"""Following a theme: a member asks to be told when there is an event on it."""

from typing import ClassVar

from pydantic import ConfigDict

from ekkyo.contracts.base import Command, Id, Instant, Model, Question, may
from ekkyo.contracts.fields import Word


class FollowedTheme(Model):
    """A theme of a community, of whose next event a member asked to be told."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "theme": "Excel",
                "since": "2026-04-01T00:00:00Z",
            }
        }
    )
    community_id: Id
    theme: Word
    since: Instant


class Followed(Model):
    """All that a member follows, the latest last."""

    member_id: Id
    follows: list[FollowedTheme]


class FollowTheme(Command[Followed]):
    """Ask to be told first when there is an event on a theme, or no more.

    They are told of each event on it that is published, until they came to one that began after they asked, left the
    community, or ask no more. Another spelling of a followed theme is the same theme. At most fifty themes.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.follow_theme"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "theme": "Excel",
                "wanted": True,
            }
        }
    )
    member_id: Id
    community_id: Id
    theme: Word
    wanted: bool = True


class ThemeFollowers(Model):
    """A theme, as most who follow it wrote it, and how many do."""

    theme: str
    members: int


class FollowedThemes(Model):
    """The themes that members of a community follow, most followed first. It names nobody."""

    community_id: Id
    themes: list[ThemeFollowers]


class GetFollowedThemes(Question[FollowedThemes]):
    """How many members of a community asked to be told when there is an event on which theme.

    Spellings are counted together. Who they are is told to nobody.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.followed_themes"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
