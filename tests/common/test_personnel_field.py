"""Personnel files as people have them: what each must come out as."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ekkyo_common.addresses import address_of, why_not_mailable
from ekkyo_common.personnel import BadRow, Leaver, PersonnelExport, Row, SkippedRow, read_personnel

FIELD = Path(__file__).parent / "field" / "personnel"
TODAY = date(2026, 11, 26)


def opened(name: str) -> PersonnelExport:
    return read_personnel((FIELD / f"{name}.csv").read_bytes(), f"{name}.csv", today=TODAY)


def people(name: str) -> list[tuple[str, ...]]:
    rows = [row.profile for row in opened(name) if isinstance(row, Row)]
    return [tuple(filter(None, (p.number, p.name, p.name_kana, p.email, p.department))) for p in rows]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "family-and-given-name",
            [
                ("000101", "山田 太郎", "ヤマダ タロウ", "taro.y@example.co.jp", "営業部"),
                ("000102", "鈴木 花", "スズキ ハナ", "hana.s@example.co.jp", "営業部"),
            ],
        ),
        ("first-and-last-name", [("000103", "Anna Weber", "anna.weber@example.com", "Finance")]),
        ("title-above", [("000701", "見出 一", "h1@example.co.jp", "総務部")]),
        ("stars", [("000702", "見出 二", "h2@example.co.jp", "総務部")]),
        ("two-rows", [("000703", "見出 三", "h3@example.co.jp", "総務部")]),
        ("kenmu-rows", [("000704", "見出 四", "h4@example.co.jp", "営業部")]),
        ("dept-levels", [("000707", "見出 七", "h7@example.co.jp", "営業本部 第一営業部 第二課")]),
        ("with-leavers", [("000303", "佐々木 蓮", "sasaki@example.co.jp", "総務部")]),
    ],
)
def test_people_are_read_whatever_stands_around_the_headings(name: str, expected: list[tuple[str, ...]]) -> None:
    assert people(name) == expected


def test_who_left_is_named_with_the_day() -> None:
    found = [row for row in opened("with-leavers") if isinstance(row, Leaver)]
    assert [(r.line, r.number, r.name, r.left_on) for r in found] == [
        (2, "000302", "佐々木 翔", date(2026, 3, 31)),
        (4, "000304", "木村 新", date(2025, 12, 31)),
    ]


def test_another_post_of_somebody_is_named_with_the_line_that_counts() -> None:
    (other,) = [row for row in opened("kenmu-rows") if isinstance(row, SkippedRow)]
    assert (other.line, other.reason) == (2, "concurrent_post")
    assert "line 3" in other.text


def test_addresses_that_no_mail_can_reach_are_named_and_the_others_are_kept() -> None:
    rows = list(opened("addresses"))
    bad = {row.line: (row.column, row.code, row.reason) for row in rows if isinstance(row, BadRow)}
    assert {line: code for line, (_, code, _) in bad.items()} == {
        2: "missing",
        4: "repeated",
        7: "malformed",
        8: "malformed",
        10: "missing",
        12: "missing",
        13: "malformed",
    }
    assert {line for line, (column, _, _) in bad.items() if column == "部署"} == {12}
    assert ["more than one" in bad[7][2], "dot" in bad[8][2], "SMTPUTF8" in bad[13][2]] == [True] * 3
    taken = {row.line: row for row in rows if isinstance(row, Row)}
    assert {line: row.profile.email for line, row in taken.items()} == {
        3: "line-a@example.co.jp",
        5: "hei@example.co.jp",
        6: "tei@example.co.jp",
        9: "kou@example.co.jp",
        11: "jin@example.co.jp",
        14: "taro@例え.jp",
    }
    assert [remark.code for remark in taken[3].remarks] == ["shared"], "the first of two who share it is named too"


def test_an_address_whose_last_label_is_japanese_is_kept_in_ascii() -> None:
    assert read("000001,越境 花子,taro@例え.テスト,人事部")[0].profile.email == "taro@xn--r8jz45g.xn--zckzah"


@pytest.mark.parametrize(
    "address",
    [
        *("a@b@example.com", "@example.com", "a@example", "a@-example.com", "a@ex ample.com", ".a@example.com"),
        *("a@1.2.3.4", f"{'a' * 65}@example.com", "a b@example.com", "a@example..com", "a@b.com, c@b.com", "é@b.com"),
        "a@exa_mple.com",
    ],
)
def test_what_is_no_address_that_can_be_mailed_says_why(address: str) -> None:
    assert why_not_mailable(address)


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Anna <Anna@Example.com>", "anna@example.com"),
        ("mailto:a@example.com?subject=x", "a@example.com"),
        ("a@example.com\u200b", "a@example.com"),
        ("ａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "a@example.com"),
        ("o'neill+x@example.com", "o'neill+x@example.com"),
    ],
)
def test_an_address_is_found_in_what_is_around_it(cell: str, address: str) -> None:
    assert (address_of(cell), why_not_mailable(address_of(cell))) == (address, None)


def read(rows: str, headings: str = "社員番号,氏名,メールアドレス,部署", **options: Any) -> list[Any]:
    return list(read_personnel(f"{headings}\n{rows}\n".encode(), today=TODAY, **options))


@pytest.mark.parametrize(
    ("heading", "cell", "left"),
    [
        ("在籍区分", "退職", True),
        ("在籍区分", "休職中", False),
        ("Employment Status", "Terminated", True),
        ("Active", "No", True),
        ("Active", "Yes", False),
        ("退職フラグ", "1", True),
        ("退職フラグ", "0", False),
        ("退職日", "2027/3/31", False),
        ("退職日", "9999/12/31", False),
        ("Termination Date", "2026-03-31", True),
        ("Austrittsdatum", "31.03.2026", True),
        ("离职日期", "2026年3月31日", True),
        ("퇴사일", "2026-03-31", True),
        ("退職年月日", "令和8年3月31日", True),
    ],
)
def test_columns_that_say_who_left_are_understood(heading: str, cell: str, left: bool) -> None:
    (row,) = read(f"000001,越境 花子,h@example.co.jp,人事部,{cell}", f"社員番号,氏名,メールアドレス,部署,{heading}")
    assert isinstance(row, Leaver if left else Row), row


def test_a_status_that_is_not_understood_is_asked_about_and_the_answer_taken() -> None:
    headings, row = "社員番号,氏名,メールアドレス,部署,在籍区分", "000001,越境 花子,h@example.co.jp,人事部,Z9"
    (asked,) = read(row, headings)
    assert isinstance(asked, BadRow)
    assert (asked.column, asked.value, asked.code) == ("在籍区分", "Z9", "unknown_value")
    assert "--status" in asked.expected
    assert isinstance(read(row, headings, statuses={"Z9": "active"})[0], Row)
    assert isinstance(read(row, headings, statuses={"Z9": "left"})[0], Leaver)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["01/04/2004", "25/12/1999"], [date(2004, 4, 1), date(1999, 12, 25)]),
        (["01/04/2004", "12/25/1999"], [date(2004, 1, 4), date(1999, 12, 25)]),
        (["01.04.2004", "02.05.1999"], [date(2004, 4, 1), date(1999, 5, 2)]),
        (["H16.4.1", "1999-12-25"], [date(2004, 4, 1), date(1999, 12, 25)]),
        (["01/04/2004", "02/05/1999"], ["ambiguous_date", "ambiguous_date"]),
        (
            ["01/04/2004", "13/05/1999", "05/13/1999", "14/05/1999", "05/14/1999"],
            ["ambiguous_date", *[None] * 4],
        ),
    ],
)
def test_the_order_of_day_and_month_is_the_files_not_a_cells(dates: list[str], expected: list[Any]) -> None:
    rows = "\n".join(f"{n},Anna,a{n}@example.com,IT,{day}" for n, day in enumerate(dates))
    found = read(rows, "Employee ID,Full Name,Work Email,Dept,Hire Date")
    told = [row.profile.hired_on if isinstance(row, Row) else row.code for row in found]
    assert all(want is None or want == have for want, have in zip(expected, told, strict=True)), told


def test_equal_headings_are_told_apart_by_group_or_must_say_the_same() -> None:
    groups = "本人,,,所属,上司\n社員番号,氏名,メールアドレス,部署,社員番号"
    (row,) = read("000001,越境 花子,h@example.co.jp,人事部,000009", groups)
    assert (row.profile.number, row.profile.manager_number) == ("000001", "000009")
    twice = "社員番号,氏名,メールアドレス,部署,メールアドレス"
    same, other = read(
        "000001,越境 花子,h@example.co.jp,人事部,h@example.co.jp\n"
        "000002,越境 太郎,t@example.co.jp,人事部,u@example.co.jp",
        twice,
    )
    assert (type(same), other.code) == (Row, "equal_headings")
    own = "社員番号,氏名,メールアドレス（個人）,部署,メールアドレス（会社）"
    assert read("000001,越境 花子,p@example.com,人事部,h@example.co.jp", own)[0].profile.email == "h@example.co.jp"
