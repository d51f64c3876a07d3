"""Members: who they are and how they want to be reached."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator

from ekkyo.contracts.base import (
    Command,
    Day,
    Email,
    Fact,
    Id,
    Instant,
    Line,
    Model,
    Question,
    Zone,
    may,
)
from ekkyo.contracts.members.following import FollowedTheme

Locale = Literal["ja", "en"]


Channel = Literal["mail", "chat"]


CommunityRole = Literal["leader"]


Gender = Literal["female", "male", "other"]

Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
"""A personnel number as the personnel system writes it, leading zeros kept."""


def nothing(value: object) -> bool:
    """Whether there is nothing to tell: then it is left out, on the wire and in the database."""
    return not value


class Profile(Model):
    """A person's data from the personnel system."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: Number
    name: Line
    name_kana: Line | None = None
    email: Email
    department: Line
    job_family: Line | None = None
    site: Line | None = None
    birth_date: Day | None = None
    gender: Gender | None = None
    hired_on: Day | None = None
    manager_number: Number | None = None
    locale: Locale | None = None
    """The language in which they are addressed, until they choose one. Used only when the member is registered."""
    timezone: Zone | None = None
    """Their time zone, until they choose one. Used only when the member is registered."""


class Preferences(Model):
    """How a member wants to be notified.

    A language or time zone that is not given stays as it is. For a new member, the default is the one in the profile,
    else the company's, else that of the first community they join.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    channels: list[Channel] = Field(default=["mail"], max_length=2)
    locale: Locale | None = None
    timezone: Zone | None = None
    muted: list[Id] | None = Field(default=None, max_length=200)
    """Communities about whose new events they get no messages. None: unchanged."""
    surveys: bool | None = None
    """Whether they are asked to answer surveys. None: unchanged."""


class Deputising(Model):
    """That a member stands in for a leader of a community."""

    leader_id: Id
    since: Day
    """The first day, in the community's time zone."""
    until: Day | None = None
    """The last day, which counts; None: until the leader ends it."""


class Membership(Model):
    """One member's place in one community."""

    community_id: Id
    role: CommunityRole | None = None
    """Deputies have the role of a leader for as long as they stand in."""
    role_until: Day | None = None
    """The last day on which they have it, in the community's time zone; None: no end was named."""
    deputising: Deputising | None = None
    """For whom they stand in, now or later; None: for nobody."""
    rules_accepted: int = 0
    """The version of the rules that was accepted; 0: none yet."""
    rules_accepted_at: Instant | None = None
    """When that was; None: not yet, or before this was kept."""
    joined_at: Instant


class Invitation(Model):
    """That a member was invited to a community and has not joined it yet."""

    community_id: Id
    invited_by: str
    """The `sub` of the token it was sent with."""
    invited_at: Instant


class MemberState(Model):
    """What other services need to know of a member. Personal data: travels only in facts about that member."""

    member_id: Id
    number: str
    name: str
    email: str
    department: str
    job_family: str | None = None
    site: str | None = None
    channels: list[Channel]
    locale: Locale
    timezone: Zone
    communities: list[Membership] = []
    active: bool = True
    """False once the person left the company."""
    steward: bool = False
    steward_until: Day | None = None
    """The last day on which they are a steward, in the company's time zone; None: no end was named."""
    muted: list[Id] = []
    """Communities about whose new events they get no messages."""
    surveys: bool = True
    """Whether they are asked to answer surveys."""
    follows: list[FollowedTheme] = Field(default=[], exclude_if=nothing)
    """Themes of whose next event they asked to be told. In answers, only to the member themselves."""


class Former(Model):
    """What a person was called before, and by which numbers and addresses they were known. The latest last."""

    numbers: list[str] = []
    names: list[str] = []
    emails: list[str] = []


class Member(MemberState):
    """A member, as the members service shows it to permitted callers."""

    name_kana: str | None = None
    hired_on: Day | None = None
    manager_number: str | None = None
    invitations: list[Invitation] = []
    """Leaders see only those to their own communities."""
    mail_refused_since: Instant | None = None
    """Since when the mail server permanently refuses their address: nothing is sent there until it changes."""
    former: Former | None = Field(default=None, exclude_if=nothing)
    """Former numbers, names and addresses: reports and files from before are matched by them too."""
    revision: int


class RegisterMember(Command[Member]):
    """Register a person as a member. Registering the same person again with the same data changes nothing."""

    subject: ClassVar[str] = "ekkyo.cmd.members.register"
    may: ClassVar = may("steward", "system")
    member_id: Id
    profile: Profile
    preferences: Preferences = Preferences()


class ChangeProfile(Command[Member]):
    """Replace a member's profile; the personnel number stays."""

    subject: ClassVar[str] = "ekkyo.cmd.members.change_profile"
    may: ClassVar = may("steward", "system")
    member_id: Id
    profile: Profile


class SetPreferences(Command[Member]):
    """Choose channels, language and time zone."""

    subject: ClassVar[str] = "ekkyo.cmd.members.set_preferences"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    preferences: Preferences


class ChooseMessages(Command[Member]):
    """Choose whether to get messages about a community's new events, and requests to answer surveys.

    Messages about one's own places at events are always sent.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.choose_messages"
    may: ClassVar = may("self", "steward")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"member_id": "0192f0c1-7a00-7000-8000-0000000000a1", "kind": "surveys", "wanted": False}
        }
    )
    member_id: Id
    kind: Literal["new_events", "surveys"]
    community_id: Id | None = None
    """For `new_events`: the community whose events they are."""
    wanted: bool

    @model_validator(mode="after")
    def _of_a_community(self) -> "ChooseMessages":
        if (self.kind == "new_events") != (self.community_id is not None):
            raise ValueError("name community_id for new_events, and for nothing else")
        return self


# Questions


class GetMember(Question[Member]):
    """One member."""

    subject: ClassVar[str] = "ekkyo.ask.members.get"
    may: ClassVar = may("self", "leader", "steward", "system")
    member_id: Id


class MemberPage(Model):
    """Members in the order of their personnel numbers; `next` continues where this page ends."""

    members: list[Member]
    next: str | None = None


class FindMembers(Question[MemberPage]):
    """Members by community, department, personnel numbers, mail addresses, ids, or the beginning of a name."""

    subject: ClassVar[str] = "ekkyo.ask.members.find"
    may: ClassVar = may("leader", "steward", "system")
    community_id: Id | None = None
    department: Line | None = None
    role: CommunityRole | None = None
    steward: bool | None = None
    """True: stewards alone."""
    deputising: bool | None = None
    """True: only who stands in for a leader of some community, now or later."""
    member_ids: list[Id] | None = Field(default=None, max_length=500)
    numbers: list[Number] | None = Field(default=None, max_length=500)
    emails: list[Email] | None = Field(default=None, max_length=500)
    name: Line | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class MemberFact(Fact):
    """What all facts about a member carry: the member as they are after it."""

    about: ClassVar[str] = "member_id"
    member_id: Id
    member: MemberState


class MemberRegistered(MemberFact):
    """A person was registered as a member."""

    subject: ClassVar[str] = "ekkyo.fact.members.registered"


class ProfileChanged(MemberFact):
    """A member's profile changed."""

    subject: ClassVar[str] = "ekkyo.fact.members.profile_changed"


class PreferencesChanged(MemberFact):
    """A member changed how they want to be notified."""

    subject: ClassVar[str] = "ekkyo.fact.members.preferences_changed"
