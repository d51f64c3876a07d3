"""Attendance reports are read as the meeting tools write them, and every row that cannot be read is named."""

# ruff: noqa: DTZ001  reports name no zone

from datetime import datetime
from pathlib import Path

import pytest
from ekkyo_common.attendance import Participant, Report, Skipped, UnreadableReport, read_attendance
from ekkyo_common.attendance.names import name_and_aliases
from ekkyo_common.tables.durations import Reading, seconds_of
from ekkyo_common.tables.eras import NotADateError
from ekkyo_common.tables.moments import decide, moment_of, written

DATA = Path(__file__).parents[2] / "data"


def sample(kind: str) -> Report:
    return read_attendance((DATA / f"attendance.{kind}.csv").read_bytes(), f"attendance.{kind}.csv")


def read_text(text: str, *, title: str = "") -> Report:
    return read_attendance(text.encode(), title)


TEAMS_JA = "\n".join(
    [
        "1. 要約",
        "会議のタイトル\t英語でランチ",
        "参加者数\t2",
        "開始時刻\t2024/9/18 11:55:03",
        "終了時刻\t2024/9/18 13:03:11",
        "会議の長さ\t1 時間 8 分 8 秒",
        "",
        "2. 参加者",
        "名前\t最初の参加時刻\t最後の退出時刻\t会議の長さ\tメール\t参加者 ID (UPN)\t役割",
        "佐藤　直樹 (製造部)\t2024/9/18 12:00:00\t2024/9/18 12:30:10\t30 分 10 秒\tSato.Naoki@Example.co.jp\t\t開催者",
        "ゲスト 太郎\t2024/9/18 午後0:10:00\t2024/9/18 午後1:10:00\t1 時間\t\t\t出席者",
        "",
        "3. 会議内のアクティビティ",
        "名前\t参加時刻\t退出時刻\t期間\tメール\t役割",
        "別人 花子\t2024/9/18 12:00:00\t2024/9/18 12:30:10\t30 分 10 秒\tother@example.co.jp\t出席者",
    ]
)


def test_the_teams_report_is_read_with_its_title_its_start_and_26_participants() -> None:
    report = sample("teams")
    assert (report.kind, report.title) == ("teams", "RPAもくもく会 #3")
    assert report.started_at == datetime(2024, 9, 18, 11, 55, 3)
    assert len(report.participants) == 26
    assert report.skipped == []
    assert report.participants[0] == Participant(
        name="佐々木 大輔",
        email="sasaki.daisuke2@example.co.jp",
        minutes=53,
        line=11,
        aliases=("製造部",),
        joined=datetime(2024, 9, 18, 12, 2, 40),
        left=datetime(2024, 9, 18, 12, 55, 37),
    )


def test_two_people_of_one_name_in_a_teams_report_stay_two() -> None:
    report = sample("teams")
    same = [p for p in report.participants if p.name == "村上 香織"]
    assert [(p.email, p.minutes, p.aliases) for p in same] == [
        ("murakami.kaori2@example.co.jp", 56, ("品質保証部",)),
        ("murakami.kaori@example.co.jp", 31, ("製造部",)),
    ]


def test_a_guest_without_an_address_and_a_meeting_room_are_participants_of_the_report() -> None:
    *_, room, guest = sample("teams").participants
    assert (room.name, room.email, room.minutes, room.line) == ("会議室A", "room-a@example.co.jp", 64, 35)
    assert (guest.name, guest.email, guest.minutes, guest.line) == ("ゲスト 太郎", None, 30, 36)


def test_a_japanese_teams_report_is_read_up_to_its_activities() -> None:
    report = read_text(TEAMS_JA)
    assert (report.kind, report.title, report.started_at) == (
        "teams",
        "英語でランチ",
        datetime(2024, 9, 18, 11, 55, 3),
    )
    assert [(p.name, p.email, p.minutes, p.line) for p in report.participants] == [
        ("佐藤 直樹", "sato.naoki@example.co.jp", 30, 10),
        ("ゲスト 太郎", None, 60, 11),
    ]
    assert report.participants[1].joined == datetime(2024, 9, 18, 12, 10)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
def test_a_report_reads_the_same_in_every_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = (mark + TEAMS_JA.replace("\n", "\r\n")).encode(encoding)
    assert read_attendance(data) == read_text(TEAMS_JA)


def test_a_teams_report_saved_again_with_commas_reads_the_same() -> None:
    assert read_text(TEAMS_JA.replace("\t", ",")) == read_text(TEAMS_JA)


def test_the_address_is_taken_from_the_upn_where_there_is_no_other() -> None:
    text = "2. Participants\nName\tEmail\tParticipant ID (UPN)\tIn-Meeting Duration\nA B\t\tA.B@example.com\t5m"
    assert [p.email for p in read_text(text).participants] == ["a.b@example.com"]


def test_the_zoom_report_is_read_with_18_people_of_its_21_rows() -> None:
    report = sample("zoom")
    assert (report.kind, report.title) == ("zoom", "英語でランチ")
    assert report.started_at == datetime(2024, 9, 25, 11, 58, 10)
    assert len(report.participants) == 18
    assert report.skipped == []
    assert sum(p.email is None for p in report.participants) == 5
    assert report.participants[0].aliases == ("モリ ユミコ",)


