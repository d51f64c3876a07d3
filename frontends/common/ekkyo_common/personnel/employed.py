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
from ekkyo_common.tables.moments import Order
from ekkyo_common.tables.names import in_brackets, key

OPEN = 2100
"""From this year on, a last day means that there is none."""
_IS_ASKED = re.compile(
    r"activ|aktiv|actif|employed|beschäftigt|flag|フラグ|^在籍$|^在職$|^在职$|是否|여부|[?？]$", re.I
)
"""Headings that ask for a yes or a no; under others, 1 and 0 are codes that each company has its own way."""
_LEAVING = re.compile(r"退職|退社|離職|离职|퇴사|퇴직|terminated|resigned|ausgeschieden|ausgetreten", re.I)
_ASK = "active or left: say which it is with --status VALUE=active or --status VALUE=left"


def employment_of(
    columns: Columns, record: Record, today: date, order: Order | None, statuses: Mapping[str, str]
) -> str | Leaver | Remark:
    """`active`, or who left, or what is not understood."""
    said = _status(columns, record, statuses)
    if isinstance(said, Remark):
        return said
    day = _left_on(columns, record, order)
    if isinstance(day, Remark):
        return day
    if day is not None and day.year >= OPEN:
        day = None
    gone, text = said
    if day is not None and day < today and gone is False:
        shown = f"{text}, {day}"
        return Remark(
            columns.heading("left_on"), shown, "unknown_value", "says that they left, another column does not", _ASK
        )
    if gone or (day is not None and day < today):
        number = code_of("".join(cells_of(columns, record, "number")[:1]))
        return Leaver(record.line, number, name_of(columns, record), day, text or str(day))
    return "active"


def _status(columns: Columns, record: Record, statuses: Mapping[str, str]) -> tuple[bool | None, str] | Remark:
    """Whether they left, by what stands in columns about employment; None: these say nothing."""
    told = {key(value): meaning for value, meaning in statuses.items()}
    found: tuple[bool | None, str] = (None, "")
    for noun in ("status", "left"):
        for text in cells_of(columns, record, noun):
            if nothing(text):
                continue
            meaning = told.get(key(text)) or employed(text)
            asked = noun == "left" or _IS_ASKED.search(columns.heading(noun))
            if meaning == "either":
                continue
            if meaning is None and asked and (flag := yes(text)) is not None:
                meaning = "left" if flag == (noun == "left") else "active"
            if meaning is None and noun == "left" and _is_date(text):
                meaning = "left"
            if meaning is None:
                reason = "is not understood: are they employed?"
                return Remark(columns.heading(noun), text, "unknown_value", reason, _ASK)
            if found[0] is not True:
                found = (meaning == "left", text)
    return found if found[0] else _beside(columns, record, told) or found


def _beside(columns: Columns, record: Record, told: Mapping[str, str]) -> tuple[bool | None, str] | Remark | None:
    """What is said of leaving where nobody looks: in brackets in a name, or in place of a department."""
    for noun in ("name", "family", "given"):
        for part in (part for text in cells_of(columns, record, noun) for part in in_brackets(text)):
            meaning = told.get(key(part)) or employed(part)
            if meaning == "left":
                return True, part
            if meaning is None and _LEAVING.search(part):
                return Remark(
                    columns.heading(noun), part, "unknown_value", "is not understood: are they employed?", _ASK
                )
    for noun in ("department", *LEVELS):
        for text in cells_of(columns, record, noun):
            if employed(text) == "left":
                return True, text
    return None


def _left_on(columns: Columns, record: Record, order: Order | None) -> date | Remark | None:
    """The first of the days on which they left; of a day that may be either of two, the later one."""
    found: list[date] = []
    for text in cells_of(columns, record, "left_on"):
        if nothing(text) or dates.no_date(text):
            continue
        try:
            found.append(dates.parse(text, order)[0])
        except dates.NotADateError as error:
            if error.code == "ambiguous_date":
                found.append(_latest(text))
                continue
            return Remark(columns.heading("left_on"), text, error.code, str(error), dates.EXPECTED)
    return min(found, default=None)


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
