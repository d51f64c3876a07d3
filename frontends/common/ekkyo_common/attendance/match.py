"""Find the members that a report's participants are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ekkyo.contracts.events import Attendee

from ekkyo_common.attendance import text as words
from ekkyo_common.attendance.report import Participant, Report, merged

LONGEST = 10_000
"""The most minutes that an attendance can hold."""


class MemberLike(Protocol):
    """What is needed of a member to recognise them."""

    @property
    def member_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_kana(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def department(self) -> str: ...


@dataclass(frozen=True)
class Unmatched:
    """A participant who is no member, as far as can be told, and why."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True)
class Ambiguous:
    """A participant who could be any of several members."""

    line: int
    value: str
    reason: str
    member_ids: list[str]


@dataclass(frozen=True)
class TooShort:
    """A member who was there for less than was asked for."""

    line: int
    value: str
    reason: str
    member_id: str


@dataclass(frozen=True)
class Matched:
    """Who came, as members, and everyone else by line, value and reason."""

    attendees: list[Attendee]
    unmatched: list[Unmatched] = field(default_factory=list)
    ambiguous: list[Ambiguous] = field(default_factory=list)
    too_short: list[TooShort] = field(default_factory=list)


def match(report: Report, members: Iterable[MemberLike], *, min_minutes: int = 0) -> Matched:
    """Match by personnel number, else mail address, else by name, as long as exactly one member is meant.

    Of several members with one name, what stood in brackets decides: a phonetic name or a department.
    min_minutes: who was there for less did not attend.
    """
    known = _Known(members)
    result = Matched([])
    came: dict[str, list[Participant]] = defaultdict(list)
    for participant in report.participants:
        found = known.who(participant)
        if len(found) == 1:
            came[found[0].member_id].append(participant)
        elif found:
            reason = f"{len(found)} members have this name"
            ids = [member.member_id for member in found]
            result.ambiguous.append(Ambiguous(participant.line, participant.shown, reason, ids))
        else:
            result.unmatched.append(Unmatched(participant.line, *_why_unknown(participant)))
    for member_id, visits in came.items():
        visit = merged(visits)
        if visit.minutes < min_minutes:
            reason = f"was there for {visit.minutes} minutes, less than {min_minutes}"
            result.too_short.append(TooShort(visit.line, visit.shown, reason, member_id))
        else:
            result.attendees.append(Attendee(member_id=member_id, minutes=min(visit.minutes, LONGEST)))
    return result


def _why_unknown(participant: Participant) -> tuple[str, str]:
    if participant.number:
        return participant.number, "no member has this personnel number"
    if participant.email and participant.name:
        return participant.name, f"no member has the address {participant.email}, nor this name"
    if participant.email:
        return participant.email, "no member has this mail address"
    return participant.shown, "has no mail address, and no member has this name"


class _Known:
    """Members by all that a report may call them."""

    def __init__(self, members: Iterable[MemberLike]) -> None:
        self.by_number: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_email: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_name: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_kana: dict[str, list[MemberLike]] = defaultdict(list)
        for member in members:
            self.by_number[words.key(member.number)].append(member)
            self.by_email[member.email.strip().lower()].append(member)
            self.by_name[words.key(member.name)].append(member)
            if member.name_kana:
                self.by_kana[words.key(member.name_kana)].append(member)

    def who(self, participant: Participant) -> list[MemberLike]:
        """The members this may be: none, the one, or several."""
        if participant.number and (found := self.by_number.get(words.key(participant.number))):
            return found
        if participant.email and (found := self.by_email.get(participant.email)):
            return found
        return self._by_name(participant)

    def _by_name(self, participant: Participant) -> list[MemberLike]:
        brackets = [words.key(alias) for alias in participant.aliases]
        found = self._named(words.key(participant.name)) if participant.name else []
        if len(found) > 1:
            said = [m for m in found if {words.key(m.name_kana or ""), words.key(m.department)} & set(brackets)]
            return said or found
        if found:
            return found
        named = {m.member_id: m for bracket in brackets for m in self._named(bracket)}
        return list(named.values())

    def _named(self, name: str) -> list[MemberLike]:
        return self.by_name.get(name) or self.by_kana.get(name) or []
