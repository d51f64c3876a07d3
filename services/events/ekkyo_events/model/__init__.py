"""Documents and decisions of events. Pure: no I/O, no clock, no randomness."""

from ekkyo_events.model.attendance import check_in, import_attendance, unless_refused
from ekkyo_events.model.departures import Departure, DepartureTimer, Leaving, departed, is_news
from ekkyo_events.model.documents import EndTimer, Event, ReminderTimer, Seat, leads, not_found, registration, state
from ekkyo_events.model.door import Door, door, has_a_door, word_now
from ekkyo_events.model.events import cancel, conclude, draft, end, publish, remind, reschedule, revise
from ekkyo_events.model.figures import figures
from ekkyo_events.model.people import NotLookedUp, People, Person
from ekkyo_events.model.registrations import HAS_A_PLACE, PROMOTED_AT_ONCE, register, withdraw, withdraw_who_left
from ekkyo_events.model.undoing import undo_check_in

__all__ = [
    "HAS_A_PLACE",
    "PROMOTED_AT_ONCE",
    "Departure",
    "DepartureTimer",
    "Door",
    "EndTimer",
    "Event",
    "Leaving",
    "NotLookedUp",
    "People",
    "Person",
    "ReminderTimer",
    "Seat",
    "cancel",
    "check_in",
    "conclude",
    "departed",
    "door",
    "draft",
    "end",
    "figures",
    "has_a_door",
    "import_attendance",
    "is_news",
    "leads",
    "not_found",
    "publish",
    "register",
    "registration",
    "remind",
    "reschedule",
    "revise",
    "state",
    "undo_check_in",
    "unless_refused",
    "withdraw",
    "withdraw_who_left",
    "word_now",
]
