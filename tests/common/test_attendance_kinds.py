"""Attendance reports of other tools, languages and layouts: the same kinds of difficulty as in the field's files."""

from typing import Any

import pytest
from ekkyo_common.attendance import Report, read_attendance


def people(report: Report) -> dict[str, int | None]:
    return {p.email or p.number or p.name: p.minutes for p in report.participants}


def read(text: str, encoding: str = "utf-8") -> Report:
    return read_attendance(text.encode(encoding), "list.csv")


HEADINGS_OF_TEAMS = {
    "cp1252": (
        "1. Zusammenfassung\nBesprechungstitel\tRPA\nStartzeit\t31.07.26, 23:29:28\n\n2. Teilnehmer\n"
        "Name\tErster Beitritt\tLetztes Verlassen\tBesprechungsdauer\tE-Mail\tTeilnehmer-ID (UPN)\tRolle\n"
        "Jörg\t31.07.26, 23:29:32\t01.08.26, 01:03:11\t1 Std. 33 Min. 39 Sek.\tx@example.com\t\tOrganisator\n\n"
        "3. Aktivitäten\nName\tBeitrittszeit\tVerlassenszeit\tDauer\tE-Mail\tRolle\n"
        "Jörg\t31.07.26, 23:29:32\t01.08.26, 01:03:11\t1 Std. 33 Min. 39 Sek.\tx@example.com\tOrganisator\n"
    ),
    "utf-16": (
        "1. Résumé\nTitre de la réunion\tRPA\nHeure de début\t31/07/2026 à 23:29:28\n\n2. Participants\n"
        "Nom\tPremière participation\tDernier départ\tDurée de la réunion\tE-mail\tRôle\n"
        "Élodie\t31/07/2026 à 23:29:32\t01/08/2026 à 01:03:11\t1 h 33 min 39 s\tx@example.com\tOrganisateur\n"
    ),
    "utf-16-le": (
        "1. Resumen\nTítulo de la reunión\tRPA\nHora de inicio\t31/7/2026, 11:29:28 p. m.\n\n2. Participantes\n"
        "Nombre\tPrimera unión\tÚltima salida\tDuración de la reunión\tCorreo electrónico\tRol\n"
        "José\t31/7/2026, 11:29:32 p. m.\t1/8/2026, 1:03:11 a. m.\t1 h 33 min 39 s\tx@example.com\tOrganizador\n"
    ),
    "gb18030": (
        "1. 摘要\n会议标题\tRPA\n开始时间\t2026/7/31 下午11:29:28\n\n2. 参与者\n"
        "姓名\t首次加入\t最后离开\t会议持续时间\t电子邮件\t参与者 ID (UPN)\t角色\n"
        "王伟\t2026/7/31 下午11:29:32\t2026/8/1 上午1:03:11\t1 小时 33 分钟 39 秒\tx@example.com\t\t组织者\n"
    ),
    "cp950": (
        "1. 摘要\n會議標題\tRPA\n開始時間\t2026/7/31 下午11:29:28\n\n2. 參與者\n"
        "名稱\t首次加入\t上次離開\t會議持續時間\t電子郵件\t角色\n"
        "陳志豪\t2026/7/31 下午11:29:32\t2026/8/1 上午1:03:11\t1 小時 33 分鐘 39 秒\tx@example.com\t召集人\n"
    ),
    "cp949": (
        "1. 요약\n모임 제목\tRPA\n시작 시간\t2026. 7. 31. 오후 11:29:28\n\n2. 참가자\n"
        "이름\t첫 번째 참가\t마지막 나가기\t모임 기간\t전자 메일\t역할\n"
        "김철수\t2026. 7. 31. 오후 11:29:32\t2026. 8. 1. 오전 1:03:11\t1시간 33분 39초\tx@example.com\t이끌이\n"
    ),
}


