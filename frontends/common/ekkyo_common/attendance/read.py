"""Read an attendance report of Teams or Zoom, or a plain list with addresses or personnel numbers."""

import re
from datetime import datetime
from pathlib import Path

from ekkyo_common.attendance import text as words
from ekkyo_common.attendance.report import Kind, Participant, Report, Skipped, UnreadableReport, merged

_SECTION = re.compile(r"\d\s*[.．]\s*\S.*")

Rows = list[tuple[int, list[str]]]


def read_attendance(path: Path | str) -> Report:
    """Read a report file. Raises UnreadableReport when it is none, OSError when it cannot be opened."""
    file = Path(path)
    return read_text(words.decoded(file.read_bytes()), title=file.stem)


def read_text(text: str, *, title: str = "") -> Report:
    """Read a report's text. title: what to call it if it does not say."""
    rows = list(words.rows(text))
    at = next((at for at, (_, cells) in enumerate(rows) if _is_heading(cells)), None)
    if at is None:
        raise UnreadableReport(
            "No line of headings found. A report needs a column such as Name, Email, 名前, メール or 社員番号."
        )
    cells = rows[at][1]
    columns = words.columns(cells)
    told, started_at = _summary(rows[:at])
    participants, skipped = _participants(rows[at + 1 :], columns)
    kind = _kind(rows[:at], columns, cells)
    return Report(kind, told or title, started_at, participants, skipped)


def _is_heading(cells: list[str]) -> bool:
    """Whether a line heads the table of participants: it says who, and is no line of the summary above."""
    columns = words.columns(cells)
    if "title" in columns or not columns.keys() & {"name", "email", "number"}:
        return False
    return len(columns) > 1 or "name" not in columns


def _kind(above: Rows, columns: dict[str, int], headings: list[str]) -> Kind:
    if "upn" in columns or any(_is_section(cells) for _, cells in above):
        return "teams"
    original = {words.key("Name (Original Name)"), words.key("名前（元の名前）")}
    zoom = {"meeting", "title"}
    if original & {words.key(h) for h in headings} or any(zoom <= words.columns(cells).keys() for _, cells in above):
        return "zoom"
    return "csv"


def _is_section(cells: list[str]) -> bool:
    """`2. Participants`, alone on its line."""
    return bool(_SECTION.fullmatch(words.plain(cells[0]))) and not any(cells[1:])


def _summary(rows: Rows) -> tuple[str, datetime | None]:
    """Title and start, from lines of a heading and its value (Teams) or a line of headings above values (Zoom)."""
    found: dict[str, str] = {}
    for at, (_, cells) in enumerate(rows):
        columns = words.columns(cells)
        if len(columns) > 1 and at + 1 < len(rows):
            below = rows[at + 1][1]
            found.update({name: below[i] for name, i in columns.items() if i < len(below)})
        elif list(columns.values()) == [0] and len(cells) > 1:
            found.setdefault(next(iter(columns)), cells[1])
    return words.plain(found.get("title", "")), words.local_time(found.get("started", ""))


def _participants(rows: Rows, columns: dict[str, int]) -> tuple[list[Participant], list[Skipped]]:
    visits: dict[tuple[str, ...], list[Participant]] = {}
    skipped: list[Skipped] = []
    for line, cells in rows:
        if _is_section(cells):
            break
        row = {name: cells[i] if i < len(cells) else "" for name, i in columns.items()}
        read = _visit(line, row, " ".join(filter(None, cells))[:120])
        if isinstance(read, Skipped):
            skipped.append(read)
        else:
            visits.setdefault(_identity(read), []).append(read)
    return [merged(same) for same in visits.values()], skipped


def _visit(line: int, row: dict[str, str], shown: str) -> Participant | Skipped:
    name, aliases = words.name_and_aliases(row.get("name", ""))
    written = row.get("email", "") or row.get("upn", "")
    email = words.mail_address(row.get("email", "")) or words.mail_address(row.get("upn", ""))
    number = words.plain(row.get("number", "")) or None
    if not (name or email or number):
        if written:
            return Skipped(line, written, "is not a mail address, and the row has no name or number")
        return Skipped(line, shown, "has no name, no mail address and no personnel number")
    joined, left = words.local_time(row.get("joined", "")), words.local_time(row.get("left", ""))
    length = row.get("duration", "")
    minutes = words.minutes(length) if length else None
    if minutes is None and joined and left and left >= joined:
        minutes = int((left - joined).total_seconds()) // 60
    if minutes is None and length:
        return Skipped(line, length, "is not a duration such as 1h 2m 3s or a number of minutes")
    return Participant(name, email, minutes or 0, line, aliases, number, joined, left)


def _identity(visit: Participant) -> tuple[str, ...]:
    """What tells that two rows are one person: number, else address, else the name as shown."""
    if visit.number:
        return ("number", visit.number)
    if visit.email:
        return ("email", visit.email)
    return ("name", words.key(visit.name), *sorted(map(words.key, visit.aliases)))
