"""What is held on a member, as a page and as a file: for themselves, and for stewards."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from ekkyo.contracts.held import Row
from ekkyo.contracts.members import GetMember, ListCommunities
from ekkyo_common.held import Part, as_json, gathered
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.headers import in_no_page
from ekkyo_portal.web.visit import Visit

SHOWN: Final = 20
"""Records of one kind that a page shows; the file has all."""
LANGUAGES: Final = {"ja", "en"}


@dataclass(frozen=True)
class Shown:
    """The records of one kind, each as labels with texts. more: how many the page leaves out."""

    title: str
    count: int
    rows: list[list[tuple[str, str]]]
    more: int


@dataclass(frozen=True)
class Service:
    """What one service holds. sections None: it is away. withheld: what is told to the member alone."""

    title: str
    sections: list[Shown] | None
    withheld: list[str]


async def held_on(visit: Visit, member_id: str) -> list[Service]:
    """What every service holds on a member, in the reader's words."""
    communities = await visit.maybe(ListCommunities(limit=200))
    names = {one.community.community_id: one.community.name for one in communities.communities} if communities else {}
    return [_service(visit.reader, part, names) for part in await gathered(visit.ask, member_id)]


async def file_of(visit: Visit, member_id: str) -> Response:
    """The same as JSON, with everything in it."""
    content = as_json(await gathered(visit.ask, member_id), member_id, visit.reader.now)
    headers = {"content-disposition": 'attachment; filename="held.json"', "cache-control": "no-store"}
    return Response(in_no_page(content), media_type="application/json", headers=headers)


async def page_of(visit: Visit, member_id: str) -> Response:
    """The page for a steward. Nothing is held of somebody who was erased: 404."""
    member = await visit.ask(GetMember(member_id=member_id))
    if member.member_id != member_id:  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}/held")
    return visit.page("people/held.html", member, held_by=await held_on(visit, member_id))


def _service(reader: Reader, part: Part, names: dict[str, str]) -> Service:
    words = reader.words.held
    told = None if part.sections is None else [_shown(reader, *one, names) for one in part.sections.items()]
    return Service(words.services[part.service], told, [words.sections.get(name, name) for name in part.withheld])


def _shown(reader: Reader, name: str, rows: list[Row], names: dict[str, str]) -> Shown:
    words = reader.words.held
    told = [[(_label(words, key), text_of(reader, value, names)) for key, value in row.items()] for row in rows[:SHOWN]]
    return Shown(words.sections.get(name, name), len(rows), told, max(0, len(rows) - SHOWN))


def _label(words: Any, field: str) -> str:
    return str(words.fields.get(field, field.replace("_", " ")))


def text_of(reader: Reader, value: Any, names: dict[str, str]) -> str:
    """A value as it is read: dates by the reader's clock, communities by their names."""
    words = reader.words.held
    match value:
        case bool():
            return str(words.yes if value else words.no)
        case list():
            return ", ".join(text_of(reader, one, names) for one in value)
        case dict() if value and set(value) <= LANGUAGES:
            return str(value.get(reader.locale) or next(iter(value.values())))
        case dict():
            return "; ".join(f"{_label(words, key)}: {text_of(reader, one, names)}" for key, one in value.items())
        case str() if value in names:
            return names[value]
        case str() if "T" in value[10:11] and (at := _moment(value)):
            return reader.moment(at)
        case str() if day := _day(value):
            return reader.date(day)
    return str(value)


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
