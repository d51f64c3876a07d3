"""What members say of themselves, and what others may see of it."""

from collections.abc import Iterable
from typing import Any, Final

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Decision, Purge
from ekkyo.words.themes.spelling import key

from ekkyo_members.model.member import Member, must_be_active

PARTS: Final = ("skills", "teaches", "interests", "near")
UNSAID: Final = contract.Skills()
HIDDEN: Final = contract.Shown(skills="nobody", teaches="nobody")


def describe(member: Member, skills: contract.Skills, *, known_by: str) -> Decision[Member, contract.SkillsSeen]:
    """Say something else of oneself. known_by: a random name for whom others see without a name.

    The facts that told what was shown before are purged: what a member took back is nowhere any more. What they show
    to nobody is in no fact, and no fact tells that it changed.
    """
    said = _each_once(skills)
    if said == (member.skills or UNSAID):
        return Decision(member, own(member))
    must_be_active(member)
    kept = None if said == UNSAID else said
    teaches = kept is not None and kept.shown.teaches != "nobody" and bool(kept.teaches)
    after = member.model_copy(update={"skills": kept, "known_by": (member.known_by or known_by) if teaches else None})
    told, before = shown(said), shown(member.skills or UNSAID)
    if told == before:
        return Decision(after, own(after))
    fact = contract.SkillsChanged(member_id=member.id, member=after.state(), skills=told)
    return Decision(after, own(after), facts=[fact], purges=[Purge(contract.SkillsChanged, member.id)])


def own(member: Member) -> contract.SkillsSeen:
    """All that a member said of themselves, as they see it."""
    said = member.skills or UNSAID
    return contract.SkillsSeen(member_id=member.id, **said.model_dump(exclude={"shown"}), shown=said.shown)


def skills_for(member_id: str, member: Member | None, asker: Member | None, who: Caller) -> contract.SkillsSeen:
    """What this caller may see of them. The answer does not tell whether there is such a member."""
    nothing = contract.SkillsSeen(member_id=member_id)
    if member is None or member.skills is None:
        return own(member) if member and not member.erased and who.sub == member.id else nothing
    if who.sub == member.id:
        return own(member)
    if not member.active or not may_see_part(member, "name", asker):
        return nothing
    return nothing.model_copy(update=parts(member, asker))


def parts(member: Member, asker: Member | None) -> dict[str, Any]:
    """The parts of what they said that this asker may see."""
    said = member.skills or UNSAID
    return {part: getattr(said, part) for part in PARTS if may_see_part(member, part, asker)}


def may_see_part(member: Member, part: str, asker: Member | None) -> bool:
    """Whether a part is shown to the asker: to everyone, or to the members of a community that both are in now.

    An asker who is no member, such as a system, sees what is shown to everyone.
    """
    audience: contract.Audience = getattr((member.skills or UNSAID).shown, part)
    if audience == "communities":
        return asker is not None and asker.active and not set(asker.communities).isdisjoint(member.communities)
    return audience == "everyone"


def shown(said: contract.Skills) -> contract.Skills:
    """What is shown to anybody else at all. Who may see an empty part is nobody's business either."""
    told = {part: getattr(said, part) for part in PARTS if getattr(said.shown, part) != "nobody"}
    empty = {part: "nobody" for part in PARTS if not told.get(part)}
    if len(empty) == len(PARTS):
        return contract.Skills(shown=HIDDEN)
    return contract.Skills(**told, shown=said.shown.model_copy(update=empty))


def _each_once(said: contract.Skills) -> contract.Skills:
    lists = {part: _once(getattr(said, part)) for part in ("skills", "teaches", "interests")}
    return said.model_copy(update=lists)


def _once(named: Iterable[str]) -> list[str]:
    """Each skill in the spelling that came first."""
    found: dict[str, str] = {}
    for one in named:
        found.setdefault(key(one), one)
    return list(found.values())
