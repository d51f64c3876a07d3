"""Posts to chats: what they say, and that nothing in them is taken for markup."""

import json

import pytest
from ekkyo.words.text import one_line
from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.chat.slack import escape, post
from ekkyo_notify.channels.chat.webhooks import Webhooks
from ekkyo_notify.model import ChatHosts
from ekkyo_notify.templates import compose
from pydantic import SecretStr

from tests.notify.making import CHAT, JOIN, SEATED, event, message, notice, reader
from tests.notify.servers import CHATS_HERE, ChatServer

MARKUP = "*bold* _slanted_ ~struck~ `code` :smile: <!channel> & <https://evil.example|Click>"
TITLES = [MARKUP, "<!channel>", "&lt;!here&gt;", "<@U123> & <#C1>", "x" * 500, "> quote", "*_~"]
TOPICS = ["event_published", "event_revised", "event_rescheduled", "event_cancelled"]


def parts(body: dict) -> list[dict]:
    """Every text object of a post."""
    found = []
    for block in body["blocks"]:
        found += [block["text"]] if "text" in block else block["elements"]
    return found


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("topic", TOPICS)
def test_what_people_write_is_plain_text_that_mentions_nobody_and_links_nowhere(title, topic):
    about = event(title=title, description=title, place=title, format="hybrid")
    who = reader(community=title)
    body = post(compose(notice(topic, about=about, reason=title), CHAT, who))
    assert {part["type"] for part in parts(body)} == {"plain_text"}
    assert not any(part["emoji"] for part in parts(body))
    assert body["mrkdwn"] is False
    assert "<" not in body["text"]
    shown = "\n".join(part["text"] for part in parts(body))
    assert shown.count(one_line(title)[:60]) >= (2 if topic == "event_cancelled" else 4)  # title, place, description, …
    for part in parts(body):
        assert len(part["text"]) <= 3000
    assert len(json.dumps(body)) < 40_000


def test_escaping_is_what_slack_reads_back():
    assert escape("a & b <c> &amp;") == "a &amp; b &lt;c&gt; &amp;amp;"


def test_a_very_long_description_is_cut():
    body = post(message("event_published", to=CHAT, about=event(description="&<>" * 1600)))
    assert max(len(part["text"]) for part in parts(body)) == 1000


def test_a_member_with_a_seat_gets_the_link_in_their_own_chat_and_the_community_does_not():
    own = post(message("event_reminder", to=SEATED))
    assert [p["text"] for p in parts(own) if p["type"] == "mrkdwn"] == [f"<{escape(JOIN)}>"]
    for topic in TOPICS:
        assert "meet.example" not in str(post(message(topic, to=CHAT)))


def test_a_post_reads_well_on_its_own():
    body = post(message("event_rescheduled", "ja", to=CHAT))
    assert body["text"] == "【日時変更】Excel ピボット入門 11月30日(月) 12:00 に変わりました"
    assert body["blocks"][0]["text"]["text"] == "イベントの日時が変わりました"
    assert "日時: 11月30日(月) 12:00〜13:00 日本時間" in body["blocks"][2]["text"]["text"]


HERE = ChatHosts.parse("", CHATS_HERE)


async def test_a_post_arrives_as_json(chat: ChatServer):
    webhooks = Webhooks(HERE)
    await webhooks.send("community-c1", SecretStr(chat.url()), {"text": "こんにちは"})
    assert chat.posts == [("/services/T0/B0/s3cret", {"text": "こんにちは"})]
    await webhooks.close()


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (500, NotNow, "chat_unavailable"),
        (503, NotNow, "chat_unavailable"),
        (408, NotNow, "chat_unavailable"),
        (429, NotNow, "chat_busy"),
        (302, Never, "chat_refused"),
        (400, Never, "chat_refused"),
        (404, Never, "chat_refused"),
    ],
)
async def test_an_answer_is_for_now_or_for_good_and_its_status_is_told_to_nobody(
    chat: ChatServer, status, kind, reason
):
    chat.statuses, chat.headers = [status], {"Location": chat.url("/elsewhere")}
    webhooks = Webhooks(HERE)
    with pytest.raises(kind) as refused:
        await webhooks.send("x", SecretStr(chat.url()), {})
    assert refused.value.reason == reason
    assert refused.value.__context__ is None
    assert (chat.asked, chat.posts) == (1, [])
    await webhooks.close()


async def test_no_error_holds_the_address(chat: ChatServer):
    webhooks = Webhooks(HERE, timeout=0.2)
    chat.silent = True
    for url in (
        chat.url(),
        "http://127.0.0.1:1/s3cret",
        "https://[bad/s3cret",
        "http://s3cret\x00.example/",
        "gopher://s3cret",
    ):
        with pytest.raises((NotNow, Never)) as refused:
            await webhooks.send("x", SecretStr(url), {})
        assert "s3cret" not in repr(refused.value)
        assert refused.value.__context__ is None
        assert refused.value.__cause__ is None
    await webhooks.close()


async def test_one_chat_that_asks_to_wait_does_not_keep_another_waiting(chat: ChatServer):
    chat.statuses, chat.headers = [429], {"Retry-After": "60"}
    webhooks = Webhooks(HERE)
    for _ in range(2):
        with pytest.raises(NotNow):
            await webhooks.send("a", SecretStr(chat.url()), {})
    await webhooks.send("b", SecretStr(chat.url()), {})
    assert (chat.asked, len(chat.posts)) == (2, 1)
    await webhooks.close()
