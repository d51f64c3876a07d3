"""What the members service holds on a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.held import Held, Row
from ekkyo.decision import Caller
from ekkyo.decision.holding import held, row

from ekkyo_members.model.introductions import Introduction, Wishes, listed
from ekkyo_members.model.journey import Step
from ekkyo_members.model.member import Member
from ekkyo_members.model.sponsors import Sponsor

SECRET: Final = {"calendar", "calendar_ended", "known_by", "registered_by"}
"""Digests, and the name by which others know who is not named to them. They are of no use to the member."""
ELSEWHERE: Final = {
    "memberships",
    "invitations",
    "crossings",
    "planned",
    "hosting",
    "follows",
    "skills",
    "former",
    "absorbed",
    "merged",
    "merged_into",
    "erased",
    "came_from",
}
"""Told in sections of their own, or said only of who is not there any more."""
FOUND_BY: Final = set(Member.model_computed_fields)
"""Said by other fields already: it is there to look members up."""
OWN: Final = ("follows", "introductions_asked", "introductions_received", "introductions_counted", "skills")


@dataclass(frozen=True)
class Beside:
    """What is held on a member beside their own document. known: the others in their introductions."""

    steps: Sequence[Step]
    parts: Sequence[Member]
    introductions: Sequence[Introduction]
    known: dict[str, Member]
    wishes: Wishes | None
    sponsors: Sequence[Sponsor]


def held_on(ask: contract.HeldByMembers, member: Member, beside: Beside, who: Caller, *, now: datetime) -> Held:
    """All of it. Of others no more than this member sees elsewhere."""
    asked = listed([member.id], beside.introductions, beside.known, now)
    merges = [one.told for one in member.absorbed] + ([member.merged.told] if member.merged else [])
    wishes = beside.wishes.wishes if beside.wishes else []
    sections: dict[str, Iterable[Row]] = {
        "profile": [_profile(member)],
        "former": [row(member.former)] if member.former else [],
        "communities": [row(place) for place in member.memberships],
        "invitations": [row(one) for one in member.invitations],
        "roles_to_change": [row(one, without=["by"]) for one in member.planned],
        "crossings": [row(one) for one in member.crossings],
        "steps": [row(step, without=["document_id", "key"]) for step in beside.steps],
        "hosting": [row(one) for one in member.hosting],
        "skills": [row(member.skills)] if member.skills else [],
        "follows": [row(one) for one in member.follows],
        "introductions_asked": [row(one) for one in asked.asked],
        "introductions_received": [row(one) for one in asked.received],
        "introductions_counted": [row(one, without=["teacher"]) for one in wishes],
        "sponsor": [row(one, without=["held"]) for one in beside.sponsors],
        "merges": [row(one) for one in merges],
        "merged_records": [_profile(part) for part in beside.parts],
    }
    return held(ask, sections, who, own=OWN)


def _profile(member: Member) -> Row:
    told = row(member, without=SECRET | ELSEWHERE | FOUND_BY)
    return told | {"email": member.address}
