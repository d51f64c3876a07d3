"""Files that are made to cost a lot: whoever uploads one is told so soon, and everybody else goes on working."""

import io
import time
import zipfile

import pytest
from ekkyo_common.attendance import UnreadableReport, read_attendance
from ekkyo_common.personnel import UnreadableExportError, read_personnel
from ekkyo_common.tables import UnreadableTable
from ekkyo_common.tables import records as tables
from ekkyo_common.tables.durations import Reading, seconds_of
from ekkyo_common.tables.workbook import sheets_of
from openpyxl import Workbook

HEADINGS = "氏名,メールアドレス,参加時間(分),参加時刻,退出時刻\n"


@pytest.mark.parametrize("cell", ["9" * 60_000, "1:" + "9" * 20_000, "9" * 20_000 + ":00", "１" * 20_000 + ":00:00"])
def test_a_number_of_thousands_of_digits_is_none_and_is_soon_seen_to_be_none(cell: str):
    """Each digit was tried as the beginning of one: 5,000 of them took half a minute, and held up everybody."""
    file = f"{HEADINGS}山田 健,ken@example.com,{cell},,\n林 舞,mai@example.com,42,,\n".encode()
    began = time.process_time()
    report = read_attendance(file, "x.csv")
    assert time.process_time() - began < 5
    assert [one.minutes for one in report.participants if one.email == "mai@example.com"] == [42]


@pytest.mark.parametrize("far", ["9999-12-31 24:00", "9999-12-31 23:59 -12:00"])
def test_a_time_after_the_last_day_there_is_is_none_and_the_rest_is_read(far: str):
    headings, mai = "Name,Join Time,Leave Time\n", "Mai,2026-08-05 12:00 +09:00,2026-08-05 13:00 +09:00\n"
    report = read_attendance(f"{headings}{mai}Ken,{far},\n".encode(), "x.csv")
    assert [one.minutes for one in report.participants if one.name == "Mai"] == [60]


def test_lengths_of_time_are_read_as_before():
    texts = ("1h 30m", "1.5 h", "2 h 5 min 3 s", "90分", "1,5 Std.", "1.5", "12")
    assert [seconds_of(text, Reading()) for text in texts] == [5400, 5400, 7503, 5400, 5400, 90, 720]


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_BYTES", 1_000_000)
    assert list(sheets_of(workbook(["a", "b"])))
    whole, out = zipfile.ZipFile(io.BytesIO(workbook(["a", "b"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in whole.infolist():
            packed.writestr(part, whole.read(part))
        with packed.open("xl/media/image1.png", "w") as large:
            large.write(bytes(1_000_000))
    assert len(out.getvalue()) < 20_000
    with pytest.raises(UnreadableTable, match="too large"):
        list(sheets_of(out.getvalue()))


def test_a_workbook_with_cells_far_away_is_not_filled_with_empty_ones(monkeypatch):
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_CELLS", 100)
    assert list(sheets_of(workbook(["a"] * 9, ["b"] * 81)))
    with pytest.raises(UnreadableTable, match="more than 100 cells"):
        list(sheets_of(workbook(["a"] * 9, [None] * 81 + ["b"])))


SHEET = "xl/worksheets/sheet1.xml"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STRINGS = f'<Override PartName="/{{}}" ContentType="{KIND}"/>'
MUCH = {
    "styles": ("xl/styles.xml", "</fonts>", "<font><b/></font>", ""),
    "links": ("xl/_rels/workbook.xml.rels", "</Relationships>", '<Relationship Id="x"/>', ""),
    "texts": ("xl/sharedStrings.xml", "</sst>", "<si><t>a</t></si>", STRINGS.format("xl/sharedStrings.xml")),
    "texts that look like a sheet": (
        "xl/worksheets/s.xml",
        "</sst>",
        "<si/>",
        STRINGS.format("xl/worksheets/s&#46;xml"),
    ),
}


def with_more(part: str, before: str, more: str, override: str = "") -> bytes:
    """A workbook with more in one of its parts, or with one more part that another one names."""
    whole, out = zipfile.ZipFile(io.BytesIO(workbook(["a", "b"]))), io.BytesIO()
    parts = {name: whole.read(name).decode() for name in whole.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{override}</Types>")
    begun = parts.get(part, '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>')
    assert before in begun
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (parts | {part: begun.replace(before, more + before)}).items():
            packed.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("what", MUCH)
def test_a_workbook_whose_parts_are_read_whole_is_refused_before_they_are(what: str, monkeypatch):
    """100 kB can hold a hundred seconds of reading, and gigabytes."""
    part, before, one, override = MUCH[what]
    few, many = (with_more(part, before, one * number, override) for number in (1, 20_000))
    assert len(many) < 20_000
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_AROUND", 50_000)
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_STRINGS", 50_000)
    if what != "links":
        assert list(sheets_of(few))
    monkeypatch.setattr("openpyxl.load_workbook", None)
    with pytest.raises(UnreadableTable, match="too large"):
        list(sheets_of(many))


def test_rows_of_nothing_are_read_up_to_the_limit_and_in_all_sheets_together(monkeypatch):
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_ROWS", 30)
    ((_, records),) = sheets_of(with_more(SHEET, "</sheetData>", "<row/>" * 1000))
    assert len(records) == 31
    ((_, records),) = sheets_of(with_more(SHEET, "</sheetData>", '<row r="1000000"/>'))
    assert len(records) == 31
    book, out = Workbook(), io.BytesIO()
    for _ in range(3):
        sheet = book.create_sheet()
        for _ in range(10):
            sheet.append(["a"])
    book.save(out)
    assert len(list(sheets_of(out.getvalue()))) == 4
    monkeypatch.setattr("ekkyo_common.tables.workbook.MOST_CELLS", 100)
    with pytest.raises(UnreadableTable, match="more than 100 cells"):
        list(sheets_of(out.getvalue()))


def test_a_file_of_nearly_empty_lines_is_refused_with_the_limit_and_the_row():
    """5 MB of them took a minute."""
    head = "社員番号,氏名,メールアドレス,部署\n1,山田 健,ken@example.com,営業部\n"
    file = (head + "\n" * 5_000_000).encode()
    for read, error in ((read_personnel, UnreadableExportError), (read_attendance, UnreadableReport)):
        began = time.process_time()
        with pytest.raises(error, match=r"more than 200,000 rows.* Row 200,001 ") as no:
            read(file)
        assert (no.value.code, no.value.names) == ("too_many_rows", ("200,000", "200,001"))
        assert time.process_time() - began < 20


def test_the_limit_on_rows_is_for_workbooks_too_and_the_last_row_within_it_is_read(monkeypatch):
    monkeypatch.setattr("ekkyo_common.tables.table.MOST_ROWS", 3)
    people = [[n, "山田", f"{n}@example.com", "x"] for n in (1, 2, 3)]
    rows = [["社員番号", "氏名", "メールアドレス", "部署"], *people]
    assert len(list(read_personnel(workbook(*rows[:3])))) == 2
    with pytest.raises(UnreadableTable, match="Row 4 "):
        read_personnel(workbook(*rows))


def test_a_cell_has_so_many_characters_at_most():
    long = "x" * 10_000
    (record,) = tables.records_of(f"{long},b\n", ",")
    ((_, (same,)),) = sheets_of(workbook([long, "b"]))
    assert record.cells == same.cells == ["x" * tables.LONGEST, "b"]
