"""An attendance report by pages: every row is named before anything is recorded."""

import re
from typing import get_args

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AttendanceImported, GetEvent, GetRoster, ImportAttendance
from ekkyo.contracts.members import FindMembers, GetCards
from ekkyo_common.attendance import read_attendance
from ekkyo_common.attendance.preview import Outcome
from ekkyo_common.attendance.report import SkipCode
from ekkyo_portal.look.words import attendance

from tests.portal.leading import answers, registration, roster
from tests.portal.making import LEADER, STEWARD, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event

BEGUN = {**answers(), GetEvent: event(starts_at="2026-11-25T03:00:00Z", ends_at="2026-11-25T04:00:00Z")}
REPORT = """氏名,メールアドレス,参加時間(分),出席
林 舞,mai@example.com,42,出席
山田 健,,30,出席
林　舞子,x@example.com,50,出席
<script>alert(1)</script>,y@example.com,50,出席
山田 健,ken2@example.com,10,欠席
"""
FILE = REPORT.encode()


def test_every_reason_why_a_row_of_a_report_is_not_recorded_has_words_in_both_languages():
    codes = {*get_args(SkipCode), *get_args(Outcome)} - {"attended", "skipped"}
    assert codes == {code for code, words in attendance.JA["reasons"].items() if words}
    unsure = [None, "", "ja@", "?????", "合計", "x@example.com"]
    table = "氏名,メールアドレス,参加時間(分),出席\n" + "".join(f"{who or ''},,abc,\n" for who in unsure)
    report = read_attendance(table.encode(), "x.csv")
    assert report.skipped
    assert all(re.search("[a-z]{3} [a-z]", row.reason) for row in report.skipped), (
        "in English, the reader of reports says it more exactly"
    )


async def test_a_guest_who_registered_is_recognised_by_name():
    registered = roster(BEGUN[GetEvent], registration("ken", "confirmed"), registration("gone", "confirmed"))
    async with opened({**BEGUN, GetRoster: registered}, LEADER) as browser:
        page = await sent(browser, "氏名,出席\n昔 の人,出席\n林 舞,出席\n".encode())
        assert re.search(r'name="came" value="([^"]*)"', page.text)[1].split() == ["gone:0", "mai:0"]
        assert "昔 の人 (総務)" in text_of(page)
        assert browser.answering.sent(GetCards)[0].member_ids == ["gone"]


async def sent(browser, data=FILE, name="zoom.csv", **form):
    path = "/e/e1/attendance"
    headers = {"sec-fetch-site": "same-origin"}
    return await browser.http.post(path, data=form, files={"file": (name, data, "text/csv")}, headers=headers)


async def test_every_row_is_named_with_what_becomes_of_it_and_why():
    async with opened(BEGUN, LEADER) as browser:
        page = await sent(browser)
        said = text_of(page)
        assert page.status_code == 200
        assert "2 林 舞 0003 林 舞 (営業) 42" in said
        assert "山田 健 行 3 · 複数のメンバーに当てはまります" in said
        assert "欠席と書かれています" in said
        assert "一致するメンバーが見つかりません" in said
        assert "<script>alert" not in page.text
        assert re.findall(r'name="came" value="(.*?)"', page.text) == ["mai:42"]
        assert 'value="ken2:30"' in page.text
        assert browser.answering.sent(ImportAttendance) == []
        assert {q.community_id for q in browser.answering.sent(FindMembers)} == {"it"}
        await sent(browser.as_(STEWARD))
        assert browser.answering.sent(FindMembers)[-1].community_id is None
        said = text_of(await sent(browser.as_(in_english(LEADER))))
        assert "says that they did not come" in said


async def test_what_was_previewed_is_recorded_with_what_the_leader_chose():
    async with opened(BEGUN, LEADER) as browser:
        form = {"came": "mai:42", "pick": ["", "ken2:30"]}
        done = await browser.post("/e/e1/attendance/record", form)
        assert done.headers["location"].startswith("/e/e1/attendance?new=2&walk_ins=1&already=1&passed=1&did=")
        (command,) = browser.answering.sent(ImportAttendance)
        assert [(one.member_id, one.minutes) for one in command.attendees] == [("mai", 42), ("ken2", 30)]
        page = await browser.get(done.headers["location"])
        assert "参加レポートを取り込みました" in text_of(page)
        assert (await browser.get(f"/e/e1/attendance?new={'9' * 5000}")).status_code == 200
        assert "2 新しく記録" in text_of(page)
        assert (await browser.get("/e/e1/attendance?new=<b>")).status_code == 200


@pytest.mark.parametrize("came", ["mai", "mai:x", ":5", "mai:-1", "a/b:5", "mai:99999999"])
async def test_what_is_no_list_of_attendees_records_nobody(came):
    async with opened(BEGUN, LEADER) as browser:
        page = await browser.post("/e/e1/attendance/record", {"came": f"ken:5 {came}"})
        assert page.status_code == 400
        assert browser.answering.sent(ImportAttendance) == []


