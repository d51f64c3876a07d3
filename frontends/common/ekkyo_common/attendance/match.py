"""Find the members that a report's participants are, and say who may be meant where that is not sure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ekkyo.contracts.events import Attendee
from ekkyo.contracts.members import Former

from ekkyo_common.attendance.report import Participant, Report, merged
from ekkyo_common.attendance.suggest import MemberLike, Suggestions
from ekkyo_common.tables.names import key

LONGEST = 10_000
"""The most minutes that an attendance can hold."""


@dataclass(frozen=True)
class Unmatched:
    """A participant who is no member, as far as can be told, why, and which members may be meant."""

    line: int
    value: str
    reason: str
    suggestions: tuple[str, ...] = field(default=(), compare=False)
    """Personnel numbers, the likeliest first."""


@dataclass(frozen=True)
class Ambiguous:
    """A participant who could be any of several members."""

    line: int
    value: str
    reason: str
    member_ids: list[str]


@dataclass(frozen=True)
class TooShort:
    """A member who was there for less than was asked for, or nobody knows how long."""

    line: int
    value: str
    reason: str
    member_id: str


@dataclass(frozen=True)
class Came:
    """A member who came: which lines say so, and for how many minutes they were there, if that is known."""

    lines: tuple[int, ...]
    value: str
    member_id: str
    number: str
    minutes: int | None


@dataclass(frozen=True)
class Matched:
    """Who came, as members, and everyone else by line, value and reason."""

    attendees: list[Attendee]
    unmatched: list[Unmatched] = field(default_factory=list)
    ambiguous: list[Ambiguous] = field(default_factory=list)
    too_short: list[TooShort] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)


def match(report: Report, members: Iterable[MemberLike], *, min_minutes: int = 0) -> Matched:
    """Match by personnel number, else mail address, else by name, as long as exactly one member is meant.

    Of several members with one name, what stood in brackets decides: a phonetic name or a department. A name that is
    only alike is never matched; the members it may mean are suggested. Former numbers, addresses and names count where
    nobody has them now. min_minutes: who was there for less did not
    attend, nor did those of whom nobody knows how long they were there.
    """
    known = _Known(members)
    result = Matched([])
    visits: dict[str, list[Participant]] = defaultdict(list)
    for participant in report.participants:
        found, reason = known.who(participant)
        if len(found) == 1:
            visits[found[0].member_id].append(participant)
        elif found:
            ids = [member.member_id for member in found]
            result.ambiguous.append(Ambiguous(participant.line, participant.shown, reason, ids))
        else:
            result.unmatched.append(known.unmatched(participant))
    for member_id, some in visits.items():
        _count(result, known.by_id[member_id], some, min_minutes)
    return result


def _count(result: Matched, member: MemberLike, visits: list[Participant], min_minutes: int) -> None:
    visit = merged(visits)
    if min_minutes and visit.minutes is None:
        reason = f"the file does not tell how long; at least {min_minutes} minutes were asked for"
        result.too_short.append(TooShort(visit.line, visit.shown, reason, member.member_id))
    elif visit.minutes is not None and visit.minutes < min_minutes:
        reason = f"was there for {visit.minutes} minutes, less than {min_minutes}"
        result.too_short.append(TooShort(visit.line, visit.shown, reason, member.member_id))
    else:
        minutes = None if visit.minutes is None else min(visit.minutes, LONGEST)
        lines = tuple(sorted(v.line for v in visits))
        result.came.append(Came(lines, visit.shown, member.member_id, member.number, minutes))
        attendee = (
            Attendee(member_id=member.member_id)
            if minutes is None
            else Attendee(member_id=member.member_id, minutes=minutes)
        )
        result.attendees.append(attendee)


class _Known:
    """Members by all that a report may call them."""

    def __init__(self, members: Iterable[MemberLike]) -> None:
        everybody = list(members)
        self.by_id = {member.member_id: member for member in everybody}
        self.by_number: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_email: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_name: dict[str, list[MemberLike]] = defaultdict(list)
        self.by_kana: dict[str, list[MemberLike]] = defaultdict(list)
        for member in everybody:
            self.by_number[key(member.number)].append(member)
            self.by_email[member.email.strip().lower()].append(member)
            self.by_name[key(member.name)].append(member)
            if member.name_kana:
                self.by_kana[key(member.name_kana)].append(member)
        self.by_former_name: dict[str, list[MemberLike]] = defaultdict(list)
        self._former(everybody)
        self._everybody = everybody
        self._suggestions: Suggestions | None = None

    def _former(self, everybody: Iterable[MemberLike]) -> None:
        """What members were called before counts where nobody is called that now."""
        numbers, emails = set(self.by_number), set(self.by_email)
        for member in everybody:
            former = getattr(member, "former", None) or Former()
            for number in {key(number) for number in former.numbers} - numbers:
                self.by_number[number].append(member)
            for email in {email.strip().lower() for email in former.emails} - emails:
                self.by_email[email].append(member)
            for name in {key(name) for name in former.names}:
                self.by_former_name[name].append(member)

    def who(self, participant: Participant) -> tuple[list[MemberLike], str]:
        """The members this may be: none, the one, or several and why."""
        sure: dict[str, MemberLike] = {}
        if participant.number:
            sure |= {m.member_id: m for m in self.by_number.get(key(participant.number), ())}
        for email in participant.emails:
            sure |= {m.member_id: m for m in self.by_email.get(email, ())}
        if sure:
            return list(sure.values()), "number and addresses are those of different members"
        found = self._by_name(participant)
        return found, f"{len(found)} members have this name"

    def unmatched(self, participant: Participant) -> Unmatched:
        """Why nobody is meant, and who may be."""
        self._suggestions = self._suggestions or Suggestions(self._everybody)
        alike = self._suggestions.of(participant)
        value, reason = _why_unknown(participant)
        if alike:
            meant = " or ".join(f"{member.number} ({member.name}, {member.department})" for member in alike)
            reason = f"{reason}; did you mean {meant}?"
        return Unmatched(participant.line, value, reason, tuple(member.number for member in alike))

    def _by_name(self, participant: Participant) -> list[MemberLike]:
        brackets = [key(alias) for alias in participant.aliases]
        found = self._named(key(participant.name)) if participant.name else []
        if len(found) > 1:
            said = [m for m in found if {key(m.name_kana or ""), key(m.department)} & set(brackets)]
            return said or found
        if found:
            return found
        named = {m.member_id: m for bracket in brackets for m in self._named(bracket)}
        return list(named.values())

    def _named(self, name: str) -> list[MemberLike]:
        return self.by_name.get(name) or self.by_kana.get(name) or self.by_former_name.get(name) or []


def _why_unknown(participant: Participant) -> tuple[str, str]:
    if participant.number:
        return participant.number, "no member has this personnel number"
    emails = ", ".join(participant.emails)
    if emails and participant.name:
        return participant.name, f"no member has the address {emails}, nor this name"
    if emails:
        return emails, "no member has this mail address"
    return participant.shown, "has no mail address, and no member has this name"
