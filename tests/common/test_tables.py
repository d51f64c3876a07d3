"""One reader of tables: whatever way a table is written, the same cells are read; every row ends somewhere."""

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from ekkyo_common.attendance import UnreadableReport, match, preview, read_attendance
from ekkyo_common.attendance.words import VOCABULARY
from ekkyo_common.personnel import UnreadableExportError, read_personnel
from ekkyo_common.tables import Table, UnreadableTable, open_table
from ekkyo_common.tables.cells import damage_of, text_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

HEADINGS = {
    "ja": ["氏名", "メールアドレス", "参加時間（分）", "備考"],
    "zh": ["姓名", "电子邮件", "持续时间（分钟）", "备注"],
    "tw": ["姓名", "電子郵件", "持續時間（分鐘）", "備註"],
    "ko": ["이름", "이메일", "참석 시간", "비고"],
    "de": ["Vollständiger Name", "E-Mail", "Dauer (Minuten)", "Bemerkung"],
}
LETTERS = {
    "ja": "山田花子佐藤健一郎ヤマダあいう髙",
    "zh": "王伟李娜张敏刘洋陈静",
    "tw": "陳志豪林怡君張雅婷",
    "ko": "김철수이영희박민",
    "de": "MüllerJörgßÄé",
}
ENCODINGS = {
    "ja": ["cp932", "euc_jis_2004", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"],
    "zh": ["gb18030", "gbk", "utf-8", "utf-16"],
    "tw": ["cp950", "utf-8", "utf-16"],
    "ko": ["cp949", "utf-8", "utf-16"],
    "de": ["cp1252", "utf-8", "utf-16"],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, list[list[str]]]:
    language = draw(st.sampled_from(sorted(HEADINGS)))
    word = st.text(st.sampled_from(LETTERS[language]), min_size=2, max_size=6)
    note = st.text(st.sampled_from([*LETTERS[language], *'ab ,;|\t"\n']), max_size=8).map(str.strip)
    row = st.tuples(word, st.integers(1, 999).map("m{}@example.com".format), st.integers(1, 90).map(str), note)
    rows = draw(st.lists(row.map(list), min_size=1, max_size=6))
    return language, draw(st.sampled_from(ENCODINGS[language])), rows


def as_csv(rows: list[list[str]], separator: str, quoting: Any = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting).writerows(rows)
    return text.getvalue()


def cells(table: Table) -> list[list[str]]:
    return [record.cells for record in table.records()]


@settings(max_examples=120, deadline=None)
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans())
def test_a_table_is_read_back_the_same_however_it_is_written(
    table: Any, separator: str, quoting: Any, said: bool
) -> None:
    language, encoding, rows = table
    if encoding.startswith("euc"):  # which has no 髙
        rows = [[cell.replace("髙", "高") for cell in row] for row in rows]
    written = [HEADINGS[language], *rows]
    text = f"sep={separator}\r\n" * said + as_csv(written, separator, quoting)
    assert cells(open_table(text.encode(encoding), VOCABULARY)) == written


@settings(max_examples=20, deadline=None)
@given(tables())
def test_a_japanese_table_in_the_encoding_of_mail_is_read_back(table: Any) -> None:
    _, _, rows = table
    written = [HEADINGS["ja"], *([*"山田", "5", "花子"] for _ in rows)]
    assert cells(open_table(as_csv(written, ",").encode("iso2022_jp"), VOCABULARY)) == written


@settings(max_examples=20, deadline=None)
@given(tables())
def test_a_workbook_is_read_like_a_text(table: Any) -> None:
    language, _, rows = table
    rows = [[cell or "-" for cell in row] for row in rows]
    book = Workbook()
    book.active.append(["nothing here"])
    for row in [HEADINGS[language], *rows]:
        (book["List"] if "List" in book.sheetnames else book.create_sheet("List")).append(row)
    data = io.BytesIO()
    book.save(data)
    assert cells(open_table(data.getvalue(), VOCABULARY)) == [HEADINGS[language], *rows]


CELLS = ["", "花子", "a@example.com", "50", "1h", "欠席", "○", "-", "山\ufffd", "退職", "2026/8/5", "a;b"]
ANYTHING = st.lists(st.lists(st.sampled_from(CELLS), min_size=4, max_size=4), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
@example([["欠席", "○", "欠席", "欠席"], ["花子", "", "", ""]])
def test_every_row_of_a_file_ends_as_somebody_a_problem_or_is_named(rows: list[list[str]]) -> None:
    lines = [",".join([*row, f"{n:06}"]) for n, row in enumerate(rows)]
    report = read_attendance("\n".join(["氏名,メール,分,出欠,社員番号", *lines]).encode())
    assert sorted({row.line for row in preview(report, match(report, []))}) == [*range(2, len(rows) + 2)]
    export = read_personnel("\n".join(["氏名,メール,部署,在籍区分,社員番号", *lines]).encode())
    assert [row.line for row in export] == [*range(2, len(rows) + 2)]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_a_reader_fall_with_anything_but_its_own_error(data: bytes) -> None:
    for headings in ("氏名,メール,参加時刻,退出時刻\n".encode("cp932"), b""):
        with suppress(UnreadableReport):
            read_attendance(headings + data)
    with suppress(UnreadableExportError):
        list(read_personnel(data))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), r"old Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_what_is_no_table_is_told_apart_by_its_bytes(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableTable, match=told):
        open_table(data, VOCABULARY)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="000001"', "000001"),
        ("'000006", "000006"),
        ("'=1+1", "=1+1"),
        ("'t Hooft", "'t Hooft"),
        ('="say ""yes"""', 'say "yes"'),
        ("\u200b000001\ufeff", "000001"),
    ],
)
def test_what_spreadsheets_put_around_text_is_left_out(cell: str, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("山\ufffd", "undecodable"),
        ("?? ??", "undecodable"),
        ("山田 花子".encode().decode("cp1252", "replace").replace("\ufffd", "\x90"), "mojibake"),
        ("Müller".encode().decode("cp1252"), "mojibake"),
        ("ヤマダ ハナコ".encode().decode("cp932", "ignore"), "mojibake"),
        ("#N/A", "formula_error"),
    ],
)
def test_damaged_cells_are_named(cell: str, code: str) -> None:
    found = damage_of(cell)
    assert found is not None
    assert found[0] == code


@pytest.mark.parametrize(
    "cell",
    [
        "Rendez-vous au café\N{NO-BREAK SPACE}! L’été\N{NO-BREAK SPACE}: randonnée\N{NO-BREAK SPACE}?",
        "«\N{NO-BREAK SPACE}au marché\N{NO-BREAK SPACE}» et «\N{NO-BREAK SPACE}le café\N{NO-BREAK SPACE}»",
        "été… marché…",
        "“Café” et “Olé”",
        "„Spaß“ und „Gruß“",
        "Spaß… Gruß…",
    ],
)
def test_an_accent_before_a_quotation_mark_or_a_space_is_no_damage_and_is_seen_where_it_is_garbled(cell: str) -> None:
    assert damage_of(cell) is None
    bytes_of = cell.encode()
    garbled = "".join(chr(n) if n in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([n]).decode("cp1252") for n in bytes_of)
    for read in (garbled, garbled[:-1]):
        found = damage_of(read)
        assert found is not None
        assert found[0] == "mojibake"


@pytest.mark.parametrize("cell", ["山田 花子", "Jörg Müller", "Ångström", "Renée", "김철수", "what?", "Ça va", "縺れ"])
def test_cells_that_are_only_unusual_are_not_called_damaged(cell: str) -> None:
    assert damage_of(cell) is None
