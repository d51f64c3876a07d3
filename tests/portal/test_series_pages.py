"""Series by pages: planned with the dates shown first, changed for all or from one on, and taken part in."""

from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    CancelSeries,
    ChangeSeriesRule,
    EventPage,
    GetSeries,
    ListEvents,
    MyRegistration,
    MyRegistrationAnswer,
    PlanSeries,
    PreviewSeries,
    RegisterForSeries,
    Registration,
    RescheduleSeries,
    ReviseSeries,
    SeriesRegistration,
    WithdrawFromSeries,
)
from ekkyo_portal.events import series_views
from ekkyo_portal.look.reader import Reader

from tests.portal.leading import WRITTEN, answers, series
from tests.portal.making import HANAKO, LEADER, NOW, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event

PLANNED = {
    **{name: value for name, value in WRITTEN.items() if name not in ("event_id", "ends")},
    "series_id": "new1",
    "minutes": "90",
    "repeat": "same_weekday",
    "end": "by_count",
    "count": "6",
    "except_on": "2027-02-11\n2027-03-11",
    "also_on": "2027-02-12",
}
WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270129"
ANOTHER_RULE = {
    "starts": "2026-12-08T12:00",
    "minutes": "60",
    "repeat": "every_week",
    "end": "endless",
    "from_event": "e2",
    "change_id": "c9",
    "do": "change",
}
SEEN = 'name="seen" value="'


def seen_in(page: Any) -> str:
    return page.text.partition(SEEN)[2].partition('"')[0]


async def test_a_series_is_planned_when_its_dates_were_seen_and_not_before():
    async with opened(answers(), LEADER) as browser:
        assert "シリーズを作成" in text_of(await browser.get("/lead"))
        assert (await browser.get("/c/it/series/new")).status_code == 200
        page = await browser.post("/c/it/series/new", {**PLANNED, "do": "preview"})
        [asked] = browser.answering.sent(PreviewSeries)
        assert (asked.starts, asked.minutes, asked.timezone) == ("2026-12-10T18:00", 90, "Asia/Tokyo")
        assert asked.rule == "FREQ=MONTHLY;BYDAY=2TH;COUNT=6"
        assert [day.isoformat() for day in asked.except_on] == ["2027-02-11", "2027-03-11"]
        assert [day.isoformat() for day in asked.also_on] == ["2027-02-12"]
        assert "12月10日(木) 18:00〜19:30 日本時間" in text_of(page)
        assert "2 回のイベントを公開する" in text_of(page)
        assert "夏時間" in text_of(page)
        changed = {**PLANNED, "count": "7", "do": "plan", "seen": seen_in(page)}
        again = await browser.post("/c/it/series/new", changed)
        assert "日程を計算し直しました" in text_of(again)
        assert browser.answering.sent(PlanSeries) == []
        done = await browser.post("/c/it/series/new", {**changed, "seen": seen_in(again)})
        assert done.headers["location"] == "/series/new1?did=series.planned"
        [planned] = browser.answering.sent(PlanSeries)
        assert (planned.rule, planned.details.title) == ("FREQ=MONTHLY;BYDAY=2TH;COUNT=7", "もくもく会")
        assert (planned.except_on, planned.also_on) == (asked.except_on, asked.also_on)


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ({"repeat": "every_week"}, "FREQ=WEEKLY;COUNT=6"),
        ({"repeat": "every_2_weeks", "end": "endless"}, "FREQ=WEEKLY;INTERVAL=2"),
        (
            {"repeat": "weekdays", "end": "by_day", "until": "2027-01-29"},
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270129",
        ),
        ({"repeat": "same_weekday", "starts": "2026-12-31T18:00"}, "FREQ=MONTHLY;BYDAY=-1TH;COUNT=6"),
        ({"repeat": "last_weekday"}, "FREQ=MONTHLY;BYDAY=-1TH;COUNT=6"),
        ({"repeat": "same_day"}, "FREQ=MONTHLY;BYMONTHDAY=10;COUNT=6"),
        ({"repeat": "own_rule", "rule": "freq=daily;count=3"}, "FREQ=DAILY;COUNT=3"),
    ],
)
async def test_what_is_chosen_becomes_a_rule(sent: dict[str, str], rule: str):
    async with opened(answers(), LEADER) as browser:
        await browser.post("/c/it/series/new", {**PLANNED, **sent, "do": "preview"})
        assert [asked.rule for asked in browser.answering.sent(PreviewSeries)] == [rule]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"count": "many"}, "count"),
        ({"count": "201"}, "count"),
        ({"end": "by_day", "until": ""}, "until"),
        ({"except_on": "next week"}, "except_on"),
        ({"minutes": ""}, "minutes"),
        ({"repeat": "own_rule", "rule": ""}, "rule"),
        ({"repeat": "own_rule", "rule": "FREQ=SECONDLY"}, "rule"),
        ({"repeat": "never"}, "repeat"),
        ({"starts": ""}, "starts"),
    ],
)
async def test_what_is_wrong_with_a_series_stands_beside_its_field(sent: dict[str, str], field: str):
    async with opened(answers(), LEADER) as browser:
        page = await browser.post("/c/it/series/new", {**PLANNED, **sent, "do": "preview"})
        assert page.status_code == 422
        assert f'id="{field}-wrong"' in page.text
        assert browser.answering.sent(PreviewSeries) == []


