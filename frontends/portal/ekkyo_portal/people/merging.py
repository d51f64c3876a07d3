"""The pages on which a steward says that two records are of one person, takes it back, and gives a new number."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import MyEvents, MyEventsPage
from ekkyo.contracts.members import (
    ChangeNumber,
    GetMember,
    ListCommunities,
    Member,
    MergeMembers,
    MergePreview,
    PreviewMerge,
    UndoMerge,
)
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.people import views
from ekkyo_portal.people.routes import STEWARDS, one, section
from ekkyo_portal.web.visit import Visit

FOUND = 20


@dataclass(frozen=True)
class Merging:
    """What a merge would do, as its page shows it."""

    preview: MergePreview
    merge_id: str
    communities: list[tuple[str, bool]]
    """Those of the absorbed record, and whether the kept one is in it too."""
    crossings: list[str]
    moved: list[str] | None
    """Events at which the absorbed record alone has a place; None: they cannot be shown right now."""
    both: list[str] | None
    """Events at which both have a place: one of them is given back."""


@section.get("/people/{member_id}/merge", who=STEWARDS)
async def ask_to_merge(visit: Visit, member_id: str) -> Response:
    """Find the other record of a person, and see what would become of both."""
    query = visit.request.query_params
    member = await visit.ask(GetMember(member_id=member_id))
    if query.get("with"):
        return await _previewed(visit, member, query["with"])
    asked = views.search(query.get("q", ""), "", None, FOUND) if query.get("q", "").strip() else None
    found = await visit.maybe(asked) if asked else None
    others = [one for one in found.members if one.member_id != member.member_id] if found else []
    searched = views.found(query, found.model_copy(update={"members": others}) if found else None, away=False)
    return visit.page("people/merge.html", searched, member=member)


@section.post("/people/{member_id}/merge", who=STEWARDS)
async def merge(visit: Visit, member_id: str) -> Response:
    """Make two records one. The form names the merge: a second press is the same one."""
    form = await visit.form()
    absorbed, current = form["absorbed_id"], form["current"]
    try:
        command = MergeMembers(
            merge_id=form["merge_id"] or new_id(),
            kept_id=member_id,
            absorbed_id=absorbed,
            current="absorbed" if current == "absorbed" else "kept",
        )
    except ValueError:
        return visit.see_other(f"/people/{member_id}/merge")
    await visit.send(command)
    return visit.see_other(f"/people/{member_id}", did="people.merged")


@section.post("/people/{member_id}/merge/undo", who=STEWARDS)
async def undo_merge(visit: Visit, member_id: str) -> Response:
    """Make two records of one again."""
    try:
        command = UndoMerge(absorbed_id=(await visit.form())["absorbed_id"])
    except ValueError:
        return visit.see_other(f"/people/{member_id}")
    await visit.send(command)
    return visit.see_other(f"/people/{member_id}", did="people.unmerged")


@section.post("/people/{member_id}/number", who=STEWARDS)
async def number(visit: Visit, member_id: str) -> Response:
    """Give a person another personnel number. One that they cannot have is told beside its field."""
    form = await visit.form()
    command = form.make(ChangeNumber, member_id=member_id, number=form["number"])
    if command:
        try:
            await visit.send(command)
            return visit.see_other(f"/people/{member_id}", did="people.renumbered")
        except Refused as no:
            if no.code != "number_taken":
                raise
            form.wrong("number", no.code)
    return await one(visit, member_id, form=form)


async def _previewed(visit: Visit, member: Member, other: str) -> Response:
    try:
        asked = PreviewMerge(kept_id=member.member_id, absorbed_id=other)
    except ValueError:
        return visit.see_other(f"/people/{member.member_id}/merge")
    preview = await visit.ask(asked)
    mine, theirs, communities = await asyncio.gather(
        visit.maybe(MyEvents(member_id=member.member_id, limit=100)),
        visit.maybe(MyEvents(member_id=other, limit=100)),
        visit.maybe(ListCommunities(limit=200)),
    )
    listed = communities.communities if communities else []
    names = {one.community.community_id: one_line(one.community.name) for one in listed}
    return visit.page(
        "people/merge_preview.html", merging(visit.reader, preview, names, mine, theirs, merge_id=new_id())
    )


def merging(
    reader: Reader,
    preview: MergePreview,
    names: Mapping[str, str],
    mine: MyEventsPage | None,
    theirs: MyEventsPage | None,
    *,
    merge_id: str,
) -> Merging:
    """What the page shows of a merge."""
    words = reader.words.names.crossings
    moved: list[str] | None = None
    both: list[str] | None = None
    if mine and theirs:
        own = {one.event.event_id for one in mine.entries}
        told = {
            one.event.event_id: f"{one_line(one.event.title)} ({reader.day(one.event.starts_at)})"
            for one in theirs.entries
        }
        moved = [text for id, text in told.items() if id not in own]
        both = [text for id, text in told.items() if id in own]
    return Merging(
        preview=preview,
        merge_id=merge_id,
        communities=[(names.get(one.community_id, one.community_id), one.both) for one in preview.communities],
        crossings=[f"{words[one.crossing]} ({reader.day(one.reached_at)})" for one in preview.crossings],
        moved=moved,
        both=both,
    )
