"""Outputs: the board, one output, proposing, attaching, deciding, correcting and removing."""

import re
from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    AttachOutput,
    Board,
    ConfirmOutput,
    DeclineOutput,
    GetEvent,
    GetOutput,
    OutputPage,
    OutputState,
    ProposedOutputs,
    RemoveOutput,
    ReviseOutput,
)
from ekkyo.contracts.members import Cards, FindMembers, GetCards, ListCommunities, MemberCard, MemberPage

from tests.portal.making import HANAKO, LEADER, NOW, opened, text_of
from tests.portal.test_community_pages import listed
from tests.portal.test_events_pages import event
from tests.portal.test_people_pages import member


def output(output_id: str = "o1", **changes: Any) -> OutputState:
    values = {
        "community_id": "it", "event_id": "e1", "event_title": "はじめての Excel", "kind": "slides",
        "title": f"資料 {output_id}", "url": "https://board.example.co.jp/1", "authors": ["hanako"],
        "status": "attached", "attached_at": NOW, "revision": 1,
    }  # fmt: skip
    return OutputState(output_id=output_id, **{**values, **changes})


PROPOSED = output("o2", status="proposed", attached_at=None, proposed_by="hanako")


def known(it: OutputState = PROPOSED) -> dict[type[Any], Any]:
    return {
        ListCommunities: listed,
        Board: OutputPage(outputs=[output(), output("o3", kind="talk_outside", url=None)], next="o3"),
        ProposedOutputs: OutputPage(outputs=[PROPOSED]),
        GetOutput: it,
        GetCards: Cards(cards=[MemberCard(member_id="hanako", name="山田 花子", department="営業部")]),
        GetEvent: event("e1"),
        FindMembers: MemberPage(members=[member(member_id="hanako")]),
        AttachOutput: lambda cmd: output(cmd.output_id, status="proposed" if cmd.member_id else "attached"),
        ConfirmOutput: output(),
        DeclineOutput: output(status="declined"),
        ReviseOutput: output(),
        RemoveOutput: output(status="removed"),
    }


def pressed(page: Any, action: str) -> bool:
    return f'action="{action}"' in page.text


async def test_the_board_shows_everybody_what_there_is_and_a_leader_what_waits():
    async with opened(known()) as browser:
        page = await browser.get("/board?community=it&kind=slides")
        assert "資料 o1" in text_of(page)
        assert "資料 o2" not in text_of(page)
        assert "山田 花子" in text_of(page)
        assert "/board?community=it&amp;kind=slides&amp;after=o3" in page.text
        [asked] = browser.answering.sent(Board)
        assert (asked.community_id, asked.kind) == ("it", "slides")
        await browser.get("/board?community=it&kind=nonsense&after=a%20b")
        assert "資料 o2" in text_of(await browser.as_(LEADER).get("/board?community=it"))
    async with opened({ListCommunities: listed, Board: OutputPage(outputs=[])}) as browser:
        assert "まだ成果はありません" in text_of(await browser.get("/board"))
    async with opened({ListCommunities: listed}) as browser:
        assert 'class="away"' in (await browser.get("/board")).text


async def test_a_member_proposes_what_they_made_and_a_second_press_is_the_same_one():
    async with opened(known()) as browser:
        page = await browser.get("/c/it/board/new?event=e1")
        assert "の成果として載せます" in text_of(page)
        assert "speakers" not in page.text
        made = re.search(r'name="output_id" value="([^"]+)"', page.text)[1]  # type: ignore[index]
        form = {"output_id": made, "event_id": "e1", "kind": "slides", "title": "", "url": ""}
        page = await browser.post("/c/it/board/new", form)
        assert page.status_code == 400
        assert page.text.count('class="wrong"') == 2
        form |= {"title": "資料", "url": "https://board.example.co.jp/1"}
        for _ in range(2):
            page = await browser.post("/c/it/board/new", form)
            assert page.headers["location"] == f"/o/{made}?did=outputs.proposed"
        sent = browser.answering.sent(AttachOutput)
        assert {(c.output_id, c.member_id, c.event_id, *c.details.authors) for c in sent} == {
            (made, "hanako", "e1", "hanako")
        }
        browser.answering.replies[AttachOutput] = Refused("not_a_member", "No.")
        page = await browser.post("/c/it/board/new", form)
        assert page.status_code == 409
        assert "先に参加してください" in text_of(page)
        assert 'value="資料"' in page.text
        assert (await browser.get("/c/nowhere/board/new")).status_code == 404


async def test_a_leader_names_the_authors_and_decides_and_others_do_not():
    async with opened(known(), LEADER) as browser:
        form = {"kind": "talk_outside", "title": "PyCon", "url": "", "speakers": "000001"}
        page = await browser.post("/c/it/board/new", form)
        assert page.headers["location"].endswith("did=outputs.attached")
        [sent] = browser.answering.sent(AttachOutput)
        assert (sent.member_id, sent.details.authors, sent.details.url) == (None, ["hanako"], None)
        assert "入力" in text_of(await browser.post("/c/it/board/new", {**form, "speakers": ""}))
        page = await browser.get("/o/o2")
        assert pressed(page, "/o/o2/confirm")
        assert (await browser.post("/o/o2/decline", {"reason": " "})).status_code == 400
        page = await browser.post("/o/o2/decline", {"reason": "リンクが違います"})
        assert page.headers["location"] == "/o/o2?did=outputs.declined"
        assert (await browser.post("/o/o2/confirm")).headers["location"] == "/o/o2?did=outputs.confirmed"
        page = await browser.get("/o/o2/edit")
        assert "資料 o2" in page.text
        assert member(member_id="hanako").number in page.text
        corrected = await browser.post("/o/o2/edit", {**form, "title": "PyCon JP"})
        assert corrected.headers["location"] == "/o/o2?did=outputs.revised"
        browser.as_(HANAKO)
        assert not pressed(await browser.get("/o/o2"), "/o/o2/confirm")
        for path in ("/o/o2/confirm", "/o/o2/decline", "/o/o2/edit"):
            assert (await browser.post(path, {"reason": "x"})).status_code == 403, path
    elsewhere = {**known(output(community_id="hr"))}
    async with opened(elsewhere, LEADER) as browser:
        page = await browser.get("/o/o1")
        assert not pressed(page, "/o/o1/remove")
        assert "/o/o1/edit" not in page.text
        for path in ("/o/o1/decline", "/o/o1/edit"):
            assert (await browser.post(path, {"reason": "x"})).status_code == 403, path


async def test_an_author_takes_it_off_the_board_and_is_told_why_it_was_declined():
    declined = output("o4", status="declined", reason="リンクが違います", attached_at=None)
    async with opened(known(declined)) as browser:
        page = await browser.get("/o/o4")
        assert "リンクが違います" in text_of(page)
        assert not pressed(page, "/o/o4/remove")
        browser.answering.replies[GetOutput] = output()
        assert pressed(await browser.get("/o/o1"), "/o/o1/remove")
        page = await browser.post("/o/o1/remove")
        assert page.headers["location"] == "/board?community=it&did=outputs.removed"
        [sent] = browser.answering.sent(RemoveOutput)
        assert (sent.output_id, sent.member_id) == ("o1", "hanako")