async def test_a_refused_rule_is_told_beside_how_it_repeats():
    refused = {**answers(), PreviewSeries: Refused("series_too_long", "too long")}
    async with opened(refused, in_english(LEADER)) as browser:
        page = await browser.post("/c/it/series/new", {**PLANNED, "do": "preview"})
        assert page.status_code == 422
        assert "It must end within two years and have at most 200 dates." in text_of(page)


async def test_another_rule_is_given_when_what_it_does_was_seen_and_not_before():
    async with opened(answers(), LEADER) as browser:
        assert 'href="/series/s1/rule"' in (await browser.get("/series/s1")).text
        page = await browser.get("/series/s1/rule?from=e2")
        assert 'value="e2" selected' in page.text
        form = {name: value for name, value in ANOTHER_RULE.items() if name != "do"}
        page = await browser.post("/series/s1/rule", ANOTHER_RULE)
        said = text_of(page)
        assert "日時が変わる回: 1 回" in said
        assert "12月9日(水) 12:00 → 12月8日(火) 12:00〜13:00" in said
        assert "中止になる回: 1 回" in said
        assert "追加される回: 1 回" in said
        assert "7 人" in said
        assert browser.answering.sent(ChangeSeriesRule) == []
        done = await browser.post("/series/s1/rule", {**form, "do": "change", "seen": seen_in(page)})
        assert done.headers["location"] == "/series/s1?did=series.changed"
        [changed] = browser.answering.sent(ChangeSeriesRule)
        assert (changed.rule, changed.from_event, changed.starts) == ("FREQ=WEEKLY", "e2", "2026-12-08T12:00")
        assert changed.change_id == "c9"
        wrong = await browser.post("/series/s1/rule", {**form, "repeat": "never"})
        assert (wrong.status_code, 'id="repeat-wrong"' in wrong.text) == (422, True)
        said = text_of(await browser.as_(in_english(LEADER)).post("/series/s1/rule", form))
        assert "7 members have a place on a date that moves" in said
        assert (await browser.as_(HANAKO).get("/series/s1/rule")).status_code == 403
        assert (await browser.as_(HANAKO).post("/series/s1/rule", form)).status_code == 403


async def test_leaders_change_move_and_cancel_all_that_is_to_come_or_from_one_on():
    async with opened(answers(), LEADER) as browser:
        page = await browser.get("/series/s1/edit?from=e2")
        assert 'value="e2" selected' in page.text
        assert "12月9日(水) 以降" in text_of(page)
        sent = {**WRITTEN, "change_id": "c1", "from_event": "e2"}
        done = await browser.post("/series/s1/edit", sent)
        assert done.headers["location"] == "/series/s1?did=series.changed"
        [revised] = browser.answering.sent(ReviseSeries)
        assert (revised.change_id, revised.from_event, revised.details.place) == ("c1", "e2", "本社3F")
        assert 'value="12:00"' in (await browser.get("/series/s1/time")).text
        await browser.post("/series/s1/time", {"clock": "19:00", "minutes": "45", "change_id": "c2", "from_event": ""})
        [moved] = browser.answering.sent(RescheduleSeries)
        assert (moved.clock, moved.minutes, moved.from_event) == ("19:00", 45, None)
        wrong = await browser.post("/series/s1/time", {"clock": "", "minutes": "45"})
        assert 'id="clock-wrong"' in wrong.text
        assert "取り消せません" in text_of(await browser.get("/series/s1/cancel"))
        done = await browser.post("/series/s1/cancel", {"reason": "年度末", "change_id": "c3", "from_event": "e2"})
        assert done.headers["location"] == "/series/s1?did=series.cancelled"
        [cancelled] = browser.answering.sent(CancelSeries)
        assert (cancelled.reason, cancelled.from_event) == ("年度末", "e2")


async def test_leaders_see_what_a_change_left_as_it_was():
    left = series(left_as_they_were=[{"event_id": "e2", "code": "capacity_below_confirmed"}], under_way=True)
    async with opened({**answers(), GetSeries: left}, LEADER) as browser:
        page = text_of(await browser.get("/series/s1"))
        assert "12月9日(水) 定員を、参加が確定している人数より少なくすることはできません。" in page
        assert "変更を反映しています" in page


