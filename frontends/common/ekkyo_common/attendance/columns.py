"""Which columns of a report are the participant's own, and how the cells of each are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ekkyo_common.attendance.content import TIMES, by_content, cell, crosses_mean, moment
from ekkyo_common.tables import Column, Evidence, Headings, Record
from ekkyo_common.tables.cells import text_of
from ekkyo_common.tables.durations import Reading, decide_reading
from ekkyo_common.tables.names import key
from ekkyo_common.tables.serials import from_serial

PERSON = ("original_name", "name", "username", "family", "given")
_OF_A_PERSON = (*PERSON, "kana", "email", "upn", "number", "department")
"""Nouns of which a cell that is merged over several rows is meant in each; a length would be counted twice."""
SAYING_NOT = ("absent", "cancelled", "waiting")
_HOST = (
    "host",
    "organi",
    "主催",
    "ホスト",
    "開催者",
    "gastgeber",
    "hôte",
    "anfitri",
    "主持",
    "主辦",
    "主办",
    "호스트",
    "주최",
    "creator",
)
_OTHERS = (*_HOST, "private", "personal", "個人", "自宅", "私用")


@dataclass
class Columns:
    """The columns of one table that tell of its participants, and how they are read."""

    at: dict[str, list[Column]]
    evidence: list[Evidence] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    width: int = 1_000
    """How many columns have headings, the empty ones between them too."""
    crosses: bool | None = None
    """Whether an x in the column about attendance says that somebody came; None: it may say either."""

    def cells(self, record: Record, noun: str) -> list[str]:
        """What stands in the columns of this noun, each text once."""
        if noun not in self.at:
            return []
        own = self.at[noun] if noun in _OF_A_PERSON else [c for c in self.at[noun] if c.place not in record.above]
        found = [text for column in own if (text := text_of(cell(record, column)))]
        if noun in TIMES:
            found = [from_serial(text) or text for text in found]
        return list(dict.fromkeys(found))

    def heading(self, noun: str) -> str:
        """The heading of the first column of this noun."""
        return self.at[noun][0].shown

    def has(self, *nouns: str) -> bool:
        """Whether there is a column of any of these."""
        return any(noun in self.at for noun in nouns)


def own_columns(headings: Headings, rows: Sequence[Record]) -> Columns:
    """The participant's columns: those of host and meeting left out, times and lengths told apart by what they hold."""
    language = next(iter(headings.languages), "")
    columns = [by_content(_in_language(column, language), rows) for column in headings.columns if column.heading]
    guessed = [c for c, was in zip(columns, (c for c in headings.columns if c.heading), strict=True) if not was.noun]
    columns = [column for column in columns if column.noun]
    mine, evidence = _without_others(columns, rows)
    at: dict[str, list[Column]] = {}
    for column in mine:
        at.setdefault("name" if column.noun == "original_name" else column.noun, []).append(column)
    _choose_name(at, rows)
    found = Columns(at, evidence, width=len(headings.columns))
    for column in guessed:
        if column.noun:
            found.evidence.append(Evidence("column", f"{column.shown}: {column.noun}", "its cells say who came"))
    if unused := [column.heading for column in guessed if not column.noun]:
        found.evidence.append(Evidence("unused", ", ".join(unused), "these headings are not known"))
    found.crosses = crosses_mean(at.get("attendance", ()), rows)
    if "duration" in at and len(at["duration"]) > 1:
        _choose_duration(found, rows)
    if "duration" in at:
        column = at["duration"][0]
        lengths = [_between(found, record) for record in rows]
        found.reading = decide_reading([text_of(cell(r, column)) for r in rows], column.heading, lengths)
        found.evidence += found.reading.evidence
    return found


def _choose_name(at: dict[str, list[Column]], rows: Sequence[Record]) -> None:
    """A name is what is shown of somebody; the name of an account is only where there is no other."""
    if "username" in at:
        if not {"name", "family", "given"} & at.keys():
            at["name"] = at["username"]
        del at["username"]
    if "family" in at and "given" not in at and "name" in at:
        _take_half(at, "given")  # Nombre, Apellidos
    elif "given" in at and "family" not in at and "name" in at and not _whole(at["name"], at["given"], rows):
        _take_half(at, "family")  # Nom, Prénom; Name, Vorname
    elif "given" in at and "family" not in at and "name" not in at:
        at["name"] = at.pop("given")


def _whole(names: list[Column], given: list[Column], rows: Sequence[Record]) -> bool:
    """Whether a name holds the given name too, for most people."""
    pairs = [(key(cell(r, name)), key(cell(r, given[0]))) for r in rows for name in names]
    pairs = [(whole, part) for whole, part in pairs if whole and part]
    return sum(part in whole and part != whole for whole, part in pairs) * 2 > len(pairs)


def _take_half(at: dict[str, list[Column]], noun: str) -> None:
    """Half a name has the heading of a whole one: of several the shortest, as Nom beside Nom affiché."""
    half = min(at["name"], key=lambda column: len(column.heading))
    at[noun] = [column for column in at["name"] if column.heading == half.heading]
    at["name"] = [column for column in at["name"] if column.heading != half.heading]
    if not at["name"]:
        del at["name"]


def _in_language(column: Column, language: str) -> Column:
    """The column as the language of the headings means it: 名字 is a given name in Chinese, a family in Japanese."""
    sense = dict(column.senses).get(language)
    return replace(column, noun=sense, languages=frozenset({language})) if sense else column


