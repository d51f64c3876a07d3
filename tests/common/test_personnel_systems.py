"""Exports of personnel systems: who is employed, who left, and what is asked about rather than taken."""

import io
from datetime import date

import pytest
from ekkyo_common.personnel import BadRow, Leaver, PersonnelExport, Row, SkippedRow, read_personnel
from openpyxl import Workbook

TODAY = date(2026, 11, 28)
JA, EN = "社員番号,氏名,メールアドレス,部署", "Employee ID,Name,Email,Department"


def opened(text: str, encoding: str = "utf-8") -> PersonnelExport:
    return read_personnel(text.encode(encoding), "list.csv", today=TODAY)


def outcomes(text: str) -> str:
    """Each row in one letter: R registered, L left, B to be asked about, S nobody."""
    return "".join({Row: "R", Leaver: "L", BadRow: "B", SkippedRow: "S"}[type(row)] for row in opened(text))


def rows(headings: str, *cells: str) -> str:
    """A file of people who differ in these cells."""
    return "\n".join([headings, *(f"{n},Person {chr(64 + n)},p{n}@example.com,{c}" for n, c in enumerate(cells, 1))])


@pytest.mark.parametrize(
    ("heading", "cells", "expected"),
    [
        ("在籍区分", "1:在籍;2:退職;3.休職;(2)退職", "RLRL"),
        ("在籍区分", "1;9;0", "BBB"),
        ("在籍フラグ", "1;0", "RL"),
        ("退職日", "31/02/2026", "B"),
        ("退職区分", "0;1;自己都合退職;", "RLLR"),
        ("Active", "TRUE;FALSE;Y;N", "RLRL"),
        ("在籍状況", "退職予定;依願退職;内定;内定辞退", "RLRB"),
        ("Status", "aktiv;im Ruhestand;gekündigt;Elternzeit;ausgeschieden", "RLBRL"),
        ("Employment Status", "Full-Time;Withdrawn;Onboarding", "RLR"),
        ("Inactive since", ";2026-01-01;2027-01-01", "RLR"),
        ("Data di cessazione", ";30/06/2026", "RL"),
        ("Datum uit dienst", ";30-06-2026", "RL"),
        ("Ausgeschieden seit", ";30.06.2026", "RL"),
        ("最終出勤日", ";", "RR"),
        ("退職日", "0000/00/00;00.00.0000;1900/1/0;0;9999/12/31;2026/3/31;未定", "RRRRRLB"),
        ("区分X", "正社員;退職済;", "RLR"),
        ("区分X", "正社員;退職済;謎", "RRR"),
        ("Kennzeichen", "aktiv;aktiv", "RR"),
        ("退職者フラグ(1:退職)", "0;1", "RL"),
        ("Fecha de terminación", ";31/01/2026", "RL"),
        ("Date de fin de contrat", ";31/01/2026", "RL"),
        ("Employment end date", ";2026-01-31", "RL"),
        ("accountEnabled", "True;False", "RL"),
        ("Leaver (Y/N)", "N;Y", "RL"),
        ("退職理由", ";自己都合", "RB"),
        ("退職金対象", "対象;対象外", "RR"),
        ("備考", ";2026/3/31退職;育休中;退職金の説明済み", "RBRR"),
        ("Statut", "Sorti;Présent;Congé parental", "LRR"),
        ("Situación", "Alta;Baja voluntaria;Baja médica", "RLR"),
    ],
)
def test_who_left_is_understood_or_asked_about(heading: str, cells: str, expected: str) -> None:
    file = rows(f"{EN},{heading}", *(f"IT,{cell}" for cell in cells.split(";")))
    assert outcomes(file) == expected, list(opened(file))


