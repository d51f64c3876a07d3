"""Choosing the first leaders of a community: the form, the suggestion, and the role in one step after a look."""

import json
from dataclasses import dataclass
from typing import Any, Final, get_args

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    FindMembers,
    GrantRole,
    JoinCommunity,
    LeaderAttribute,
    Mirrored,
    OpenAttribute,
    SuggestedLeader,
    SuggestedLeaders,
    SuggestLeaders,
)
from ekkyo.contracts.members.member import Member
from ekkyo.words.text import one_line
from ekkyo_common.tables import UnreadableTable
from ekkyo_common.tool_figures import NoFigures, read_figures
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ekkyo_portal.look import uploads
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.people.communities import led
from ekkyo_portal.people.routes import STEWARDS, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit

SENT: Final = 5 * 1024 * 1024
"""Bytes of a form with a file."""
RULES: Final = ("1", "2", "3")
SWAPS: Final = 5
"""Swaps that the page shows for each of the chosen."""
ATTRIBUTES: Final[tuple[str, ...]] = get_args(LeaderAttribute)
OPEN: Final[tuple[str, ...]] = get_args(OpenAttribute)
ASKED_OTHERWISE: Final = (
    "too_few_candidates", "too_many_candidates", "too_few_for_sensitive", "rules_cannot_be_met", "no_choice_found"
)  # fmt: skip
"""Refusals after which one changes the form."""
FIRST: Final = {"of": "company", "choose": "4", "weight_job_family": "2", "weight_site": "2", "weight_department": "1"}


@dataclass(frozen=True)
class Person:
    """Somebody who is chosen, or could be: swaps are people and by how many points the distance grows."""

    member_id: str
    name: str
    department: str
    values: list[tuple[str, str]]
    figure: str
    leads: bool
    belongs: bool
    swaps: list[tuple["Person", float]]


@dataclass(frozen=True)
class Suggestion:
    """What the page shows of an answer."""

    told: SuggestedLeaders
    chosen: list[Person]
    unknown: list[str]
    attributes: list[tuple[Mirrored, list[tuple[str, float, int]]]]


@section.get("/c/{community_id}/first-leaders", who=STEWARDS)
async def choose_leaders(visit: Visit, community_id: str) -> Response:
    """The form: who can be chosen, what is to be mirrored, and rules."""
    return await _page(visit, community_id, Form.filled(FIRST))


@section.post("/c/{community_id}/first-leaders", who=STEWARDS, largest=SENT)
async def suggest(visit: Visit, community_id: str) -> Response:
    """Suggest leaders. Nothing is granted by this, and nothing is kept."""
    form = await visit.form()
    figures, because = await _figures(visit, form)
    question = None if form.errors else form.make(SuggestLeaders, **_asked(form, community_id, figures))
    if question is None:
        return await _page(visit, community_id, form, because=because, status=400)
    held = json.dumps(figures) if figures else ""
    try:
        told = await visit.ask(question)
    except Refused as why:
        if why.code not in ASKED_OTHERWISE:
            raise
        no = refusal(visit.reader.locale, why.code, why.detail)
        return await _page(visit, community_id, form, no=no, held=held, status=409)
    ids = dict.fromkeys(i for one in told.chosen for i in (one.member_id, *(s.member_id for s in one.swaps[:SWAPS])))
    found = await visit.ask(FindMembers(member_ids=list(ids), limit=500))
    known = {one.member_id: one for one in found.members}
    chosen = [_person(visit, one, known, community_id) for one in told.chosen]
    shares = [
        (one, [(_value(visit, one.attribute, s.value), s.share, s.chosen) for s in one.shares])
        for one in told.attributes
    ]
    view = Suggestion(told, chosen, [one_line(name) for name in told.unknown], shares)
    return await _page(visit, community_id, form, view, held=held)


