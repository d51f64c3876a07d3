"""What comes of the season: members propose articles, a leader confirms them and attaches slides and a talk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts.base import Refused, new_id

ARTICLES: Final = ("表計算の集計を自動にしてみた", "議事録を半分の時間で書く", "問い合わせを減らした小さな工夫")


@dataclass
class Outputs:
    """The board of one community. leader: who decides, and who speaks outside."""

    as_: Callable[..., Ekkyo]
    community_id: str
    leader: str

    async def write_up(self, member_id: str) -> None:
        """A member writes elsewhere what they did, and records it. Raises Refused."""
        await self.as_(member_id).send(
            m.RecordContribution(
                contribution_id=new_id(),
                member_id=member_id,
                community_id=self.community_id,
                kind="shared",
                title="やってみたことを掲示板に書きました",
            )
        )

    async def propose(self, member_id: str, number: int) -> None:
        """A member proposes an article, which the leader confirms. Raises Refused."""
        details = e.OutputDetails(
            kind="article",
            title=ARTICLES[number],
            url=f"https://portal.example.co.jp/board/{number + 1}",
            authors=[member_id],
        )
        output_id = new_id()
        await self.as_(member_id).send(
            e.AttachOutput(output_id=output_id, community_id=self.community_id, member_id=member_id, details=details)
        )
        await self._leads().send(e.ConfirmOutput(output_id=output_id))

    async def attach(self) -> int:
        """The slides of an event, by its speakers, and a talk outside the company; how many."""
        page = await self._leads().ask(e.ListEvents(community_id=self.community_id, status=["concluded"], limit=500))
        spoken = [event for event in page.events if event.speakers]
        if not spoken:
            raise Refused("no_speaker", "Nobody spoke in this season.")
        event = spoken[0]
        slides = e.OutputDetails(
            kind="slides",
            title=f"{event.title} の資料",
            url="https://portal.example.co.jp/slides/1",
            authors=event.speakers,
        )
        talk = e.OutputDetails(kind="talk_outside", title="社外の勉強会で発表しました", authors=[self.leader])
        for event_id, details in ((event.event_id, slides), (None, talk)):
            await self._leads().send(
                e.AttachOutput(output_id=new_id(), community_id=self.community_id, event_id=event_id, details=details)
            )
        return 2

    def _leads(self) -> Ekkyo:
        return self.as_(self.leader, f"leader:{self.community_id}")
