"""Tables written as files: what people open is what was said, and no text becomes a formula."""

import csv
import io

import pytest
from ekkyo_common.tables.writing import BEGINS_A_FORMULA, as_csv, as_xlsx
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@\t\n＝＋－＠'\""), max_size=20)


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_csv_file_says_what_was_said_and_begins_no_formula(rows: list[list[str]]) -> None:
    data = as_csv(rows)
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read if row] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell.startswith(BEGINS_A_FORMULA) for row in read for cell in row)


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-5", "@x", '=HYPERLINK("http://x")', "＝1", "https://x.example", "0012"]
)
def test_a_text_in_a_workbook_stays_a_text(text: str) -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx([["Answer", "n"], [text, 3]], "Who: comes?"))).active
    assert sheet
    [cell, number] = next(sheet.iter_rows(min_row=2))
    assert (cell.value, cell.data_type, cell.hyperlink, number.value) == (text, "s", None, 3)
    assert sheet.title == "Who  comes "


def test_what_no_workbook_can_hold_is_a_space_in_it() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx([["a\x00b\ud800c\nd"]], ""))).active
    assert sheet
    assert sheet["A1"].value == "a b c\nd"
    assert as_csv([["\ud800"]]).decode("utf-8-sig") == "?\r\n"
