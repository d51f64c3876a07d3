"""Who can teach what: members found by topic and place, and known by another name in each community."""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.words.themes.spelling import key
from ekkyo.words.themes.vocabulary import Vocabulary

from ekkyo_members.model.member import Member
from ekkyo_members.model.skills import may_see_part, parts

TOPICS: Final = 100


def known_as(member: Member, community_id: str) -> str:
    """What a teacher is called in a community. From two communities nobody can tell that it is the same member."""
    return sha256(f"{member.known_by}/{community_id}".encode()).hexdigest()[:32]


def teachers(
    question: contract.FindTeachers, found: Iterable[Member], asker: Member | None, words: Vocabulary
) -> contract.Teachers:
    """Those of these members who can teach the topic near the place, as this asker may see them.

    words: the vocabulary of the community.
    """
    seen = sorted(
        (known_as(member, question.community_id), member)
        for member in found
        if teaches_to(member, question.community_id, asker) and _is_near(member, question.near, asker)
    )
    topic = question.topic
    if topic is None:
        return contract.Teachers(teachers=[], topics=_topics((member for _, member in seen), words))
    after = [
        (name, member)
        for name, member in seen
        if name > (question.after or "") and any(is_about(said, topic, words) for said in _taught(member))
    ]
    page = [_teacher(name, member, asker) for name, member in after[: question.limit]]
    return contract.Teachers(teachers=page, next=page[-1].teacher if len(after) > len(page) else None)


def teaches_to(member: Member, community_id: str, asker: Member | None) -> bool:
    """Whether the asker may see in this community that they teach anything."""
    there = member.can_teach and community_id in member.communities
    return there and (asker is None or asker.id != member.id) and may_see_part(member, "teaches", asker)


def is_about(said: str, topic: str, words: Vocabulary) -> bool:
    """Whether what somebody can teach is about a topic: it has its words, or they name the same thing."""
    return key(topic) in key(said) or not topics_of(topic, words).isdisjoint(topics_of(said, words))


def topics_of(text: str, words: Vocabulary) -> frozenset[str]:
    """The topics that a text names, as the vocabulary calls them."""
    return frozenset(words.terms[one.term].name for one in words.themes_in(text))


def _taught(member: Member) -> list[str]:
    return member.skills.teaches if member.skills else []


def _is_near(member: Member, near: str | None, asker: Member | None) -> bool:
    if near is None:
        return True
    place = member.skills.near if member.skills and may_see_part(member, "near", asker) else None
    return place is not None and key(near) in key(place)


def _teacher(name: str, member: Member, asker: Member | None) -> contract.Teacher:
    shown = parts(member, asker)
    return contract.Teacher(
        teacher=name,
        teaches=shown["teaches"],
        skills=shown.get("skills", []),
        near=shown.get("near"),
        name=member.name if may_see_part(member, "name", asker) else None,
    )


def _topics(members: Iterable[Member], words: Vocabulary) -> list[contract.Taught]:
    """What they can teach. What the vocabulary does not know stands in the spelling of whoever comes first."""
    spelled: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for member in members:
        named = {
            topic: topic if known else said
            for said in _taught(member)
            for known in [topics_of(said, words)]
            for topic in known or {key(said)}
        }
        spelled = {**named, **spelled}
        counted.update(named.keys())
    ranked = sorted(counted, key=lambda topic: (-counted[topic], spelled[topic]))
    return [contract.Taught(topic=spelled[topic], teachers=counted[topic]) for topic in ranked[:TOPICS]]
