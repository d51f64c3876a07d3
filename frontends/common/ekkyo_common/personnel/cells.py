"""From cells to a profile: spelling made uniform, every cell that makes no sense named."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import jaconv
from ekkyo.contracts.members import Profile
from pydantic import ValidationError

from ekkyo_common.addresses import address_of, why_not_mailable
from ekkyo_common.personnel import dates
from ekkyo_common.personnel.columns import FIELDS, LEVELS, PARTS, REQUIRED, Columns
from ekkyo_common.personnel.words.values import gender, language, nothing
from ekkyo_common.tables import Record, Remark, RemarkCode
from ekkyo_common.tables.cells import damage_of, text_of
from ekkyo_common.tables.moments import Order
from ekkyo_common.tables.names import without_ignorable

_EXPECTED = {
    "number": "1 to 32 letters, digits, - or _",
    "name": "a name of at most 200 characters",
    "email": "one mail address such as hanako@example.co.jp",
    "department": "a department of at most 200 characters",
    "birth_date": dates.EXPECTED,
    "gender": "男, 女, その他, M, F, male, female, other, or nothing",
    "hired_on": dates.EXPECTED,
    "manager_number": "1 to 32 letters, digits, - or _, or nothing",
    "locale": "ja, en, Japanese, English, 日本語, 英語, or nothing",
    "timezone": "an IANA time zone such as Asia/Tokyo, or nothing",
}
_UNDERSTOOD = ("era_boundary", "shared", "assumed")
"""Codes of what is said of a row that is taken."""
_DECOMPOSED = re.compile("[\u3040-\u30ff][\u3099\u309a]")
_WESTERN = re.compile(
    r"[^\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff61-\uffdc\U00020000-\U0003ffff]+"
)


class _CellError(ValueError):
    def __init__(self, code: RemarkCode, reason: str) -> None:
        super().__init__(reason)
        self.code: RemarkCode = code


def cells_of(columns: Columns, record: Record, noun: str) -> list[str]:
    """What stands in the columns of a noun, each text once, without the empty ones."""
    if noun not in columns.at:
        return []
    found = (
        text_of(record.cells[column.place]) if column.place < len(record.cells) else "" for column in columns.at[noun]
    )
    return list(dict.fromkeys(text for text in found if text))


def read_cells(
    columns: Columns, record: Record, order: Order | None, today: date = date.max
) -> tuple[Profile | None, list[Remark]]:
    """The profile that a row's cells make, and remarks; without a profile, the remarks say why.

    today: nobody is born later.
    """
    values: dict[str, Any] = {}
    remarks: list[Remark] = []
    wrong: set[str] = set()
    for field in FIELDS:
        if not columns.tells(field):
            continue
        cell = _cell(columns, record, field)
        try:
            values[field] = _read(columns, record, field, order, remarks)
            if field == "birth_date" and values[field] and values[field] > today:
                raise _CellError("impossible_date", "is in the future")
        except _CellError as error:
            remarks.append(remark_of(columns, field, cell, error.code, str(error)))
            wrong.add(field)
            values[field] = None
    try:
        profile: Profile | None = Profile.model_validate(values)
    except ValidationError as error:
        profile = None
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            field = str(each["loc"][0])
            if field not in wrong:
                cell = _cell(columns, record, field)
                long = "too_long" in each["type"]
                code: RemarkCode = "too_long" if long else "malformed"
                remarks.append(remark_of(columns, field, cell, code, "too long" if long else "malformed"))
    if wrong:
        profile = None
    if profile is None:
        remarks = [remark for remark in remarks if remark.code not in _UNDERSTOOD]
    places = {columns.heading(field): columns.place(field) for field in FIELDS}
    remarks.sort(key=lambda remark: places.get(remark.column, 0))
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


def remark_of(columns: Columns, field: str, cell: str, code: RemarkCode, reason: str) -> Remark:
    """What is to be said of a field's cell, with what was expected there."""
    expected = _EXPECTED.get(field, "at most 200 characters on one line")
    return Remark(columns.heading(field), cell.strip(), code, reason, expected)


