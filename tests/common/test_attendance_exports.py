"""Exports of meeting tools, ticket shops and spreadsheets: who came for how long, and what of each row is named."""

import io
from datetime import timedelta
from typing import Any

import pytest
from ekkyo_common.attendance import Report, match, read_attendance
from openpyxl import Workbook

from tests.common.test_attendance_field import Someone

OLD_TEAMS = {
    "es": "Nombre completo,Acción de usuario,Marca de tiempo|Unido antes|Salió|28/4/2021 9:00|28/4/2021 10:05",
    "ko": "전체 이름,사용자 작업,타임스탬프|이전에 참가했음|나갔음|2021. 4. 28. 오전 9:00|2021. 4. 28. 오전 10:05",
    "de": "Vollständiger Name,Benutzeraktion,Zeitstempel|Vorher beigetreten|Verlassen|28.4.2021 09:00|28.4.2021 10:05",
    "zh": "全名,用户操作,时间戳|之前已加入|已离开|2021/4/28 上午9:00|2021/4/28 上午10:05",
}
MEETING = {
    "de": "Meeting-ID,Thema,Startzeit,Benutzer-E-Mail,Dauer (Minuten),Teilnehmer",
    "zh": "会议 ID,主题,开始时间,用户电子邮件,时长（分钟）,参会者",
    "ja": "ミーティングID,トピック,開始時刻,ユーザーのメール,期間（分）,参加者",
}
SERIAL = 46239.5
"""2026-08-05 12:00."""


def read(text: str | bytes) -> Report:
    return read_attendance(text.encode() if isinstance(text, str) else text, "list.csv")


def people(report: Report) -> dict[str, int | None]:
    return {p.email or p.number or p.name: p.minutes for p in report.participants}


