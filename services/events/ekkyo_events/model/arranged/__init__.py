"""Events whose terms arrange places: a capacity each for the room and online, groups, seats kept for some.

`units` says who gets places at once, `Room` what is free, and `fill` who gets places, in whatever order the units are
given: that of the waitlist, or that of a draw.
"""

from ekkyo_events.model.arranged.keeping import must_fit_places, must_keep_places
from ekkyo_events.model.arranged.placing import Placed, arranges, attends, next_in_line, placed, room_of
from ekkyo_events.model.arranged.room import Filled, Room, fill, holders
from ekkyo_events.model.arranged.units import Unit, units

__all__ = [
    "Filled",
    "Placed",
    "Room",
    "Unit",
    "arranges",
    "attends",
    "fill",
    "holders",
    "must_fit_places",
    "must_keep_places",
    "next_in_line",
    "placed",
    "room_of",
    "units",
]
