"""What is held on a member, as a page and as a file: for themselves, and for stewards."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from ekkyo.contracts.held import Row
from ekkyo.contracts.members import GetMember, ListCommunities
from ekkyo.look import FONTS
from ekkyo_common.held import Part, as_json, gathered
from markupsafe import Markup
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.headers import in_no_page
from ekkyo_portal.web.visit import Visit

SHOWN: Final = 20
"""Records of one kind that a page shows; files have all."""
LONG_AGO: Final = datetime(1, 1, 2, tzinfo=UTC)
"""For whoever reads a file, at any time, every date is of another year, and says which."""
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


async def held_on(visit: Visit, member_id: str, most: int | None = SHOWN) -> list[Service]:
    """What every service holds on a member, in the reader's words. most: records of one kind, None: all."""
    communities = await visit.maybe(ListCommunities(limit=200))
    names = {one.community.community_id: one.community.name for one in communities.communities} if communities else {}
    reader = visit.reader if most else replace(visit.reader, now=LONG_AGO)
    return [_service(reader, part, names, most) for part in await gathered(visit.ask, member_id)]


async def file_of(visit: Visit, member_id: str) -> Response:
    """The same as JSON, with everything in it."""
    content = as_json(await gathered(visit.ask, member_id), member_id, visit.reader.now)
    return Response(in_no_page(content), media_type="application/json", headers=_named("held.json"))


async def page_file_of(visit: Visit, member_id: str) -> Response:
    """The same as a page of its own, with everything in it, to be read without the portal."""
    member = await visit.ask(GetMember(member_id=member_id))
    if member_id not in (member.member_id, visit.me.member_id):  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}/held.html")
    dated = replace(visit.reader, now=LONG_AGO).until(visit.reader.now)
    held_by = await held_on(visit, member_id, most=None)
    page = visit.page("me/held_file.html", member, held_by=held_by, on=dated, fonts=Markup(FONTS))  # noqa: S704  ours
    page.headers.update(_named("held.html"))
    return page


async def page_of(visit: Visit, member_id: str) -> Response:
    """The page for a steward. Nothing is held of somebody who was erased: 404."""
    member = await visit.ask(GetMember(member_id=member_id))
    if member.member_id != member_id:  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}/held")
    return visit.page("people/held.html", member, held_by=await held_on(visit, member_id))


def _named(file: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}


def _service(reader: Reader, part: Part, names: dict[str, str], most: int | None) -> Service:
    words = reader.words.held
    told = None if part.sections is None else [_shown(reader, *one, names, most) for one in part.sections.items()]
    return Service(words.services[part.service], told, [words.sections.get(name, name) for name in part.withheld])


def _shown(reader: Reader, name: str, rows: list[Row], names: dict[str, str], most: int | None) -> Shown:
    words, shown = reader.words.held, rows[:most]
    told = [[(_label(words, key), text_of(reader, value, names)) for key, value in row.items()] for row in shown]
    return Shown(words.sections.get(name, name), len(rows), told, len(rows) - len(shown))


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
