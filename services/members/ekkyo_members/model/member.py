"""A member: their profile, their preferences, and the communities they are in."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Instant
from ekkyo.decision import Decision, Refused
from pydantic import Field, computed_field

from ekkyo_members.model.directory import InDirectory
from ekkyo_members.model.parts import NO_DEFAULTS, Absorbed, Company, Erased, Hosting, Merged, Planned, earlier, nothing

PROFILE = tuple(name for name in contract.Profile.model_fields if name not in ("locale", "timezone"))
UNTOLD: tuple[contract.Locale, str] = ("en", "UTC")
"""Language and time zone of whom nobody said any, until they join a community and have its."""
_STATE = set(contract.MemberState.model_fields)
_TOLD = set(contract.Member.model_fields)
GONE = "~"
"""What the number and the address of an erased member begin with: no real one can, and it sorts behind all of them."""
MERGED = "~~"
"""What the number of a record begins with that is part of another one: it sorts behind those of erased ones."""
LENT = "~~"
"""What the address of a member begins with while another one takes it, who gives up their own for it."""


class Member(InDirectory):
    """Somebody in the company, as Ekkyo knows them. Personal data: it leaves only in facts about this member."""

    number: str
    name: str
    name_kana: str | None = None
    email: str
    """As the unique index has it; `address` is what is told."""
    department: str
    job_family: str | None = None
    site: str | None = None
    birth_date: date | None = None
    gender: contract.Gender | None = None
    hired_on: date | None = None
    manager_number: str | None = None
    channels: list[contract.Channel] = ["mail"]
    locale: contract.Locale | None = None
    timezone: str | None = None
    memberships: list[contract.Membership] = []
    invitations: list[contract.Invitation] = []
    crossings: list[contract.CrossingReached] = []
    attended: int = 0
    active: bool = True
    steward: bool = False
    steward_until: date | None = None
    planned: list[Planned] = []
    """What their timer is set for."""
    speaks: bool = False
    """Whether an event named them as a speaker, or an output as an author: members may see who they are."""
    rules_reminded: dict[str, int] = {}
    """Of which version of a community's rules they were reminded."""
    hosting: list[Hosting] = []
    guest_of: list[str] = []
    """The communities at whose events they have or had a place: their leaders may see who they are."""
    muted: list[str] = []
    surveys: bool = True
    follows: list[contract.FollowedTheme] = Field(default=[], exclude_if=nothing)
    """Themes of whose next event they asked to be told."""
    signed_out_before: Instant | None = None
    calendar: str | None = None
    """The digest of the secret in the address that their calendar programs read; None: they have none."""
    calendar_since: Instant | None = None
    calendar_ended: list[str] = []
    """Digests of earlier ones, the latest last."""
    address_since: int = 0
    """The revision by which they got their mail address; 0: they have it from the beginning."""
    mail_refused_since: Instant | None = None
    skills: contract.Skills | None = None
    """What they said of themselves; None: nothing."""
    known_by: str | None = None
    """A random name by which others know who can teach something and is not named; it is told to nobody as it is."""
    erased: Erased | None = None
    came_from: str | list[str] | None = None
    """Of an erased member the ids that an import gives to their numbers: by them it knows whom not to bring back."""
    former: contract.Former | None = None
    """What they were called before, and their former numbers and addresses."""
    signs_in_as: list[str] = []
    """Numbers and addresses of records that this one absorbed: they lead here until somebody else has them."""
    absorbed: list[Absorbed] = []
    merged: Merged | None = None
    """Their last merge into another record, also one that was undone."""
    merged_into: str | None = None
    """The record that they are a part of."""
    registered_by: str | None = None
    """Digest of the command that registered them, so that a retry is recognised even after changes."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def communities(self) -> list[str]:
        """The communities they are in, for looking members up by them."""
        return [m.community_id for m in self.memberships]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def leads(self) -> list[str]:
        """The communities they lead, for looking leaders up by them."""
        return [m.community_id for m in self.memberships if m.role == "leader"]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stands_in_for(self) -> list[str]:
        """The leaders whose deputy they are or will be, for looking deputies up by them."""
        return sorted({m.deputising.leader_id for m in self.memberships if m.deputising})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def deputises(self) -> bool:
        """Whether they are or will be anybody's deputy, for looking deputies up."""
        return bool(self.stands_in_for)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def leads_any(self) -> bool:
        """Whether they lead any community, for looking leaders up: databases differ on conditions on empty lists."""
        return bool(self.leads)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def follows_in(self) -> list[str]:
        """The communities whose themes they follow, for looking followers up by them."""
        return [one.community_id for one in self.follows]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def crossed_in(self) -> list[str]:
        """The communities in which they reached a crossing, for looking them up by these."""
        return sorted({c.community_id for c in self.crossings})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def purged(self) -> bool:
        """Whether their erasure is complete, for looking erasures up."""
        return self.erased is not None and self.erased.purged_at is not None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def can_teach(self) -> bool:
        """Whether they show anybody what they can teach, for looking teachers up."""
        said = self.skills
        return self.active and said is not None and bool(said.teaches) and said.shown.teaches != "nobody"

    @property
    def address(self) -> str:
        """Their mail address."""
        return self.email.removeprefix(LENT)

    @property
    def profile(self) -> contract.Profile:
        return contract.Profile.model_construct(**self._fields(set(PROFILE)))

    def membership(self, community_id: str) -> contract.Membership | None:
        """Their place in this community, if they have one."""
        return next((m for m in self.memberships if m.community_id == community_id), None)

    def told(self) -> contract.Member:
        """As permitted callers see it."""
        return contract.Member(**self._fields(_TOLD), member_id=self.id, communities=self.memberships)

    def state(self) -> contract.MemberState:
        """As the facts about this member carry them: without birth date and gender."""
        return contract.MemberState(**self._fields(_STATE), member_id=self.id, communities=self.memberships)

    def _fields(self, names: set[str]) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in names - {"member_id", "communities"}}
        told = {"email": self.address, "locale": self.locale or UNTOLD[0], "timezone": self.timezone or UNTOLD[1]}
        return fields | {name: told[name] for name in names & told.keys()}


