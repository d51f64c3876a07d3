"""Finding the headings where they are: below titles, in two rows, under groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ekkyo_common.tables.records import Record
from ekkyo_common.tables.vocabulary import Vocabulary, heading_key, shown_heading

WITHIN = 60
"""Records from the top in which headings are looked for."""


@dataclass(frozen=True)
class Column:
    """One column: where it stands, its heading as the file writes it, and what it means, if that is known."""

    place: int
    heading: str
    noun: str = ""
    qualifier: str = ""
    group: str = ""
    languages: frozenset[str] = field(default=frozenset(), compare=False)
    senses: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def label(self) -> str:
        """All that tells it from a column with an equal heading."""
        return f"{self.group} {self.qualifier}".strip().casefold()

    @property
    def shown(self) -> str:
        """Its heading, with its group where it has one, or its number where it has no heading."""
        heading = self.heading or f"column {self.place + 1}"
        return f"{self.group} {heading}" if self.group else heading


@dataclass(frozen=True)
class Headings:
    """The headings found: the line they end on, the records before and up to and including them, and the columns."""

    line: int
    begins: int
    records: int
    columns: tuple[Column, ...]

    def of(self, noun: str) -> list[Column]:
        """The columns that mean this, in the file's order."""
        return [column for column in self.columns if column.noun == noun]

    @property
    def nouns(self) -> set[str]:
        return {column.noun for column in self.columns if column.noun}

    @property
    def unused(self) -> list[str]:
        """The headings that are not known."""
        return [column.heading for column in self.columns if column.heading and not column.noun]

    @property
    def languages(self) -> list[str]:
        """In which languages most headings are written, the most of them first; of as many, Japanese and English."""
        votes: dict[str, float] = {}
        for column in self.columns:
            spoken = [*column.languages, *(language for language, _ in column.senses)]
            for language in spoken:
                votes[language] = votes.get(language, 0) + 1 / len(spoken)
        return sorted(votes, key=lambda one: (-round(votes[one], 6), one not in ("ja", "en"), one))

    def repeated_by(self, record: Record) -> bool:
        """Whether this record is the headings once more, or once more in another language."""
        cells = {heading_key(cell) for cell in record.filled}
        return len(cells) > 1 and cells <= {heading_key(column.heading) for column in self.columns}


Judge = Callable[[Sequence[Column]], int]
"""How good these columns are as headings; 0: they are none."""


def find_headings(records: Sequence[Record], vocabulary: Vocabulary, judge: Judge) -> Headings | None:
    """The best headings among the first records; of equally good ones the first."""
    best: Headings | None = None
    most = 0
    for at in range(min(len(records), WITHIN)):
        if not records[at].filled:
            continue
        for found in (one_row(records, at, vocabulary), _two_rows(records, at, vocabulary)):
            if found and (score := judge(found.columns)) > most:
                best, most = found, score
    return best


def one_row(records: Sequence[Record], at: int, vocabulary: Vocabulary) -> Headings:
    """This record as headings, under the groups that the record directly above may tell."""
    record = records[at]
    above = records[at - 1] if at and _follows(records[at - 1], record) else None
    groups = _groups(above, len(record.cells), vocabulary)
    return Headings(record.line, at, at + 1, _columns(record.cells, groups, vocabulary))


def _two_rows(records: Sequence[Record], at: int, vocabulary: Vocabulary) -> Headings | None:
    """This record and the next, where the next parts some of its headings: 氏名 over 姓 and 名."""
    if at + 1 >= len(records) or not _follows(records[at], records[at + 1]) or not records[at + 1].filled:
        return None
    upper, lower = records[at].cells, records[at + 1].cells
    width = max(len(upper), len(lower))
    upper, lower = [*upper, *[""] * (width - len(upper))], [*lower, *[""] * (width - len(lower))]
    cells = [low if low.strip() else high for high, low in zip(upper, lower, strict=True)]
    groups = [g if lower[i].strip() else "" for i, g in enumerate(_filled_forward(upper))]
    columns = _columns(cells, groups, vocabulary)
    if not any(column.noun and not lower[column.place].strip() for column in columns):
        return None  # the upper one only groups
    return Headings(records[at + 1].line, at, at + 2, columns)


def _columns(cells: Sequence[str], groups: Sequence[str], vocabulary: Vocabulary) -> tuple[Column, ...]:
    columns = []
    for place, cell in enumerate(cells):
        heading, group = shown_heading(cell), groups[place] if place < len(groups) else ""
        meaning = vocabulary.meaning(heading, group) if heading else None
        if meaning:
            columns.append(
                Column(place, heading, meaning.noun, meaning.qualifier, group, meaning.languages, meaning.senses)
            )
        else:
            columns.append(Column(place, heading, group=group))
    return tuple(columns)


def _follows(above: Record, record: Record) -> bool:
    return not above.broken and not record.broken


def _groups(above: Record | None, width: int, vocabulary: Vocabulary) -> list[str]:
    """What the record above says of each column; a title, which stands alone at the left, says nothing."""
    if above is None or len(above.cells) < 2:
        return [""] * width
    filled = [i for i, cell in enumerate(above.cells) if cell.strip()]
    if filled in ([], [0]):
        return [""] * width
    return _filled_forward([*above.cells, *[""] * (width - len(above.cells))])[:width]


def _filled_forward(cells: Sequence[str]) -> list[str]:
    groups, last = [], ""
    for cell in cells:
        last = shown_heading(cell) or last
        groups.append(last)
    return groups
