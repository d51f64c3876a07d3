"""How to reach members, and what communities are called."""

from ekkyo.contracts.base import Zone
from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Channel, Community, FollowedTheme, Locale, MemberState
from ekkyo.decision import Document
from ekkyo.words.themes import Vocabulary, is_on
from pydantic import Field


class Contact(Document):
    """How to reach a member: a projection of the members service's facts."""

    name: str = Field(repr=False)
    email: str = Field(repr=False)
    channels: list[Channel]
    locale: Locale
    timezone: Zone
    communities: list[str] = []
    leads: list[str] = []
    """The communities that they lead."""
    muted: list[str] = []
    surveys: bool = True
    follows: list[FollowedTheme] = []
    """Themes of whose next event they asked to be told."""
    follows_in: list[str] = []
    """The communities whose themes these are, for looking followers up by them."""
    active: bool = True
    """False: they left the company and are told nothing."""
    merged_into: str | None = Field(default=None, exclude_if=lambda into: into is None)
    """The record of the same person that this one is a part of: that one is told."""

    @classmethod
    def of(cls, member: MemberState, revision: int, merged_into: str | None = None) -> "Contact":
        return cls(
            id=member.member_id,
            revision=revision,
            name=member.name,
            email=member.email,
            channels=list(dict.fromkeys(member.channels)),
            locale=member.locale,
            timezone=member.timezone,
            communities=[m.community_id for m in member.communities],
            leads=[m.community_id for m in member.communities if m.role == "leader"],
            muted=member.muted,
            surveys=member.surveys,
            follows=member.follows,
            follows_in=sorted({one.community_id for one in member.follows}),
            active=member.active,
            merged_into=merged_into,
        )

    def wants(self, event: EventState, vocabulary: Vocabulary) -> bool:
        """Whether they asked to be told of an event on this theme of its community."""
        here = [one for one in self.follows if one.community_id == event.community_id]
        return any(is_on(event, one.theme, vocabulary) for one in here)


class RefusedAddress(Document):
    """A member's address that the mail server refused for good. Its id is the member's."""

    email: str = Field(repr=False)
    """Empty once they have another."""


class CommunityName(Document):
    """What a community is called, how it looks, and which language it speaks: a projection."""

    name: str
    colour: str | None = None
    logo: str = Field(default="", repr=False)
    """A small PNG in base64; empty where it has none."""
    locale: Locale = "ja"
    timezone: Zone = "Asia/Tokyo"

    @classmethod
    def of(cls, community: Community, revision: int, logo: str = "") -> "CommunityName":
        return cls(
            id=community.community_id,
            revision=revision,
            name=community.name,
            colour=community.colour,
            logo=logo,
            locale=community.locale,
            timezone=community.timezone,
        )
