"""How many will come: advice on a page, in plain words, for leaders alone."""

from typing import Any

import pytest
from ekkyo.contracts.events import GetOverbookingAdvice, ReviseEvent

from tests.portal.leading import ADVICE, NO, answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english


def told(**changed: Any) -> dict[type, object]:
    return answers(status="published", format="onsite", capacity=30) | {
        GetOverbookingAdvice: ADVICE.model_copy(update=changed)
    }


SILENT: dict[str, Any] = {"share": None, "share_from": None, "share_to": None, "advised": None, "options": []}


async def test_a_leader_reads_how_many_to_confirm_and_nothing_is_changed():
    async with opened(told(), in_english(LEADER)) as browser:
        assert 'href="/e/e1/overbooking"' in (await browser.get("/e/e1")).text
        page = await browser.get("/e/e1/overbooking")
        text = text_of(page)
        assert "For 30 seats, you can confirm 33. Between 21 and 30 people are likely to come" in text
        assert "the risk that more than 30 come is 2.5%" in text
        assert (
            "At 9 past events like this (format: On site, theme: IT), 69 of 312 people with a seat did not come" in text
        )
        assert "about 22% (between 18% and 27%)" in text
        assert "30 now 19 to 27" in text
        assert "33 advised 21 to 30" in text
        (asked,) = browser.answering.sent(GetOverbookingAdvice)
        assert (asked.event_id, asked.seats) == ("e1", 30), "as many as it has in Ekkyo"
        assert not browser.answering.sent(ReviseEvent)


async def test_how_many_the_room_holds_can_be_said():
    async with opened(told(), LEADER) as browser:
        page = await browser.get("/e/e1/overbooking?seats=24")
        assert [ask.seats for ask in browser.answering.sent(GetOverbookingAdvice)] == [24]
        assert 'value="24"' in page.text
        for wrong in ("0", "x", "20001"):
            page = await browser.get(f"/e/e1/overbooking?seats={wrong}")
            assert page.status_code == 422
            assert 'id="seats-wrong"' in page.text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"advised": 30}, "30 席に対しては、30 人より多く確定しないことをおすすめします。"),
        ({"context": None}, "「会場」のイベントのうち"),
        ({**SILENT, "silent_because": "too_few_events", "events": 2}, "5 回以上必要です。今は 2 回です。"),
        (
            {**SILENT, "silent_because": "too_few_registrations", "registrations": 31},
            "合わせて 50 人以上必要です。今は 31 人です。",
        ),
    ],
)
async def test_the_page_says_where_nothing_more_can_be_confirmed_or_nothing_is_known(
    changed: dict[str, Any], says: str
):
    async with opened(told(**changed), LEADER) as browser:
        page = await browser.get("/e/e1/overbooking")
        assert page.status_code == 200
        assert says in text_of(page)


@pytest.mark.parametrize("visitor", [HANAKO, NO])
async def test_nobody_else_sees_it(visitor: Any):
    async with opened(told(), visitor) as browser:
        assert (await browser.get("/e/e1/overbooking")).status_code == 403
        assert not browser.answering.sent(GetOverbookingAdvice)
