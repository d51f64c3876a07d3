"""Learning hours by pages: by department on the page, by member in files alone."""

from io import BytesIO

from ekkyo.contracts.events import EventPage, GetRoster, ListEvents
from ekkyo.contracts.members import Cards, FindMembers, GetCards, MemberCard, MemberPage
from openpyxl import load_workbook

from tests.portal.leading import NO, registration, roster
from tests.portal.making import HANAKO, LEADER, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event
from tests.portal.test_lead_results import over

HELD = event(status="concluded", starts_at="2026-10-20T03:00:00Z", ends_at="2026-10-20T04:00:00Z")
HOURS = {
    **over(),
    ListEvents: EventPage(events=[HELD]),
    GetRoster: roster(HELD, registration("m1", "attended", minutes=45), registration("m2", "attended")),
    FindMembers: MemberPage(members=[]),
    GetCards: Cards(
        cards=[
            MemberCard(member_id="m1", name="=SUM(A1)", department="営業部"),
            MemberCard(member_id="m2", name="鈴木", department="営業部"),
        ]
    ),
}


async def test_a_page_tells_hours_by_department_and_files_tell_them_by_member() -> None:
    async with opened(HOURS, LEADER) as browser:
        page = await browser.get("/c/it/hours")
        assert "そのほかの部署の合計 2 2 1.75 0.75 1.00" in text_of(page)
        assert "鈴木" not in page.text
        assert "Measured" in text_of(await browser.as_(in_english(LEADER)).get("/c/it/hours"))
        last = await browser.as_(STEWARD).get("/c/it/hours?year=2025")
        assert "参加者はいません" in text_of(last)
        text = (await browser.get("/c/it/hours/members.csv")).content.decode("utf-8-sig")
        assert "'=SUM(A1)" in text
        book = load_workbook(BytesIO((await browser.get("/c/it/hours/members.xlsx?year=2026")).content))
        rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
        assert [row[1:] for row in rows[1:]] == [
            ["=SUM(A1)", "営業部", 1, "0.75", "0.75", "0.00"],
            ["鈴木", "営業部", 1, "1.00", "0.00", "1.00"],
        ]
        assert (await browser.get("/c/it/hours/departments.csv")).status_code == 200
        assert (await browser.get("/c/it/hours/others.csv")).status_code == 404
        for visitor in (NO, HANAKO):
            for path in ("", "/members.csv", "/members.xlsx"):
                assert (await browser.as_(visitor).get(f"/c/it/hours{path}")).status_code == 403