def workbook(*rows: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("language", OLD_TEAMS)
def test_who_joined_before_the_list_began_joined(language: str) -> None:
    headings, joined, left, begin, end = OLD_TEAMS[language].split("|")
    report = read(f"{headings}\nAnna,{joined},{begin}\nAnna,{left},{end}\n")
    assert (people(report), report.skipped, report.notes) == ({"Anna": 65}, [], [])


@pytest.mark.parametrize("language", MEETING)
def test_the_host_above_the_list_of_participants_is_none_of_them(language: str) -> None:
    report = read(
        f"{MEETING[language]}\n85123,RPA,2026/08/05 12:00:00,host@example.com,61,3\n\n"
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
        "Anna,a@example.com,2026/08/05 12:00:00,2026/08/05 12:50:00,50\n"
    )
    assert (people(report), report.skipped) == ({"a@example.com": 50}, [])
    assert (report.kind, report.title, str(report.started_at)) == ("zoom", "RPA", "2026-08-05 12:00:00")


@pytest.mark.parametrize(
    ("rows", "minutes"),
    [
        ("2026-08-05T12:00:00+09:00,2026-08-05T05:40:00+02:00", 40),
        ("2026-08-05 12:00 JST,2026-08-05 03:40 (UTC)", 40),
        ("2026-08-05 12:00 GMT+9,2026-08-05 12:40 GMT+9", 40),
        ("2026-08-05 23:00,2026-08-05 24:00", 60),
        ("46239.5,46239.527777777", 40),
        ("0.5,0.527777777", 40),
    ],
)
def test_times_of_any_zone_and_of_spreadsheets_are_as_long_as_they_are(rows: str, minutes: int) -> None:
    assert people(read(f"Name,Joined,Left\nAnna,{rows}\n")) == {"Anna": minutes}


def test_visits_told_in_several_zones_overlap_where_they_do() -> None:
    report = read(
        "Name,Joined,Left\nA,2026-08-05T12:00+09:00,2026-08-05T12:40+09:00\nA,2026-08-05T03:20Z,2026-08-05T04:00Z\n"
    )
    assert people(report) == {"A": 60}
    assert ("clock", "UTC+09:00") in [(each.what, each.decided) for each in report.evidence]


@pytest.mark.parametrize(
    ("heading", "cells", "minutes", "unit"),
    [
        ("Duration", "PT1H3M5S;PT10M", [63, 10], None),
        ("Dauer (Min.)", "63,5;1.234,5", [63, 1234], "minutes"),
        ("Dauer (Sek.)", "1.234,5;90,5", [20, 1], "seconds"),
        ("Duration (seconds)", "1,234.5;3,600", [20, 60], "seconds"),
        ("Durée (s)", "1 234,5;3 600", [20, 60], "seconds"),
        ("Duration", "0.0347222222;0.025", [50, 36], "days"),
        ("Duration", "0.75;0.5", None, "not decided"),
        ("Minutes", "12000;-5", None, "minutes"),
        ("Minutes", "0;1", [0, 1], "minutes"),
    ],
)
def test_a_length_is_read_in_its_unit_or_named(
    heading: str, cells: str, minutes: list[int] | None, unit: str | None
) -> None:
    a, b = cells.split(";")
    report = read(f"Name\tEmail\t{heading}\nA\ta@example.com\t{a}\nB\tb@example.com\t{b}\n")
    assert list(people(report).values()) == (minutes or [])
    assert [s.value for s in report.skipped] == ([] if minutes else [a, b])
    assert next((e.decided for e in report.evidence if e.what == "unit"), None) == unit


def test_numbers_beside_words_are_of_the_unit_that_agrees_with_the_times() -> None:
    report = read("Name,Joined,Left,Duration\nA,10:00,11:03,1 hr 3 min\nB,10:00,10:30,1800\nC,10:00,10:10,soon\n")
    assert people(report) == {"A": 63, "B": 30, "C": 10}
    assert [note.line for note in report.notes] == [4]


def test_a_length_that_its_own_times_contradict_is_told_and_not_counted() -> None:
    report = read("Name,Joined,Left,Duration (minutes)\nA,12:00,12:40,4000\nB,12:00,12:30,30\n")
    assert people(report) == {"A": 40, "B": 30}
    assert [(note.line, note.reason) for note in report.notes] == [
        (2, "“4000” is longer than from joining to leaving, which was counted")
    ]
    days = read("Name,Joined,Left\nA,2026-08-05 12:00,2026-09-05 12:40\n")
    assert [(s.line, s.reason) for s in days.skipped] == [(2, "is longer than a week, which nobody attends")]


def test_where_dates_have_both_orders_a_day_that_only_one_has_is_still_read() -> None:
    report = read("Name,Joined,Left\nA,13/04/2026 12:00,13/04/2026 12:50\nB,04/13/2026 12:00,04/13/2026 12:40\n")
    assert (people(report), report.skipped) == ({"A": 50, "B": 40}, [])
    assert ("date_order", "not decided") in [(each.what, each.decided) for each in report.evidence]


@pytest.mark.parametrize(
    ("text", "came", "codes"),
    [
        (
            "First Name,Last Name,Email,Attendee Status\nA,A,a@example.com,Checked In\nB,B,b@example.com,Attending\n"
            "C,C,c@example.com,Not Attending\nD,D,d@example.com,Refunded\n",
            ["a@example.com"],
            ["registered_only", "absent", "cancelled"],
        ),
        (
            "氏名,メール,ステータス,チェックイン日時\n山,a@example.com,販売済,2026/08/05 12:01\n"
            "川,b@example.com,販売済,\n田,c@example.com,キャンセル済み,\n",
            ["a@example.com"],
            ["registered_only", "cancelled"],
        ),
        (
            "Name;E-Mail;anwesend;entschuldigt;unentschuldigt\nA;a@example.com;x;;\nB;b@example.com;;x;\n"
            "C;c@example.com;;;x\nD;d@example.com;;;\n",
            ["a@example.com"],
            ["absent", "absent", "unsaid"],
        ),
        (
            "氏名,社員番号,出欠\n山,1,遅刻・早退\n川,2,1:出席\n田,3,公欠\n林,4,オンライン参加\n森,5,出席・欠席\n",
            ["1", "2", "4"],
            ["absent", "unknown_value"],
        ),
        ("Name,Email,Vermerk\nA,a@example.com,\nB,b@example.com,abgesagt\n", ["a@example.com"], ["cancelled"]),
        ("Vorname,Name,Vermerk\nA,A,wichtig\nB,B,abgesagt\n", ["A A", "B B"], []),
        (
            "Name,Email\nAnna (declined),a@example.com\n（キャンセル）山,b@example.com\nC (IT),c@example.com\n",
            ["c@example.com"],
            ["cancelled"] * 2,
        ),
        ("氏名,参加,退出\n山,2026/8/5 12:00,2026/8/5 12:50\n川,,\n", ["山"], ["unsaid"]),
        (
            "Name,First Join,Last Leave,Email,Registration Email,Registration Status\n"
            "A,2026-08-05 12:00,2026-08-05 12:50,a@example.com,a2@example.com,Registered\n"
            ",,,,b@example.com,Registered\n,,,,c@example.com,Canceled\n",
            ["a@example.com"],
            ["registered_only", "cancelled"],
        ),
        (
            "Name;E-Mail;Dauer\nA;a@example.com;50\nDurchschnitt;;50\nGesamt: 1 Teilnehmer;;\n平均;;50\n"
            "Total général;;50\n",
            ["a@example.com"],
            ["total"] * 4,
        ),
        (
            "氏名,社員番号\n山,1\n【欠席者】\n川,2\n田,3\n出席者\n林,4\nキャンセル（1名）\n森,5\n",
            ["1", "4"],
            ["headings", "absent", "absent", "headings", "headings", "cancelled"],
        ),
        (
            "name,email,created_at,approval_status,checked_in_at\nA,a@example.com,2026-08-01,approved,2026-08-05T12:00Z\n"
            "B,b@example.com,2026-08-01,approved,\nC,c@example.com,2026-08-01,declined,\n",
            ["a@example.com"],
            ["registered_only", "cancelled"],
        ),
        (
            "Participant,Name,Email,Invited,Registered,Duration\n1,A,a@example.com,Yes,No,63 mins\n",
            ["a@example.com"],
            [],
        ),
        ("Participé,Nom,Statut d'approbation,Heure d'arrivée\nNon,A,approuvé,--\n", [], ["absent"]),
        ("已参加,姓名,批准状态,加入时间\n否,王伟,已批准,--\n", [], ["absent"]),
        ("| Name | Email | Minutes |\n|---|---|---|\n| A | a@example.com | 50 |\n", ["a@example.com"], []),
        ("Name,Minutes\nJ?rg,50\nAnna,40\n", ["Anna"], ["damaged"]),
        ("Name,Minutes\nJ\ufffdrg,50\nM\ufffd\ufffdig,30\nAnna,40\n", ["Anna"], ["damaged", "damaged"]),
        ("Name,Minutes\n\x8eR\x93c,50\nAnna,40\n", ["Anna"], ["damaged"]),
    ],
)  # fmt: skip
def test_who_came_is_told_from_who_only_meant_to(text: str, came: list[str], codes: list[str]) -> None:
    report = read(text)
    assert (list(people(report)), [s.code for s in report.skipped]) == (came, codes)


def test_an_address_is_found_beside_a_name_and_beside_another_one() -> None:
    report = read(
        "Name,Email,Minutes\na@example.com,,1\nBo Li <B@example.com>,,2\nC (c@example.com),,3\n"
        "D,d@example.com; d2@example.com,4\n"
    )
    assert [(p.name, *p.emails) for p in report.participants] == [
        ("", "a@example.com"),
        ("Bo Li", "b@example.com"),
        ("C", "c@example.com"),
        ("D", "d@example.com", "d2@example.com"),
    ]
    found = match(report, [Someone("m", "1", "Dora", None, "d2@example.com", "IT")])
    assert [came.member_id for came in found.came] == ["m"]


def test_cells_merged_over_several_rows_are_of_each_and_their_lengths_count_once() -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (["部署", "Name", "Joined", "Left"], ["営業部", "A", "12:00", "12:30"], [None, None, "12:40", "13:00"]):
        book.active.append(row)
    book.active.append(["合計"])
    for cells in ("A2:A4", "B2:B3"):
        book.active.merge_cells(cells)
    book.active["E1"], book.active["E2"] = "Duration", 50
    book.active.merge_cells("E2:E3")
    book.save(file)
    report = read(file.getvalue())
    assert [(p.name, p.aliases, p.minutes) for p in report.participants] == [("A", ("営業部",), 50)]
    assert [(note.line, note.reason) for note in report.notes] == [
        (2, "“50” is longer than from joining to leaving, but was counted")
    ]


def test_a_workbooks_times_without_a_format_are_times_and_no_minutes() -> None:
    minute = 1 / 1440
    report = read(
        workbook(
            ["Name", "Joined", "Left", "Duration"],
            ["A", SERIAL, SERIAL + 50 * minute, 50 * minute],
            ["B", SERIAL, SERIAL + 30 * minute, 30 * minute],
        )
    )
    assert (people(report), report.skipped, report.notes) == ({"A": 50, "B": 30}, [], [])
    (first, _) = report.participants
    assert first.left is not None
    assert first.left - first.joined == timedelta(minutes=50)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("Mi., 05.08.2026 12:00", "Mi., 05.08.2026 12:50"),
        ("mié. 15/8/2026 12:00", "mié. 15/8/2026 12:50"),
        ("mer. 5 août 2026 à 12h00", "mer. 5 août 2026 à 12h50"),
        ("mar. 13/10/2026 12:00", "mar. 13/10/2026 12:50"),
        ("5/ago/2026 12:00", "5/ago/2026 12:50"),
        ("Wed Aug 05 2026 12:00:00 GMT+0900 (JST)", "Wed Aug 05 2026 12:50:00 GMT+0900 (JST)"),
        ("20260805T120000Z", "20260805T125000Z"),
        ("20260805120000", "20260805125000"),
        ("2026/8/5 12時", "2026/8/5 12時50分"),
        ("5. August 2026, 12 Uhr", "5. August 2026, 12:50 Uhr"),
        ("05.08.2026 12.00", "05.08.2026 12.50"),
        ("2026. 8. 5. 오후 12시", "2026. 8. 5. 오후 12시 50분"),
        ("1785898800", "1785901800"),
        ("1785898800000", "1785901800000"),
    ],
)
def test_times_are_read_as_people_and_machines_write_them(begin: str, end: str) -> None:
    (person,) = read(f"Name;Join time;Leave time\nAnna;{begin};{end}\n").participants
    assert person.minutes == 50
    assert person.joined is not None
    assert (person.joined.year, person.joined.month) in [(2026, 8), (2026, 10)]


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("1h03", 63),
        ("1 h 03", 63),
        ("63'", 63),
        ("1h03m30s", 63),
        ("1 day 2 hours", 1560),
        ("約50分", None),
        ("50+", None),
    ],
)
def test_lengths_are_read_as_people_write_them(length: str, minutes: int | None) -> None:
    report = read(f"Name;Duration\nAnna;{length}\n")
    assert [p.minutes for p in report.participants] == ([] if minutes is None else [minutes])


