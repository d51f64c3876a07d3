"""Which column of a personnel export holds what."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from ekkyo.contracts.members import Profile

from ekkyo_common.personnel.words import VOCABULARY
from ekkyo_common.tables import Column, Evidence, Headings, Reason, UnreadableTable, Vocabulary
from ekkyo_common.tables.vocabulary import heading_key

FIELDS = tuple(Profile.model_fields)
REQUIRED = tuple(name for name, info in Profile.model_fields.items() if info.is_required())
LEVELS = ("level1", "level2", "level3", "level4")
_ALL_COUNT = ("other", "remark", "status", "left", "left_on", "post", "also")
"""Nouns of which every column is read: one that says left must not hide behind another."""
_NUMBERED = re.compile(r"(?:所属|部署|組織|部門|department|orgunit)(?:名|名称)?[2-9]")
_TITLE_OF_ANOTHER = re.compile(r"(?:役職|職位|役割|jobtitle|title|position)(?:名|名称)?2")
PARTS = {"name": ("family", "given"), "name_kana": ("family_kana", "given_kana"), "department": LEVELS}
"""Fields that a file may tell in parts."""
_OWN = (
    *("本務", "主務", "会社", "社用", "勤務先", "業務", "本人"),
    *("work", "business", "company", "office", "primary", "main", "dienst", "haupt"),
)
_OTHERS = (
    *("兼務", "兼任", "個人", "私用", "自宅", "携帯", "緊急", "家族", "上長", "上司"),
    *(
        "private",
        "personal",
        "home",
        "secondary",
        "emergency",
        "privat",
        "neben",
        "manager",
        "supervisor",
        "responsable",
    ),
)


class UnreadableExportError(UnreadableTable):
    """The file as a whole cannot be read as a personnel export; the text says why, for people."""


@dataclass
class Columns:
    """Where each noun stands, most often in one column; and which headings mean nothing here."""

    at: dict[str, list[Column]]
    headings: list[str]
    unknown: list[str]
    evidence: list[Evidence] = field(default_factory=list)

    def heading(self, noun: str) -> str:
        """The heading of a field's column, as the file writes it; of its parts where it is told in parts."""
        if columns := self.at.get(noun):
            return columns[0].heading
        parts = [column.heading for part in PARTS.get(noun, ()) for column in self.at.get(part, ())]
        return ", ".join(parts) or noun

    def place(self, noun: str) -> int:
        """The column a field begins in, for the order of what is told."""
        places = [c.place for each in (noun, *PARTS.get(noun, ())) for c in self.at.get(each, ())]
        return min(places, default=len(self.headings))

    def tells(self, noun: str) -> bool:
        """Whether the file tells this field, whole or in parts."""
        return noun in self.at or any(part in self.at for part in PARTS.get(noun, ()))


def vocabulary(wanted: Mapping[str, str]) -> Vocabulary:
    """The headings that are looked for, with those that somebody said. Raises UnreadableExportError: no such field."""
    if stray := [name for name in wanted if name not in FIELDS]:
        raise UnreadableExportError(f"There is no field {', '.join(stray)}. The fields are: {', '.join(FIELDS)}.")
    return VOCABULARY.also(wanted)


def judge(columns: Sequence[Column]) -> int:
    """How good columns are as headings: how many different things they tell, of which some make a person."""
    nouns = {column.noun for column in columns if column.noun}
    needed = nouns & {"number", "name", "family", "given", "email", "department", *LEVELS}
    return len(nouns) if len(needed) > 1 or (needed and len(nouns) == len(columns)) else 0


def choose(headings: Headings, wanted: Mapping[str, str]) -> Columns:
    """Each field's column, or columns. Raises UnreadableExportError when one that is needed is not there.

    Of equal headings the one that is the person's own, or of their main post, counts; where nothing tells them apart,
    all are kept, and each row must say the same in them.
    """
    found = Columns({}, [c.heading for c in headings.columns], headings.unused)
    for name, heading in wanted.items():
        found.at[name] = [_said(headings.columns, name, heading, found.headings)]
    taken = {column.place for columns in found.at.values() for column in columns}
    for column in headings.columns:
        if column.noun and column.place not in taken and column.noun not in wanted:
            found.at.setdefault(column.noun, []).append(column)
    levels = _levels(found)
    for noun in list(found.at):
        if noun not in levels:
            _one_of(found, noun)
    _parts(found, headings)
    for noun in ("private_email", "other"):
        found.unknown += [c.heading for c in found.at.pop(noun, [])]
    if missing := [name for name in REQUIRED if not found.tells(name)]:
        raise UnreadableExportError(_missing(missing, found), "columns_missing", _shown(found.headings), *missing)
    return found


