"""Reports that tell each joining and each leaving in a row of its own: paired, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ekkyo_common.attendance.report import Note, Participant
from ekkyo_common.attendance.rows import Who


@dataclass(frozen=True)
class Event:
    """Somebody joined or left."""

    line: int
    action: str
    at: datetime
    who: Who


def visits_of(events: Sequence[Event], ended: datetime | None) -> tuple[list[Participant], list[Note]]:
    """One person's visits, and what is missing in them.

    Who joins twice before leaving has two devices, or was cut off and came back: they were there until the last of
    them left. Who never left was there until the meeting ended, if that is known, else nobody knows how long.
    """
    visits: list[Participant] = []
    notes: list[Note] = []
    ordered = sorted(events, key=lambda e: (e.at, e.line))
    balanced = sum(e.action == "joined" for e in ordered) == sum(e.action == "left" for e in ordered)
    begun: Event | None = None
    inside = 0
    for event in ordered:
        if event.action == "joined":
            begun = begun or event
            inside += 1
        elif begun is None:
            notes.append(Note(event.line, _shown(event), "leaves, and no row says when they joined"))
        else:
            inside -= 1
            if inside <= 0 or not balanced:
                visits.append(_visit(begun, event.at))
                begun, inside = None, 0
    if begun is not None:
        if ended and ended >= begun.at:
            visits.append(_visit(begun, ended))
            notes.append(Note(begun.line, _shown(begun), "no row says when they left: taken as the end of the meeting"))
        else:
            visits.append(_visit(begun, None))
            notes.append(Note(begun.line, _shown(begun), "no row says when they left: this visit adds no minutes"))
    if not visits:
        visits.append(_visit(ordered[0], None))
    return visits, notes


def _visit(begun: Event, ended: datetime | None) -> Participant:
    who = begun.who
    seconds = (ended - begun.at).total_seconds() if ended else None
    minutes = None if seconds is None else int(seconds // 60)
    first, others = (who.emails[0], who.emails[1:]) if who.emails else (None, ())
    joined = begun.at if begun.action == "joined" else None
    return Participant(who.name, first, minutes, begun.line, who.aliases, who.number, joined, ended, others, seconds)


def _shown(event: Event) -> str:
    return event.who.name or next(iter(event.who.emails), "") or event.who.number or f"line {event.line}"
