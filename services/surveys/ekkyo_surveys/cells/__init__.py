"""How counted answers are merged before they are published, so that no group of one to four people can be computed.

Every function here takes true counts and gives what may be told. An attacker who knows these rules, and has everything
that is told, finds no group of people, however it is put together, whose size is certain and is between one and
`FLOOR - 1`: tests/surveys/test_cells.py tries all inputs of small sizes. Pure.
"""

from ekkyo_surveys.cells.average import Average, mean, promoters
from ekkyo_surveys.cells.crossed import Crossed, crossed
from ekkyo_surveys.cells.interval import interval
from ekkyo_surveys.cells.merging import FLOOR, NO_ANSWER, Cell, few, left_out, neighbours, others_together
from ekkyo_surveys.cells.questions import Counting
from ekkyo_surveys.cells.ranked import ranks
from ekkyo_surveys.cells.several import several

__all__ = [
    "FLOOR",
    "NO_ANSWER",
    "Average",
    "Cell",
    "Counting",
    "Crossed",
    "crossed",
    "few",
    "interval",
    "left_out",
    "mean",
    "neighbours",
    "others_together",
    "promoters",
    "ranks",
    "several",
]
