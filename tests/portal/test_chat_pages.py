"""A chat channel by pages: a community's, for its leaders, and a member's own."""

import re
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import (
    ChannelState,
    ChannelTried,
    ConnectChannel,
    DisconnectChannel,
    GetChannel,
    TryChannel,
)
from ekkyo_portal.web.visitor import Visitor

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, NOW, STEWARD, opened, text_of
from tests.portal.test_me_pages import KNOWN

PLACES = [("/c/it/chat", "/c/it/chat", LEADER), ("/me/settings", "/me/settings/chat", HANAKO)]
"""The page with the channel, where its actions lead, and whose it is."""
CONNECTED = ChannelState(connected=True, host="hooks.slack.com", since=NOW)


def replies(**more: Any) -> dict[Any, Any]:
    known = {**answers(), **KNOWN, GetChannel: CONNECTED, DisconnectChannel: ChannelState(connected=False)}
    return {**known, TryChannel: ChannelTried(taken=True)}


@pytest.mark.parametrize(("page", "base", "who"), PLACES)
async def test_a_channel_is_shown_by_its_host_tried_once_by_name_and_disconnected_after_a_question(
    page: str, base: str, who: Visitor
):
    whose = {"community_id": "it"} if who is LEADER else {"member_id": "hanako"}
    async with opened(replies(), who) as browser:
        shown = await browser.get(page)
        assert "接続先: hooks.slack.com 11月26日(木) から" in text_of(shown)
        assert browser.answering.sent(GetChannel)[0].model_dump(exclude_none=True) == whose
        name = re.search(r'name="try_id" value="([^"]+)"', shown.text)[1]  # type: ignore[index]
        for _ in range(2):
            tried = await browser.post(f"{base}/try", {"try_id": name})
            assert tried.headers["location"] == f"{page}?did=chat.tried"
        sent = [c.model_dump(exclude_none=True) for c in browser.answering.sent(TryChannel)]
        assert sent == [{"try_id": name, **whose}] * 2
        assert f'href="{base}/disconnect"' in shown.text
        assert "接続を解除しますか" in text_of(await browser.get(f"{base}/disconnect"))
        assert browser.answering.sent(DisconnectChannel) == []
        done = await browser.post(f"{base}/disconnect")
        assert done.headers["location"] == f"{page}?did=chat.disconnected"
        assert [c.model_dump(exclude_none=True) for c in browser.answering.sent(DisconnectChannel)] == [whose]
        browser.answering.replies[GetChannel] = ChannelState(connected=False)
        unconnected = await browser.get(page)
        assert "まだ接続していません" in text_of(unconnected)
        assert "try_id" not in unconnected.text
        browser.answering.replies[GetChannel] = Refused("no_answer", "", 503)
        assert "いまこの部分を表示できません" in text_of(await browser.get(page))


@pytest.mark.parametrize(("page", "base", "who"), PLACES)
async def test_what_is_wrong_with_a_chat_stands_beside_it_in_words(page: str, base: str, who: Visitor):
    async with opened(replies(), who) as browser:
        for reply, words in (
            (ChannelTried(taken=False, reason="chat_refused"), "届きませんでした: チャットに断られました"),
            (Refused("too_many_tries", "Three."), "10分間に3回"),
            (Refused("channel_not_connected", "Not connected."), "チャットが接続されていません"),
        ):
            browser.answering.replies[TryChannel] = reply
            tried = await browser.post(f"{base}/try")
            assert tried.status_code == 409
            assert words in text_of(tried)
        browser.answering.replies[TryChannel] = ChannelTried(taken=None)
        assert (await browser.post(f"{base}/try")).headers["location"] == f"{page}?did=chat.waits"
        browser.answering.replies[ConnectChannel] = Refused("chat_host_not_allowed", "Not allowed.")
        secret = "https://other.example.com/very-secret"
        refused = await browser.post(base, {"url": secret, "chat": secret})
        assert refused.status_code in (400, 409)
        assert "この接続先は許可されていません" in text_of(refused)
        assert "very-secret" not in refused.text


async def test_a_communitys_chat_is_its_leaders_and_the_stewards():
    async with opened(replies(), STEWARD) as browser:
        assert (await browser.post("/c/it/chat/disconnect")).status_code == 303
        browser.answering.said.clear()
        for other in (HANAKO, LEADER):
            community = "it" if other is HANAKO else "hr"
            for action in ("", "/try", "/disconnect"):
                assert (await browser.as_(other).post(f"/c/{community}/chat{action}")).status_code == 403
            for action in ("", "/disconnect"):
                assert (await browser.get(f"/c/{community}/chat{action}")).status_code == 403
        assert not [m for m in browser.answering.said if isinstance(m, TryChannel | DisconnectChannel | GetChannel)]
