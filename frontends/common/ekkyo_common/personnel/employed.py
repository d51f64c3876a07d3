"""Whether a row is of somebody who left: columns that say so are understood, or asked about."""

from collections.abc import Mapping
from datetime import date

from ekkyo_common.personnel import dates
from ekkyo_common.personnel.cells import cells_of, code_of, name_of
from ekkyo_common.personnel.columns import Columns
from ekkyo_common.personnel.rows import Leaver
from ekkyo_common.personnel.words.values import employed, nothing, yes
from ekkyo_common.tables import Record, Remark
from ekkyo_common.tables.moments import Order
from ekkyo_common.tables.names import key

OPEN = 2100
"""From this year on, a last day means that there is none."""
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
            if meaning is None and (flag := yes(text)) is not None:
                meaning = "left" if flag == (noun == "left") else "active"
            if meaning is None and noun == "left" and _is_date(text):
                meaning = "left"
            if meaning is None:
                reason = "is not understood: are they employed?"
                return Remark(columns.heading(noun), text, "unknown_value", reason, _ASK)
            if found[0] is not True:
                found = (meaning == "left", text)
    return found


def _left_on(columns: Columns, record: Record, order: Order | None) -> date | Remark | None:
    for text in cells_of(columns, record, "left_on"):
        if nothing(text):
            continue
        try:
            return dates.parse(text, order)[0]
        except dates.NotADateError as error:
            if error.code == "ambiguous_date":
                return _latest(text)
            return Remark(columns.heading("left_on"), text, error.code, str(error), dates.EXPECTED)
    return None


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
