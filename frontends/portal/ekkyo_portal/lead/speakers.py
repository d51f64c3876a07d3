"""Who speaks: personnel numbers and names as leaders write them, one a line, to members."""

from dataclasses import dataclass, field
from typing import Final

from ekkyo.contracts.members import FindMembers, GetCards, Member
from ekkyo.words.text import one_line
from ekkyo_common.tables.names import key
from pydantic import ValidationError

from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit

MOST: Final = 50
"""Speakers of one event."""
SUGGESTED: Final = 5


@dataclass(frozen=True)
class Unsure:
    """A line that names nobody, or several."""

    line: str
    meant: list[str]
    """Whom it may mean, as they would be written to be found."""


@dataclass
class Speakers:
    """Who was found, in the order they were written in, and the lines that are not sure."""

    member_ids: list[str] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)


def written(member: Member) -> str:
    """A member as a line: the number finds them again, the name is for those who read it."""
    return f"{member.number} {one_line(member.name)}"


async def found(visit: Visit, form: Form, community_id: str, present: list[str]) -> Speakers:
    """The members whom the field `speakers` names; what is unsure is an error beside it.

    present: who speaks already. They are found as `lines_of` wrote them, whatever community they are in.
    """
    lines = list(dict.fromkeys(" ".join(line.split()) for line in form["speakers"].split("\n") if line.strip()))
    speakers = Speakers()
    if len(lines) > MOST:
        form.wrong("speakers", "too_many")
        return speakers
    within = where(visit, community_id)
    known = await lines_of(visit, community_id, present) if lines else {}
    numbered = await _numbered(visit, [line for line in lines if line not in known], within)
    for line in lines:
        if line in known:
            speakers.member_ids.append(known[line])
            continue
        member = numbered.get(line.split(" ")[0])
        some = [member] if member else await _named(visit, line, within)
        if len(some) == 1:
            speakers.member_ids.append(some[0].member_id)
        else:
            told = [f"{written(one)} ({one_line(one.department)})" for one in some[:SUGGESTED]]
            speakers.unsure.append(Unsure(one_line(line), told))
            form.wrong("speakers", "speakers_unsure")
    speakers.member_ids = list(dict.fromkeys(speakers.member_ids))
    return speakers


async def lines_of(visit: Visit, community_id: str, member_ids: list[str]) -> dict[str, str]:
    """Who speaks at an event, by the lines of the field `speakers`."""
    if not member_ids:
        return {}
    question = FindMembers(community_id=where(visit, community_id), member_ids=member_ids, limit=MOST)
    lines = {member.member_id: written(member) for member in (await visit.ask(question)).members}
    if others := [one for one in member_ids if one not in lines]:
        cards = (await visit.ask(GetCards(member_ids=others))).cards
        lines |= {card.member_id: one_line(f"{card.name} ({card.department})") for card in cards}
    return {lines[one]: one for one in member_ids if one in lines}


def where(visit: Visit, community_id: str) -> str | None:
    """Where this visitor may look for members: leaders in their community, stewards everywhere."""
    return None if visit.me.steward else community_id


async def _numbered(visit: Visit, lines: list[str], within: str | None) -> dict[str, Member]:
    numbers: list[str] = []
    for line in lines:
        try:
            numbers += FindMembers(numbers=[line.split(" ")[0]]).numbers or []
        except ValidationError:  # no number can look like this: it is a name
            continue
    if not numbers:
        return {}
    page = await visit.ask(FindMembers(community_id=within, numbers=numbers, limit=MOST))
    return {member.number: member for member in page.members}


async def _named(visit: Visit, line: str, within: str | None) -> list[Member]:
    """Members of this name; where nobody has just this one, those whose name begins like it."""
    try:
        question = FindMembers(community_id=within, name=line, limit=MOST)
    except ValidationError:
        return []
    alike = [member for member in (await visit.ask(question)).members if member.active]
    return [member for member in alike if key(member.name) == key(line)] or alike
