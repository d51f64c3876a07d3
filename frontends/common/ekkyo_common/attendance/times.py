"""The times in a report, under the one order of day, month and year that all of them have."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from ekkyo_common.attendance.columns import Columns
from ekkyo_common.attendance.content import TIMES, moment
from ekkyo_common.tables import Evidence, Record
from ekkyo_common.tables.eras import NotADateError
from ekkyo_common.tables.moments import Order, Written, day_of, decide, moment_of


class Times:
    """Reads the times of one report."""

    def __init__(
        self, tables: Sequence[tuple[Columns, Sequence[Record]]], above: Iterable[str], languages: list[str]
    ) -> None:
        cells = [
            text for columns, rows in tables for row in rows for noun in TIMES for text in columns.cells(row, noun)
        ]
        found = [w for text in (*cells, *above) if (w := moment(text))]
        decided = decide(found, languages=languages, cost=lambda order: _cost(order, tables))
        self.order: Order | None = decided.order
        self.evidence = [decided.evidence] if decided.evidence else []
        if self.order is None:
            self.order = "mdy"  # lengths and the day of a report do not depend on it; what was assumed is told
            self.evidence.append(Evidence("date_order", "taken as month, day, year", "lengths are the same either way"))
        self.guessed = decided.order is None
        offsets = Counter(w.offset for w in found if w.offset is not None)
        self.offset = offsets.most_common(1)[0][0] if offsets else 0
        if len(offsets) > 1:
            hours, minutes = divmod(abs(self.offset), 60)
            zone = f"UTC{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"
            self.evidence.append(Evidence("clock", zone, "times are of several zones; all were moved to this one"))
        if any(w.half for w in found):
            self.evidence.append(Evidence("clock", "12 hours", "times have AM or PM, or words for them"))

    def read(self, text: str, on: date | None = None) -> datetime | None:
        """A time as the report writes it; None where it is none. on: the day of a time that has none."""
        found = moment(text)
        if found is None:
            return None
        try:
            at = moment_of(found, self._order_of(found), on=on or date(2000, 1, 1))
        except NotADateError:
            return None
        if at is None or found.offset is None:
            return at
        try:
            return at + timedelta(minutes=self.offset - found.offset)
        except OverflowError:
            return None

    def _order_of(self, found: Written) -> Order | None:
        """The order for one cell: where the file does not tell it, that of a day which only one order has."""
        if self.guessed and found.numbers:
            try:
                day_of(found, None)
            except NotADateError:
                return self.order
            return None
        return self.order


def _cost(order: Order, tables: Sequence[tuple[Columns, Sequence[Record]]]) -> float:
    """What speaks against an order: who left before joining, and days far from each other."""
    backwards, days = 0, set[date]()
    for columns, rows in tables:
        for row in rows:
            moments = {noun: _under(columns.cells(row, noun), order) for noun in ("joined", "left", "timestamp")}
            joined, left = moments["joined"], moments["left"]
            if joined and left and (left < joined or left - joined > timedelta(days=2)):
                backwards += 1
            days |= {m.date() for m in moments.values() if m}
    spread = (max(days) - min(days)).days if days else 0
    return backwards * 100 + (spread if spread > 1 else 0)


def _under(cells: list[str], order: Order) -> datetime | None:
    found = moment(cells[0]) if cells else None
    if found is None or found.clock is None or not (day := found.under(order)):
        return None
    return datetime.combine(day, found.clock)