def test_an_unknown_heading_under_which_people_left_is_told() -> None:
    export = opened(rows(f"{EN},区分X", "IT,正社員", "IT,退職済"))
    assert ("status: 区分X", "its cells say who left") in [(e.decided, e.because) for e in export.evidence]
    assert export.unknown == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1,（退職）山田 花子,a@example.com,営業部", "L"),
        ("1,鈴木 一(2026/3退職),a@example.com,営業部", "B"),
        ("1,鈴木 一（旧姓 佐藤）,a@example.com,営業部", "R"),
        ("1,鈴木 一,a@example.com,退職者", "L"),
    ],
)
def test_leaving_is_seen_in_a_name_and_in_place_of_a_department(rows: str, expected: str) -> None:
    assert outcomes(f"{JA}\n{rows}\n") == expected


@pytest.mark.parametrize(
    ("headings", "cells", "expected"),
    [
        ("退職日,退職理由", ",;2026/3/31,自己都合", "RL"),
        ("Austrittsdatum,Austrittsgrund", ",;30.06.2026,Kündigung", "RL"),
        ("Worker Status,Active Status", "Active,Yes;Terminated,No;Active,No", "RLB"),
        ("入社日,退職日", "2026/4/1,2020/3/31;2010/4/1,2020/3/31", "BL"),
        ("Status,Termination date", "Active,2026-01-31;Active,2027-01-31", "BR"),
    ],
)
def test_columns_about_employment_are_read_together(headings: str, cells: str, expected: str) -> None:
    file = rows(f"{EN},{headings}", *(f"IT,{cell}" for cell in cells.split(";")))
    assert outcomes(file) == expected, list(opened(file))


def test_who_stands_under_a_title_that_says_so_left() -> None:
    people = ["1,山 花,a@example.com,IT", "2,川 健,b@example.com,IT", "3,田 誠,c@example.com,IT"]
    text = f"{JA}\n{people[0]}\n【退職者一覧】\n{people[1]}\n在籍者\n{people[2]}\n"
    assert outcomes(text) == "RBLBR"
    book, file = Workbook(), io.BytesIO()
    book.active.title = "退職者"
    for row in (JA.split(","), people[0].split(",")):
        book.active.append(row)
    book.save(file)
    assert [type(row) for row in read_personnel(file.getvalue(), today=TODAY)] == [Leaver]


def test_of_two_columns_about_employment_none_hides_the_other() -> None:
    headings = f"{EN},Employment Status,Status,Termination date,Last day of work"
    assert (
        outcomes(rows(headings, "IT,Full-Time,Active,,", "IT,Full-Time,Inactive,,", "IT,Part-Time,,,2026-01-31"))
        == "RLL"
    )


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        ("姓,名,姓（ヨミガナ）,名（ヨミガナ）", "山田,花子,ヤマダ,ハナコ", ("山田 花子", "ヤマダ ハナコ", "IT")),
        ("氏名,部署名(1階層),部署名(2階層),部署名(3階層)", "山田 花子,本部,一部,", ("山田 花子", None, "本部 一部")),
        ("氏名,所属1,所属2,役職1,役職2", "山田 花子,営業部,企画部,,", ("山田 花子", None, "営業部")),
        ("氏名,所属1,所属2", "山田 花子,営業部,一課", ("山田 花子", None, "営業部 一課")),
        ("氏名,部署", "佐藤\u200d 健,営業部\ufe0f", ("佐藤 健", None, "営業部")),
        ("氏名,Org.-Einheit", "Jörg Weiß,Vertrieb", ("Jörg Weiß", None, "Vertrieb")),
    ],
)
def test_names_and_departments_are_put_together(headings: str, row: str, expected: tuple[str, ...]) -> None:
    more = "" if "部署" in headings or "所属" in headings or "Org" in headings else ",部署"
    (found,) = opened(f"社員番号,メールアドレス,{headings}{more}\n1,a@example.com,{row}{more and ',IT'}\n")
    assert isinstance(found, Row), found
    assert (found.profile.name, found.profile.name_kana, found.profile.department) == expected


