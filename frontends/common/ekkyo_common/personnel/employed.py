"""Whether a row is of somebody who left: columns that say so are understood, or asked about."""

import re
from collections.abc import Mapping
from datetime import date

from ekkyo_common.personnel import dates
from ekkyo_common.personnel.cells import cells_of, code_of, name_of
from ekkyo_common.personnel.columns import LEVELS, Columns
from ekkyo_common.personnel.rows import Leaver
from ekkyo_common.personnel.words.values import employed, nothing, yes
from ekkyo_common.tables import Record, Remark
from ekkyo_common.tables.cells import text_of
from ekkyo_common.tables.moments import Order
from ekkyo_common.tables.names import in_brackets, key

OPEN = 2100
"""From this year on, a last day means that there is none."""
_IS_ASKED = re.compile(
    r"activ|aktiv|actif|employed|beschäftigt|enabled|flag|フラグ|^在籍$|^在職$|^在职$|是否|여부|[?？]$", re.I
)
"""Headings that ask for a yes or a no; under others, 1 and 0 are codes that each company has its own way."""
_LEAVING = re.compile(
    r"(?:退職|退社)(?!金|手当|給付|年金|規程|一時金)|離職|离职|퇴사|퇴직|terminated|resigned|ausgeschieden|ausgetreten",
    re.I,
)
_ASK = "active or left: say which it is with --status VALUE=active or --status VALUE=left"


def employment_of(
    columns: Columns, record: Record, today: date, order: Order | None, statuses: Mapping[str, str]
) -> str | Leaver | Remark:
    """`active`, or who left, or what is not understood."""
    said = _status(columns, record, {key(value): meaning for value, meaning in statuses.items()})
    if isinstance(said, Remark):
        return said
    days = _days(columns, record, "left_on", order)
    if isinstance(days, Remark):
        return days
    day = next((day for day in sorted(days) if day.year < OPEN), None)
    gone, text = said
    past = day is not None and day < today
    if past and gone is False:
        return _asked(columns.heading("left_on"), f"{text}, {day}", "says that they left, another column does not")
    hired = _days(columns, record, "hired_on", order) if past and not gone else []
    if day and not isinstance(hired, Remark) and any(day < each for each in hired):
        return _asked(columns.heading("left_on"), f"{day}, {max(hired)}", "says that they left before they were hired")
    return leaver(columns, record, text or str(day), day) if gone or past else "active"


def leaver(columns: Columns, record: Record, text: str, day: date | None = None) -> Leaver:
    """Who is on this row, as somebody who left."""
    number = code_of("".join(cells_of(columns, record, "number")[:1]))
    return Leaver(record.line, number, name_of(columns, record), day, text)


def _status(columns: Columns, record: Record, told: Mapping[str, str]) -> tuple[bool | None, str] | Remark:
    """Whether they left, by what stands in columns about employment; None: these say nothing."""
    said: dict[bool, str] = {}
    for noun in ("status", "left"):
        for column in columns.at.get(noun, ()):
            text = text_of(record.cells[column.place]) if column.place < len(record.cells) else ""
            meaning = "either" if nothing(text) else _meaning(noun, column.heading, text, told)
            if meaning is None and noun == "left" and cells_of(columns, record, "left_on"):
                continue  # a reason: the day decides
            if meaning is None:
                return _asked(column.heading, text)
            if meaning != "either":
                said.setdefault(meaning == "left", text)
    if len(said) > 1:
        heading = columns.heading("status" if "status" in columns.at else "left")
        return _asked(heading, f"{said[False]}, {said[True]}", "columns about employment say different things")
    for gone, text in said.items():
        if gone:
            return gone, text
    return _beside(columns, record, told) or next(iter(said.items()), (None, ""))


def _meaning(noun: str, heading: str, text: str, told: Mapping[str, str]) -> str | None:
    """`active`, `left`, `either`; None: it is not understood."""
    if meaning := told.get(key(text)) or employed(text):
        return meaning
    if (noun == "left" or _IS_ASKED.search(heading)) and (flag := yes(text)) is not None:
        return "left" if flag == (noun == "left") else "active"
    return "left" if noun == "left" and _is_date(text) else None


def _beside(columns: Columns, record: Record, told: Mapping[str, str]) -> tuple[bool, str] | Remark | None:
    """What is said of leaving where nobody looks: in brackets in a name, in a remark, in place of a department."""
    for noun in ("name", "family", "given", "remark"):
        for cell in cells_of(columns, record, noun):
            for part in [cell] if noun == "remark" else in_brackets(cell):
                meaning = told.get(key(part)) or employed(part)
                if meaning == "left":
                    return True, part
                if meaning is None and _LEAVING.search(part):
                    return _asked(columns.heading(noun), part)
    for noun in ("department", *LEVELS):
        for text in cells_of(columns, record, noun):
            if employed(text) == "left":
                return True, text
    return None


def _asked(heading: str, text: str, reason: str = "is not understood: are they employed?") -> Remark:
    return Remark(heading, text, "unknown_value", reason, _ASK)


def _days(columns: Columns, record: Record, noun: str, order: Order | None) -> list[date] | Remark:
    """The days in the columns of a noun; of a day that may be either of two, the later one."""
    found: list[date] = []
    for text in cells_of(columns, record, noun):
        if nothing(text) or dates.no_date(text):
            continue
        try:
            found.append(dates.parse(text, order)[0])
        except dates.NotADateError as error:
            if error.code == "ambiguous_date":
                found.append(_latest(text))
                continue
            return Remark(columns.heading(noun), text, error.code, str(error), dates.EXPECTED)
    return found


def _latest(text: str) -> date:
    """The later of the days that a date may mean."""
    found = dates.told(text)
    return max(day for each in ("mdy", "dmy") if (day := found.under(each)))


def _is_date(text: str) -> bool:
    try:
        dates.told(text)
    except dates.NotADateError:
        return False
    return True
