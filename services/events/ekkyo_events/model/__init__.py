"""Documents and decisions of events. Pure: no I/O, no clock, no randomness."""

from ekkyo_events.model.answering import (
    HAS_ANSWERS,
    answer_questions,
    forget_answers,
    form,
    may_see_answers,
    set_questions,
    told_answers,
)
from ekkyo_events.model.approving import approve, decline_applications, expire
from ekkyo_events.model.attendance import check_in, import_attendance, unless_refused
from ekkyo_events.model.attending import change_attend
from ekkyo_events.model.concluding import conclude, end
from ekkyo_events.model.departures import (
    Departure,
    DepartureTimer,
    Leaving,
    Merging,
    departed,
    hosted_before,
    is_news,
    merged,
)
from ekkyo_events.model.documents import (
    Event,
    Seat,
    leads,
    not_found,
    registration,
    state,
)
from ekkyo_events.model.door import Door, door, has_a_door, word_now
from ekkyo_events.model.drawing import EARLIER, Drew, draw, is_to_be_closed, missed_before
from ekkyo_events.model.events import cancel, draft, duplicate, publish, remind, reschedule, revise
from ekkyo_events.model.figures import counts, figures, told_in_counts
from ekkyo_events.model.grouping import register_group
from ekkyo_events.model.holding import OfMember, held_on
from ekkyo_events.model.hosting import Host, KnownRules
from ekkyo_events.model.hosts import (
    host_left,
    hosted,
    hosted_page,
    move_host,
    name_host,
    remove_host,
    run_by,
    to_ask_of,
)
from ekkyo_events.model.inviting import (
    in_segment,
    invite,
    invitee_page,
    leave,
    must_choose,
    preview_invitation,
    uninvite,
)
from ekkyo_events.model.lottery import DrawTimer, Lot
from ekkyo_events.model.merging import move, move_back
from ekkyo_events.model.outputs import (
    Output,
    attach,
    confirm,
    decline,
    made_by,
    on_board,
    output_page,
    remove,
    seen_by,
)
from ekkyo_events.model.outputs import (
    revise as revise_output,
)
from ekkyo_events.model.outputs import told as told_output
from ekkyo_events.model.overbooking import LOOKED_AT, advice, past_of, uncounted
from ekkyo_events.model.people import NotLookedUp, People, Person
from ekkyo_events.model.promoting import PROMOTED_AT_ONCE
from ekkyo_events.model.registrations import HAS_A_PLACE, register, withdraw
from ekkyo_events.model.releasing import release
from ekkyo_events.model.series.asking import ask_in_series
from ekkyo_events.model.series.changes import (
    cancel_series,
    extend_series,
    plan_series,
    reschedule_series,
    revise_series,
)
from ekkyo_events.model.series.dates import preview_series
from ekkyo_events.model.series.documents import Regular, Series, SeriesTimer, Step
from ekkyo_events.model.series.members import (
    leave_series,
    move_regular,
    move_regular_back,
    register_series,
    withdraw_series,
)
from ekkyo_events.model.series.occurrences import Outcome, seat_of, take
from ekkyo_events.model.series.repeating import change_rule, corresponding, preview_rule
from ekkyo_events.model.series.telling import carried_out, not_over, tell_series
from ekkyo_events.model.tables import AT_TABLES, move_seat, my_table, sat_together, seat_tables, told_tables
from ekkyo_events.model.tables import REMEMBERED as TABLES_REMEMBERED
from ekkyo_events.model.terms import set_terms
from ekkyo_events.model.timers import ApplicationsTimer, EndTimer, ReleaseTimer, ReminderTimer
from ekkyo_events.model.undoing import undo_check_in

__all__ = [
    "AT_TABLES",
    "EARLIER",
    "HAS_ANSWERS",
    "HAS_A_PLACE",
    "LOOKED_AT",
    "PROMOTED_AT_ONCE",
    "TABLES_REMEMBERED",
    "ApplicationsTimer",
    "Departure",
    "DepartureTimer",
    "Door",
    "DrawTimer",
    "Drew",
    "EndTimer",
    "Event",
    "Host",
    "KnownRules",
    "Leaving",
    "Lot",
    "Merging",
    "NotLookedUp",
    "OfMember",
    "Outcome",
    "Output",
    "People",
    "Person",
    "Regular",
    "ReleaseTimer",
    "ReminderTimer",
    "Seat",
    "Series",
    "SeriesTimer",
    "Step",
    "advice",
    "answer_questions",
    "approve",
    "ask_in_series",
    "attach",
    "cancel",
    "cancel_series",
    "carried_out",
    "change_attend",
    "change_rule",
    "check_in",
    "conclude",
    "confirm",
    "corresponding",
    "counts",
    "decline",
    "decline_applications",
    "departed",
    "door",
    "draft",
    "draw",
    "duplicate",
    "end",
    "expire",
    "extend_series",
    "figures",
    "forget_answers",
    "form",
    "has_a_door",
    "held_on",
    "host_left",
    "hosted",
    "hosted_before",
    "hosted_page",
    "import_attendance",
    "in_segment",
    "invite",
    "invitee_page",
    "is_news",
    "is_to_be_closed",
    "leads",
    "leave",
    "leave_series",
    "made_by",
    "may_see_answers",
    "merged",
    "missed_before",
    "move",
    "move_back",
    "move_host",
    "move_regular",
    "move_regular_back",
    "move_seat",
    "must_choose",
    "my_table",
    "name_host",
    "not_found",
    "not_over",
    "on_board",
    "output_page",
    "past_of",
    "plan_series",
    "preview_invitation",
    "preview_rule",
    "preview_series",
    "publish",
    "register",
    "register_group",
    "register_series",
    "registration",
    "release",
    "remind",
    "remove",
    "remove_host",
    "reschedule",
    "reschedule_series",
    "revise",
    "revise_output",
    "revise_series",
    "run_by",
    "sat_together",
    "seat_of",
    "seat_tables",
    "seen_by",
    "set_questions",
    "set_terms",
    "state",
    "take",
    "tell_series",
    "to_ask_of",
    "told_answers",
    "told_in_counts",
    "told_output",
    "told_tables",
    "uncounted",
    "undo_check_in",
    "uninvite",
    "unless_refused",
    "withdraw",
    "withdraw_series",
    "word_now",
]
