"""The next events, taken from what is suggested; and members who wait for the theme of one."""

from collections.abc import Callable, Sequence
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.decision.clock import utcnow
from ekkyo_common.suggestions import Suggestion, gather

WAITING: Final = 3
"""Members who wait for each theme."""


async def suggested(leader: Ekkyo, community_id: str, used: set[str], count: int) -> list[Suggestion]:
    """The themes suggested first that no event of the season was drafted from yet."""
    if not count:
        return []
    told = await gather(leader, community_id, utcnow())
    found = [one for one in told.suggestions if one.theme not in used][:count]
    used.update(one.theme for one in found)
    return found


async def wait_for_it(
    as_: Callable[..., Ekkyo], waiting: Sequence[m.Member], community_id: str, found: Sequence[Suggestion]
) -> None:
    """These members ask to be told when there is an event on the themes."""
    for who in waiting:
        for one in found:
            asked = m.FollowTheme(member_id=who.member_id, community_id=community_id, theme=one.theme)
            await as_(who.member_id).send(asked)


def origin(one: Suggestion) -> e.WantedFromTheme:
    """What the draft remembers."""
    return e.WantedFromTheme(theme=one.theme, votes=one.votes, followers=one.followers + WAITING)
