"""The pages of events: lists, a month, an event and what one has there."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    EventPage,
    EventState,
    ListEvents,
    MyRegistration,
    MyRegistrationAnswer,
    Overlap,
    RegisterForEvent,
    Registration,
    WithdrawFromEvent,
)
from ekkyo.contracts.members import Cards, GetCards, MemberCard
from ekkyo_portal.events import month, views
from ekkyo_portal.look.reader import Reader
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.portal.making import HANAKO, NOW, opened, text_of
from tests.portal.pictures import in_english

MARKUP = "<script>alert(1)</script>\"'&"


def event(event_id: str = "e1", **changes: object) -> EventState:
    values: dict[str, object] = {
        "event_id": event_id,
        "community_id": "it",
        "title": "はじめてのピボット",
        "description": "一行目\n二行目",
        "format": "online",
        "context": "IT",
        "url": "https://meet.example.com/x",
        "capacity": 30,
        "starts_at": "2026-12-02T03:00:00Z",
        "ends_at": "2026-12-02T04:00:00Z",
        "timezone": "Asia/Tokyo",
        "status": "published",
        "confirmed": 12,
        **changes,
    }
    return EventState.model_validate(values)


def registered(status: str, event_id: str = "e1") -> Registration:
    values = {"event_id": event_id, "member_id": "hanako", "registration_id": "r1", "status": status, "position": 3}
    return Registration.model_validate(values)


def mine(status: str | None, /, **changes: object) -> MyRegistrationAnswer:
    return MyRegistrationAnswer(event=event(**changes), registration=registered(status) if status else None)


async def test_another_event_at_that_time_is_named_but_not_to_who_came_by_a_pass():
    told = mine(None)
    begins = told.event.starts_at
    other = Overlap(
        event_id="e9", title="<b>朝会", starts_at=begins, ends_at=begins + timedelta(hours=1), status="waitlisted"
    )
    async with opened({MyRegistration: told.model_copy(update={"overlaps": [other]})}) as browser:
        page = await browser.get("/e/e1")
        assert "同じ時間に別のイベントがあります &lt;b&gt;朝会 12:00〜13:00 · キャンセル待ち" in text_of(page)
        assert 'href="/e/e9"' in page.text
        browser.as_(in_english(HANAKO))
        assert "You have another event at this time" in text_of(await browser.get("/e/e1"))


async def test_what_is_coming_is_listed_and_what_is_full_says_so():
    full = event("e2", title="満席の会", confirmed=30, waitlisted=4)
    async with opened({ListEvents: EventPage(events=[event(), full])}) as browser:
        said = text_of(await browser.get("/"))
        assert "はじめてのピボット 12:00〜13:00 オンライン 残り 18 席" in said
        assert "満席・4 人待ち" in said
        browser.as_(in_english(HANAKO))
        assert "18 seats left" in text_of(await browser.get("/"))


async def test_lists_and_months_say_what_one_has_at_each_event():
    own = [registered("confirmed"), registered("waitlisted", "e2")]
    them = [event("e1"), event("e2", confirmed=30, waitlisted=4), event("e3")]
    async with opened({ListEvents: EventPage(events=them, registrations=own)}) as browser:
        said = text_of(await browser.get("/"))
        seat, waits, neither = said.split("はじめてのピボット")[1:]
        assert seat.startswith(" 12:00〜13:00 オンライン 参加確定 残り 18 席")
        assert "キャンセル待ち 3 番目 満席・4 人待ち" in waits
        assert "オンライン 残り 18 席" in neither
        month_of = text_of(await browser.get("/month?m=2026-12"))
        assert month_of.count("12:00 はじめてのピボット") == 3
        assert "はじめてのピボット 参加確定" in month_of
        assert "はじめてのピボット キャンセル待ち 3 番目" in month_of


async def test_a_month_says_of_what_is_over_where_one_was_and_nothing_else():
    over = {"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=2), "status": "concluded"}
    them = {
        "attended": event("e1", **over),
        "no_show": event("e2", **over),
        "waitlisted": event("e3", **over),
        "confirmed": event("e4", status="cancelled"),
    }
    own = [registered(status, it.event_id) for status, it in them.items()]
    async with opened({ListEvents: EventPage(events=list(them.values()), registrations=own)}) as browser:
        said = text_of(await browser.get("/month"))
        assert said.count("はじめてのピボット") == len(them)
        assert said.count("はじめてのピボット 参加済み") == 1
        for nothing in ("欠席", "キャンセル待ち", "参加確定"):
            assert nothing not in said


async def test_a_list_without_events_says_what_to_do():
    async with opened({ListEvents: EventPage(events=[])}) as browser:
        assert "予定されているイベントはまだありません" in text_of(await browser.get("/"))
        assert "この月のイベントはありません" in text_of(await browser.get("/month"))


@pytest.mark.parametrize(
    ("status", "changes", "says", "offers"),
    [
        (None, {}, "残り 18 席", ["register"]),
        (None, {"confirmed": 30}, "キャンセル待ちに登録する", ["register"]),
        (None, {"confirmed": 10, "attended": 20}, "キャンセル待ちに登録する", ["register"]),
        ("attended", {"attended": 1}, "残り 17 席", []),
        ("attended", {"attended": 1}, "受付済みです", []),
        ("attended", {"starts_at": "2026-11-20T03:00:00Z", "ends_at": "2026-11-20T04:00:00Z"}, "参加しました", []),
        ("confirmed", {}, "参加が確定しています", ["withdraw"]),
        ("waitlisted", {"confirmed": 30}, "キャンセル待ち 3 番目です", ["withdraw"]),
        ("withdrawn", {}, "残り 18 席", ["register"]),
        ("attended", {"status": "concluded"}, "参加しました", []),
        ("no_show", {"status": "concluded"}, "欠席でした", []),
        (None, {"status": "cancelled"}, "中止", []),
        (None, {"url": None}, "参加が確定すると、ここに参加用URLが表示されます", ["register"]),
        ("waitlisted", {"url": None}, "参加が確定すると、ここに参加用URLが表示されます", ["withdraw"]),
        (None, {"starts_at": "2026-11-20T03:00:00Z", "ends_at": "2026-11-20T04:00:00Z"}, "12:00", []),
    ],
)
async def test_an_event_shows_what_one_has_and_offers_what_one_can_do(status, changes, says, offers):
    async with opened({MyRegistration: mine(status, **changes)}) as browser:
        page = await browser.get("/e/e1")
        assert says in text_of(page)
        assert [act for act in ("register", "withdraw") if f'action="/e/e1/{act}"' in page.text] == offers
        joins = status in ("confirmed", "attended") and not {"status", "ends_at"} & set(changes)
        assert ("https://meet.example.com/x" in page.text) == joins


async def test_a_seat_waits_for_a_link_that_follows_and_at_a_cancelled_event_there_is_none():
    async with opened({MyRegistration: mine("confirmed", url=None, url_follows=True)}) as browser:
        assert "参加用URLは、後日お知らせします" in text_of(await browser.get("/e/e1"))
        for status in ("confirmed", "waitlisted"):
            browser.answering.replies[MyRegistration] = mine(status, status="cancelled")
            said = text_of(await browser.get("/e/e1"))
            assert "中止" in said
            assert not any(has in said for has in ("確定", "番目", "参加用URL"))


@pytest.mark.parametrize(("status", "told"), [("confirmed", True), ("waitlisted", False), (None, False)])
async def test_an_event_goes_into_ones_calendar_with_the_meetings_address_for_who_has_a_seat(status, told):
    async with opened({MyRegistration: mine(status, revision=7, title=MARKUP)}) as browser:
        assert 'href="/e/e1/calendar.ics"' in (await browser.get("/e/e1")).text
        file = await browser.get("/e/e1/calendar.ics")
        assert file.headers["content-type"].startswith("text/calendar")
        assert file.headers["content-disposition"] == 'attachment; filename="event.ics"'
        (entry,) = Calendar.from_ical(file.content).walk("VEVENT")
        assert (entry["UID"], entry["SEQUENCE"], entry["URL"]) == ("e1@ekkyo", 7, "http://127.0.0.1:8000/e/e1")
        assert entry["SUMMARY"] == MARKUP
        assert ("https://meet.example.com/x" in file.text) == told
        assert ("取りやめてください" in entry["DESCRIPTION"]) == (status is not None)


async def test_who_a_link_let_in_gets_the_calendar_entry_of_that_event_alone():
    guest = replace(HANAKO, only="e1")
    async with opened({MyRegistration: mine("confirmed")}, guest) as browser:
        assert 'href="/e/e1/calendar.ics?p=pass"' in (await browser.get("/e/e1?p=pass")).text
        assert (await browser.get("/e/e1/calendar.ics?p=pass")).status_code == 200
        assert (await browser.get("/e/e2/calendar.ics?p=pass")).headers["location"].startswith("/signin")
        nobody = await browser.as_(None).get("/e/e1/calendar.ics")
        assert nobody.headers["location"].startswith("/signin")


@pytest.mark.parametrize(
    "over", [{"status": "cancelled"}, {"starts_at": "2026-11-20T03:00:00Z", "ends_at": "2026-11-20T04:00:00Z"}]
)
async def test_what_is_over_or_off_is_not_offered_for_the_calendar(over):
    async with opened({MyRegistration: mine("confirmed", **over)}) as browser:
        assert "calendar.ics" not in (await browser.get("/e/e1")).text


async def test_an_event_names_its_speakers_and_does_without_them():
    cards = Cards(cards=[MemberCard(member_id="taro", name="佐藤 太郎", department=MARKUP)])
    async with opened({MyRegistration: mine(None, speakers=["taro", "gone"]), GetCards: cards}) as browser:
        page = await browser.get("/e/e1")
        assert "佐藤 太郎 登壇者" in text_of(page)
        assert "<script>alert" not in page.text
        assert browser.answering.sent(GetCards)[0].member_ids == ["taro", "gone"]
        del browser.answering.replies[GetCards]
        page = await browser.get("/e/e1")
        assert (page.status_code, "登壇者" in page.text) == (200, False)


async def test_who_waits_is_told_why_in_their_language():
    async with opened({MyRegistration: mine("waitlisted", confirmed=30)}) as browser:
        assert "キャンセル待ち 3 番目です 全 30 席が埋まっています" in text_of(await browser.get("/e/e1"))
        browser.as_(in_english(HANAKO))
        assert "All 30 seats are taken" in text_of(await browser.get("/e/e1"))
    async with opened({MyRegistration: mine("waitlisted", confirmed=30, status="cancelled")}) as browser:
        assert "席が埋まっています" not in text_of(await browser.get("/e/e1"))


async def test_a_press_registers_and_a_second_press_is_the_same_wish():
    seat = Registration(event_id="e1", member_id="hanako", status="confirmed")
    async with opened({MyRegistration: mine(None), RegisterForEvent: seat}) as browser:
        page = await browser.get("/e/e1")
        wish = page.text.split('name="registration_id" value="')[1].split('"')[0]
        for _ in range(2):
            done = await browser.post("/e/e1/register", {"registration_id": wish})
            assert (done.status_code, done.headers["location"]) == (303, "/e/e1?did=events.confirmed")
        assert {command.registration_id for command in browser.answering.sent(RegisterForEvent)} == {wish}
        assert "参加が確定しました" in text_of(await browser.get("/e/e1?did=events.confirmed"))
        assert "hello" not in (await browser.get("/e/e1?did=hello.hello")).text


async def test_what_was_not_possible_is_said():
    no = Refused("registration_closed", "Registration is closed.")
    async with opened({RegisterForEvent: no, WithdrawFromEvent: no}) as browser:
        for act in ("register", "withdraw"):
            page = await browser.post(f"/e/e1/{act}")
            assert page.status_code == 409
            assert "受付は終了しました" in text_of(page)


async def test_markup_in_texts_is_shown_as_text():
    told = mine("confirmed", title=MARKUP, description=MARKUP, context=MARKUP, place=MARKUP, format="hybrid")
    async with opened({MyRegistration: told, ListEvents: EventPage(events=[told.event])}) as browser:
        for path in ("/e/e1", "/", "/month?m=2026-12"):
            page = await browser.get(path)
            assert "<script>alert" not in page.text
            assert "alert(1)" in page.text


def test_who_has_to_be_somewhere_goes_by_the_clock_there():
    reader = Reader("en", "Europe/Berlin", NOW)
    online, onsite = event(), event(format="onsite", place="Tokyo")
    assert views.when(reader, online).first.startswith("Wed 2 Dec 4:00")
    assert views.when(reader, onsite).first.startswith("Wed 2 Dec 12:00")
    assert "4:00" in (views.when(reader, onsite).other or "")


@given(st.dates(date(2001, 1, 1), date(2190, 1, 1)), st.sampled_from(["Asia/Tokyo", "America/New_York", "UTC"]))
def test_a_month_shows_each_of_its_days_once_and_reaches_all_its_weeks(day: date, zone: str):
    reader = Reader("ja", zone, NOW)
    first = day.replace(day=1)
    view = month.month(reader, first, [])
    shown = [one.number for week in view.weeks for one in week if not one.outside]
    assert shown == list(range(1, len(shown) + 1))
    assert len(shown) in range(28, 32)
    start, end = month.reach(first, zone)
    assert start < end
    assert month.asked(f"{first:%Y-%m}", reader) == first


@pytest.mark.parametrize("text", ["", "x", "2026-13", "9999-01", "0-1", "2026-12-01", "２０２６-12x"])
def test_a_month_that_is_none_is_this_month(text: str):
    assert month.asked(text, Reader("ja", "Asia/Tokyo", NOW)) == date(2026, 11, 1)


async def test_who_applied_can_take_it_back_and_who_was_declined_is_told_so():
    async with opened({MyRegistration: mine("applied", applied=1)}) as browser:
        page = await browser.get("/e/e1")
        assert "申し込み済みです" in text_of(page)
        assert "申し込みを取り下げる" in text_of(page)
        assert "meet.example.com" not in page.text
        browser.answering.replies[MyRegistration] = mine("declined")
        page = await browser.get("/e/e1")
        assert "今回は参加いただけません" in text_of(page)
        assert "<form" not in page.text.split("first-on-phone")[1].split("</aside>")[0]
