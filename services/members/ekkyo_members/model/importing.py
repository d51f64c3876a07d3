"""Taking over a personnel export: who is new, who changed, and which rows cannot be taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Refused

from ekkyo_members.model.member import Member, change_profile, merged, new, plain
from ekkyo_members.model.numbers import renumbered
from ekkyo_members.model.parts import NO_DEFAULTS, Company

_NAMESPACE = UUID("6f7b5f0e-5f0c-5d53-9b7e-0c7a5b0f4a11")
"""Of members that an import made known. Never to be changed: the ids of all imported members derive from it."""


@dataclass(frozen=True)
class Found:
    """The members that rows of an import concern, as they are known before it."""

    by_number: dict[str, Member] = field(default_factory=dict)
    by_email: dict[str, Member] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    """The ids that an import would give to numbers that their people have no more."""
    erased: frozenset[str] = frozenset()
    """The ids that an import would give to people who were erased."""

    @classmethod
    def of(cls, members: Sequence[Member]) -> "Found":
        present = [m for m in members if not m.erased and not m.merged_into]
        gone = [m for m in members if _gave_number_up(m)]
        return cls(
            {m.number: m for m in present},
            {m.email: m for m in present},
            frozenset(m.id for m in gone),
            frozenset(
                one for m in members for one in ([m.came_from] if isinstance(m.came_from, str) else m.came_from or [])
            ),
        )

    def is_erased(self, number: str) -> bool:
        """Whether the member with this number was erased, and nobody was registered with it since."""
        return bool(self.erased) and number not in self.by_number and new_member_id(number) in self.erased

    def is_given_up(self, number: str) -> bool:
        """Whether the member who had this number has another one now, or is part of another record."""
        return bool(self.others) and number not in self.by_number and new_member_id(number) in self.others


def new_member_id(number: str) -> str:
    """The id an import gives to somebody new: the same number always gives the same id."""
    return str(uuid5(_NAMESPACE, number))


def gave_numbers_up(members: Iterable[Member]) -> bool:
    """Whether any of these, who are known by the ids that an import gives, has another number now."""
    return any(map(_gave_number_up, members))


def _gave_number_up(member: Member) -> bool:
    return not member.erased and (member.merged_into is not None or member.id != new_member_id(member.number))


def take_over(
    member: Member | None,
    profile: contract.Profile,
    company: Company = NO_DEFAULTS,
    *,
    same: bool = False,
    member_id: str | None = None,
) -> Decision[Member, contract.ImportedRow]:
    """Register or change the person of this row. Their preferences, communities and journey stay.

    same: it is known that this is the member, whatever their number was. member_id: of somebody new, where the id that
    an import gives is another one's.
    """
    if member is None:
        member = new(member_id or new_member_id(profile.number), profile, contract.Preferences(), company)
        fact: contract.MemberFact = contract.MemberRegistered(member_id=member.id, member=member.state())
        return Decision(member, answer=_row(member.number, member.id, "registered"), facts=[fact])
    if member.erased:
        raise Refused("member_erased", "The member with this number was erased.")
    if member.merged_into:
        raise merged(member.merged_into)
    renumber = same and member.number != profile.number
    change = renumbered(member, profile) if renumber else change_profile(member, profile)
    if not change.facts:  # an address that they lent, and nobody took, is theirs again
        return Decision(change.document, answer=_row(member.number, member.id, "unchanged"))
    return Decision(change.document, answer=_row(member.number, member.id, "changed"), facts=change.facts)


def outcomes(profiles: Sequence[contract.Profile], known: Found) -> list[contract.ImportedRow]:
    """What becomes of each row, told without doing it.

    The first row with a number has it. An address is free when nobody holds it, or when its holder has got another
    one from another of these rows; so rows are gone through again as long as one of them can be taken.
    """
    held = {email: member.number for email, member in known.by_email.items()}
    held |= {member.email: number for number, member in known.by_number.items()}
    first = {profile.number: place for place, profile in reversed(list(enumerate(profiles)))}
    rows = [refused(profile, "number_taken") for profile in profiles]
    left = sorted(first.values())
    while left:
        waiting = []
        for place in left:
            profile = profiles[place]
            if known.is_erased(profile.number):
                rows[place] = refused(profile, "member_erased")
                continue
            if known.is_given_up(profile.number):
                rows[place] = refused(profile, "former_number")
                continue
            if held.get(profile.email, profile.number) != profile.number:
                rows[place] = refused(profile, "email_taken")
                waiting.append(place)
                continue
            member = known.by_number.get(profile.number)
            rows[place] = _foretold(member, profile)
            if member is not None and held.get(member.email) == profile.number and member.email != profile.email:
                del held[member.email]
            held[profile.email] = profile.number
        if len(waiting) == len(left):
            wants = {profiles[place].number: profiles[place].email for place in waiting}
            swapping = {number for circle in circles(wants, held) for number in circle}
            if not swapping:
                break
            held |= {wants[number]: number for number in swapping}
        left = waiting
    return rows


def circles(wants: Mapping[str, str], held: Mapping[str, str]) -> list[list[str]]:
    """People, by number, each of whom wants the address that the next one has, and the last one the first one's.

    wants: number to address. held: address to the number of who has it.
    """
    found: list[list[str]] = []
    seen: set[str] = set()
    for number in wants:
        path: list[str] = []
        while number in wants and number not in seen:
            seen.add(number)
            path.append(number)
            number = held.get(wants[number], "")
        if number in path:
            found.append(path[path.index(number) :])
    return found


def refused(profile: contract.Profile, reason: str) -> contract.ImportedRow:
    """A row that cannot be taken, and why."""
    return contract.ImportedRow(number=profile.number, outcome="refused", reason=reason)


def _foretold(member: Member | None, profile: contract.Profile) -> contract.ImportedRow:
    """The row that `take_over` would give, without making the member and the fact."""
    member_id = member.id if member else new_member_id(profile.number)
    if member is None:
        return _row(profile.number, member_id, "registered")
    return _row(profile.number, member_id, "unchanged" if member.profile == plain(profile) else "changed")


def _row(number: str, member_id: str, outcome: Literal["registered", "changed", "unchanged"]) -> contract.ImportedRow:
    return contract.ImportedRow(number=number, member_id=member_id, outcome=outcome)
