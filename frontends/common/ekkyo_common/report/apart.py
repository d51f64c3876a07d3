"""Which departments may be told apart, of a period: no figure tells of fewer than five people, nor does what is left.

One rule for the report of a department, the impact report and the tables of learning hours. Pure.
"""

from collections.abc import Callable, Collection, Mapping, Set
from typing import Final

from ekkyo_common.report.records import UNKNOWN, Records

FEWEST: Final = 5
"""A group of fewer people is not told apart."""
Groups = Mapping[str, Set[str]]
"""People by department."""


def known_of(records: Records) -> dict[str, set[str]]:
    """Everybody of a department, who came or not."""
    known: dict[str, set[str]] = {}
    for person, department in records.departments.items():
        known.setdefault(department, set()).add(person)
    return known


def told_beside_all(came: Groups, known: Groups) -> set[str]:
    """The same as `told_apart` where it is told as well how many there are of all: then what is left is told too."""
    told = told_apart(came, known)
    return set() if left_too_few(came, known, told) else told


def floored(people: int) -> int:
    """Rounded down to fives, so that one person more or less is seldom seen."""
    return people // FEWEST * FEWEST


def told_apart(came: Groups, known: Groups) -> set[str]:
    """The departments whose figures of one period may be told.

    came: who attended, by department; known: everybody of a department, who came or not.
    """
    told = {
        department
        for department, people in known.items()
        if department != UNKNOWN and not _few(came.get(department, ())) and not _few(_absent(came, known, department))
    }
    while few := left_too_few(came, known, told):
        able = [department for department in told if few(department)]
        if not able:
            break
        told.discard(min(able, key=lambda department: (len(came.get(department, ())), department)))
    return told


def left_too_few(came: Groups, known: Groups, told: Set[str]) -> Callable[[str], Collection[str]] | None:
    """Whether those left out are too few: of whom a department that is told has more. None: they are enough, or none.

    They are all who came but those of the departments told, and all of their departments but those who came. Of whom
    the department is not known any more, or has fewer than five, it is not told how many they are.
    """
    left = known.keys() - told

    def here(department: str) -> Collection[str]:
        return came.get(department, ())

    def absent(department: str) -> Collection[str]:
        counted = department != UNKNOWN and len(known[department]) >= FEWEST
        return _absent(came, known, department) if counted else ()

    return next((group for group in (here, absent) if _few([one for name in left for one in group(name)])), None)


def _absent(came: Groups, known: Groups, department: str) -> Set[str]:
    return known[department] - came.get(department, set())


def _few(people: Collection[str]) -> bool:
    return 0 < len(people) < FEWEST
