"""Calendar files (iCalendar, RFC 5545) of groupware, and taking them over as drafts and series.

Bytes in, values out; `taking` alone asks the services.
"""

from ekkyo_common.calendar.file import CalendarFile, Left, read_calendar
from ekkyo_common.calendar.items import Item
from ekkyo_common.calendar.lines import LARGEST, MOST
from ekkyo_common.calendar.recurring import Recurring
from ekkyo_common.calendar.taking import Became, id_of, preview, take
from ekkyo_common.calendar.told import TEXTS, Said, UnreadableCalendar

__all__ = [
    "LARGEST",
    "MOST",
    "TEXTS",
    "Became",
    "CalendarFile",
    "Item",
    "Left",
    "Recurring",
    "Said",
    "UnreadableCalendar",
    "id_of",
    "preview",
    "read_calendar",
    "take",
]
