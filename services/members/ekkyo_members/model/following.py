"""Themes of whose next event a member asked to be told."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.events import EventState
from ekkyo.decision import Decision, Refused
from ekkyo.words.themes import Vocabulary, is_on, key

from ekkyo_members.model.member import Member, must_be_active

MOST: Final = 50
Answer = Decision[Member, contract.Followed]


def follow_theme(member: Member, cmd: contract.FollowTheme, words: Vocabulary, *, now: datetime) -> Answer:
    """Follow a theme of a community, or follow it no more. Another spelling is the same theme, and so is a synonym.

    Followed by a synonym, it is called by the new word from then on, as the page shows it. words: the vocabulary of the
    community.
    """
    meant = (cmd.community_id, _meaning(cmd.theme, words))
    others = [one for one in member.follows if (one.community_id, _meaning(one.theme, words)) != meant]
    already = [one for one in member.follows if one not in others]
    as_written = any(key(one.theme) == key(cmd.theme) for one in already)
    if as_written if cmd.wanted else not already:
        return Decision(member, _told(member))
    if not cmd.wanted:
        return _changed(member, others)
    must_be_active(member)
    if member.membership(cmd.community_id) is None:
        raise Refused("not_a_member", "Only members of this community can follow its themes.")
    if len(others) >= MOST:
        raise Refused("too_many_themes", f"At most {MOST} themes can be followed. Follow one of them no more.")
    since = min((one.since for one in already), default=now)
    return _changed(
        member, [*others, contract.FollowedTheme(community_id=cmd.community_id, theme=cmd.theme, since=since)]
    )


def fulfilled(member: Member, event: EventState, words: Vocabulary) -> Member:
    """The member after they came to this event: what they asked for before it began, and it was on, is fulfilled.

    words: the vocabulary of the event's community, as far as it was heard of.
    """
    left = [one for one in member.follows if not _is_fulfilled(one, event, words)]
    return member if len(left) == len(member.follows) else member.model_copy(update={"follows": left})


def followed(community_id: str, members: Iterable[Member], words: Vocabulary) -> contract.FollowedThemes:
    """How many active members follow which theme of a community, most followed first. words: its vocabulary."""
    spellings: dict[str | frozenset[int], Counter[str]] = defaultdict(Counter)
    for member in members:
        there = [one.theme for one in member.follows if member.active and one.community_id == community_id]
        for meaning, theme in {_meaning(theme, words): theme for theme in reversed(there)}.items():
            spellings[meaning][theme] += 1
    themes = [
        contract.ThemeFollowers(theme=min(written, key=lambda text: (-written[text], text)), members=written.total())
        for written in spellings.values()
    ]
    return contract.FollowedThemes(
        community_id=community_id, themes=sorted(themes, key=lambda one: (-one.members, key(one.theme)))
    )


def _meaning(theme: str, words: Vocabulary) -> str | frozenset[int]:
    """What is the same for all that mean the same: the terms of the vocabulary, or the spelling where it has none."""
    return frozenset(one.term for one in words.themes_in(theme)) or key(theme)


def _is_fulfilled(one: contract.FollowedTheme, event: EventState, words: Vocabulary) -> bool:
    here = one.community_id == event.community_id and one.since <= event.starts_at
    return here and is_on(event, one.theme, words)


def _changed(member: Member, follows: list[contract.FollowedTheme]) -> Answer:
    after = member.model_copy(update={"follows": follows})
    fact = contract.PreferencesChanged(member_id=member.id, member=after.state())
    return Decision(after, _told(after), facts=[fact])


def _told(member: Member) -> contract.Followed:
    return contract.Followed(member_id=member.id, follows=member.follows)
