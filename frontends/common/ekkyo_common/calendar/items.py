"""What one appointment says: as an event's draft, or as a series."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.words.text import http_url, one_line, several_lines
from icalendar import vDuration

from ekkyo_common.calendar.lines import Block
from ekkyo_common.calendar.told import Said, Wrong
from ekkyo_common.calendar.zones import Moment, Zones
from ekkyo_common.tables.cells import damage_of
from ekkyo_common.tables.encoding import LOST

_LINKS: Final = (
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "CONFERENCE",
    "LOCATION",
    "URL",
)
"""Where the address of a meeting stands, the surest first."""
_MEETING: Final = re.compile(
    r"https://(?:(?:[a-z]+\.)?teams\.microsoft\.(?:com|us)/[lm]|teams\.cloud\.microsoft|teams\.live\.com|meet\.google\.com|[a-z0-9.-]*zoom\.us/[jw]|[a-z0-9.-]*webex\.com)"
    r"[^\s<>\"'\])]*",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(
    r"https://(?:www\.google\.com/calendar|calendar\.google\.com|outlook\.[a-z0-9.]+/calendar)", re.IGNORECASE
)
"""The appointment's own page in a calendar, where nobody can join."""
_URL: Final = re.compile(r"https?://[^\s<>\"'\])]+")
_CALLED: Final = (
    r"[ \u3000-]*(?:meeting|besprechung|réunion|reunión|riunione|call|anruf|の?会議|ミーティング|会议|會議"
    r"|모임|회의|開催)(?: de| di| sur| en)?[ \u3000]*"
)
_TOOL: Final = (
    r"(?:(?:microsoft )?teams|zoom|google meet|(?:cisco )?webex|skype(?: for business)?|online|virtuell|virtual|remote"
    r"|en ligne|en línea|web|ウェブ|オンライン|线上|線上|온라인)"
)
_NO_PLACE: Final = re.compile(
    rf"(?:{_CALLED})?{_TOOL}(?:{_CALLED})?(?:[ \u3000]*[(（]?{_TOOL}[)）]?)?",
    re.IGNORECASE,
)
_CANCELLED: Final = re.compile(
    r"\s*[\[【（(]?\s*(?:cancel+ed|abgesagt|annulée?|cancelad[oa]|annullat[oa]|geannuleerd|キャンセル(?:済み)?|取り消し|中止|已取消"
    r"|취소됨|취소)\s*(?:[\]】）)]|\s?[:：])",
    re.IGNORECASE,
)
"""What groupware writes before the title of an appointment that does not take place."""
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9a-f]{1,5}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_HTML: Final = re.compile(
    r"<(?:br|p|div|a|b|i|u|ul|ol|li|span|html|body|table|strong|em|h[1-6])\b[^>]*>", re.IGNORECASE
)


@dataclass
class Item:
    """An appointment that can be taken. starts, ends: in UTC, and in the zone that it is shown in."""

    line: int
    uid: str
    title: str
    description: str
    place: str | None
    url: str | None
    starts: Moment
    ends_at: datetime
    timezone: str
    sequence: int
    recurrence: Moment | None = None
    """Which date of its series it stands for (RECURRENCE-ID)."""
    cancelled: bool = False
    said: list[Said] = field(default_factory=list)

    @property
    def starts_at(self) -> datetime:
        return self.starts.at