@pytest.mark.parametrize(
    ("heading", "yes", "no"),
    [
        ("参加しますか", "参加します", "欠席します"),
        ("Nehmen Sie teil?", "Ja", "Nein"),
        ("Will you attend?", "Yes", "No"),
        ("참석하시겠습니까?", "예", "아니요"),
    ],
)
def test_who_answered_a_form_did_not_come_by_that(heading: str, yes: str, no: str) -> None:
    report = read(f"Timestamp,Name,Email,{heading}\n2026/8/1 10:00,A,a@example.com,{yes}\n2026/8/1 10:00,B,,{no}\n")
    assert (people(report), [s.code for s in report.skipped]) == ({}, ["registered_only", "cancelled"])


def test_a_guest_of_another_tenant_is_known_by_their_own_address() -> None:
    report = read("Name,UPN\nAnna,anna_weber_example.com#EXT#@contoso.onmicrosoft.com\n")
    assert [p.emails for p in report.participants] == [("anna_weber@example.com",)]


def test_what_is_wrong_with_a_length_or_with_commas_is_told() -> None:
    report = read("Name,Joined,Left,Duration\nA,12:00,12:50,-5\nWeber, Anna,12:00,12:50,50\n")
    assert (people(report)["A"], report.notes[0].reason) == (50, "“-5” is no duration; counted from joining to leaving")
    assert "5 cells under 4 headings" in report.skipped[0].reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "氏名,メール,上長氏名,上長メールアドレス,出欠\n山,a@example.com,川,b@example.com,出席\n",
            {"a@example.com": None},
        ),
        ("Name,Email,Invited by,Inviter Email,Minutes\nA,a@example.com,B,b@example.com,50\n", {"a@example.com": 50}),
        (
            "Topic,Meeting Duration (Minutes),Name,User Email,Duration (Minutes)\nRPA,60,A,a@example.com,50\n",
            {"a@example.com": 50},
        ),
    ],
)
def test_columns_of_others_and_of_the_meeting_are_not_the_participants(text: str, expected: dict[str, Any]) -> None:
    report = read(text)
    assert people(report) == expected, report.skipped
    assert [p.other_emails for p in report.participants] == [()]
