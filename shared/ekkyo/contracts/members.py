"""Communities, the people in them, and how they grow. Owner: the members service."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import (
    Command,
    Email,
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

Locale = Literal["ja", "en"]
Channel = Literal["mail", "chat"]
CommunityRole = Literal["leader"]
Gender = Literal["female", "male", "other"]
Crossing = Literal["took_part", "shared", "taught", "carried_outside"]
"""The small crossings a member grows through, in this order."""
ContributionKind = Literal["shared", "carried_outside"]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
"""A personnel number as the personnel system writes it, leading zeros kept."""


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


class Profile(Model):
    """Who somebody is in the company, as the personnel system tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: Number
    name: Line
    name_kana: Line | None = None
    email: Email
    department: Line
    job_family: Line | None = None
    site: Line | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    hired_on: date | None = None
    manager_number: Number | None = None


class Preferences(Model):
    """How a member wants to be told things."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    channels: list[Channel] = Field(default=["mail"], max_length=2)
    locale: Locale = "ja"
    timezone: Zone = "Asia/Tokyo"


class Membership(Model):
    """One member's place in one community."""

    community_id: Id
    role: CommunityRole | None = None
    rules_accepted: int = 0
    """The version of the rules that was accepted; 0: none yet."""
    joined_at: Instant


class CrossingReached(Model):
    """One step of a journey, with the fact that proves it."""

    crossing: Crossing
    community_id: Id
    reached_at: Instant
    proof: str
    """The id of the fact, or of the contribution, that proves it."""


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


class Member(MemberState):
    """A member as the members service tells it to those who may know."""

    name_kana: str | None = None
    hired_on: date | None = None
    manager_number: str | None = None
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
    """Change a community's charter, its rules, or both; changed rules must be accepted anew."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revise_charter"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    charter: Charter | None = None
    rules: Text | None = None


class RegisterMember(Command[Member]):
    """Make somebody known to Ekkyo. Registering the same person again with the same data changes nothing."""

    subject: ClassVar[str] = "ekkyo.cmd.members.register"
    may: ClassVar = may("steward", "system")
    member_id: Id
    profile: Profile
    preferences: Preferences = Preferences()


class DeactivateMember(Command[Member]):
    """Say that a person left the company. They are told nothing any more and give their seats back; all they did stays.

    An import does not bring them back.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.deactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ReactivateMember(Command[Member]):
    """Say that a person who left came back, or never left."""

    subject: ClassVar[str] = "ekkyo.cmd.members.reactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


Forgetter = Literal["events", "notify", "surveys"]
"""A service that knows members by what it heard, and tells when it has forgotten one."""


class Erasure(Model):
    """How far the erasure of a member has got. Nothing in it is personal: the id leads to nobody any more."""

    member_id: Id
    erased_at: Instant
    receipts: dict[Forgetter, Instant] = {}
    """The services that have forgotten the member, and since when."""
    waits_for: list[Forgetter] = []
    """The services that have not said so yet."""
    purged_at: Instant | None = None
    """Since when the stream holds no fact any more that tells who the member was: the erasure is complete."""
    communities: list[Id] = []
    """Which communities the member was in, for the figures of these."""


class EraseMember(Command[Erasure]):
    """Forget who a member was, everywhere and for good. What they took part in stays in the counts.

    The answer comes when the members service has forgotten them; `GetErasure` tells how far the others are. The id is
    never given to anybody again, and no import brings the person back: register them anew with another id.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.erase"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ImportedRow(Model):
    """What became of one row of an import."""

    number: str
    member_id: Id | None = None
    outcome: Literal["registered", "changed", "unchanged", "refused"]
    reason: str | None = None
    """Why it was refused: `number_taken`, `email_taken`, `member_erased`, …"""


class Imported(Model):
    """What became of the rows, in their order."""

    rows: list[ImportedRow]


class ImportMembers(Command[Imported]):
    """Take over rows of a personnel export: people not known by their number are registered, known ones changed.

    Preferences are kept. Rows are independent of each other; at most 500 in one command.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.import"
    may: ClassVar = may("steward", "system")
    profiles: list[Profile] = Field(max_length=500)
    dry_run: bool = False
    """Tell what would become of the rows, and write nothing."""


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


class JoinCommunity(Command[Member]):
    """Become a member of a community."""

    subject: ClassVar[str] = "ekkyo.cmd.members.join"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    member_id: Id
    community_id: Id


class LeaveCommunity(Command[Member]):
    """Leave a community; roles in it end."""

    subject: ClassVar[str] = "ekkyo.cmd.members.leave"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    community_id: Id


class AcceptRules(Command[Member]):
    """Accept one version of a community's written rules. Nobody can accept for another."""

    subject: ClassVar[str] = "ekkyo.cmd.members.accept_rules"
    may: ClassVar = may("self", "system")
    member_id: Id
    community_id: Id
    rules_version: int = Field(ge=1)


class GrantRole(Command[Member]):
    """Make a member of a community one of its leaders."""

    subject: ClassVar[str] = "ekkyo.cmd.members.grant_role"
    may: ClassVar = may("steward", "system")
    member_id: Id
    community_id: Id
    role: CommunityRole = "leader"


