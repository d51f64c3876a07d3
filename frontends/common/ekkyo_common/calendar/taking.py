"""Taking a calendar over: what becomes of each appointment in Ekkyo, told first, then done."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol, TypeVar

from ekkyo.contracts.base import Command, Question, Refused
from ekkyo.contracts.events import DraftEvent, EventDetails, EventFormat, GetEvent, GetSeries, PlanSeries, PreviewSeries
from pydantic import BaseModel, ValidationError

from ekkyo_common.calendar.file import CalendarFile, Left, line_of
from ekkyo_common.calendar.items import Item
from ekkyo_common.calendar.recurring import Recurring
from ekkyo_common.calendar.told import Said

NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ekkyo:calendar-import")
TOGETHER: Final = 20
"""Questions at the same time."""
Outcome = Literal["draft", "series", "there", "skipped", "bad"]
A = TypeVar("A", bound=BaseModel)


class Caller(Protocol):
    """Whoever imports: an `Ekkyo`, or what speaks for somebody who is signed in."""

    async def ask(self, question: Question[A], *, within: float = ...) -> A: ...
    async def send(self, command: Command[A], *, within: float = ...) -> A: ...


@dataclass
class Became:
    """What becomes of one appointment. id: of the event or the series that it is or would be.

    commands: what makes it so. dates: when a series' events start, in UTC.
    """

    line: int
    title: str
    outcome: Outcome
    said: list[Said] = field(default_factory=list)
    id: str = ""
    starts_at: datetime | None = None
    timezone: str = ""
    dates: list[datetime] = field(default_factory=list)
    endless: bool = False
    commands: list[DraftEvent | PlanSeries] = field(default_factory=list)


async def preview(ekkyo: Caller, file: CalendarFile, community_id: str, *, capacity: int, context: str) -> list[Became]:
    """What becomes of every appointment of a file, in its order. Nothing is written.

    An event's id is made of the community and the appointment's UID: what was imported before is found by it.
    """
    limit = asyncio.Semaphore(TOGETHER)

    async def one(row: Item | Recurring | Left) -> Became:
        async with limit:
            if isinstance(row, Left):
                return Became(row.line, row.title, "bad" if row.wrong else "skipped", [row.said])
            if isinstance(row, Recurring):
                return await _series(ekkyo, row, community_id, capacity, context)
            return await _draft(ekkyo, row, community_id, capacity, context)

    return list(await asyncio.gather(*(one(row) for row in sorted(file.rows, key=line_of))))


async def take(ekkyo: Caller, rows: Sequence[Became], chosen: Collection[str] | None, *, series: bool) -> list[Became]:
    """Make drafts, and plan series, of what was chosen by id. chosen: None for all drafts. Raises Refused.

    series: whether all series are planned where nothing is chosen. Done again, it finds what is there.
    """
    done: list[Became] = []
    for row in rows:
        wanted = row.id in chosen if chosen is not None else row.outcome == "draft" or series
        if row.outcome not in ("draft", "series") or not wanted:
            continue
        try:
            for command in row.commands:
                await _send(ekkyo, command)
        except Refused as no:
            if no.status in (401, 403) or no.status >= 500:
                raise
            row.outcome, row.said = "bad", [Said("refused", (no.detail,))]
        done.append(row)
    return done


async def _send(ekkyo: Caller, command: DraftEvent | PlanSeries) -> None:
    try:
        if isinstance(command, DraftEvent):
            await ekkyo.send(command)
        else:
            await ekkyo.send(command)
    except Refused as no:
        if no.code not in ("event_taken", "series_taken"):  # another import was faster; it stays as that one made it
            raise


def id_of(community_id: str, item: Item) -> str:
    """The id of the event or series that an appointment becomes in a community."""
    date = item.recurrence.at.isoformat() if item.recurrence else ""
    return str(uuid.uuid5(NAMESPACE, f"{community_id}\n{item.uid}\n{date}"))


async def _draft(ekkyo: Caller, item: Item, community_id: str, capacity: int, context: str) -> Became:
    event_id = id_of(community_id, item)
    row = Became(item.line, item.title, "draft", list(item.said), event_id, item.starts_at, item.timezone)
    try:
        there = await ekkyo.ask(GetEvent(event_id=event_id))
    except Refused as no:
        if no.code != "event_not_found":
            raise
    else:
        moved = (there.starts_at, there.ends_at) != (item.starts_at, item.ends_at)
        row.outcome, row.said = "there", [Said("there_moved" if moved else "there")]
        return row
    _with(row, lambda: [_drafting(item, community_id, capacity, context)])
    return row


async def _series(ekkyo: Caller, it: Recurring, community_id: str, capacity: int, context: str) -> Became:
    item, series_id = it.item, id_of(community_id, it.item)
    said = [Said("url_follows") if one.code == "no_place" else one for one in item.said]
    said.append(Said("announced"))
    row = Became(item.line, item.title, "series", said, series_id, None, item.timezone, [])
    try:
        await ekkyo.ask(GetSeries(series_id=series_id))
    except Refused as no:
        if no.code != "series_not_found":
            raise
    else:
        row.outcome, row.said = "there", [Said("there")]
        return row
    when = {
        "starts": it.starts,
        "minutes": it.minutes,
        "timezone": item.timezone,
        "rule": it.rule,
        "except_on": it.except_on,
        "also_on": it.also_on,
    }
    try:
        dates = await ekkyo.ask(PreviewSeries.model_validate(when))
    except (Refused, ValidationError) as no:
        if isinstance(no, Refused) and no.status in (401, 403, 503, 504):
            raise
        code = no.code if isinstance(no, Refused) else ""
        row.outcome, row.said = "bad", [Said("series_too_long", (), "RRULE", it.rule)]
        if code != "series_too_long":
            row.said = [
                Said("rule", (no.detail if isinstance(no, Refused) else "is not understood",), "RRULE", it.rule)
            ]
        return row
    row.dates, row.endless = [one.starts_at for one in dates.dates], dates.endless
    row.starts_at = row.dates[0]
    _with(
        row,
        lambda: [
            PlanSeries.model_validate(
                {
                    **when,
                    "series_id": series_id,
                    "community_id": community_id,
                    "details": _details(item, capacity, context, published=True),
                }
            ),
            *(_drafting(one, community_id, capacity, context) for one in it.own),
        ],
    )
    return row


def _with(row: Became, made: Callable[[], list[DraftEvent | PlanSeries]]) -> None:
    """Put the commands on a row; where the file holds what no event can have, say so."""
    try:
        row.commands = made()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field_name = str(first["loc"][-1]) if first["loc"] else ""
        row.outcome = "bad"
        row.said = [Said("malformed", (str(first["msg"])[:100],), field_name, str(first.get("input", ""))[:120])]


def _drafting(item: Item, community_id: str, capacity: int, context: str) -> DraftEvent:
    return DraftEvent(
        event_id=id_of(community_id, item),
        community_id=community_id,
        details=_details(item, capacity, context),
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        timezone=item.timezone,
    )


def _details(item: Item, capacity: int, context: str, *, published: bool = False) -> EventDetails:
    """published: it is announced at once, so it may say that its address follows."""
    kind: EventFormat = "hybrid" if item.place and item.url else "onsite" if item.place else "online"
    return EventDetails(
        title=item.title,
        description=item.description,
        format=kind,
        context=context,
        place=item.place,
        url=item.url,
        url_follows=published and not item.place and not item.url,
        capacity=capacity,
    )
