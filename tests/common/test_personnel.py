"""Personnel exports as they really are: encodings, delimiters, headings, spellings, and rows that make no sense."""

from datetime import date

import pytest
from ekkyo.contracts.members import Profile
from ekkyo_common.personnel import BadRow, Row, SkippedRow, read_personnel

from tests.common.exports import GOOD, HEADINGS, SAMPLE, TEXT, bad, one, person, read

SOME = "\r\n".join(TEXT.split("\r\n")[:250]) + "\r\n"
"""Of the sample, for what needs many readings."""

# The sample


def test_the_sample_has_exactly_these_rows_that_cannot_be_taken() -> None:
    export = read_personnel(SAMPLE.read_bytes())
    rows = list(export)
    assert (export.encoding, export.delimiter, export.unknown) == ("cp932", ",", [])
    assert len(export.columns) == 11
    assert sum(isinstance(r, Row) for r in rows) == 1194
    assert [(r.line, r.column, r.value, r.code) for r in rows if isinstance(r, BadRow)] == [
        (102, "メールアドレス", "", "missing"),
        (202, "メールアドレス", "not-an-address", "malformed"),
        (302, "社員番号", "000300", "repeated"),
        (402, "メールアドレス", "ikeda.yu@example.co.jp", "repeated"),
        (502, "生年月日", "2024/13/45", "impossible_date"),
        (602, "氏名", "", "missing"),
    ]
    assert [(r.line, r.reason) for r in rows if isinstance(r, SkippedRow)] == [(702, "empty"), (1203, "total")]
    assert all(r.reason and r.expected for r in rows if isinstance(r, BadRow))


