"""Which column of a personnel export holds what."""

from datetime import date

import pytest
from ekkyo_common.personnel import Row, UnreadableExportError, read_personnel

from tests.common.exports import GOOD, HEADINGS, person, read


def test_english_headings_are_known() -> None:
    found = person(
        "7,Hanako Ekkyo,hanako@example.com,IT,Osaka,1987-06-05,F,2010-04-01,12",
        "Employee No.,Full Name,E-Mail Address,Department,Location,Date of Birth,Gender,Hire Date,Manager ID",
    )
    assert (found.number, found.email, found.manager_number) == ("7", "hanako@example.com", "12")
    assert (found.birth_date, found.hired_on, found.gender) == (date(1987, 6, 5), date(2010, 4, 1), "female")


def test_headings_are_known_however_they_are_spelled() -> None:
    spelled = "＊社員ＮＯ．, 氏 名 (漢字),ﾌﾘｶﾞﾅ,E-mail,所属部署,誕生日,性別"
    assert person(GOOD, spelled) == person(GOOD)


def test_other_headings_are_mapped_and_those_without_a_use_are_told() -> None:
    text = "識別,呼び名,メール,部署,血液型\n000001,越境 花子,a@example.co.jp,人事部,A\n"
    export = read_personnel(text.encode(), columns={"number": "識別", "name": "呼び名"})
    (row,) = export
    assert isinstance(row, Row)
    assert row.profile.name == "越境 花子"
    assert export.unknown == ["血液型"]
    assert export.columns == {"number": "識別", "name": "呼び名", "email": "メール", "department": "部署"}


def test_a_missing_heading_is_told_with_those_that_were_found() -> None:
    with pytest.raises(UnreadableExportError, match=r"email.*department.*社員番号, 呼び名") as error:
        read("社員番号,呼び名\n1,花子\n")
    assert "--map name=HEADING" in str(error.value)


@pytest.mark.parametrize(
    ("columns", "text"),
    [({"nmae": "氏名"}, "no field nmae"), ({"name": "呼び名"}, "no heading “呼び名” for name")],
)
def test_a_map_that_cannot_be_followed_is_told(columns: dict[str, str], text: str) -> None:
    with pytest.raises(UnreadableExportError, match=text):
        read(f"{HEADINGS}\n{GOOD}\n", columns=columns)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x01\x02", b"\xff\xff\xff"])
def test_what_is_no_table_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableExportError):
        read(data)


def test_blank_lines_may_stand_before_the_headings() -> None:
    (row,) = read(f"\n,,\n{HEADINGS}\n{GOOD}\n")
    assert (type(row), row.line) == (Row, 4)
