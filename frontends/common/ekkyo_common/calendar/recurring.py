"""Appointments that recur, as series: the rule from now on, what is left out, and what is there besides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.events.recurring import MOST, WEEKDAYS, Recurrence, read_rule, write_rule
from ekkyo.decision import recurrence

from ekkyo_common.calendar.items import Item
from ekkyo_common.calendar.lines import Block
from ekkyo_common.calendar.told import Said, Wrong
from ekkyo_common.calendar.zones import Zones, day_in

_OLDEST: Final = timedelta(days=20 * 366)
_FURTHEST: Final = timedelta(days=731)
"""How far a series reaches."""
_LONGEST: Final = timedelta(days=7)


@dataclass
class Recurring:
    """An appointment that recurs, from its next date on."""

    item: Item
    starts: str
    """When it first starts from now on, by the clock of its zone: 2026-12-03T18:00."""
    minutes: int
    rule: str
    except_on: list[date] = field(default_factory=list)
    also_on: list[date] = field(default_factory=list)
    own: list[Item] = field(default_factory=list)
    """Dates that were changed alone: each becomes a draft of its own."""


def read_recurring(block: Block, item: Item, changed: Sequence[Item], zones: Zones, now: datetime) -> Recurring | None:
    """The series that an appointment is; None where all its dates are over. Raises Wrong."""
    zone = item.timezone
    if item.starts.whole_day:
        raise Wrong("all_day_series", field="DTSTART", value=block.text("DTSTART"))
    if item.starts.zone is None and not _same_clock(item, zone):
        raise Wrong("rule_zone", field="DTSTART", value=block.text("DTSTART"))
    length = item.ends_at - item.starts_at
    if length > _LONGEST:
        raise Wrong("too_long", field="DTEND", value=block.text("DTEND"))
    first = item.starts.local if item.starts.zone else item.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    first = first.replace(second=0)
    if now - item.starts_at > _OLDEST:
        raise Wrong("rule_too_old", field="DTSTART", value=block.text("DTSTART"))
    rule, count = _rule(block, first, zone)
    days, until = _days(rule, count, first, zone, now)
    left_out = _listed(block, "EXDATE", zones, zone)
    extra = _listed(block, "RDATE", zones, zone, clock=first)
    replaced = {day_in(one.recurrence, zone) for one in changed if one.recurrence}
    days = sorted({*days, *extra} - left_out - replaced)
    coming = [day for day in days if recurrence.instant(day, first.time(), zone)[0] > now]
    own = [one for one in changed if not one.cancelled and one.starts_at > now]
    if not coming:
        return None
    start = coming[0]
    by_rule = set(recurrence.days(replace(rule, until=until), datetime.combine(start, first.time()), coming[-1], zone))
    except_on = sorted(day for day in {*left_out, *replaced} if start <= day <= start + _FURTHEST)
    also_on = [day for day in coming if day not in by_rule]
    if max(len(except_on), len(also_on)) > MOST:
        raise Wrong("series_too_long", field="EXDATE" if len(except_on) > MOST else "RDATE")
    told = list(item.said)
    if item.starts_at <= now:
        told.append(Said("began"))
    if own:
        told.append(Said("own_dates", (str(len(own)),)))
    return Recurring(
        item=replace(item, said=told),
        starts=f"{start.isoformat()}T{first:%H:%M}",
        minutes=max(1, int(length.total_seconds() // 60)),
        rule=write_rule(replace(rule, until=until)),
        except_on=except_on,
        also_on=also_on,
        own=own,
    )


def _same_clock(item: Item, zone: str) -> bool:
    """Whether a time without a zone of a name may recur by the clock of another: that never changes."""
    info = ZoneInfo(zone)
    year = item.starts_at.year
    offsets = {datetime(year, month, 15, tzinfo=info).utcoffset() for month in range(1, 13)}
    return len(offsets) == 1


def _rule(block: Block, first: datetime, zone: str) -> tuple[Recurrence, int | None]:
    """The rule without COUNT, and its count, which may be of more dates than a series has. Raises Wrong."""
    rules = block.properties.get("RRULE", [])
    if len(rules) != 1 or block.first("EXRULE"):
        raise Wrong("rule_once", field="RRULE", value="; ".join(one.value for one in rules))
    text = rules[0].value.strip().upper().removeprefix("RRULE:").rstrip(";")
    said: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        said[name.strip()] = value.strip()
    count = said.pop("COUNT", None)
    _without_week_start(said, first, text)
    _without_month(said, first)
    if "UNTIL" in said:
        said["UNTIL"] = _until(said["UNTIL"], zone)
    for name in said:
        if name.startswith("BY") and name not in ("BYDAY", "BYMONTHDAY", "BYSETPOS"):
            raise Wrong("rule_parts", name[:40], field="RRULE", value=text)
    try:
        rule = read_rule(";".join(f"{name}={value}" for name, value in said.items()))
        if count is not None and not re.fullmatch("[1-9][0-9]{0,4}", count, re.ASCII):
            raise ValueError("must have COUNT from 1 to 99999")
        if count is not None and rule.until is not None:
            raise ValueError("can have COUNT or UNTIL, but not both")
    except ValueError as no:
        raise Wrong("rule", str(no), field="RRULE", value=text) from None
    return rule, int(count) if count else None


def _without_week_start(said: dict[str, str], first: datetime, text: str) -> None:
    """Weeks of a series begin on Monday; most rules mean the same whenever weeks begin."""
    start = said.pop("WKST", "MO")
    weekly = said.get("FREQ") == "WEEKLY" and said.get("INTERVAL", "1") != "1"
    if start != "MO" and weekly and said.get("BYDAY", WEEKDAYS[first.weekday()]) != WEEKDAYS[first.weekday()]:
        raise Wrong("rule_parts", f"WKST={start[:10]}", field="RRULE", value=text)


def _without_month(said: dict[str, str], first: datetime) -> None:
    """A yearly rule that names the day and month on which it begins says no more than that it is yearly."""
    month, day = said.get("BYMONTH"), said.get("BYMONTHDAY", str(first.day))
    plainly = said.get("FREQ") == "YEARLY" and not {"BYDAY", "BYSETPOS"} & said.keys()
    if plainly and (month, day) == (str(first.month), str(first.day)):
        said.pop("BYMONTH")
        said.pop("BYMONTHDAY", None)


def _until(text: str, zone: str) -> str:
    """UNTIL as a day or in UTC; some write it by the local clock."""
    if re.fullmatch("[0-9]{8}T[0-9]{6}", text, re.ASCII):
        try:
            local = datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone))
            return local.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        except (ValueError, OverflowError):
            return text
    return text


def _days(
    rule: Recurrence, count: int | None, first: datetime, zone: str, now: datetime
) -> tuple[list[date], date | datetime | None]:
    """The days from the first on, and until when the rule goes; None: without end. Raises Wrong.

    The first date counts, whether the rule has it or not (RFC 5545, 3.8.5.3).
    """
    reach = max(now.date(), first.date()) + _FURTHEST
    days = recurrence.days(rule, first, reach, zone)
    if first.date() not in days:
        days = [first.date(), *days]
    if count is None:
        return days, rule.until
    if len(days) < count and not recurrence.ends(rule, first, reach, zone) and days[-1] > now.date():
        raise Wrong("series_too_long", field="RRULE", value=f"COUNT={count}")
    return days[:count], days[:count][-1]


def _listed(block: Block, name: str, zones: Zones, zone: str, clock: datetime | None = None) -> set[date]:
    """The days of EXDATE or RDATE. clock: the time of day that they must have. Raises Wrong."""
    found: set[date] = set()
    for one in block.properties.get(name, ()):
        for text in one.value.split(",")[:1_000]:
            at = zones.moment(name, text.strip().partition("/")[0], one.parameters.get("TZID", ""))
            local = at.local if at.whole_day or at.zone == zone else at.at.astimezone(ZoneInfo(zone))
            if clock and not at.whole_day and (local.hour, local.minute) != (clock.hour, clock.minute):
                raise Wrong("extra_time", field=name, value=text)
            found.add(local.date())
    return found
