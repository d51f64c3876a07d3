"""Times as people read them: in their own time zone, with the zone named."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import Locale

_ZONES: dict[Locale, dict[str, str]] = {
    "ja": {
        "Asia/Tokyo": "日本時間",
        "Asia/Seoul": "韓国時間",
        "Asia/Shanghai": "中国時間",
        "Asia/Taipei": "台湾時間",
        "Asia/Singapore": "シンガポール時間",
        "Asia/Bangkok": "タイ時間",
        "Asia/Ho_Chi_Minh": "ベトナム時間",
        "Asia/Kolkata": "インド時間",
        "Europe/London": "英国時間",
        "Europe/Berlin": "ドイツ時間",
        "Europe/Paris": "フランス時間",
        "America/New_York": "米国東部時間",
        "America/Chicago": "米国中部時間",
        "America/Los_Angeles": "米国太平洋時間",
        "UTC": "協定世界時",
    },
    "en": {
        "Asia/Tokyo": "Japan time",
        "Asia/Seoul": "Korea time",
        "Asia/Shanghai": "China time",
        "Asia/Kolkata": "India time",
        "Europe/London": "UK time",
        "Europe/Berlin": "Germany time",
        "Europe/Paris": "France time",
        "America/New_York": "US Eastern time",
        "America/Chicago": "US Central time",
        "America/Los_Angeles": "US Pacific time",
        "UTC": "UTC",
    },
}
_DAYS_JA = "月火水木金土日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone_name(zone: str, locale: Locale) -> str:
    """What people call a time zone: Japan time, 日本時間; others by their city."""
    if name := _ZONES[locale].get(zone):
        return name
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city}時間" if locale == "ja" else f"{city} time"


def day(at: datetime, zone: str, locale: Locale, *, now: datetime) -> str:
    """11月30日(月) or Mon 30 Nov; with the year when it is not this one."""
    local, year = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).year
    if locale == "ja":
        in_year = f"{local.year}年" if local.year != year else ""
        return f"{in_year}{local.month}月{local.day}日({_DAYS_JA[local.weekday()]})"
    in_year = f" {local.year}" if local.year != year else ""
    return f"{_DAYS_EN[local.weekday()]} {local.day} {_MONTHS_EN[local.month - 1]}{in_year}"


def clock(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour}:{local.minute:02}"


def moment(at: datetime, zone: str, locale: Locale, *, now: datetime) -> str:
    """11月30日(月) 12:00, without the zone: for subject lines."""
    return f"{day(at, zone, locale, now=now)} {clock(at, zone)}"


def differ(one: str, other: str, *times: datetime) -> bool:
    """Whether the clocks of two zones show different times at any of these instants."""
    return one != other and any(
        at.astimezone(ZoneInfo(one)).utcoffset() != at.astimezone(ZoneInfo(other)).utcoffset() for at in times
    )


def until(at: datetime, zone: str, locale: Locale, *, now: datetime) -> str:
    """11月30日(月) 12:00 日本時間: a point in time with its zone."""
    return _named(moment(at, zone, locale, now=now), [at], zone, locale)


def span(start: datetime, end: datetime, zone: str, locale: Locale, *, now: datetime) -> str:
    """11月30日(月) 12:00〜13:00 日本時間, Mon 30 Nov 12:00–13:00 (Japan time)."""
    first, last = day(start, zone, locale, now=now), day(end, zone, locale, now=now)
    ending = "" if first == last else f"{last} "
    return _named(f"{first} {clocks(start, end, zone, locale, before=ending)}", [start, end], zone, locale)


def clocks(start: datetime, end: datetime, zone: str, locale: Locale, *, before: str = "") -> str:
    """12:00〜13:00, 12:00–13:00. before: what stands before the end, such as its day."""
    dash = "〜" if locale == "ja" else "–"
    return f"{clock(start, zone)}{dash}{before}{clock(end, zone)}"


def _named(text: str, times: list[datetime], zone: str, locale: Locale) -> str:
    """Adds the zone; where clocks change or the zone is less known, with its distance from UTC at that time."""
    name = zone_name(zone, locale)
    if zone in ("Asia/Tokyo", "UTC"):
        return f"{text} {name}" if locale == "ja" else f"{text} ({name})"
    offsets = list(dict.fromkeys(_offset(at, zone) for at in times))
    name += f"・{'→'.join(offsets)}" if locale == "ja" else f", {' to '.join(offsets)}"
    return f"{text} ({name})"


def _offset(at: datetime, zone: str) -> str:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
