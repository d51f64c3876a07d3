"""Japanese eras, as personnel systems write years."""

from datetime import date

from ekkyo_common.tables.told import RemarkCode

ERAS = {
    "明治": ("M", date(1868, 10, 23)),
    "大正": ("T", date(1912, 7, 30)),
    "昭和": ("S", date(1926, 12, 25)),
    "平成": ("H", date(1989, 1, 8)),
    "令和": ("R", date(2019, 5, 1)),
}
"""The modern eras: their letter and their first day. Source: Unicode CLDR, supplemental data, eras 232 to 236 of the
Japanese calendar, which agree with the ordinances that began them."""

_NAMES = {key: name for name, (letter, _) in ERAS.items() for key in (name, name[0], letter)}
_STARTS = [start for _, start in ERAS.values()]
_ENDS = dict(zip(ERAS, [*_STARTS[1:], date.max], strict=True))
FIRST_YEAR = _STARTS[0].year


class NotADateError(ValueError):
    """This is no date that can be read; `code` says whether there is no such day, no such form, or no single sense."""

    def __init__(self, text: str, code: RemarkCode = "malformed") -> None:
        super().__init__(text)
        self.code: RemarkCode = code

    @property
    def impossible(self) -> bool:
        """Whether it has the form of a date, but there is no such day."""
        return self.code == "impossible_date"


def in_era(era: str, year: str, month: int, day: int) -> tuple[date, str | None]:
    """The date, and a remark when it had to be understood rather than read. Raises NotADateError.

    A day just outside an era is taken when its year touches the era: 平成1年1月1日, a week before the era began, can
    only be 1989-01-01, and exports that convert by the year alone are full of them. 昭和65年 was never.
    """
    name = _NAMES[era.upper()]
    start, end = ERAS[name][1], _ENDS[name]
    count = 1 if year == "元" else int(year)
    western = start.year + count - 1
    if count < 1 or western > end.year:
        raise NotADateError(f"{name} had no year {count}", "impossible_date")
    found = real_day(western, month, day)
    if start <= found < end:
        return found, None
    if found < start:
        return found, f"{name} began on {start}; taken as {found}"
    return found, f"{name} ended before {end}; taken as {found}"


def real_day(year: int, month: int, day: int) -> date:
    """The day. Raises NotADateError where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADateError("there is no such day", "impossible_date") from None
