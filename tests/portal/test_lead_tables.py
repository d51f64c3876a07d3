"""An event's tables by pages: made, seen, changed by hand; and one's own table."""

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    GetTables,
    MoveSeat,
    MyRegistration,
    MyRegistrationAnswer,
    MyTable,
    MyTableAnswer,
    Registration,
    SeatTables,
    Tables,
)
from ekkyo.contracts.members import Cards, GetCards, MemberCard

from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_events_pages import event, mine


def seated(*known: str, **changes: object) -> dict[type, object]:
    """Answers to 花子, who sits at the second table, and may see the cards of those with these names."""
    own = Registration(event_id="e1", member_id="hanako", registration_id="r1", status="confirmed", table=2)
    return {
        MyRegistration: MyRegistrationAnswer(event=event(table_count=2, **changes), registration=own),
        MyTable: MyTableAnswer(event_id="e1", table=2, companions=["ken", "mai"]),
        GetCards: Cards(cards=[MemberCard(member_id="mai", name=name, department="人事") for name in known]),
    }


async def test_tables_are_made_with_a_named_request_and_shown_with_names_and_departments():
    none = answers(status="published") | {GetTables: Tables(event_id="e1")}
    async with opened(none, LEADER) as browser:
        assert "テーブルはまだ決まっていません" in text_of(await browser.get("/e/e1/tables"))
        bar = await browser.get("/e/e1")
        assert 'href="/e/e1/tables"' in bar.text
        wrong = await browser.post("/e/e1/tables", {"size": "1"})
        assert wrong.status_code == 422
        made = await browser.post("/e/e1/tables", {"size": "6", "seating_id": "t1", "seed": "3"})
        assert made.headers["location"] == "/e/e1/tables?did=tables.made"
        (sent,) = browser.answering.sent(SeatTables)
        assert (sent.size, sent.seating_id, sent.seed) == (6, "t1", 3)
    async with opened(answers(status="published"), LEADER) as browser:
        page = await browser.get("/e/e1/tables?did=tables.made")
        text = text_of(page)
        assert "テーブルを決めました" in text
        assert "4 人・2 テーブル" in text
        assert "1 番テーブル 山田 健 営業" in text
        assert 'name="seed" value="1"' in page.text, "making them again makes others"


async def test_a_seat_is_changed_by_hand_and_a_refusal_is_told_in_words():
    async with opened(answers(status="published"), LEADER) as browser:
        page = await browser.get("/e/e1/tables")
        assert '<option value="2/ken2">2 番テーブルの 山田 健 さんと入れ替える' in page.text
        assert (await browser.post("/e/e1/tables/move", {"member": "ken", "to": ""})).status_code == 303
        for to in ("2", "2/ken2"):
            moved = await browser.post("/e/e1/tables/move", {"member": "ken", "to": to})
            assert moved.headers["location"] == "/e/e1/tables?did=tables.moved"
        assert [(m.table, m.swap_with) for m in browser.answering.sent(MoveSeat)] == [(2, None), (2, "ken2")]
    gone = Refused("not_at_table", "The member to change places with does not sit at this table.")
    async with opened(answers(status="published") | {MoveSeat: gone}, LEADER) as browser:
        page = await browser.post("/e/e1/tables/move", {"member": "ken", "to": "2/ken2"})
        assert page.status_code == 409
        assert "そのテーブルの人ではありません" in text_of(page)
    async with opened(answers(status="concluded", table_count=2), LEADER) as browser:
        page = await browser.get("/e/e1/tables")
        assert "1 番テーブル" in text_of(page)
        assert 'action="/e/e1/tables' not in page.text, "what is over is not changed"


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ([], "あなたの席は 2 番テーブルです。同じテーブルには、ほかに 2 人います。"),
        (
            ["林 舞"],
            "あなたの席は 2 番テーブルです。林 舞 さんも同じテーブルです。同じテーブルには、ほかに 1 人います。",
        ),
    ],
)
async def test_a_member_sees_their_table_and_names_as_far_as_cards_may_be_seen(known: list[str], says: str):
    async with opened(answers() | seated(*known), HANAKO) as browser:
        assert says in text_of(await browser.get("/e/e1"))
    async with opened(answers() | {MyRegistration: mine("confirmed")}, HANAKO) as browser:
        assert "テーブル" not in text_of(await browser.get("/e/e1"))
        assert browser.answering.sent(MyTable) == []