async def test_members_register_for_all_dates_or_see_what_they_have_and_withdraw():
    told = SeriesRegistration(series_id="s1", member_id="hanako", registration_id="r1", status="registered")
    replies = {
        GetSeries: series(),
        RegisterForSeries: told,
        WithdrawFromSeries: told.model_copy(update={"status": "withdrawn"}),
    }
    async with opened(replies) as browser:
        page = await browser.get("/series/s1")
        assert "毎週水曜日" in text_of(page)
        assert "これからの全 2 回に参加登録します" in text_of(page)
        assert "シリーズを変更する" not in text_of(page)
        done = await browser.post("/series/s1/register", {"registration_id": "r1"})
        assert done.headers["location"] == "/series/s1?did=series.registered"
        [sent] = browser.answering.sent(RegisterForSeries)
        assert (sent.member_id, sent.registration_id) == ("hanako", "r1")
        seats = [
            Registration(event_id="e1", member_id="hanako", registration_id="r1", status="confirmed"),
            Registration(event_id="e2", member_id="hanako", registration_id="r1", status="waitlisted", position=2),
        ]
        browser.answering.replies[GetSeries] = series(mine=told, registrations=seats)
        page = await browser.get("/series/s1?did=series.registered")
        assert "すべての回に登録しました。" in text_of(page)
        assert "キャンセル待ち" in text_of(page)
        assert "直前の取りやめ" not in text_of(page)
        late = [event(id, series_id="s1", terms={"withdraw_by": "2026-11-25T03:00:00Z"}) for id in ("e1", "e2")]
        browser.answering.replies[GetSeries] = series(*late, mine=told, registrations=seats)
        assert "12月2日(水)の回は取りやめの期限を過ぎているため" in text_of(await browser.get("/series/s1"))
        await browser.post("/series/s1/withdraw", {"registration_id": "r1"})
        [sent] = browser.answering.sent(WithdrawFromSeries)
        assert sent.registration_id == "r1"


async def test_a_page_waits_a_moment_until_a_change_is_carried_out():
    looks = iter([True, True, False])
    told = SeriesRegistration(series_id="s1", member_id="hanako", registration_id="r1", status="registered")
    replies = {GetSeries: lambda _: series(under_way=next(looks)), RegisterForSeries: told}
    async with opened(replies) as browser:
        await browser.post("/series/s1/register", {"registration_id": "r1"})
        assert len(browser.answering.sent(GetSeries)) == 3


async def test_an_event_says_that_it_is_one_of_a_series_and_lists_do_so_quietly():
    one = event("e1", series_id="s1")
    replies = {
        MyRegistration: MyRegistrationAnswer(event=one),
        GetSeries: series(),
        ListEvents: EventPage(events=[one, event("e9", title="ほかの会")]),
    }
    async with opened(replies) as browser:
        page = await browser.get("/e/e1")
        assert "シリーズの1回です" in text_of(page)
        assert "12月9日(水)" in text_of(page)
        assert 'action="/series/s1/register"' in page.text
        assert text_of(await browser.get("/")).count("シリーズ") == 1
        browser.answering.replies[GetSeries] = Refused("unavailable", "away", 503)
        assert (await browser.get("/e/e1")).status_code == 200


async def test_the_address_of_an_event_that_names_a_series_leads_there():
    none = Refused("event_not_found", "There is no event with this id.")
    async with opened({MyRegistration: none, GetSeries: series()}) as browser:
        led = await browser.get("/e/s1")
        assert (led.status_code, led.headers["location"]) == (303, "/series/s1")
        browser.answering.replies[GetSeries] = Refused("series_not_found", "There is no series with this id.")
        assert (await browser.get("/e/e9")).status_code == 404


async def test_a_single_event_asks_for_no_series():
    async with opened({MyRegistration: MyRegistrationAnswer(event=event())}) as browser:
        assert "シリーズ" not in text_of(await browser.get("/e/e1"))
        assert browser.answering.sent(GetSeries) == []


@pytest.mark.parametrize(
    ("rule", "ja", "en"),
    [
        ("FREQ=DAILY", "毎日", "Every day"),
        ("FREQ=DAILY;INTERVAL=3", "3日ごと", "Every 3 days"),
        ("FREQ=WEEKLY", "毎週水曜日", "Every week on Wed"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO", "2週間ごとの月・木曜日", "Every 2 weeks on Mon, Thu"),
        ("FREQ=MONTHLY;BYDAY=2TH", "毎月第2木曜日", "Every month on the second Thu"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "毎月最後の金曜日", "Every month on the last Fri"),
        ("FREQ=MONTHLY;INTERVAL=2", "2か月ごとの2日", "Every 2 months on day 2"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "毎月末日", "Every month on the last day"),
        ("FREQ=YEARLY", "毎年", "Every year"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", None, None),
    ],
)
def test_a_rule_is_said_in_words_or_stands_as_it_is(rule: str, ja: str | None, en: str | None):
    it = series().series.model_copy(update={"rule": rule})
    assert series_views.rule(Reader("ja", "Asia/Tokyo", NOW), it) == (ja or rule)
    assert series_views.rule(Reader("en", "Asia/Tokyo", NOW), it) == (en or rule)


async def test_other_leaders_and_members_have_no_buttons_and_no_pages_to_change_a_series():
    async with opened(answers(), HANAKO) as browser:
        for path in ("/series/s1/edit", "/series/s1/time", "/series/s1/cancel", "/c/it/series/new"):
            assert (await browser.get(path)).status_code == 403
            assert (await browser.post(path, PLANNED)).status_code == 403