@pytest.mark.parametrize(
    ("headings", "email"),
    [
        ("E-Mail privat;E-Mail geschäftlich", "b@example.com"),
        ("Correo personal;Correo de la empresa trabajo", "b@example.com"),
        ("Courriel professionnel;Courriel personnel", "a@example.com"),
        ("メール（個人）;メール（会社）", "b@example.com"),
        ("전자우편;개인 이메일", "a@example.com"),
    ],
)
def test_the_address_at_work_counts(headings: str, email: str) -> None:
    (found,) = opened(f"Employee #;Name;Abteilung;{headings}\n1;Anna Weber;IT;a@example.com;b@example.com\n")
    assert isinstance(found, Row), found
    assert found.profile.email == email


@pytest.mark.parametrize(
    "headings",
    [
        "スタッフコード,社員名（漢字）,社内メールアドレス,所属グループ,上長社員コード",
        "社員コード,氏名,E-MAIL,所属部門名,直属上司の社員番号",
        "员工工号,姓名,公司邮箱,部门,直属上级工号",
        "User/Employee ID,Display Name,Primary Email,Department Name,Manager Employee ID",
        "Code salarié,Nom complet,Adresse e-mail,Service,Matricule du responsable",
        "Código empleado,Nombre completo,Correo corporativo,Departamento,Código del jefe directo",
        "Pers.-Nr.,Nachname; Vorname,E-Mail dienstlich,Abteilung,Personalnummer Vorgesetzter",
    ],
)
def test_the_headings_of_personnel_systems_are_known(headings: str) -> None:
    (found,) = opened(f"{headings}\n001,Anna Weber,a@example.com,IT,002\n")
    assert isinstance(found, Row), found
    p = found.profile
    assert (p.number, p.name, p.email, p.department, p.manager_number) == (
        *("001", "Anna Weber", "a@example.com", "IT", "002"),
    )


def test_the_row_that_is_no_additional_post_is_the_main_one() -> None:
    found = list(opened(f"{JA},兼務フラグ\n1,山 花,a@example.com,企画部,1\n1,山 花,a@example.com,営業部,0\n"))
    assert [(type(row).__name__, row.line) for row in found] == [("SkippedRow", 2), ("Row", 3)]


@pytest.mark.parametrize(
    ("row", "code", "reason"),
    [
        ("1,J?rg Meier,a@example.com,IT,,", "undecodable", "question marks"),
        ("1,Anna Weber,a@example.com,IT,2027-01-01,", "impossible_date", "is in the future"),
        ("1,Anna Weber,a@example.com,IT,,43922", "malformed", "2020-04-01"),
    ],
)
def test_what_cannot_be_right_is_named_with_what_to_do(row: str, code: str, reason: str) -> None:
    (bad,) = opened(f"{EN},Date of birth,Hire date\n{row}\n")
    assert isinstance(bad, BadRow)
    assert (bad.code, reason in bad.reason) == (code, True)


def test_a_department_merged_over_its_people_is_that_of_each() -> None:
    book, file = Workbook(), io.BytesIO()
    for row in ("部署,社員番号,氏名,メールアドレス", "営業部,1,山 花,a@example.com", ",2,川 健,b@example.com"):
        book.active.append(row.split(","))
    book.active.append([])
    book.active.append(["総務部", "3", "田 誠", "c@example.com"])
    book.active.merge_cells("A2:A4")
    book.save(file)
    found = list(read_personnel(file.getvalue(), today=TODAY))
    assert [row.profile.department for row in found if isinstance(row, Row)] == ["営業部", "営業部", "総務部"]
    assert [type(row) for row in found] == [Row, Row, SkippedRow, Row]


def test_totals_of_any_language_are_nobody() -> None:
    totals = ["Gesamtsumme;1;;", "Summe: 1 Mitarbeiter", "合計;1名;;", "Total general;1;;", "총계;1;;"]
    text = "\n".join(["Personalnummer;Name;E-Mail;Abteilung", "1;Anna Weber;a@example.com;IT", *totals])
    assert outcomes(text) == "R" + "S" * len(totals)
