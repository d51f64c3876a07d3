"""Questions with several answers: how many chose each. Pure."""

from collections.abc import Mapping

from ekkyo_surveys.cells.merging import FLOOR, few


def several(
    counts: Mapping[str, int], asked: int, *, fewest: int, most: int, group: int = 1, floor: int = FLOOR
) -> dict[str, int]:
    """How many of those asked chose each answer, without those that few chose or all but few.

    fewest, most: how many answers everybody who was asked has to give; 0 where they may give none. group: how many
    those have to give at least who give any; where some give none and others two or more, nothing is told. All counts
    together are the number of choices: where that tells of few people, answers are left out until it does not.
    """
    if floor <= 1:
        return dict(counts)
    told = {
        answer: people for answer, people in counts.items() if not few(people, floor) and not few(asked - people, floor)
    }
    if (group > 1 and not fewest) or (most == fewest and len(told) < len(counts)):
        return {}
    while told and _tells(told, len(counts) - len(told), asked, fewest, most, floor):
        del told[min(told, key=lambda answer: (told[answer], answer))]
    return told


def _tells(told: Mapping[str, int], hidden: int, asked: int, fewest: int, most: int, floor: int) -> bool:
    everybody = sum(people == asked for people in told.values())
    open_to_all = [people for people in told.values() if 0 < people < asked]
    fewest, most = max(0, fewest - everybody), min(most - everybody, len(open_to_all) + hidden)
    chosen = sum(open_to_all)
    more, less = chosen - asked * fewest, asked * most - chosen
    if hidden == 0:
        narrow = floor if most - fewest == 1 else 2
        return most > fewest and (0 < more < narrow or 0 < less < narrow)
    at_least, at_most = max(0, -more), min(less, asked * hidden)
    return few(at_most, floor) or few(asked * hidden - at_least, floor) or (hidden == 1 and at_least > 0)
