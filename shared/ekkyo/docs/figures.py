"""What examples of messages count, so that it adds up."""

_CAME = {"registrations": 60, "no_shows": 8, "late_cancellations": 2, "walk_ins": 4}
FIGURES: list[dict[str, int]] = [
    {"registered": 23, "attended": 19, "first_timers": 5, "returners": 14, "walk_ins": 1, "withdrawn": 3, "no_shows": 2}
    | {"late_cancellations": 1, "invited": 19, "answered": 14},
    _CAME
    | {"attendances": 50, "people": 38, "returners": 20, "waitlisted": 9, "promoted": 5, "withdrawn": 6, "declined": 2},
    _CAME | {"events": 3, "came": 50},
    {"events": 3, "attendances": 50, "people": 38, "first_timers": 18, "returners": 20},
    {"surveys": 3, "open": 1, "suppressed": 1},
    {"surveys": 3, "suppressed": 1, "scored": 20},
    {"asked": 9, "held": 3, "came": 50},
    {"capacity": 20, "minutes": 60, "registered": 12},
]
"""Figures that fit each other, where an object has all of them."""