@section.post("/c/{community_id}/first-leaders/grant", who=STEWARDS)
async def grant(visit: Visit, community_id: str) -> Response:
    """Make these members leaders; who is not in the community yet joins it. A second press changes nothing."""
    form = await visit.form()
    wanted = list(dict.fromkeys(one for one in form.all("member") if one))[:20]
    if not wanted:
        return visit.see_other(f"/c/{community_id}/first-leaders")
    found = await visit.ask(FindMembers(member_ids=wanted, limit=500))
    for member in found.members:
        if not _belongs(member, community_id):
            await visit.send(JoinCommunity(member_id=member.member_id, community_id=community_id))
        await visit.send(GrantRole(member_id=member.member_id, community_id=community_id))
    visit.site.communities.forget()
    return visit.see_other("/people-communities", did="leaders.granted")


async def _page(
    visit: Visit, community_id: str, form: Form, view: Suggestion | None = None, *, status: int = 200, **more: Any
) -> Response:
    community = await led(visit, community_id)
    shown = {"form": form, "community": community, "rules": RULES, "open_": OPEN, "attributes": ATTRIBUTES}
    nothing = {"held": "", "because": "", "no": ""}
    return visit.page("people/leaders.html", view, status=status, **(nothing | shown | more))


async def _figures(visit: Visit, form: Form) -> tuple[dict[str, float], str]:
    """The figures of the file that was chosen, or those that the page holds; and why it cannot be read."""
    upload: Any = (await visit.sent()).get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        try:
            return read_figures(await upload.read(), form["column"]).figures, ""
        except NoFigures as no:
            form.wrong("file", "no_figures")
            between = visit.reader.words.people.and_then
            return {}, one_line(between.join(no.columns), uploads.LONGEST)
        except UnreadableTable as unreadable:
            form.wrong("file", "unreadable")
            return {}, uploads.unreadable(visit.reader, unreadable)
    try:
        kept = json.loads(form["kept"] or "{}")
    except ValueError:
        return {}, ""
    pairs = kept.items() if isinstance(kept, dict) else ()
    return {str(k)[:200]: v for k, v in pairs if isinstance(v, int | float)}, ""


def _asked(form: Form, community_id: str, figures: dict[str, float]) -> dict[str, Any]:
    """What the form asks for."""
    did = {name: form[name] for name in ("attended", "contributions", "figure") if form[name]}
    crossings = [form["crossing"]] if form["crossing"] else []
    weights = {one: weight for one in ATTRIBUTES if (weight := form[f"weight_{one}"]) not in ("", "0")}
    if not weights:
        form.wrong("weight_job_family", "missing")
    rules = [_rule(form, n) for n in RULES if form[f"rule_{n}"]]
    return {
        "community_id": community_id,
        "of": form["of"],
        "choose": form["choose"],
        "candidates": [line.strip() for line in form["candidates"].splitlines() if line.strip()] or None,
        "did": {**did, "crossings": crossings} if did or crossings else None,
        "figures": figures,
        "weights": weights,
        "rules": rules,
    }


def _rule(form: Form, n: str) -> dict[str, Any]:
    limits = {limit: form[f"{limit}_{n}"] for limit in ("at_least", "at_most") if form[f"{limit}_{n}"]}
    return {"attribute": form[f"rule_{n}"], "value": form[f"value_{n}"] or None, **limits}


def _person(visit: Visit, one: SuggestedLeader, known: dict[str, Member], community_id: str) -> Person:
    member = known.get(one.member_id)
    words = visit.reader.words.leaders
    return Person(
        member_id=one.member_id,
        name=one_line(member.name) if member else visit.reader.words.people.to_whom,
        department=one_line(member.department) if member else "",
        values=[(words.attributes[name], _value(visit, name, value)) for name, value in one.values.items()],
        figure="" if one.figure is None else f"{one.figure:g}",
        leads=one.leads,
        belongs=member is not None and _belongs(member, community_id),
        swaps=[
            (_person(visit, _alone(swap.member_id), known, community_id), swap.cost * 100) for swap in one.swaps[:SWAPS]
        ],
    )


def _alone(member_id: str) -> SuggestedLeader:
    return SuggestedLeader(member_id=member_id, values={}, leads=False, swaps=[])


def _value(visit: Visit, attribute: str, value: str | None) -> str:
    words = visit.reader.words.leaders
    if value is None:
        return str(words.not_known)
    return str(words.tenures.get(value, value)) if attribute == "tenure" else one_line(value)


def _belongs(member: Member, community_id: str) -> bool:
    return any(one.community_id == community_id for one in member.communities)