def _said(columns: Sequence[Column], name: str, heading: str, found: Iterable[str]) -> Column:
    """The column that somebody said, by its heading or as #3 by its number."""
    number = re.fullmatch(r"#([1-9]\d{0,3})", heading.strip())
    if number and int(number[1]) <= len(columns):
        return columns[int(number[1]) - 1]
    for column in columns:
        if heading_key(column.heading) == heading_key(heading):
            return column
    raise UnreadableExportError(f"There is no heading “{heading}” for {name}. {_found(found)}")


def _one_of(found: Columns, noun: str) -> None:
    columns = found.at[noun]
    if len(columns) < 2 or noun in _ALL_COUNT:
        return
    own = [c for c in columns if _speaks(c, _OWN) and not _speaks(c, _OTHERS)]
    neutral = [c for c in columns if not _speaks(c, _OTHERS)]
    kept = own or neutral or columns
    equal = [c for c in kept if heading_key(c.heading) == heading_key(kept[0].heading)]
    found.at[noun] = equal
    if left := [c for c in columns if c not in equal]:
        _not_used(found, noun, equal[0], left)


def _not_used(found: Columns, noun: str, used: Column, left: Sequence[Column]) -> None:
    shown = ", ".join(f"{c.shown} (column {c.place + 1})" for c in left)
    reasons: tuple[Reason, ...] = (("means", used.shown, noun), ("not_used", ", ".join(c.shown for c in left)))
    found.evidence.append(Evidence("column", f"{noun}: {used.shown}", f"not {shown}", reasons))


def _levels(found: Columns) -> set[str]:
    """Departments that a number tells apart are levels, 部署名（1階層）; where titles have numbers too, they are posts.

    The nouns of levels that were made of equal headings.
    """
    if any(_TITLE_OF_ANOTHER.fullmatch(heading_key(heading)) for heading in found.headings):
        posts = [
            c for noun in LEVELS[1:] for c in found.at.get(noun, ()) if _NUMBERED.fullmatch(heading_key(c.heading))
        ]
        if posts and "level1" in found.at:
            for noun in LEVELS[1:]:
                found.at[noun] = [c for c in found.at.get(noun, ()) if c not in posts]
            found.at = {noun: columns for noun, columns in found.at.items() if columns}
            _not_used(found, "department", found.at["level1"][0], posts)
        return set()
    columns = [c for c in found.at.get("department", ()) if not _speaks(c, _OTHERS)]
    numbers = [re.findall(r"\d+", normalize("NFKC", column.label)) for column in columns]
    if len(columns) < 2 or any(len(each) != 1 for each in numbers) or len({each[0] for each in numbers}) < len(columns):
        return set()
    del found.at["department"]
    for place, (_, column) in enumerate(sorted(zip((int(each[0]) for each in numbers), columns, strict=True))):
        found.at.setdefault(LEVELS[min(place, len(LEVELS) - 1)], []).append(column)
    return set(LEVELS)


def _speaks(column: Column, words: Sequence[str]) -> bool:
    return any(word in f"{column.label} {column.heading.casefold()}" for word in words)


def _parts(found: Columns, headings: Headings) -> None:
    """A whole counts before its parts; 名前 beside 姓 is the given name, Nom beside Prénom the family name."""
    if "name" in found.at and "family" in found.at and "given" not in found.at:
        found.at["given"] = found.at.pop("name")
    elif "name" in found.at and "given" in found.at and "family" not in found.at:
        found.at["family"] = found.at.pop("name")
    for whole, parts in PARTS.items():
        if whole in found.at:
            unused = [c.heading for part in parts for c in found.at.pop(part, [])]
            if unused:
                shown, heading = ", ".join(unused), found.heading(whole)
                reasons: tuple[Reason, ...] = (("means", heading, whole), ("not_used", shown))
                found.evidence.append(Evidence("column", f"{whole}: {heading}", f"not {shown}", reasons))


def _missing(missing: list[str], found: Columns) -> str:
    expected = "; ".join(f"{name} ({_EXAMPLES.get(name, name)})" for name in missing)
    todo = f"Say which it is with --map {missing[0]}=HEADING."
    if not found.at:
        todo = f"Is it a personnel export? {todo}"
    return f"No column for {expected}. {_found(found.headings)} {todo}"


_EXAMPLES = {
    "number": "such as 社員番号 or Employee ID",
    "name": "such as 氏名 or Full Name",
    "email": "such as メールアドレス or Email",
    "department": "such as 部署 or Department",
}


def _found(headings: Iterable[str]) -> str:
    shown = _shown(headings)
    return f"The headings found are: {shown}." if shown else "No headings were found."


def _shown(headings: Iterable[str]) -> str:
    return ", ".join(heading[:40] for heading in [*headings][:40] if heading)