@pytest.mark.parametrize("encoding", HEADINGS_OF_TEAMS)
def test_teams_is_read_in_every_language(encoding: str) -> None:
    report = read(HEADINGS_OF_TEAMS[encoding], encoding)
    assert (report.kind, report.title, str(report.started_at)) == ("teams", "RPA", "2026-07-31 23:29:28")
    assert (people(report), report.skipped) == ({"x@example.com": 93}, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "First name,Last name,Email,Duration,Time joined,Time exited\n"
            "Anna,Schmidt,anna@example.com,1 hr 2 min,10:02 AM,11:04 AM\nBob,Lee,,45 min,11:30 PM,12:15 AM\n",
            {"anna@example.com": 62, "Bob Lee": 45},
        ),
        ("名,姓,メールアドレス,時間,参加時刻,退出時刻\n花子,山田,,1時間2分,10:02,11:04\n", {"山田 花子": 62}),
        (
            "Meeting Name,Meeting Start Time,Display Name,Attendee Email,Join Time,Leave Time,Attendance Duration\n"
            'RPA,"2026-08-05 12:00:00",Anna,anna@example.com,"2026-08-05 12:00:00","2026-08-05 12:50:00",50 mins\n',
            {"anna@example.com": 50},
        ),
        (
            "主催者,,参加者,,\n氏名,メール,氏名,メール,参加時間(分)\n"
            "山田,h@example.co.jp,佐藤,k@example.co.jp,50\n山田,h@example.co.jp,鈴木,s@example.co.jp,40\n",
            {"k@example.co.jp": 50, "s@example.co.jp": 40},
        ),
        (
            "Thema,Meeting-ID,Benutzername,Benutzer-E-Mail,Startzeit,Dauer (Minuten),Teilnehmer,Name (Originalname),"
            "Benutzer-E-Mail,Beitrittszeit,Verlassenszeit,Dauer (Minuten)\n"
            "RPA,1,Host,host@example.com,05.08.2026 12:00,61,2,Ina,ina@example.com,05.08.2026 12:00,"
            "05.08.2026 12:05,5\n",
            {"ina@example.com": 5},
        ),
        (
            "Name;E-Mail;Dauer (Std.)\nAnna;a@example.com;1,5\nBob;b@example.com;0,75\n",
            {"a@example.com": 90, "b@example.com": 45},
        ),
        ("氏名\n山田 花子\n佐藤 健\n", {"山田 花子": None, "佐藤 健": None}),
        ("Name|E-Mail|Minuten\nAnna|a@example.com|50\n", {"a@example.com": 50}),
        (
            "Name,Email,Duration\nA,a@example.com,47:12\nB,b@example.com,5:30\n",
            {"a@example.com": 47, "b@example.com": 5},
        ),
        (
            "Name,Email,Joined,Left,Duration\nA,a@example.com,2026-08-05 12:00,2026-08-05 12:50,3000\n"
            "B,b@example.com,2026-08-05 12:00,2026-08-05 12:10,600\n",
            {"a@example.com": 50, "b@example.com": 10},
        ),
        (
            "研修 出席簿\n2026年8月5日\n\nNo.,社員番号,氏名,出席,備考\n1,000001,山田 花子,○,\n"
            "2,000006,Anna,×,\n合計,2,,,\n",
            {"000001": None},
        ),
        ("Name,Email,Join time,Leave time\nA,a@example.com,05/08/2026 12:00,05/08/2026 12:50\n", {"a@example.com": 50}),
    ],
)
def test_other_tools_and_lists_are_read(text: str, expected: dict[str, Any]) -> None:
    report = read(text)
    assert people(report) == expected, (report.skipped, report.evidence)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "氏名,社員番号,出欠\n山,1,出席\n川,2,欠席\n田,3,△\n森,4,\n林,5,謎\n",
            ["absent", "not_confirmed", "unsaid", "unknown_value"],
        ),
        ("이름,사번,참석 여부\n김,1,참석\n이,2,불참\n", ["absent"]),
        ("Name,Email,Anwesend\nA,a@example.com,ja\nB,b@example.com,nein\n", ["absent"]),
        ("Nom,Courriel,Présence\nA,a@example.com,présent\nB,b@example.com,absente\n", ["absent"]),
        ("Name,Email,Cancelled at,Minutes\nA,a@example.com,,50\nB,b@example.com,2026-08-01 10:00,\n", ["cancelled"]),
        ("氏名,社員番号,欠席\n山,1,\n川,2,○\n", ["absent"]),
        ("姓名,工号,签到状态\n王,1,已签到\n李,2,未签到\n", ["absent"]),
        ("Name,Email,Minutes,In Waiting Room\nA,a@example.com,50,No\nB,b@example.com,10,Yes\n", ["waiting_room"]),
        ("First Name,Last Name,Email,Approval Status\nA,B,a@example.com,approved\n", ["registered_only"]),
        ("Name,Email,Duration\nA,a@example.com,5\nB,b@example.com,\nC,c@example.com,soon\n", ["unsaid", "unreadable"]),
        ('Name,Email,Duration\nA,a@example.com,"1,234"\n', ["unreadable"]),
        ("Name,Email,Joined,Left\nA,a@example.com,2026-08-05 12:50,2026-08-05 12:00\n", ["unreadable"]),
        ("氏名,分\n山\ufffd,50\n山田,5\n", ["damaged"]),
    ],
)
def test_who_did_not_come_and_what_is_not_understood_is_named(text: str, codes: list[str]) -> None:
    report = read(text)
    assert [skipped.code for skipped in report.skipped] == codes
    assert len(report.participants) <= 1


