"""Introductions that I asked for, and those that I am asked for."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ekkyo.contracts.members import (
    AnswerIntroduction,
    Introduction,
    ListIntroductions,
    TakeBackIntroduction,
)
from ekkyo.words.text import one_line, several_lines
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.me.routes import section
from ekkyo_portal.web.visit import Visit


@dataclass(frozen=True)
class Shown:
    """An introduction. open: it can still be answered, or taken back."""

    introduction_id: str
    community: str
    topic: str
    message: str
    state: str
    tone: str
    when: str
    until: str
    name: str
    email: str
    status: str

    @property
    def open(self) -> bool:
        return self.status in ("asked", "declined")


@dataclass(frozen=True)
class IntroductionsView:
    asked: Sequence[Shown]
    received: Sequence[Shown]


@section.get("/me/introductions")
async def introductions(visit: Visit) -> Response:
    """Those that I asked for, and those that I am asked for."""
    told, communities = await asyncio.gather(
        visit.ask(ListIntroductions(member_id=visit.me.member_id)),
        visit.named(visit.me.communities),
    )
    listed = communities.communities if communities else []
    named = {one.community.community_id: one_line(one.community.name) for one in listed}
    view = IntroductionsView(
        [_shown(one, named, visit.reader, "asked") for one in told.asked],
        [_shown(one, named, visit.reader, "received") for one in told.received],
    )
    return visit.page("me/introductions.html", view)


@section.post("/me/introductions/{introduction_id}")
async def answer(visit: Visit, introduction_id: str) -> Response:
    """Say yes or no."""
    accept = (await visit.form())["answer"] == "yes"
    await visit.send(AnswerIntroduction(member_id=visit.me.member_id, introduction_id=introduction_id, accept=accept))
    return visit.see_other("/me/introductions", did="teaching.accepted" if accept else "teaching.declined")


@section.post("/me/introductions/{introduction_id}/take-back")
async def take_back(visit: Visit, introduction_id: str) -> Response:
    """Ask no more."""
    await visit.send(TakeBackIntroduction(member_id=visit.me.member_id, introduction_id=introduction_id))
    return visit.see_other("/me/introductions", did="teaching.taken_back")


def _shown(one: Introduction, named: Mapping[str, str], reader: Reader, side: str) -> Shown:
    words = reader.words.teaching
    tones = {"asked": "", "given": "good"}
    state: str = getattr(words, f"{side}_{one.status}")
    return Shown(
        introduction_id=one.introduction_id,
        community=named.get(one.community_id, ""),
        topic=one_line(one.topic),
        message=several_lines(one.message),
        state=state,
        tone=tones.get(one.status, "quiet"),
        when=reader.day(one.asked_at),
        until=reader.day(one.ends_at),
        name=one_line(one.name) if one.name else "",
        email=one.email or "",
        status=one.status,
    )
