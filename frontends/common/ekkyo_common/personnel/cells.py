"""From cells to a profile: spelling made uniform, every cell that makes no sense named."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import jaconv
from ekkyo.contracts.members import Profile
from pydantic import ValidationError

from ekkyo_common.personnel import dates
from ekkyo_common.personnel.headings import REQUIRED, Columns
from ekkyo_common.personnel.text import MEANINGLESS


@dataclass(frozen=True)
class Remark:
    """What is to be said of one cell: where, what stands there, what of it, and what was expected."""

    column: str
    """The heading, as the file writes it."""
    value: str
    code: str
    """missing, malformed, too_long, impossible_date, unknown_value, undecodable, repeated, broken, too_many_cells,
    era_boundary. Stable."""
    reason: str
    expected: str = ""


class _CellError(ValueError):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


_EXPECTED = {
    "number": "1 to 32 letters, digits, - or _",
    "name": "a name of at most 200 characters",
    "email": "a mail address such as hanako@example.co.jp",
    "department": "a department of at most 200 characters",
    "birth_date": dates.EXPECTED,
    "gender": "男, 女, その他, M, F, male, female, other, or nothing",
    "hired_on": dates.EXPECTED,
    "manager_number": "1 to 32 letters, digits, - or _, or nothing",
}
_GENDERS = {
    "female": "女 女性 女子 f female woman 2",
    "male": "男 男性 男子 m male man 1",
    "other": "その他 x other o 9",
    "": "不明 未回答 回答しない 無回答 unknown undisclosed - 0",
}
"""As they are written; the digits are those of ISO 5218 and JIS X 0303."""
_GENDER = {written: gender for gender, all_written in _GENDERS.items() for written in all_written.split()}
_AS_TEXT = re.compile(r'="(.*)"')
_DECOMPOSED = re.compile("[\u3040-\u30ff][\u3099\u309a]")


def read_cells(columns: Columns, cells: Sequence[str]) -> tuple[Profile | None, list[Remark]]:
    """The profile that a row's cells make, and remarks; without a profile, the remarks say why."""
    values: dict[str, Any] = {}
    remarks: list[Remark] = []
    for field, place in columns.at.items():
        cell = cells[place] if place < len(cells) else ""
        if found := _AS_TEXT.fullmatch(cell):  # how spreadsheets are made to keep leading zeros
            cell = found[1]
        try:
            values[field] = _read(field, cell, remarks, columns)
        except _CellError as wrong:
            remarks.append(_remark(columns, field, cell, wrong.code, str(wrong)))
            values[field] = None
    wrong_fields = {remark.column for remark in remarks if remark.code != "era_boundary"}
    try:
        profile: Profile | None = Profile.model_validate(values)
    except ValidationError as error:
        profile = None
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            field = str(each["loc"][0])
            if columns.heading(field) not in wrong_fields:
                cell = cells[columns.at[field]]
                code, reason = ("too_long", "too long") if "too_long" in each["type"] else ("malformed", "malformed")
                remarks.append(_remark(columns, field, cell, code, reason))
    if wrong_fields:
        profile = None
    remarks.sort(key=lambda remark: columns.headings.index(remark.column))
    return profile, remarks


def tidy(text: str) -> str:
    """Half-width kana made full-width, full-width letters and digits half-width, and every run of spaces one space.

    Not NFKC: it would replace characters that people write their names with, such as 神 and 都, by others.
    """
    return _tidy(text)


@lru_cache(maxsize=20_000)  # departments, sites and family names repeat
def _tidy(text: str) -> str:
    if not text.isascii():
        text = jaconv.z2h(jaconv.h2z(text), kana=False, ascii=True, digit=True)
        text = _DECOMPOSED.sub(lambda found: normalize("NFC", found[0]), text)
    return " ".join(text.split())


def _read(field: str, cell: str, remarks: list[Remark], columns: Columns) -> Any:
    if MEANINGLESS.search(cell):
        raise _CellError("undecodable", "holds bytes that are no characters in this file's encoding")
    if not cell.strip():
        if field in REQUIRED:
            raise _CellError("missing", "missing")
        return None
    if field in ("birth_date", "hired_on"):
        return _read_date(field, cell, remarks, columns)
    return _READERS.get(field, tidy)(cell)


def _read_date(field: str, cell: str, remarks: list[Remark], columns: Columns) -> Any:
    try:
        day, remark = dates.parse(cell)
    except dates.NotADateError as error:
        raise _CellError("impossible_date" if error.impossible else "malformed", str(error)) from None
    if remark:
        remarks.append(_remark(columns, field, cell, "era_boundary", remark))
    return day


def _code(cell: str) -> str:
    return normalize("NFKC", cell).strip()


def _address(cell: str) -> str:
    return normalize("NFKC", cell).strip().lower()


def _gender(cell: str) -> str | None:
    try:
        return _GENDER[normalize("NFKC", cell).strip().casefold()] or None
    except KeyError:
        raise _CellError("unknown_value", "not a gender we know") from None


_READERS: dict[str, Callable[[str], str | None]] = {
    "number": _code,
    "manager_number": _code,
    "email": _address,
    "gender": _gender,
}


def _remark(columns: Columns, field: str, cell: str, code: str, reason: str) -> Remark:
    expected = _EXPECTED.get(field, "at most 200 characters on one line")
    return Remark(columns.heading(field), cell.strip(), code, reason, expected)