def _cell(columns: Columns, record: Record, field: str) -> str:
    """What the file has for a field, its parts side by side."""
    nouns = (field,) if field in columns.at else PARTS.get(field, (field,))
    return " ".join(text for noun in nouns for text in cells_of(columns, record, noun))


def _read(columns: Columns, record: Record, field: str, order: Order | None, remarks: list[Remark]) -> Any:
    texts = cells_of(columns, record, field)
    if len(texts) > 1:
        raise _CellError("equal_headings", f"{len(texts)} columns have this heading, and say: {', '.join(texts)}")
    parts = [] if field in columns.at else [t for noun in PARTS.get(field, ()) for t in cells_of(columns, record, noun)]
    for text in (*texts, *parts):
        if damage := damage_of(text):
            raise _CellError(*damage)
    cell = texts[0] if texts else _whole(field, columns, record)
    if not cell or (nothing(cell) and field != "gender"):
        if field in REQUIRED:
            raise _CellError("missing", "missing")
        return None
    if field in ("birth_date", "hired_on"):
        if dates.no_date(cell):
            return None
        return _date(field, cell, order, remarks, columns)
    return _READERS.get(field, tidy)(cell)


def _whole(field: str, columns: Columns, record: Record) -> str:
    """A field that the file tells in parts, put together."""
    if field == "department":
        return _department(
            [_word(text) for noun in LEVELS for text in cells_of(columns, record, noun) if not nothing(text)]
        )
    family, given = (" ".join(cells_of(columns, record, noun)) for noun in PARTS.get(field, ("", "")))
    western = bool(family + given) and bool(_WESTERN.fullmatch(family + given))
    return " ".join(part for part in ((given, family) if western else (family, given)) if part)


def _department(levels: list[str]) -> str:
    """The levels from above; one that tells those above it once more counts alone."""
    path = ""
    for level in levels:
        path = level if path and level.startswith(path) else f"{path} {level}".strip()
    return path


def _date(field: str, cell: str, order: Order | None, remarks: list[Remark], columns: Columns) -> Any:
    try:
        day, remark = dates.parse(cell, order)
    except dates.NotADateError as error:
        raise _CellError(error.code, str(error)) from None
    if remark:
        remarks.append(remark_of(columns, field, cell, "era_boundary", remark))
    return day


def name_of(columns: Columns, record: Record) -> str:
    """The name in a row, whole or put together, as it stands."""
    return tidy(" ".join(cells_of(columns, record, "name")) or _whole("name", columns, record))


def _word(cell: str) -> str:
    """A department, a site: compared, so nothing that nobody sees is part of it."""
    return tidy(without_ignorable(cell))


def code_of(cell: str) -> str:
    """A personnel number as it is compared and kept."""
    return normalize("NFKC", cell).strip()


def mail_of(cell: str) -> str:
    """The address in a cell. Raises ValueError for one that can never be mailed."""
    address = address_of(cell)
    if why := why_not_mailable(address):
        raise _CellError("malformed", why)
    local, _, domain = address.partition("@")
    if not domain.rpartition(".")[2].isascii():
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def _gender(cell: str) -> str | None:
    found = gender(cell)
    if found is None:
        raise _CellError("unknown_value", "not a gender we know")
    return found or None


def _locale(cell: str) -> str:
    found = language(cell)
    if found is None:
        raise _CellError("unknown_value", "not a supported language")
    return found


_READERS: dict[str, Callable[[str], str | None]] = {
    "number": code_of,
    "department": _word,
    "job_family": _word,
    "site": _word,
    "manager_number": code_of,
    "email": mail_of,
    "gender": _gender,
    "locale": _locale,
    "timezone": str.strip,
}
