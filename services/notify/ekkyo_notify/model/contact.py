"""How to reach members, and what communities are called."""

from ekkyo.contracts.base import Zone
from ekkyo.contracts.members import Channel, Community, Locale, MemberState
from ekkyo.decision import Document
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
    active: bool = True
    """False: they left the company and are told nothing."""

    @classmethod
    def of(cls, member: MemberState, revision: int) -> "Contact":
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
            active=member.active,
        )


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
