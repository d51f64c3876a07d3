"""Rows of an import that look like a second record of somebody who is known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.members.importing import Because

from ekkyo_members.model.importing import new_member_id
from ekkyo_members.model.member import Member

LOST: Final = 5
"""How many zeros at the beginning of a number may be lost, or added."""
LONGEST: Final = 12
"""Digits of numbers whose zeros are counted."""


def spellings(number: str) -> set[str]:
    """How else this number may be written: with other zeros at the beginning, in capitals or not."""
    bare = number.lstrip("0")
    written = {number, number.lower(), number.upper()}
    if not bare:
        return written
    low = max(0, len(number) - len(bare) - LOST)
    high = min(LONGEST - len(bare), len(number) - len(bare) + LOST)
    return written | {"0" * zeros + bare for zeros in range(low, high + 1)}


def bare(number: str) -> str:
    """What a number has in common with all its spellings."""
    return number.lstrip("0").casefold()


def alike(
    rows: Sequence[contract.Profile], members: Iterable[Member], cmd: contract.ImportMembers
) -> dict[str, list[contract.LooksLike]]:
    """By number, whom a new row looks like, of those whom nobody said anything about. Several rows are several people:
    a member whose own number is among the numbers of the command is none of the others."""
    here = {profile.number for profile in cmd.profiles}
    known = [m for m in members if not (m.erased or m.merged_into)]
    taken = {member.number for member in known}
    by_number: dict[str, list[Member]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[Member]] = defaultdict(list)
    by_former: dict[str, list[Member]] = defaultdict(list)
    for member in known:
        if member.number in here:
            continue
        by_number[bare(member.number)].append(member)
        by_name[member.name, member.department].append(member)
        for number in {*member.signs_in_as, *(member.former.numbers if member.former else ())}:
            by_former[number].append(member)
    found: dict[str, list[contract.LooksLike]] = {}
    for row in rows:
        if row.number in taken or row.number in cmd.same or row.number in cmd.others:
            continue
        said: dict[str, contract.LooksLike] = {}
        reasons: Mapping[Because, list[Member]] = {
            "former_number": by_former.get(row.number, []),
            "number": by_number.get(bare(row.number), []),
            "name": by_name.get((row.name, row.department), []),
        }
        for because, some in reasons.items():
            for member in some:
                said.setdefault(member.id, looks_like(member, because))
        if said:
            found[row.number] = list(said.values())
    return found


def looks_like(member: Member, because: Because) -> contract.LooksLike:
    """A member who may be the person of a row."""
    return contract.LooksLike(member_id=member.id, number=member.number, name=member.name, because=because)


def asked(profile: contract.Profile, members: list[contract.LooksLike]) -> contract.ImportedRow:
    """A row that waits for being told whether it is one of these."""
    return contract.ImportedRow(
        number=profile.number, outcome="refused", reason="looks_like_member", looks_like=members
    )


def other_member_id(number: str) -> str:
    """The id of another person than the one who had this number before."""
    return new_member_id(f"{number} another")