def read_item(block: Block, zones: Zones) -> Item:
    """What an appointment says. Raises Wrong."""
    if not block.whole:
        raise Wrong("cut_off", field="END", value="")
    said: list[Said] = []
    for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        text = block.text(name)
        damage = damage_of(text)
        if damage and (damage[0] == "mojibake" or LOST in text or not text.strip("?？ ")):
            raise Wrong("garbled", field=name, value=text)
    if (moved := block.first("RECURRENCE-ID")) and moved.parameters.get("RANGE"):
        raise Wrong("rule_parts", f"RANGE={moved.parameters['RANGE'][:20]}", field="RECURRENCE-ID", value=moved.value)
    starts = _starts(block, zones)
    ends_at = _ends(block, zones, starts, said)
    if starts.said:
        said.append(starts.said)
    if starts.whole_day or block.text("X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE":
        said.append(Said("all_day"))
    uid = block.text("UID")
    if not uid:
        said.append(Said("no_uid"))
        uid = f"without\n{block.text('SUMMARY')}\n{starts.at.isoformat()}"
    place, url = _where(block, said)
    recurrence = block.first("RECURRENCE-ID")
    number = block.text("SEQUENCE")
    return Item(
        line=block.line,
        uid=uid,
        title=_title(block),
        description=_description(block, said),
        place=place,
        url=url,
        starts=starts,
        ends_at=ends_at,
        timezone=starts.zone or zones.ours,
        sequence=int(number) if re.fullmatch("[0-9]{1,9}", number, re.ASCII) else 0,
        recurrence=zones.read(recurrence) if recurrence else None,
        cancelled=block.text("STATUS").upper().startswith("CANCEL") or bool(_CANCELLED.match(block.text("SUMMARY"))),
        said=said,
    )


def title_of(block: Block) -> str:
    """What to call an appointment in a list; empty where it has no title."""
    return one_line(block.text("SUMMARY"), 120)


def _title(block: Block) -> str:
    title = one_line(_unescaped(block.text("SUMMARY")), 100_000)
    if not title:
        raise Wrong("missing", "a title", field="SUMMARY")
    return title if len(title) <= 200 else title[:199] + "…"


def _starts(block: Block, zones: Zones) -> Moment:
    start = block.first("DTSTART")
    if not start:
        raise Wrong("missing", "20261203T180000", field="DTSTART")
    return zones.read(start)


def _ends(block: Block, zones: Zones, starts: Moment, said: list[Said]) -> datetime:
    """When it ends. RFC 5545, 3.6.1: by DTEND or DURATION; one of a day alone lasts that day."""
    end, length = block.first("DTEND"), block.text("DURATION")
    if end:
        ends_at = zones.read(end).at
        if starts.whole_day and ends_at == starts.at:  # as some write a single day
            ends_at = _next_day(starts)
    elif length:
        try:
            ends_at = starts.at + vDuration.from_ical(length)  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError, TypeError):
            raise Wrong("malformed", "PT1H30M", field="DURATION", value=length) from None
    elif starts.whole_day:
        ends_at = _next_day(starts)
    else:
        said.append(Said("assumed_hour"))
        ends_at = starts.at + timedelta(hours=1)
    if ends_at <= starts.at:
        raise Wrong("ends_early", field="DTEND" if end else "DURATION", value=(end.value if end else length))
    return ends_at


def _next_day(starts: Moment) -> datetime:
    return Moment(starts.local + timedelta(days=1), starts.clock, starts.zone).at


def _where(block: Block, said: list[Said]) -> tuple[str | None, str | None]:
    """The place, and the address to join. A location may be either, or both in one text."""
    location = one_line(_unescaped(block.text("LOCATION")), 10_000)
    url = None
    for name in _LINKS:
        found = _URL.search(block.text(name))
        if found and not _PAGE.match(found[0]) and (url := _address(found[0])):
            if name != "LOCATION":
                said.append(Said("link_found", (name,)))
            break
    if not url and (meeting := _MEETING.search(block.text("DESCRIPTION") or block.text("X-ALT-DESC"))):
        url = _address(meeting[0])
        if url:
            said.append(Said("link_found", ("DESCRIPTION",)))
    place = _URL.sub(" ", location).strip(" ;,、()[]\u3000")
    parts = [part.strip() for part in place.split(";")]  # Outlook joins rooms by semicolons
    place = "; ".join(part for part in parts if part and not _NO_PLACE.fullmatch(part))
    if len(place) > 200:
        said.append(Said("shortened", ("LOCATION", "200")))
    if not place and not url:
        said.append(Said("no_place"))
    return one_line(place, 200) or None, url


def _address(text: str) -> str | None:
    url = http_url(text.replace("&amp;", "&").rstrip(".,;。、"))
    return url if url and len(url) <= 500 and url.isprintable() else None


def _description(block: Block, said: list[Said]) -> str:
    text = block.text("DESCRIPTION")
    html = block.text("X-ALT-DESC")
    if (not text and html) or _HTML.search(text):
        said.append(Said("from_html"))
        text = plain(text or html)
    else:
        text = _unescaped(text)
    if len(text) > 5000:
        said.append(Said("shortened", ("DESCRIPTION", "5000")))
    return several_lines(text)


def _unescaped(text: str) -> str:
    """Text with the characters that HTML writes as `&amp;`; what has no semicolon may be part of an address."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


class _Plain(HTMLParser):
    """Reads the text out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "head", "title"):
            self._unseen += 1
        elif tag in ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"):
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head", "title"):
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("p", "div", "ul", "ol", "table"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)


def plain(html: str) -> str:
    """The text of HTML, as lines."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def in_zone(at: datetime, zone: str) -> datetime:
    """An instant by the clock of a zone."""
    return at.astimezone(ZoneInfo(zone))
