"""Times of a calendar file: with which clock they are read."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from ekkyo_common.calendar.lines import Block, Property
from ekkyo_common.calendar.told import Said, Wrong

_OFFSET: Final = re.compile(r"\(?(?:UTC|GMT)\s*([+-])([0-9]{1,2}):?([0-9]{2})\)?.*", re.IGNORECASE)
_DATED: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2}):?([0-9]{2}):?([0-9]{2})?(Z?))?")
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
    """What the zones of one file mean. ours: the zone that times without one are read in."""

    def __init__(self, blocks: dict[str, Block], ours: str) -> None:
        self._blocks, self.ours = blocks, ours
        self._here = ZoneInfo(ours)

    def read(self, one: Property) -> Moment:
        """The time of a property. Raises Wrong."""
        return self.moment(one.name, one.value.strip(), one.parameters.get("TZID", "").strip())

    def moment(self, name: str, value: str, tzid: str) -> Moment:
        """A time as text, in the zone of this name. Raises Wrong."""
        found = _DATED.fullmatch(value)
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
        """A zone of its own name: by the one offset that it has, or that its name says."""
        offsets = {_offset(p.value) for p in self._blocks.get(tzid, Block(0)).properties.get("TZOFFSETTO", ())}
        if not offsets and (named := _OFFSET.fullmatch(tzid)):
            offsets = {_offset("".join((named[1], named[2].zfill(2), named[3])))}
        offset = offsets.pop() if len(offsets) == 1 else None
        if offset is None:
            raise Wrong("unknown_zone", field=f"{name};TZID", value=tzid)
        here = local.replace(tzinfo=self._here)
        said = Said("zone_by_offset", (tzid[:80], self.ours))
        if here.utcoffset() == offset:
            return Moment(local, self._here, self.ours, said=said)
        return Moment(local, timezone(offset), None, said=said)


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
        rest = "/".join(parts[start:])
        if rest in available_timezones():
            return rest
    return None


def _offset(text: str) -> timedelta | None:
    found = re.fullmatch(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?", text.strip())
    if not found or int(found[2]) > 14:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -length if found[1] == "-" else length


def day_in(at: Moment, zone: str) -> date:
    """The day of a time, by the clock of a zone."""
    return at.local.date() if at.whole_day or at.zone == zone else at.at.astimezone(ZoneInfo(zone)).date()
