"""What stewards see of messages that were sent, and how they send one again."""

import inspect
import re

from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import DeliveryPage, ListDeliveries, ResendDelivery

from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.test_people_pages import KNOWN, delivery


async def test_what_failed_is_listed_with_why_in_both_languages():
    async with opened(KNOWN, STEWARD) as browser:
        said = text_of(await browser.get("/people-sent"))
        assert "1,200 送信済み" in said
        assert "新しいイベントのお知らせ (メール)" in said
        assert "送信できず: アドレスが存在しません" in said
        assert browser.answering.sent(ListDeliveries)[-1].status == "failed"
        await browser.get("/people-sent?status=planned")
        assert browser.answering.sent(ListDeliveries)[-1].status == "planned"
        assert all(question.newest_first for question in browser.answering.sent(ListDeliveries))


async def test_what_failed_or_was_dropped_for_now_is_sent_again_by_a_button_and_a_refusal_stands_beside_it():
    listed = [
        delivery(title="もくもく会\n<b>", community_name="IT の会"),
        delivery("dropped", "muted", delivery_id="d2"),
        delivery("dropped", "event_over", delivery_id="d3", topic="series_planned", entity_id="x1"),
        delivery("sent", None, delivery_id="d4"),
    ]
    replies = {**KNOWN, ListDeliveries: DeliveryPage(deliveries=listed), ResendDelivery: delivery("sent", None)}
    async with opened(replies, STEWARD) as browser:
        page = await browser.get("/people-sent?status=failed&after=d0")
        assert "もくもく会 &lt;b&gt;</a>" in page.text
        assert "新しいイベントのお知らせ (メール) · IT の会" in text_of(page)
        assert 'href="/series/x1"' in page.text
        forms = re.findall(r'action="([^"]+)"><input type="hidden" name="resend_id" value="([^"]+)"', page.text)
        actions = [
            "/people-sent/d1/again?status=failed&amp;after=d0",
            "/people-sent/d2/again?status=failed&amp;after=d0",
        ]
        assert [action for action, _ in forms] == actions
        named = {"resend_id": forms[0][1]}
        for _ in range(2):
            done = await browser.post("/people-sent/d1/again?status=failed&after=d0", named)
            assert done.headers["location"] == "/people-sent?status=failed&did=sent.again"
        tries = [(c.delivery_id, c.resend_id, c.member_id) for c in browser.answering.sent(ResendDelivery)]
        assert tries == [("d1", forms[0][1], None)] * 2, "a second press is the same try"
        browser.answering.replies[ResendDelivery] = delivery("failed", "smtp_timeout")
        assert (await browser.post("/people-sent/d1/again")).headers["location"].endswith("did=sent.again_failed")
        browser.answering.replies[ResendDelivery] = Refused("too_many_resends", "Three times.")
        for delivery_id in ("d1", "gone"):
            refused = await browser.post(f"/people-sent/{delivery_id}/again")
            assert refused.status_code == 409
            assert text_of(refused).count("24時間に3回送りました") == 1
            assert (f'id="no-{delivery_id}"' in refused.text) == (delivery_id == "d1")
        browser.answering.replies[ResendDelivery] = Refused("no_answer", "", 503)
        assert (await browser.post("/people-sent/d1/again")).status_code == 503
        for other in (LEADER, HANAKO):
            assert (await browser.as_(other).post("/people-sent/d1/again", named)).status_code == 403


async def test_a_message_leads_to_the_page_that_it_is_about():
    pages = {
        "report_due": "/c/x1/sponsors",
        "report_reminder": "/c/x1/sponsors",
        "rules_due": "/communities",
        "leader_named": "/communities",
        "deputy_named": "/communities",
        "role_ended": "/communities",
        "pulse_skipped": "/lead",
        "survey_reminder": "/s/x1",
        "event_reminder": "/e/x1",
    }
    listed = [delivery(delivery_id=topic, topic=topic, entity_id="x1") for topic in pages]
    sponsors = delivery(delivery_id="report", topic="report_sent", entity_id="x2", member_id=None, sponsor_id="p1")
    replies = {**KNOWN, ListDeliveries: DeliveryPage(deliveries=[*listed, sponsors])}
    async with opened(replies, STEWARD) as browser:
        page = await browser.get("/people-sent")
        assert "x2" not in page.text, "a sponsor has no page"
        shown = page.text.split("<main")[1]
        assert re.findall(r'<span class="grow"><a href="([^"]+)"', shown) == list(pages.values())


async def test_a_message_is_sent_again_from_the_page_of_the_person_it_is_for():
    async with opened({**KNOWN, ResendDelivery: delivery("sent", None)}, STEWARD) as browser:
        page = await browser.get("/people/hanako")
        form = r'action="([^"]+/again)"><input type="hidden" name="resend_id" value="([^"]+)"'
        [(action, resend_id)] = re.findall(form, page.text)
        for _ in range(2):
            done = await browser.post(action, {"resend_id": resend_id})
            assert done.headers["location"] == "/people/hanako?did=sent.again"
        tries = [(c.delivery_id, c.resend_id, c.member_id) for c in browser.answering.sent(ResendDelivery)]
        assert tries == [("d1", resend_id, "hanako")] * 2, "a second press is the same try"
        browser.answering.replies[ResendDelivery] = Refused("too_many_resends", "Three times.")
        refused = await browser.post(action)
        assert refused.status_code == 409
        assert 'id="no-d1"' in refused.text
        for other in (LEADER, HANAKO):
            assert (await browser.as_(other).post(action)).status_code == 403


def test_every_refusal_to_send_again_has_words_in_both_languages():
    import ekkyo_notify.model.resending as rules
    from ekkyo_portal.look.words.refusals import REFUSALS

    codes = set(re.findall(r'Refused\(\s*"(\w+)"', inspect.getsource(rules)))
    assert "too_many_resends" in codes
    assert codes <= REFUSALS["ja"].keys() & REFUSALS["en"].keys()


def test_every_reason_that_notify_gives_has_words():
    from pathlib import Path

    from ekkyo_portal.look.words import sent

    said = set()
    for file in (Path(__file__).parents[2] / "services/notify").rglob("*.py"):
        said |= set(re.findall(r'(?:NotNow|Never)\("([a-z_]+)"|reason="([a-z_]+)"', file.read_text()))
    codes = {code for pair in said for code in pair if code}
    assert codes
    assert codes <= set(sent.JA["reasons"])
    for part in ("topics", "channels", "states", "states_mean", "reasons"):
        assert sent.JA[part].keys() == sent.EN[part].keys()