def changed(member: Member, facts: Sequence[contract.MemberFact]) -> Decision[Member, contract.Member]:
    """This member from now on, what is to be announced, and the answer with the revision they get by it."""
    return Decision(member, answer=member.told().model_copy(update={"revision": member.revision + 1}), facts=facts)


def unchanged(member: Member) -> Decision[Member, contract.Member]:
    """Nothing to do: it was done before."""
    return Decision(member, answer=member.told())


def not_found() -> Refused:
    """What is said of somebody who is not known, or not any more."""
    return Refused("member_not_found", "There is no member with this id.")


def present(member: Member) -> Member:
    """The member, unless they were erased: then nobody has this id. What is part of another record is not changed."""
    if member.erased:
        raise not_found()
    if member.merged_into:
        raise merged(member.merged_into)
    return member


def merged(into: str) -> Refused:
    """What is said of a record that is part of another one."""
    return Refused("member_merged", f"This record is part of another one of the same person: use {into}.")


def must_be_active(member: Member) -> None:
    """Refuse what only those can do who are in the company."""
    if not member.active:
        raise Refused("member_inactive", "This member has left the company.")


def register(
    member: Member | None, cmd: contract.RegisterMember, company: Company = NO_DEFAULTS
) -> Decision[Member, contract.Member]:
    """Make somebody known, unless this command or an import did so already."""
    digest = sha256(cmd.model_dump_json().encode()).hexdigest()
    if member is not None:
        if member.erased:
            raise Refused("member_erased", "The member with this id was erased. Register the person with a new id.")
        if member.registered_by != digest and member.profile != plain(cmd.profile):
            raise Refused("member_exists", "A member with this id and different data already exists.")
        return unchanged(member)
    member = new(cmd.member_id, cmd.profile, cmd.preferences, company, registered_by=digest)
    return changed(member, [contract.MemberRegistered(member_id=member.id, member=member.state())])


def plain(profile: contract.Profile) -> contract.Profile:
    """The profile without language and time zone: they count for new members alone, and are theirs to choose later."""
    return profile.model_copy(update={"locale": None, "timezone": None})


def new(
    member_id: str,
    profile: contract.Profile,
    preferences: contract.Preferences,
    company: Company = NO_DEFAULTS,
    *,
    registered_by: str | None = None,
) -> Member:
    """A member nobody knew yet. What is said nowhere is their first community's."""
    said = {
        "locale": preferences.locale or profile.locale or company.locale,
        "timezone": preferences.timezone or profile.timezone or company.timezone,
    }
    return Member(id=member_id, **_told_of(profile), **preferences_of(preferences) | said, registered_by=registered_by)


def change_profile(member: Member, profile: contract.Profile) -> Decision[Member, contract.Member]:
    """Replace the profile. The personnel number stays: it says that this is the same person."""
    if profile.number != member.number:
        raise Refused("number_differs", "A profile keeps the personnel number. A new one: members.change_number.")
    if plain(profile) == member.profile:
        return unchanged(keep_address(member).document)
    member = with_profile(member, profile)
    return changed(member, [contract.ProfileChanged(member_id=member.id, member=member.state())])


def lend_address(member: Member) -> Decision[Member, contract.Member]:
    """Make room for another one to take this member's address in the same import. Nobody is told: they are to get
    another address by it, or this one back."""
    lent = member if member.email.startswith(LENT) else member.model_copy(update={"email": LENT + member.email})
    return Decision(lent, answer=member.told())


def has_lent_address(member: Member) -> bool:
    """Whether the address of this member may be taken by another one."""
    return member.email.startswith(LENT)


def keep_address(member: Member) -> Decision[Member, contract.Member]:
    """Have a lent address again, if nobody took it."""
    kept = member.model_copy(update={"email": member.address}) if member.email.startswith(LENT) else member
    return Decision(kept, answer=kept.told())


def with_profile(member: Member, profile: contract.Profile) -> Member:
    """The member with this profile; of a new address nothing bad is known."""
    was = {"number": member.number, "name": member.name, "email": member.address}
    after = member.model_copy(update=_told_of(profile) | {"former": earlier(member.former, was, now=profile)})
    if after.email == member.address:
        return after
    return after.model_copy(update={"address_since": member.revision + 1, "mail_refused_since": None})


def preferences_of(preferences: contract.Preferences) -> dict[str, Any]:
    """What a member prefers, of what is said."""
    said = {name: value for name, value in preferences if value is not None}
    return said | {"channels": list(dict.fromkeys(preferences.channels))}


def _told_of(profile: contract.Profile) -> dict[str, Any]:
    """What a profile tells of who somebody is."""
    return {name: getattr(profile, name) for name in PROFILE}
