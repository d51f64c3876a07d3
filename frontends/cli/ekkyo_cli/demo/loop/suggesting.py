"""The next events, made from what is suggested on the leaders' page; and members who wait for one on a theme."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts import members as m
from ekkyo.contracts.base import Refused

from ekkyo_cli.demo.pages import Address, Browser

FORM: Final = re.compile(r'<form method="post" action="/c/[^"]+/suggestions">(.*?)</form>', re.DOTALL)
FIELD: Final = re.compile(r'name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Drafted:
    """A draft that a leader made from a suggestion."""

    event_id: str
    theme: str
    votes: int
    followers: int

    def __str__(self) -> str:
        return f"{self.theme} ({self.votes} asked for it, {self.followers} follow it)"


async def follow(as_: Callable[..., Ekkyo], who: Sequence[tuple[m.Member, str]], community_id: str) -> None:
    """Each of these members asks to be told when there is an event on a theme."""
    for member, theme in who:
        wish = m.FollowTheme(member_id=member.member_id, community_id=community_id, theme=theme)
        await as_(member.member_id).send(wish)


async def draft(address: Address, leader_id: str, community_id: str, count: int) -> list[Drafted]:
    """Open the page of suggestions, and press “Make a draft” at each of the first ones. Raises Refused."""
    browser, path = Browser(address, leader_id), f"/c/{community_id}/suggestions"
    forms = [
        {name: unescape(value) for name, value in FIELD.findall(form)}
        for form in FORM.findall(await browser.open(path))
    ]
    if len(forms) < count:
        raise Refused("too_few_suggestions", f"{path} suggests {len(forms)} themes, and {count} events are planned.")
    for form in forms[:count]:
        await browser.press(path, **form)
    return [Drafted(f["event_id"], f["theme"], int(f["votes"]), int(f["followers"])) for f in forms[:count]]
