"""Who reads a page: their language, their clock, and dates as they read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from ekkyo.contracts.members import Locale
from ekkyo.words import times

from ekkyo_portal.look.words import WORDS


@dataclass(frozen=True)
class Reader:
    """A language, a time zone, and the time it is."""

    locale: Locale
    zone: str
    now: datetime

    @property
    def words(self) -> Any:
        """The words of all sections: `words.events.register`."""
        return WORDS[self.locale]

    def day(self, at: datetime, zone: str | None = None) -> str:
        """11月30日(月), Mon 30 Nov."""
        return times.day(at, zone or self.zone, self.locale, now=self.now)

    def date(self, day: date) -> str:
        """A day as it stands in a calendar, whatever the zone."""
        return times.day(datetime.combine(day, time(12), UTC), "UTC", self.locale, now=self.now)

    def clock(self, at: datetime, zone: str | None = None) -> str:
        """12:00."""
        return times.clock(at, zone or self.zone)

    def clocks(self, start: datetime, end: datetime, zone: str | None = None) -> str:
        """12:00〜13:00, 12:00–13:00."""
        return times.clocks(start, end, zone or self.zone, self.locale)

    def moment(self, at: datetime, zone: str | None = None) -> str:
        """11月30日(月) 12:00."""
        return times.moment(at, zone or self.zone, self.locale, now=self.now)

    def span(self, start: datetime, end: datetime, zone: str | None = None) -> str:
        """11月30日(月) 12:00〜13:00 日本時間."""
        return times.span(start, end, zone or self.zone, self.locale, now=self.now)

    def until(self, at: datetime) -> str:
        """11月30日(月) 12:00 日本時間: a point in time with its zone."""
        return times.until(at, self.zone, self.locale, now=self.now)