def test_the_samples_awkward_spellings_are_made_uniform() -> None:
    people = {r.line: r.profile for r in read_personnel(SAMPLE.read_bytes()) if isinstance(r, Row)}
    assert people[15].number == "000014"
    assert (people[15].name, people[15].name_kana) == ("岡田 陽菜", "オカダ ヒナ")
    assert people[12].name_kana == "コバヤシ メグミ"
    assert people[25].email == "yoshida.mayumi@example.co.jp"
    assert people[448].email == "tanaka.misaki2@example.co.jp"
    assert people[16].birth_date == date(1972, 2, 26)
    assert people[2] == Profile(
        number="000001",
        name="藤田 真由美",
        name_kana="フジタ マユミ",
        email="fujita.mayumi@example.co.jp",
        department="品質保証部",
        job_family="保守",
        site="大阪本社",
        birth_date=date(1979, 5, 18),
        gender="female",
        hired_on=date(2004, 4, 1),
    )


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("cp932", "cp932"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_same_content_gives_the_same_rows_however_it_is_written(encoding: str, told: str, delimiter: str) -> None:
    data = SOME.replace(",", delimiter).encode(encoding)
    export = read_personnel(data)
    rows = list(export)
    assert (export.encoding, export.delimiter) == (told, delimiter)
    assert rows == read(SOME)


@pytest.mark.parametrize("bom", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_read_in_both_byte_orders(bom: bytes) -> None:
    encoding = "utf-16-le" if bom == b"\xff\xfe" else "utf-16-be"
    assert read(bom + SOME.encode(encoding)) == read(SOME)


@pytest.mark.parametrize("ends", ["\n", "\r"])
def test_line_ends_do_not_matter(ends: str) -> None:
    assert read(SOME.replace("\r\n", ends)) == read(SOME)


# Bytes, quotes and lines


def test_necs_and_ibms_characters_are_kept() -> None:
    (row,) = read(f"{HEADINGS}\n000001,髙橋 﨑子,,a@example.co.jp,第①営業部㈱,,\n", "cp932")
    assert isinstance(row, Row)
    assert (row.profile.name, row.profile.department) == ("髙橋 﨑子", "第①営業部㈱")


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_an_undecodable_byte_is_a_bad_row_and_the_rest_is_read(encoding: str) -> None:
    lines = TEXT.encode(encoding).split(b"\r\n")
    lines[4] = lines[4].replace("中島".encode(encoding), b"\xff" + "島".encode(encoding), 1)
    rows = read(b"\r\n".join(lines))
    broken = next(r for r in rows if r.line == 5)
    assert isinstance(broken, BadRow)
    assert (broken.column, broken.code) == ("氏名", "undecodable")
    assert sum(isinstance(r, Row) for r in rows) == 1193


def test_cells_may_hold_delimiters_quotes_and_line_breaks_and_lines_are_counted_right() -> None:
    rows = read(
        f"{HEADINGS}\n"
        '000001,"越境, 花子",,a@example.co.jp,"情報\nシステム部",,\n'
        '000002,"越境 ""太郎""",,b@example.co.jp,人事部,,\n'
        "000003,,,c@example.co.jp,人事部,,\n"
    )
    assert [r.line for r in rows] == [2, 4, 5]
    assert [r.profile.name for r in rows if isinstance(r, Row)] == ["越境, 花子", '越境 "太郎"']
    assert isinstance(rows[0], Row)
    assert rows[0].profile.department == "情報 システム部"


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    rest = "".join(f"{n:06},誰か,,m{n}@example.co.jp,人事部,,\n" for n in range(2, 60))
    rows = read(f'{HEADINGS}\n000001,"越境 花子,,a@example.co.jp,人事部,,\n{rest}')
    assert isinstance(rows[0], BadRow)
    assert (rows[0].line, rows[0].code) == (2, "broken")
    assert [type(r) for r in rows[1:]] == [Row] * 58
    assert [r.line for r in rows] == list(range(2, 61))


def test_an_endless_line_is_one_bad_row() -> None:
    rows = read(f"{HEADINGS}\n000001,{'あ' * 300_000},,a@example.co.jp,人事部,,\n{GOOD}\n")
    assert [type(r) for r in rows] == [BadRow, Row]
    assert [r.line for r in rows] == [2, 3]


def test_a_row_with_too_many_cells_is_named_and_one_with_too_few_lacks_the_last() -> None:
    assert bad(GOOD + ",x").code == "too_many_cells"
    assert one(GOOD + ",,") == one(GOOD)
    assert person("000001,越境 花子,,a@example.co.jp,人事部").gender is None
    assert bad("000001,越境 花子").column == "メールアドレス"


# Cells


def test_names_keep_the_characters_that_people_write_them_with() -> None:
    assert person("000001,神田　　都子 ,ｶﾝﾀﾞ ﾄｼｺ,a@example.co.jp,ＩＴ部,,").model_dump(
        include={"name", "name_kana", "department"}
    ) == {"name": "神田 都子", "name_kana": "カンダ トシコ", "department": "IT部"}


def test_leading_zeros_kept_for_spreadsheets_are_kept() -> None:
    assert person('="000001",越境 花子,,a@example.co.jp,人事部,,').number == "000001"


@pytest.mark.parametrize(
    ("written", "address"),
    [(" Hanako@Example.CO.JP ", "hanako@example.co.jp"), ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp")],
)
def test_addresses_are_trimmed_and_in_lower_case(written: str, address: str) -> None:
    assert person(f"000001,越境 花子,,{written},人事部,,").email == address


@pytest.mark.parametrize("written", ["男", "男性", "M", "ｍ", "Male", "1"])
def test_genders_are_known_however_they_are_written(written: str) -> None:
    assert person(f"000001,越境 太郎,,a@example.co.jp,人事部,,{written}").gender == "male"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("000 1,越境 花子,,a@example.co.jp,人事部,,", "社員番号", "malformed"),
        (f"{'9' * 33},越境 花子,,a@example.co.jp,人事部,,", "社員番号", "malformed"),
        (",越境 花子,,a@example.co.jp,人事部,,", "社員番号", "missing"),
        ("000001,\u3000,,a@example.co.jp,人事部,,", "氏名", "missing"),
        (f"000001,{'あ' * 201},,a@example.co.jp,人事部,,", "氏名", "too_long"),
        ("000001,越境\x07花子,,a@example.co.jp,人事部,,", "氏名", "malformed"),
        ("000001,越境 花子,,a@example,人事部,,", "メールアドレス", "malformed"),
        ("000001,越境 花子,,a@example.co.jp,,,", "部署", "missing"),
        ("000001,越境 花子,,a@example.co.jp,人事部,2023/2/29,", "生年月日", "impossible_date"),
        ("000001,越境 花子,,a@example.co.jp,人事部,May 5th,", "生年月日", "malformed"),
        ("000001,越境 花子,,a@example.co.jp,人事部,,犬", "性別", "unknown_value"),
    ],
)
def test_a_cell_that_makes_no_sense_is_named(row: str, column: str, code: str) -> None:
    found = bad(row)
    assert (found.line, found.column, found.code) == (2, column, code)
    assert found.reason
    assert found.expected


def test_all_that_is_wrong_with_a_row_is_told_in_the_order_of_its_columns() -> None:
    found = bad("000001,,,nowhere,人事部,2023/2/29,")
    assert [p.column for p in found.problems] == ["氏名", "メールアドレス", "生年月日"]


def test_a_repeated_number_or_address_names_the_line_of_the_first() -> None:
    rows = read(
        f"{HEADINGS}\n000001,,,a@example.co.jp,人事部,,\n000001,花子,,A@example.co.jp,人事部,,\n"
        "０００００１,太郎,,b@example.co.jp,人事部,,\n000002,次郎,,a@example.co.jp ,人事部,,\n"
        "000003,三郎,,b@example.co.jp,人事部,,\n"
    )
    assert [type(r) for r in rows] == [BadRow, Row, BadRow, BadRow, Row]
    assert [(r.column, r.reason) for r in rows[2:4] if isinstance(r, BadRow)] == [
        ("社員番号", "is on line 3 already"),
        ("メールアドレス", "is on line 3 already"),
    ]


@pytest.mark.parametrize("total", ["合計,1200名", "合 計：1200名", "総計", ",合計,1200", "Total,1200", "以上"])
def test_a_total_line_is_skipped_and_told(total: str) -> None:
    found = one(total)
    assert isinstance(found, SkippedRow)
    assert found.reason == "total"


def test_a_column_tells_the_language_and_the_time_zone_and_what_is_neither_is_named() -> None:
    text = (
        "社員番号,氏名,メール,部署,言語,タイムゾーン\n"
        "000001,山田 花,hana@example.jp,営業部,日本語,Asia/Tokyo\n"
        "000002,Anna Weber,anna@example.de,Sales,English,Europe/Berlin\n"
        "000003,鈴木 一,hajime@example.jp,営業部,,\n"
        "000004,佐藤 二,jiro@example.jp,営業部,Klingon,localtime\n"
    )
    rows = list(read_personnel(text.encode()))
    told = [(row.profile.locale, row.profile.timezone) for row in rows if isinstance(row, Row)]
    assert told == [("ja", "Asia/Tokyo"), ("en", "Europe/Berlin"), (None, None)]
    [bad] = [row for row in rows if isinstance(row, BadRow)]
    assert {(each.column, each.value) for each in bad.problems} == {("言語", "Klingon"), ("タイムゾーン", "localtime")}