async def test_more_than_one_command_takes_are_sent_in_parts():
    async with opened(BEGUN, LEADER) as browser:
        await browser.post("/e/e1/attendance/record", {"came": " ".join(f"m{n}:1" for n in range(4500))})
        assert [len(c.attendees) for c in browser.answering.sent(ImportAttendance)] == [2000, 2000, 500]


@pytest.mark.parametrize(
    ("data", "form", "field"),
    [
        (b"", {}, "file"),
        (b"no report at all", {}, "file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), {}, "file"),
        (REPORT.encode(), {"min_minutes": "many"}, "min_minutes"),
    ],
)
async def test_a_file_that_cannot_be_read_is_said_beside_its_field(data, form, field):
    async with opened(BEGUN, LEADER) as browser:
        page = await sent(browser, data, **form)
        assert page.status_code == 422
        assert f'id="{field}-wrong"' in page.text


async def test_a_file_that_is_too_large_is_turned_away():
    async with opened(BEGUN, LEADER) as browser:
        page = await sent(browser, b"a" * (5 * 1024 * 1024 + 1))
        assert "5MBまで" in text_of(page)
        assert (await sent(browser, b"a" * (6 * 1024 * 1024))).status_code == 413


async def test_who_stayed_too_short_is_left_out():
    async with opened(BEGUN, LEADER) as browser:
        page = await sent(browser, min_minutes="45")
        assert 'name="came" value=""' in page.text
        assert "参加時間が短いか、わかりません" in text_of(page)


async def test_an_event_that_has_not_begun_has_no_attendance():
    async with opened(answers(), LEADER) as browser:
        assert "イベントが始まると" in text_of(await browser.get("/e/e1/attendance"))
    no = {**BEGUN, ImportAttendance: Refused("event_not_started", "x")}
    async with opened(no, LEADER) as browser:
        assert (await browser.post("/e/e1/attendance/record", {"came": "ken:5"})).status_code == 409


EARLIER = (
    registration("ken", "attended"),
    registration("ken2", "attended"),
    registration("mai", "no_show"),
    registration("far", "attended", checked_in_at="2026-11-25T03:00:00Z"),
)


async def test_a_corrected_report_names_who_gains_and_who_loses_before_it_replaces_the_earlier_one():
    table = "氏名,メールアドレス,参加時間(分),出席\n林 舞,mai@example.com,42,出席\n山田 健,ken2@example.com,30,出席\n"
    before = {**BEGUN, GetRoster: roster(BEGUN[GetEvent], *EARLIER)}
    async with opened(before, LEADER) as browser:
        page = await sent(browser, table.encode())
        said = text_of(page)
        assert "先に取り込んだレポートの 2 人" in said
        assert "参加したことになる人 1 0003 林 舞 (営業) 参加していなかったことになる人 1 0001 山田 健 (営業)" in said
        assert re.search(r'name="losing" value="([^"]*)"', page.text)[1] == "ken"
        assert browser.answering.sent(ImportAttendance) == []
        browser.answering.replies[ImportAttendance] = AttendanceImported(
            event_id="e1", attended=1, already=1, walk_ins=0, lost=["ken"]
        )
        form = {"came": "mai:42 ken2:30", "losing": "ken", "replaces": "1"}
        done = await browser.post("/e/e1/attendance/record", form)
        (command,) = browser.answering.sent(ImportAttendance)
        assert (command.replaces, command.loses, len(command.attendees)) == (True, ["ken"], 2)
        assert "1 参加を取り消し" in text_of(await browser.get(done.headers["location"]))
        await browser.post("/e/e1/attendance/record", {k: v for k, v in form.items() if k != "replaces"})
        assert not browser.answering.sent(ImportAttendance)[-1].replaces
        assert "Will no longer count as attended" in text_of(
            await sent(browser.as_(in_english(LEADER)), table.encode())
        )


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"came": "mai:1", "losing": "../x"}, 400),
        ({"came": " ".join(f"m{n}:1" for n in range(2001)), "losing": ""}, 400),
        ({"came": "mai:1", "losing": ""}, 409),
    ],
)
async def test_a_replacement_is_whole_or_not_at_all(form, status):
    no = {**BEGUN, ImportAttendance: Refused("attendance_changed", "x")}
    async with opened(no, LEADER) as browser:
        page = await browser.post("/e/e1/attendance/record", {**form, "replaces": "1"})
        assert page.status_code == status
        assert len(browser.answering.sent(ImportAttendance)) == (1 if status == 409 else 0)
        if status == 409:
            assert "もう一度確認してください" in text_of(page)
