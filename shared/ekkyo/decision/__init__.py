"""What a decision is made with. Pure but for `clock`, which handlers call and pass on."""

from ekkyo.decision.decision import (
    A,
    Caller,
    Cancel,
    D,
    Decision,
    Document,
    E,
    E_co,
    Entries,
    EntriesInMemory,
    Entry,
    Purge,
    Refused,
    Set,
    Timer,
    matches,
)

__all__ = [
    "A",
    "Caller",
    "Cancel",
    "D",
    "Decision",
    "Document",
    "E",
    "E_co",
    "Entries",
    "EntriesInMemory",
    "Entry",
    "Purge",
    "Refused",
    "Set",
    "Timer",
    "matches",
]