def _choose_duration(found: Columns, rows: Sequence[Record]) -> None:
    """Of several lengths, a meeting's is the same for all, a participant's is not."""
    varying = [c for c in found.at["duration"] if len({cell(r, c) for r in rows}) > 1]
    if len(varying) == 1:
        left = ", ".join(c.shown for c in found.at["duration"] if c is not varying[0])
        found.evidence.append(Evidence("column", varying[0].shown, f"{left} is the same for everyone"))
        found.at["duration"] = varying
        return
    names = min((c.place for noun in PERSON for c in found.at.get(noun, ())), default=0)
    after = [c for c in found.at["duration"] if c.place > names]
    if 0 < len(after) < len(found.at["duration"]):
        left = ", ".join(c.shown for c in found.at["duration"] if c not in after)
        found.evidence.append(Evidence("column", after[0].shown, f"{left} stands before the names"))
        found.at["duration"] = after


def _without_others(columns: list[Column], rows: Sequence[Record]) -> tuple[list[Column], list[Evidence]]:
    """The columns without those of the meeting, of its host, and of a private life."""
    names = [c for c in columns if c.noun in PERSON]
    labelled = [c for c in columns if _speaks_of(c, _OTHERS)]
    mine = [c for c in columns if c not in labelled or _no_other(c, columns, labelled)]
    principal = _principal([c for c in names if c in mine])
    if principal is None:
        return mine, _told(columns, mine, "")
    start = max((c.place + 1 for c in mine if c.noun == "count" and c.place < principal.place), default=0)
    start_of_names = min(c.place for c in names if c in mine and c.place >= start)
    about_meeting = principal.noun == "original_name" or any(c.noun in ("title", "meeting") for c in columns)
    after = {c.noun for c in mine if c.place > principal.place}
    kept = []
    for column in mine:
        before = column.place < start
        in_host_block = start_of_names <= column.place < principal.place and column.noun not in (
            "family",
            "given",
            "kana",
        )
        if before and (column.noun in after or column.noun in ("email", "duration", "joined", "left", "username")):
            continue
        if (
            in_host_block
            and column.noun == "email"
            and ("email" in after or about_meeting or _constant(column, names, rows))
        ):
            continue
        if in_host_block and column.noun in after and column.noun in ("duration", "joined", "left", "name", "number"):
            continue
        kept.append(column)
    return kept, _told(columns, kept, principal.shown)


def _told(columns: list[Column], kept: list[Column], principal: str) -> list[Evidence]:
    left = [
        c for c in columns if c not in kept and c.noun in (*PERSON, "email", "duration", "joined", "left", "number")
    ]
    if not left:
        return []
    because = f"the participant's columns are at “{principal}” and after it" if principal else "the groups say so"
    shown = ", ".join(f"{c.shown} (column {c.place + 1})" for c in left)
    return [Evidence("column", f"not the participant's: {shown}", because)]


def _no_other(column: Column, columns: list[Column], labelled: list[Column]) -> bool:
    """Whether this column is the only one of its noun: then its label does not matter."""
    return not any(c.noun == column.noun and c not in labelled for c in columns)


def _speaks_of(column: Column, words: tuple[str, ...]) -> bool:
    return any(word in column.label for word in words)


def _principal(names: list[Column]) -> Column | None:
    """The column that names the participant: the last of those that say most clearly that they do."""
    for noun in PERSON[:2]:
        if of_noun := [c for c in names if c.noun == noun]:
            return of_noun[-1]
    return next((c for c in names if c.noun in ("family", "given")), names[-1] if names else None)


def _constant(column: Column, names: list[Column], rows: Sequence[Record]) -> bool:
    """Whether a column says the same for people of different names."""
    values = {cell(r, column) for r in rows}
    return len(values) == 1 and any(len({cell(r, name) for r in rows}) > 1 for name in names)


def _between(columns: Columns, record: Record) -> float | None:
    """From joining to leaving in seconds, as far as the order of day and month does not matter."""
    joined, left = (next(iter(columns.cells(record, noun)), "") for noun in ("joined", "left"))
    a, b = moment(joined) if joined else None, moment(left) if left else None
    if not (a and b and a.clock and b.clock) or (a.numbers, a.day) != (b.numbers, b.day):
        return None
    length = (
        (b.clock.hour - a.clock.hour) * 3600 + (b.clock.minute - a.clock.minute) * 60 + b.clock.second - a.clock.second
    )
    length += (b.later - a.later) * 86400
    if a.offset is not None and b.offset is not None:
        length -= (b.offset - a.offset) * 60
    return float(length) if length >= 0 else None


def person_headings(columns: Sequence[Column]) -> int:
    """How good columns are as the headings of participants; 0: they head something else, such as a summary."""
    nouns = {c.noun for c in columns if c.noun}
    people = nouns & {"original_name", "name", "family", "given", "number"}
    addresses = nouns & {"email", "upn", "username"}
    if not people and (not addresses or nouns & {"title", "meeting", "started"}):
        return 0
    certain = people & {"original_name", "number"} or addresses
    if "title" in nouns and not certain:
        return 0
    alone = len(columns) == 1 and bool(columns[0].languages)
    return len(nouns) if len(nouns) > 1 or certain or alone else 0
