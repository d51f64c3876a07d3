"""Themes of whose next event a member asked to be told."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.events import EventState
from ekkyo.decision import Decision, Refused
from ekkyo.words.themes import is_on, key, starting

from ekkyo_members.model.member import Member, must_be_active

MOST: Final = 50
Answer = Decision[Member, contract.Followed]


def follow_theme(member: Member, cmd: contract.FollowTheme, *, now: datetime) -> Answer:
    """Follow a theme of a community, or follow it no more. Another spelling is the same theme."""
    others = [one for one in member.follows if not _same(one, cmd)]
    already = len(others) < len(member.follows)
    if cmd.wanted == already:
        return Decision(member, _told(member))
    if not cmd.wanted:
        return _changed(member, others)
    must_be_active(member)
    if member.membership(cmd.community_id) is None:
        raise Refused("not_a_member", "Only members of this community can follow its themes.")
    if len(others) >= MOST:
        raise Refused("too_many_themes", f"At most {MOST} themes can be followed. Follow one of them no more.")
    return _changed(
        member, [*others, contract.FollowedTheme(community_id=cmd.community_id, theme=cmd.theme, since=now)]
    )


def fulfilled(member: Member, event: EventState) -> Member:
    """The member after they came to this event: what they asked for before it began, and it was on, is fulfilled.

    The words of the starter vocabulary count, beside the theme's own: this service knows no other.
    """
    left = [one for one in member.follows if not _is_fulfilled(one, event)]
    return member if len(left) == len(member.follows) else member.model_copy(update={"follows": left})


def followed(community_id: str, members: Iterable[Member]) -> contract.FollowedThemes:
    """How many active members follow which theme of a community, most followed first."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for member in members:
        for one in member.follows if member.active else ():
            if one.community_id == community_id:
                spellings[key(one.theme)][one.theme] += 1
    themes = [
        contract.ThemeFollowers(theme=min(written, key=lambda text: (-written[text], text)), members=written.total())
        for written in spellings.values()
    ]
    return contract.FollowedThemes(
        community_id=community_id, themes=sorted(themes, key=lambda one: (-one.members, key(one.theme)))
    )


def _same(one: contract.FollowedTheme, cmd: contract.FollowTheme) -> bool:
    return one.community_id == cmd.community_id and key(one.theme) == key(cmd.theme)


def _is_fulfilled(one: contract.FollowedTheme, event: EventState) -> bool:
    here = one.community_id == event.community_id and one.since <= event.starts_at
    return here and is_on(event, one.theme, starting())


def _changed(member: Member, follows: list[contract.FollowedTheme]) -> Answer:
    after = member.model_copy(update={"follows": follows})
    fact = contract.PreferencesChanged(member_id=member.id, member=after.state())
    return Decision(after, _told(after), facts=[fact])


def _told(member: Member) -> contract.Followed:
    return contract.Followed(member_id=member.id, follows=member.follows)
