"""Members as leaders list them, one a line: by mail address, personnel number or member id."""

from dataclasses import dataclass, field
from typing import Final, Literal

from ekkyo.contracts.members import FindMembers, Member
from ekkyo.words.text import one_line
from pydantic import ValidationError

from ekkyo_portal.lead.speakers import where
from ekkyo_portal.web.visit import Visit

MOST_LINES: Final = 500
"""Lines of one list."""
Key = Literal["emails", "numbers", "member_ids"]


@dataclass(frozen=True)
class Row:
    """A line that names nobody who can be invited. why: a word of the page."""

    number: int
    line: str
    why: str


@dataclass
class Listed:
    """Who was found, and the lines that are wrong."""

    member_ids: list[str] = field(default_factory=list)
    wrong: list[Row] = field(default_factory=list)


def lines_of(text: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers. Commas and semicolons separate as line breaks do."""
    lines = [one_line(line).strip() for line in text.replace(",", "\n").replace(";", "\n").split("\n")]
    return [(number, line) for number, line in enumerate(lines, start=1) if line]


async def members_of(visit: Visit, community_id: str, lines: list[tuple[int, str]]) -> Listed:
    """The members whom these lines name. Leaders find members of their community, stewards everybody."""
    wanted: dict[Key, dict[str, str]] = {"emails": {}, "numbers": {}, "member_ids": {}}
    for _, line in lines:
        for key in _keys(line):
            wanted[key][line] = line.casefold() if key == "emails" else line
    found: dict[str, Member] = {}
    for key, values in wanted.items():
        if not values:
            continue
        asked = {key: list(dict.fromkeys(values)), "community_id": where(visit, community_id), "limit": MOST_LINES}
        for member in (await visit.ask(FindMembers.model_validate(asked))).members:
            name = {"emails": member.email.casefold(), "numbers": member.number, "member_ids": member.member_id}[key]
            found |= {line: member for line, value in values.items() if value == name}
    listed = Listed()
    for number, line in lines:
        named = found.get(line)
        if named is None:
            listed.wrong.append(Row(number, line, "not_found" if _keys(line) else "not_readable"))
        elif not named.active:
            listed.wrong.append(Row(number, line, "left_company"))
        else:
            listed.member_ids.append(named.member_id)
    listed.member_ids = list(dict.fromkeys(listed.member_ids))
    return listed


def _keys(line: str) -> list[Key]:
    """By what a line can name a member."""
    keys: list[Key] = ["emails"] if "@" in line else ["numbers", "member_ids"]
    return [key for key in keys if _takes(key, line)]


def _takes(key: Key, line: str) -> bool:
    try:
        FindMembers.model_validate({key: [line]})
    except ValidationError:
        return False
    return True