def test_who_left_a_zoom_meeting_and_came_back_is_one_participant() -> None:
    people = {p.name: p for p in sample("zoom").participants}
    back = people["岡田 陽菜"]
    assert (back.line, back.aliases, back.minutes) == (10, ("オカダ ヒナ",), 59)
    assert (people["山田 隆"].line, people["山田 隆"].minutes) == (7, 55)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("12:00:00", "12:10:00", 10), ("12:30:00", "12:50:00", 20), 30),
        (("12:00:00", "12:50:00", 50), ("12:10:00", "12:40:00", 30), 50),
    ],
    ids=["one after the other are added", "two devices at once are not"],
)
def test_the_minutes_of_several_visits(
    first: tuple[str, str, int], second: tuple[str, str, int], expected: int
) -> None:
    text = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    for join, leave, length in (first, second):
        text += f"A B,a@example.com,09/25/2024 {join},09/25/2024 {leave},{length},No\n"
    assert [p.minutes for p in read_text(text).participants] == [expected]


def test_a_zoom_report_in_japanese_with_a_total_for_each_is_read() -> None:
    text = (
        "トピック,ミーティングID,開始時間,期間（分）\nもくもく会,123,2024/09/25 12:00:00,60\n\n"
        "名前（元の名前）,ユーザーのメール,合計時間（分）,ゲスト\n森 葵（モリ アオイ）,MORI@example.co.jp,42,いいえ\n"
    )
    report = read_text(text)
    assert (report.kind, report.title, report.started_at) == ("zoom", "もくもく会", datetime(2024, 9, 25, 12))
    assert [(p.name, p.aliases, p.email, p.minutes) for p in report.participants] == [
        ("森 葵", ("モリ アオイ",), "mori@example.co.jp", 42)
    ]


def test_a_plain_list_needs_only_addresses_or_personnel_numbers() -> None:
    report = read_text("社員番号\n０００１２\n000034\n", title="lunch")
    assert (report.kind, report.title, report.started_at) == ("csv", "lunch", None)
    assert [(p.number, p.minutes, p.line) for p in report.participants] == [
        ("00012", None, 2),
        ("000034", None, 3),
    ]
    report = read_text("Email,Minutes\n A@Example.com ,45\n")
    assert [(p.email, p.minutes) for p in report.participants] == [("a@example.com", 45)]


def test_every_row_that_cannot_be_read_is_named_with_its_line_its_value_and_the_reason() -> None:
    report = read_text("mail,minutes\nnobody,5\na@example.com,a while\n,12\nb@example.com,7\n")
    assert [p.email for p in report.participants] == ["b@example.com"]
    assert report.skipped == [
        Skipped(2, "nobody", "is not a mail address, and the row has no name or number"),
        Skipped(3, "a while", "is not a duration such as 1h 2m 3s or a number of minutes"),
        Skipped(4, "12", "has no name, no mail address and no personnel number"),
    ]


@pytest.mark.parametrize("text", ["one,two\n1,2\n", "just a letter"])
def test_what_is_no_report_is_refused_with_what_was_looked_for(text: str) -> None:
    with pytest.raises(UnreadableReport, match="社員番号"):
        read_text(text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1h 2m 3s", 62),
        ("53m 4s", 53),
        ("59s", 0),
        ("1 時間 2 分 3 秒", 62),
        ("１時間", 60),
        ("1:02:03", 62),
        ("48", 48),
        ("48.7", 48),
        ("1 hour 5 min", 65),
        ("soon", None),
        ("5 apples", None),
        ("", None),
    ],
)
def test_durations(written: str, expected: int | None) -> None:
    seconds = seconds_of(written, Reading())
    assert (seconds if seconds is None else seconds // 60) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9/18/24, 12:02:40 AM", datetime(2024, 9, 18, 0, 2, 40)),
        ("9/18/24, 12:02:40\u202fPM", datetime(2024, 9, 18, 12, 2, 40)),
        ("09/25/2024 01:01:30 PM", datetime(2024, 9, 25, 13, 1, 30)),
        ("2024-09-18T12:02:40", datetime(2024, 9, 18, 12, 2, 40)),
        ("2024年9月18日 午後1:02", datetime(2024, 9, 18, 13, 2)),
        ("18/9/2024 13:02", datetime(2024, 9, 18, 13, 2)),
        ("28.4.2021, 08:58:00", datetime(2021, 4, 28, 8, 58)),
        ("28/04/2021 8:58:00 p. m.", datetime(2021, 4, 28, 20, 58)),
        ("31. Juli 2026 10:00 Uhr", datetime(2026, 7, 31, 10)),
        ("31 juil. 2026 à 10:05", datetime(2026, 7, 31, 10, 5)),
        ("31 de julio de 2026, 10:05", datetime(2026, 7, 31, 10, 5)),
        ("2021. 4. 28. 오전 8:58:00", datetime(2021, 4, 28, 8, 58)),
        ("2021/4/28 下午8:58:00", datetime(2021, 4, 28, 20, 58)),
        ("Wed, Aug 5, 2026 9:05 AM", datetime(2026, 8, 5, 9, 5)),
        ("令和8年7月31日 23:29", datetime(2026, 7, 31, 23, 29)),
        ("2026年7月31日(金) 23時29分28秒", datetime(2026, 7, 31, 23, 29, 28)),
        ("2026-08-05 12:00:00 (UTC+09:00)", datetime(2026, 8, 5, 12)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    found = written(text)
    assert moment_of(found, decide([found]).order) == expected


@pytest.mark.parametrize("text", ["2024/2/30 12:00", "noon", "", "25:00", "4/28"])
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    with pytest.raises(NotADateError):
        written(text)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("村上　香織 (製造部)", ("村上 香織", ("製造部",))),
        ("岡田　陽菜 (ｵｶﾀﾞ ﾋﾅ)", ("岡田 陽菜", ("オカダ ヒナ",))),
        ("森（もり）[社外]", ("森", ("もり", "社外"))),
        ("(製造部)", ("(製造部)", ())),
        ("", ("", ())),
    ],
)
def test_names_and_what_stands_in_brackets(shown: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert name_and_aliases(shown) == expected