class RevokeRole(Command[Member]):
    """End a member's role in a community."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revoke_role"
    may: ClassVar = may("steward", "system")
    member_id: Id
    community_id: Id
    role: CommunityRole = "leader"


class Journey(Model):
    """A member's crossings over time, oldest first."""

    member_id: Id
    crossings: list[CrossingReached]
    attended: int
    """Events attended, over all communities."""


class RecordContribution(Command[Journey]):
    """Record that a member shared something with the community, or carried it outside the company."""

    subject: ClassVar[str] = "ekkyo.cmd.members.record_contribution"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    contribution_id: Id
    member_id: Id
    community_id: Id
    kind: ContributionKind
    title: Line
    url: Url | None = None


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
    member_ids: list[Id] | None = Field(default=None, max_length=500)
    numbers: list[Number] | None = Field(default=None, max_length=500)
    emails: list[Email] | None = Field(default=None, max_length=500)
    name: Line | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class GetCommunity(Question[Community]):
    """A community: its name, charter and rules."""

    subject: ClassVar[str] = "ekkyo.ask.members.community"
    may: ClassVar = may("member")
    community_id: Id


class GetJourney(Question[Journey]):
    """A member's crossings, each with its proof; also of somebody who was erased."""

    subject: ClassVar[str] = "ekkyo.ask.members.journey"
    may: ClassVar = may("self", "leader", "steward", "system")
    member_id: Id


class GetErasure(Question[Erasure]):
    """How far the erasure of one member has got: which services have answered, and whether the stream is purged."""

    subject: ClassVar[str] = "ekkyo.ask.members.erasure"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ErasurePage(Model):
    """Erasures in the order of ids; `next` continues where this page ends."""

    erasures: list[Erasure]
    next: str | None = None


class ListErasures(Question[ErasurePage]):
    """Members who were erased: all, or those whose erasure is complete, or is not."""

    subject: ClassVar[str] = "ekkyo.ask.members.erasures"
    may: ClassVar = may("steward", "system")
    complete: bool | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


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


class MemberFact(Fact):
    """What all facts about a member carry: the member as they are after it."""

    about: ClassVar[str] = "member_id"
    member_id: Id
    member: MemberState


class MemberRegistered(MemberFact):
    """Somebody became known to Ekkyo."""

    subject: ClassVar[str] = "ekkyo.fact.members.registered"


class ProfileChanged(MemberFact):
    """A member's profile changed."""

    subject: ClassVar[str] = "ekkyo.fact.members.profile_changed"


class PreferencesChanged(MemberFact):
    """A member wants to be told in another way."""

    subject: ClassVar[str] = "ekkyo.fact.members.preferences_changed"


class MemberJoined(MemberFact):
    """A member joined a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.joined"
    community_id: Id


class MemberLeft(MemberFact):
    """A member left a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.left"
    community_id: Id


class RulesAccepted(MemberFact):
    """A member accepted a version of a community's rules."""

    subject: ClassVar[str] = "ekkyo.fact.members.rules_accepted"
    community_id: Id
    rules_version: int


class RoleGranted(MemberFact):
    """A member was given a role in a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.role_granted"
    community_id: Id
    role: CommunityRole


class RoleRevoked(MemberFact):
    """A member's role in a community ended."""

    subject: ClassVar[str] = "ekkyo.fact.members.role_revoked"
    community_id: Id
    role: CommunityRole


class ContributionRecorded(MemberFact):
    """A member shared something, or carried it outside."""

    subject: ClassVar[str] = "ekkyo.fact.members.contribution_recorded"
    community_id: Id
    contribution_id: Id
    kind: ContributionKind
    title: str
    url: str | None = None


class MemberCrossed(MemberFact):
    """A member reached a crossing for the first time."""

    subject: ClassVar[str] = "ekkyo.fact.members.crossed"
    community_id: Id
    crossing: Crossing
    proof: str


class MemberDeactivated(MemberFact):
    """A person left the company: they are told nothing any more, and do not come."""

    subject: ClassVar[str] = "ekkyo.fact.members.deactivated"


class MemberReactivated(MemberFact):
    """A person who had left is back."""

    subject: ClassVar[str] = "ekkyo.fact.members.reactivated"


class MemberErased(Fact):
    """A member is to be forgotten by all who know them. It says nothing of who they were, and stays for ever."""

    subject: ClassVar[str] = "ekkyo.fact.members.erased"
    about: ClassVar[str] = "member_id"
    member_id: Id
    communities: list[Id] = []
    """Which communities they were in."""
    crossings: list[CrossingReached] = []
    """The crossings they reached, which stay in the counts."""


class MemberForgotten(Fact):
    """What every service says that has forgotten a member who was erased."""

    about: ClassVar[str] = "member_id"
    member_id: Id


class MemberPurged(Fact):
    """Every service has forgotten a member, and the facts that told who they were have left the stream."""

    subject: ClassVar[str] = "ekkyo.fact.members.purged"
    about: ClassVar[str] = "member_id"
    member_id: Id
