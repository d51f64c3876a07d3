"""Times of a calendar file: with which clock they are read."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from ekkyo.contracts.fields import Zone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from pydantic import TypeAdapter, ValidationError

from ekkyo_common.calendar.lines import Block, Property
from ekkyo_common.calendar.observances import Clocks, offset_of
from ekkyo_common.calendar.told import Said, Wrong

_OFFSET: Final = re.compile(r"\(?(?:UTC|GMT)\s*([+-])([0-9]{1,2})(?::?([0-9]{2}))?\)?\s*(.*)", re.IGNORECASE)
_DATED: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2}):?([0-9]{2}):?([0-9]{2})?(Z?))?")
_ZONE: Final = TypeAdapter[str](Zone)
_WINDOWS: Final = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


@dataclass(frozen=True)
class Moment:
    """A time as the file says it. local: by the clock of the zone. zone: an IANA name, if it has one."""

    local: datetime
    clock: tzinfo
    zone: str | None
    whole_day: bool = False
    said: Said | None = None

    @property
    def at(self) -> datetime:
        """In UTC."""
        return self.local.replace(tzinfo=self.clock).astimezone(UTC)


class Zones:
    """What the zones of one file mean. ours: the zone that times without one are read in, unless the file names one."""

    def __init__(self, blocks: dict[str, Block], ours: str, named: str = "") -> None:
        self._blocks, self.ours = blocks, iana(named) or ours
        self._here = ZoneInfo(self.ours)
        self._clocks: dict[str, Clocks] = {}

    def read(self, one: Property) -> Moment:
        """The time of a property. Raises Wrong."""
        return self.moment(one.name, one.value.strip(), one.parameters.get("TZID", "").strip())

    def moment(self, name: str, value: str, tzid: str) -> Moment:
        """A time as text, in the zone of this name. Raises Wrong."""
        found = _DATED.fullmatch(value.upper())
        try:
            if not found:
                raise ValueError(value)
            local = datetime(*(int(part or 0) for part in found.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
            if not 1900 <= local.year < 2190:
                raise ValueError(value)
        except ValueError:
            raise Wrong("malformed", "20261203T180000", field=name, value=value) from None
        if found[4] is None:
            return Moment(local, self._here, self.ours, whole_day=True)
        if found[7]:
            return Moment(local, UTC, None)
        if not tzid:
            return Moment(local, self._here, self.ours, said=Said("floating", (self.ours,)))
        if zone := iana(tzid) or iana(self._location(tzid)):
            return Moment(local, ZoneInfo(zone), zone)
        return self._by_offset(name, local, tzid)

    def _location(self, tzid: str) -> str:
        block = self._blocks.get(tzid)
        return block.text("X-LIC-LOCATION") if block else ""

    def _by_offset(self, name: str, local: datetime, tzid: str) -> Moment:
        """A zone of its own name: by the clocks that the file gives it, or by the offset or a city in its name."""
        block = self._blocks.get(tzid) or self._blocks.get(tzid.replace(",", "\\,"))
        if block and block.parts:
            if tzid not in self._clocks:
                self._clocks[tzid] = Clocks(block.parts)
            clocks = self._clocks[tzid]
            offset = clocks.ahead(local)
            ours = all(clocks.ahead(day) == self._ahead(day) for day in _months(local.year))
        elif (named := _OFFSET.fullmatch(tzid)) and (
            offset := offset_of(f"{named[1]}{named[2].zfill(2)}{named[3] or '00'}")
        ) is not None:
            if city := _of_cities(named[4], offset):
                return Moment(local, ZoneInfo(city), city, said=Said("zone_by_offset", (tzid[:80], city)))
            ours = min(map(self._ahead, _months(local.year))) == offset  # such names tell that of winter
        else:
            offset = None
        if offset is None:
            raise Wrong("unknown_zone", field=f"{name};TZID", value=tzid)
        if ours:
            return Moment(local, self._here, self.ours, said=Said("zone_by_offset", (tzid[:80], self.ours)))
        clock = timezone(offset)
        return Moment(local, clock, None, said=Said("zone_by_offset", (tzid[:80], str(clock))))

    def _ahead(self, local: datetime) -> timedelta:
        return local.replace(tzinfo=self._here).utcoffset() or timedelta()


def _months(year: int) -> list[datetime]:
    return [datetime(year, month, 15) for month in range(1, 13)]  # noqa: DTZ001  by the clocks that are compared


@lru_cache(1_000)
def iana(name: str) -> str | None:
    """The IANA name of a zone that a calendar names: itself, its Windows name, or the end of a path."""
    name = name.strip().strip('"')
    if not name or len(name) > 200:
        return None
    if windows := _WINDOWS.get(name.casefold()):
        return windows
    parts = name.strip("/").split("/")
    for start in range(len(parts)):  # /freeassociation.sourceforge.net/Asia/Tokyo
        if (found := _zones().get("/".join(parts[start:]).casefold())) and _is_zone(found):
            return found
    return None


@lru_cache(1)
def _zones() -> dict[str, str]:
    """The zones of this machine, by their names in small letters."""
    return {name.casefold(): name for name in available_timezones()}


def _is_zone(name: str) -> bool:
    """Whether an event can be in it: a file such as `localtime` is no zone."""
    try:
        _ZONE.validate_python(name)
    except ValidationError:
        return False
    return True


def _of_cities(text: str, offset: timedelta) -> str | None:
    """The zone of one of the cities that a display name lists, `Amsterdam, Berlin`, if its clock in winter is this."""
    cities = [city.strip().casefold().replace(" ", "_") for city in re.split("[,、]", text)]
    for city, name in product(filter(None, cities), sorted(_zones().values())):
        if name.rpartition("/")[2].casefold() == city and _is_zone(name):
            months = [datetime(2026, month, 15, tzinfo=ZoneInfo(name)).utcoffset() for month in (1, 7)]
            if min(filter(None, months), default=timedelta()) == offset:
                return name
    return None


def day_in(at: Moment, zone: str) -> date:
    """The day of a time, by the clock of a zone."""
    return at.local.date() if at.whole_day or at.zone == zone else at.at.astimezone(ZoneInfo(zone)).date()
