"""Read an attendance report of a meeting tool, or a plain list with names, addresses or personnel numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from ekkyo_common.attendance.columns import Columns, own_columns, person_headings
from ekkyo_common.attendance.content import SAYING_NOT
from ekkyo_common.attendance.events import Event, visits_of
from ekkyo_common.attendance.report import Kind, Note, Participant, Report, Skipped, UnreadableReport, merged
from ekkyo_common.attendance.rows import NOT_A_TIME, Who, not_there, visit, who
from ekkyo_common.attendance.times import Times
from ekkyo_common.attendance.words import VOCABULARY
from ekkyo_common.attendance.words.values import action, says_nothing, title_says
from ekkyo_common.tables import Evidence, Headings, Record, UnreadableTable, find_headings, one_row, open_table
from ekkyo_common.tables.cells import damage_of, text_of
from ekkyo_common.tables.durations import seconds_of
from ekkyo_common.tables.names import key, plain
from ekkyo_common.tables.rows import is_rule

_SECTION = re.compile(r"\d\s*[.．、]\s*\S.*")


@dataclass
class _Part:
    """One table of the file: its headings, its rows, and the title of the section it stands in."""

    title: str
    headings: Headings
    rows: list[Record] = field(default_factory=list)
    repeated: list[Record] = field(default_factory=list)
    """Rows that are the headings once more, as on each page of a printed list."""
    below: dict[int, Skipped] = field(default_factory=dict)
    """By line, rows under a title that says they did not come, such as 欠席者."""


def read_attendance(data: bytes, name: str = "") -> Report:
    """Read a report. name: of the file, for a report that does not say what it is of.

    Raises UnreadableReport when it is none.
    """
    try:
        table = open_table(data, VOCABULARY)
        records = list(table.records())
    except UnreadableTable as no:
        raise UnreadableReport(str(no), no.code, *no.names) from None
    parts, above = _parts(records)
    if not parts:
        raise UnreadableReport(_no_headings(records), "no_headings")
    evidence = [*table.evidence]
    parts = _without_repetition(parts, evidence)
    read = _people([(part, own_columns(part.headings, part.rows)) for part in parts], records, above)
    told = _summary(above)
    parts = [part for part, _ in read]
    languages = [language for part in parts for language in part.headings.languages[:1]]
    tables: list[tuple[Columns, Sequence[Record]]] = []
    below = {line: skipped for part in parts for line, skipped in part.below.items()}
    for part, columns in read:
        evidence.append(Evidence("headings", f"line {part.headings.line}", _meanings(columns)))
        evidence += columns.evidence
        tables.append((columns, part.rows))
    times = Times(tables, (told[noun] for noun in ("started", "ended") if noun in told), languages)
    evidence += times.evidence
    participants, skipped, notes = _participants(tables, times, times.read(told.get("ended", "")), below)
    if not any(columns.has("duration", "joined", "left", "timestamp") for columns, _ in tables):
        evidence.append(Evidence("unit", "no minutes", "no column has durations"))
    started = times.read(told.get("started", "")) or _started(tables, times)
    title = plain(told.get("title", "")) or _title(tables) or PurePath(name).stem
    skipped += [
        Skipped(record.line, " ".join(record.filled)[:120], "repeats the headings", "headings")
        for part in parts
        for record in part.repeated
    ]
    return Report(_kind(parts, above), title, started, participants, skipped, notes, evidence)


def _parts(records: list[Record]) -> tuple[list[_Part], list[Record]]:
    """The tables of participants, and what stands above the first of them."""
    parts: list[_Part] = []
    title, at, first = "", 0, len(records)
    under = ""
    best = find_headings(records, VOCABULARY, person_headings)
    while at < len(records):
        record = records[at]
        headings = best if best and best.begins == at else _certain_headings(records, at)
        if headings is not None:
            if parts and parts[-1].headings.repeated_by(record):
                parts[-1].repeated.append(record)
            else:
                first = min(first, at)
                parts.append(_Part(title, headings))
            at = headings.records
            continue
        if _is_section(record) or (len(record.filled) == 1 and _heads_next(records, at)):
            title = under = record.filled[0]
        elif parts and (record.filled or record.broken) and not is_rule(record):
            parts[-1].rows.append(record)
            lone = record.filled[0] if len(record.filled) == 1 else ""
            shown = " ".join(record.filled)[:120]
            if lone and title_says(lone):
                under = lone
                parts[-1].below[record.line] = Skipped(record.line, shown, "is a title, not a person", "headings")
            elif (said := title_says(under)) in SAYING_NOT:
                parts[-1].below[record.line] = Skipped(record.line, shown, f"stands under “{under}”", said)  # type: ignore[arg-type]
        at += 1
    return parts, [r for r in records[:first] if r.filled]


def _people(
    read: list[tuple[_Part, Columns]], records: Sequence[Record], above: list[Record]
) -> list[tuple[_Part, Columns]]:
    """The tables of people; that of the meeting, with its host and how many came, goes to what stands above."""
    people = []
    for part, columns in read:
        if {"title", "meeting"} & part.headings.nouns and not columns.has("name", "family", "given", "number"):
            above += [*records[part.headings.begins : part.headings.records], *part.rows]
        else:
            people.append((part, columns))
    return people or read


def _certain_headings(records: Sequence[Record], at: int) -> Headings | None:
    """This record as headings, if most of its cells are known ones.

    Different ones: a row may say 欠席 of one person in several columns, which is a heading too.
    """
    record = records[at]
    known = len({cell.strip() for cell in record.filled if VOCABULARY.knows(cell.strip())})
    if known < 2 or (known < len(record.filled) and (known < 3 or known * 2 < len(record.filled))):
        return None
    found = one_row(records, at, VOCABULARY)
    return found if person_headings(found.columns) else None


def _heads_next(records: list[Record], at: int) -> bool:
    """Whether this lone cell is the title of a table whose headings come next."""
    after = next((i for i in range(at + 1, min(at + 3, len(records))) if records[i].filled), None)
    return after is not None and person_headings(one_row(records, after, VOCABULARY).columns) > 1


def _is_section(record: Record) -> bool:
    """`2. Participants`, alone on its line."""
    return len(record.filled) == 1 and bool(_SECTION.fullmatch(plain(record.filled[0])))


def _without_repetition(parts: list[_Part], evidence: list[Evidence]) -> list[_Part]:
    """Of numbered sections the first with anybody in it: the next tell the same visits again."""
    numbered = [part for part in parts if _SECTION.fullmatch(plain(part.title))]
    if len(numbered) < 2:
        return parts
    kept = next((part for part in numbered if part.rows), numbered[0])
    for part in numbered:
        if part is not kept:
            evidence.append(Evidence("section", f"{part.title} is not read", f"{kept.title} has the same people"))
    return [part for part in parts if part is kept or part not in numbered]


def _summary(above: Sequence[Record]) -> dict[str, str]:
    """Title and times, from lines of a heading and its value (Teams) or a line of headings above values (Zoom)."""
    found: dict[str, str] = {}
    for at, record in enumerate(above):
        meanings = [VOCABULARY.meaning(plain(cell)) for cell in record.cells]
        places = [place for place, meaning in enumerate(meanings) if meaning]
        if len(places) > 1 and at + 1 < len(above):
            below = above[at + 1].cells
            found.update(
                {m.noun: below[i] for i, m in enumerate(meanings) if m and i < len(below) and below[i].strip()}
            )
        elif places == [0] and len(record.cells) > 1 and (first := meanings[0]):
            found.setdefault(first.noun, text_of(record.cells[1]))
    return found


def _kind(parts: Sequence[_Part], above: Sequence[Record]) -> Kind:
    nouns = {noun for part in parts for noun in part.headings.nouns}
    if nouns & {"upn", "action"} or any(_SECTION.fullmatch(plain(part.title)) for part in parts):
        return "teams"
    if any(_is_section(record) for record in above):
        return "teams"
    heads = [{m.noun for cell in r.cells if (m := VOCABULARY.meaning(plain(cell)))} for r in above]
    zoom = {"meeting", "title"}
    return "zoom" if "original_name" in nouns or zoom <= nouns or any(zoom <= head for head in heads) else "csv"


def _participants(
    tables: Sequence[tuple[Columns, Sequence[Record]]],
    times: Times,
    ended: datetime | None,
    below: dict[int, Skipped],
) -> tuple[list[Participant], list[Skipped], list[Note]]:
    visits: dict[tuple[str, ...], list[Participant]] = {}
    events: dict[tuple[str, ...], list[Event]] = {}
    skipped: list[Skipped] = []
    notes: list[Note] = []
    for columns, rows in tables:
        for record in rows:
            found = below.get(record.line) or _row(columns, record, times)
            if isinstance(found, Skipped):
                skipped.append(found)
            elif isinstance(found, Event):
                events.setdefault(_identity(found.who), []).append(found)
            else:
                person = Who(found.name, found.aliases, found.emails, found.number)
                visits.setdefault(_identity(person), []).append(found)
                if note := _doubt(found, columns, record):
                    notes.append(note)
    for identity, some in events.items():
        paired, missing = visits_of(some, ended)
        visits.setdefault(identity, []).extend(paired)
        notes += missing
    people = sorted((merged(same) for same in visits.values()), key=lambda p: p.line)
    return people, skipped, sorted(notes, key=lambda n: n.line)


def _doubt(visit: Participant, columns: Columns, record: Record) -> Note | None:
    """What is to be said of a visit that was taken."""
    if visit.joined and not visit.left and visit.minutes is None and columns.has("left"):
        return Note(visit.line, visit.shown, "the file does not say when they left: no minutes")
    for text in columns.cells(record, "duration"):
        if visit.seconds is None or says_nothing(text):
            continue
        length = seconds_of(text, columns.reading)
        if length is None:
            return Note(visit.line, visit.shown, f"“{text}” is no duration; counted from joining to leaving")
        span = (visit.left - visit.joined).total_seconds() if visit.joined and visit.left else length
        if length > 1.1 * span + 120:
            counted = "which was counted" if visit.seconds < length else "but was counted"
            return Note(visit.line, visit.shown, f"“{text}” is longer than from joining to leaving, {counted}")
    return None


def _row(columns: Columns, record: Record, times: Times) -> Participant | Skipped | Event:
    if any(cell.strip() for cell in record.cells[columns.width :]):
        reason = f"has {len(record.cells)} cells under {columns.width} headings; one with a comma needs quotation marks"
        return Skipped(record.line, " ".join(record.filled)[:120], reason)
    person = who(columns, record)
    if isinstance(person, Skipped):
        return person
    if no := not_there(columns, record):
        return no
    if not columns.has("action"):
        return visit(columns, record, person, times)
    said = next(iter(columns.cells(record, "action")), "")
    did, written = action(said), next(iter(columns.cells(record, "timestamp") or columns.cells(record, "joined")), "")
    if did is None:
        return Skipped(record.line, said, "is not a known word for joining or leaving", "unknown_value")
    at = times.read(written)
    if at is None:
        return Skipped(record.line, written, NOT_A_TIME)
    return Event(record.line, did, at, person)


def _identity(person: Who) -> tuple[str, ...]:
    """What tells that two rows are one person: number, else address, else the name as shown."""
    if person.number:
        return ("number", key(person.number))
    if person.emails:
        return ("email", person.emails[0])
    return ("name", key(person.name), *sorted(map(key, person.aliases)))


def _started(tables: Sequence[tuple[Columns, Sequence[Record]]], times: Times) -> datetime | None:
    """When the meeting began, where a column says so, and the same for all."""
    found = {text for columns, rows in tables for row in rows for text in columns.cells(row, "started")}
    return times.read(found.pop()) if len(found) == 1 else None


def _title(tables: Sequence[tuple[Columns, Sequence[Record]]]) -> str:
    found = {text for columns, rows in tables for row in rows for text in columns.cells(row, "title")}
    return plain(found.pop()) if len(found) == 1 else ""


def _meanings(columns: Columns) -> str:
    return ", ".join(
        f"{column.shown}: {noun}" for noun, some in columns.at.items() for column in some if noun != "other"
    )


def _no_headings(records: Sequence[Record]) -> str:
    wanted = "A report needs a column such as Name, Email, 名前, メール or 社員番号."
    first = next((record for record in records if len(record.filled) > 1), None)
    damaged = next((damage for record in records[:20] for cell in record.cells if (damage := damage_of(cell))), None)
    text = f"No line of headings found. {wanted}"
    if damaged:
        text += f" The text {damaged[1]}."
    elif first:
        text += f" The first line of several cells is: {', '.join(first.filled)[:200]}."
    return text
