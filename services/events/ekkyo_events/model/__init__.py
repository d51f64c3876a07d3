"""Documents and decisions of events. Pure: no I/O, no clock, no randomness."""

from ekkyo_events.model.attendance import check_in, import_attendance
from ekkyo_events.model.documents import EndTimer, Event, ReminderTimer, Seat, leads, not_found, registration, state
from ekkyo_events.model.events import cancel, conclude, draft, end, publish, remind, reschedule, revise
from ekkyo_events.model.figures import figures
from ekkyo_events.model.registrations import PROMOTED_AT_ONCE, register, withdraw

__all__ = [
    "PROMOTED_AT_ONCE",
    "EndTimer",
    "Event",
    "ReminderTimer",
    "Seat",
    "cancel",
    "check_in",
    "conclude",
    "draft",
    "end",
    "figures",
    "import_attendance",
    "leads",
    "not_found",
    "publish",
    "register",
    "registration",
    "remind",
    "reschedule",
    "revise",
    "state",
    "withdraw",
]