def test_minutes_that_no_column_tells_are_unknown_and_the_heading_is_named() -> None:
    report = read("Name;E-Mail;Aufenthalt\nAnna;a@example.com;50\n")
    assert people(report) == {"a@example.com": None}
    assert ("unused", "Aufenthalt") in [(each.what, each.decided) for each in report.evidence]


def test_a_webinars_panelists_and_attendees_are_read_and_its_absent_named() -> None:
    report = read(
        "Attendee Report\nTopic,Webinar ID,Actual Start Time,# Registered\nRPA,123,\"Aug 5, 2026 12:00 PM\",3\n"
        "Host Details\nAttended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\n"
        'Yes,Hanako,h@example.com,"Aug 5, 2026 11:50 AM","Aug 5, 2026 1:00 PM",70\n'
        "Attendee Details\nAttended,User Name (Original Name),First Name,Last Name,Email,Registration Time,"
        "Approval Status,Join Time,Leave Time,Time in Session (minutes)\n"
        'Yes,Anna,A,S,a@example.com,"Aug 1, 2026",approved,"Aug 5, 2026 12:00 PM","Aug 5, 2026 12:50 PM",50\n'
        'No,John,J,S,j@example.com,"Aug 1, 2026",approved,--,--,--\n'
    )  # fmt: skip
    assert (people(report), report.title) == ({"h@example.com": 70, "a@example.com": 50}, "RPA")
    assert [(s.line, s.code) for s in report.skipped] == [(10, "absent")]


def test_times_without_a_day_are_of_the_day_in_another_column_and_may_end_after_midnight() -> None:
    report = read("Name;E-Mail;Datum;Beitrittszeit;Verlassenszeit\nA;a@example.com;05.08.2026;23:30;0:15\n")
    (person,) = report.participants
    assert (person.minutes, str(person.joined), str(person.left)) == (45, "2026-08-05 23:30:00", "2026-08-06 00:15:00")


def test_who_never_left_is_there_until_the_meeting_ended_or_nobody_knows_how_long() -> None:
    rows = "Full Name\tUser Action\tTimestamp\nA\tJoined\t4/28/2021, 9:00:00 AM\nB\tJoined\t4/28/2021, 9:00:00 AM\n"
    rows += "B\tJoined\t4/28/2021, 9:10:00 AM\nB\tLeft\t4/28/2021, 9:30:00 AM\n"
    report = read(rows)
    assert people(report) == {"A": None, "B": 30}
    assert [note.line for note in report.notes] == [2]
    ended = read(f"Meeting Title\tRPA\nMeeting End Time\t4/28/2021, 10:00:00 AM\n\n{rows}")
    assert people(ended) == {"A": 60, "B": 30}


def test_equal_headings_that_say_different_things_are_named_and_not_chosen_from() -> None:
    report = read("Name,Email,Minutes,Minutes\nA,a@example.com,50,50\nB,b@example.com,50,40\nC,c@example.com,30,20\n")
    assert (people(report), [s.code for s in report.skipped]) == ({"a@example.com": 50}, ["equal_headings"] * 2)
