"""Whom a participant may mean who is written as no member is: suggestions for people to decide, never a match."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from ekkyo_common.attendance.report import Participant
from ekkyo_common.tables.names import plain, twin_key, words_of

MOST = 3
"""Suggestions for one participant."""


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


class Suggestions:
    """Members by what people confuse: zeros, twin characters, the order of names, what is put around a name."""

    def __init__(self, members: Iterable[MemberLike]) -> None:
        self._alike: dict[object, list[MemberLike]] = defaultdict(list)
        self._names: dict[str, list[MemberLike]] = defaultdict(list)
        for member in members:
            self._alike["number", _without_zeros(member.number)].append(member)
            self._alike["local", _local(member.email)].append(member)
            self._alike["words", words_of(re.sub(r"\d", "", _local(member.email)))].append(member)
            for name in filter(None, (member.name, member.name_kana)):
                self._alike["words", words_of(name)].append(member)
                self._names[_bare(name)].append(member)

    def of(self, participant: Participant) -> list[MemberLike]:
        """The members this participant may be, the likeliest first, at most three."""
        found: dict[str, MemberLike] = {}
        for each in self._ways(participant):
            found |= {member.member_id: member for member in each if member.member_id not in found}
            if len(found) >= MOST:
                break
        return list(found.values())[:MOST]

    def _ways(self, participant: Participant) -> Iterable[list[MemberLike]]:
        if participant.number:
            yield self._alike.get(("number", _without_zeros(participant.number)), [])
        for name in filter(None, (participant.name, *participant.aliases)):
            yield self._names.get(_bare(name), [])
            yield self._alike.get(("words", words_of(name)), [])
        for email in participant.emails:
            yield self._alike.get(("local", _local(email)), [])
        if participant.name:
            yield self._inside(participant)

    def _inside(self, participant: Participant) -> list[MemberLike]:
        """Members whose whole name stands in this one, between a department, a number or a title; longest first."""
        text = _bare(participant.name)
        found = [
            (len(name), member)
            for size in range(min(len(text) - 1, 60), 1, -1)
            for start in range(len(text) - size + 1)
            for name in (text[start : start + size],)
            for member in self._names.get(name, ())
        ]
        longest = max((size for size, _ in found), default=0)
        inside = list({m.member_id: m for size, m in found if size == longest}.values())
        around = twin_key(" ".join((participant.name, *participant.aliases)))
        said = [
            m for m in inside if m.number in participant.name or (m.department and twin_key(m.department) in around)
        ]
        return said or inside


def _bare(name: str) -> str:
    """A name alike to the eye, without dots, commas and brackets."""
    return re.sub(r"[\W_]", "", twin_key(name))


def _without_zeros(number: str) -> str:
    return re.sub(r"\.0+$", "", plain(number).casefold()).lstrip("0")


def _local(email: str) -> str:
    return email.strip().lower().partition("@")[0]
