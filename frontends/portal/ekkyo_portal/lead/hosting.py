"""Who runs an event on its day: its hosts, whom leaders name; and a leader's deputy."""

from dataclasses import dataclass
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventState, NameHost, RemoveHost
from ekkyo.contracts.members import EndDeputy, FindMembers, GrantRole, Member, Membership, NameDeputy, RevokeRole
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.lead import names
from ekkyo_portal.lead.names import Person
from ekkyo_portal.lead.section import led, led_community, must_lead, run, section
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

BESIDE_WHO: Final = (
    "host_has_not_accepted", "too_many_hosts", "not_a_member", "member_inactive", "leads_already", "deputy_already",
    "deputy_exists", "not_a_leader",
)  # fmt: skip
"""Refusals that stand beside the field that names somebody."""


@dataclass(frozen=True)
class HostsView:
    """The hosts of an event."""

    event: EventState
    title: str
    hosts: list[Person]


@dataclass(frozen=True)
class LeaderRow:
    """Somebody who leads a community, now or later. deputy_of: for whom they stand in; empty: in their own right."""

    member_id: str
    name: str
    department: str
    until: str
    since: str
    """The first day of a deputy who has not begun."""
    deputy_of: str
    leader_id: str
    mine: bool
    """Whether the visitor may end it: it is their own deputy, or they are a steward."""


@dataclass(frozen=True)
class LeadersView:
    """The leaders of a community and their deputies."""

    community_id: str
    name: str
    rows: list[LeaderRow]
    may_name: bool
    """Whether the visitor can have a deputy: they lead in their own right, and have none."""


@section.get("/e/{event_id}/hosts", who=Who.LEADERS)
async def hosts(visit: Visit, event_id: str) -> Response:
    """Who hosts the event, and the form that names another host."""
    return await _hosts(visit, await led(visit, event_id), Form())


@section.post("/e/{event_id}/hosts", who=Who.LEADERS)
async def name_host(visit: Visit, event_id: str) -> Response:
    """Make a member a host."""
    event, form = await led(visit, event_id), await visit.form()
    member_id = await _meant(visit, form, event.community_id)
    if member_id is None:
        return await _hosts(visit, event, form, status=422)
    try:
        await visit.send(NameHost(event_id=event_id, member_id=member_id))
    except Refused as why:
        return await _hosts(visit, event, form, no=_beside(visit, why), status=409)
    return visit.see_other(f"/e/{event_id}/hosts", did="roles.host_named")


@section.post("/e/{event_id}/hosts/remove", who=Who.HOSTS)
async def remove_host(visit: Visit, event_id: str) -> Response:
    """Have a host no longer; hosts end it themselves."""
    event, form = await run(visit, event_id), await visit.form()
    made = form.make(RemoveHost, event_id=event_id, member_id=form["member"])
    if made is not None:
        await visit.send(made)
    if not visit.me.may_lead(event.community_id):
        return visit.see_other(f"/e/{event_id}", did="roles.host_removed")
    return visit.see_other(f"/e/{event_id}/hosts", did="roles.host_removed")


@section.get("/c/{community_id}/leaders", who=Who.LEADERS)
async def leaders(visit: Visit, community_id: str) -> Response:
    """Who leads the community and until when, and the form that names a deputy."""
    return await _leaders(visit, community_id, Form())


@section.post("/c/{community_id}/leaders", who=Who.LEADERS)
async def name_deputy(visit: Visit, community_id: str) -> Response:
    """Name a deputy; stewards make a leader, or name another end of that."""
    must_lead(visit, community_id)
    form = await visit.form()
    member_id = await _meant(visit, form, community_id)
    about: dict[str, Any] = {"community_id": community_id, "until": form["until"] or None}
    made: NameDeputy | GrantRole | None = None
    if visit.me.steward and form["does"] == "leader":
        made = form.make(GrantRole, member_id=member_id or "x", **about)
    else:
        days: dict[str, Any] = {"since": form["since"] or None, **about}
        made = form.make(NameDeputy, member_id=visit.me.member_id, deputy_id=member_id or "x", **days)
    if made is None:
        return await _leaders(visit, community_id, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        for field in why.errors if why.code == "malformed" else ():
            form.wrong(field.field, "day")
        no = "" if form.errors else _beside(visit, why)
        return await _leaders(visit, community_id, form, no=no, status=409)
    visit.site.communities.forget()
    done = "roles.granted" if isinstance(made, GrantRole) else "roles.deputy_named"
    return visit.see_other(f"/c/{community_id}/leaders", did=done)


@section.post("/c/{community_id}/leaders/end", who=Who.LEADERS)
async def end_deputy(visit: Visit, community_id: str) -> Response:
    """End that somebody stands in for a leader; stewards end the role of a leader."""
    must_lead(visit, community_id)
    form = await visit.form()
    made: EndDeputy | RevokeRole | None = None
    if form["leader"]:
        ids: dict[str, Any] = {"member_id": form["leader"], "deputy_id": form["member"]}
        made = form.make(EndDeputy, community_id=community_id, **ids)
    elif visit.me.steward:
        made = form.make(RevokeRole, community_id=community_id, member_id=form["member"])
    if made is not None:
        await visit.send(made)
        visit.site.communities.forget()
    return visit.see_other(f"/c/{community_id}/leaders", did="roles.ended" if made else None)


async def _meant(visit: Visit, form: Form, community_id: str) -> str | None:
    """The member whom the field `who` names; None with an error beside it."""
    if not form["who"]:
        form.wrong("who", "missing")
        return None
    found = await names.search(visit, community_id, form["who"])
    if len(found) != 1:
        form.wrong("who", "several" if found else "nobody")
        return None
    return found[0].member_id


def _beside(visit: Visit, why: Refused) -> str:
    """A refusal in words, where somebody else can be named. Raises it again where nobody can."""
    if why.code not in BESIDE_WHO:
        raise why
    return refusal(visit.reader.locale, why.code, why.detail)


async def _hosts(visit: Visit, event: EventState, form: Form, *, no: str = "", status: int = 200) -> Response:
    known, _ = await names.known_to(visit, event.community_id, event.hosts)
    nobody = visit.reader.words.desk.unknown
    shown = [known.get(one) or Person(one, nobody, "") for one in event.hosts]
    view = HostsView(event, one_line(event.title), shown)
    return visit.page("lead/hosts.html", view, status=status, form=form, no=no)


async def _leaders(visit: Visit, community_id: str, form: Form, *, no: str = "", status: int = 200) -> Response:
    community = await led_community(visit, community_id)
    lead = await visit.ask(FindMembers(community_id=community_id, role="leader", limit=200))
    later = await visit.ask(FindMembers(community_id=community_id, deputising=True, limit=200))
    people = {one.member_id: one for one in (*lead.members, *later.members)}
    view = leaders_view(visit, community_id, one_line(community.name), list(people.values()))
    return visit.page("lead/leaders.html", view, status=status, form=form, no=no)


def leaders_view(visit: Visit, community_id: str, name: str, people: list[Member]) -> LeadersView:
    """The leaders of a community and their deputies, leaders first."""
    known = {one.member_id: one_line(one.name) for one in people}
    rows = []
    for one in people:
        place = next((place for place in one.communities if place.community_id == community_id), None)
        if place is not None:
            rows.append(_row(visit, one, place, known))
    rows.sort(key=lambda row: (bool(row.deputy_of), row.name))
    me = visit.me.member_id
    own = any(row.member_id == me and not row.deputy_of for row in rows)
    return LeadersView(community_id, name, rows, own and all(row.leader_id != me for row in rows))


def _row(visit: Visit, one: Member, place: Membership, known: dict[str, str]) -> LeaderRow:
    reader, stands = visit.reader, place.deputising
    until = stands.until if stands else place.role_until
    return LeaderRow(
        member_id=one.member_id,
        name=one_line(one.name),
        department=one_line(one.department),
        until=reader.date(until) if until else "",
        since=reader.date(stands.since) if stands and not place.role else "",
        deputy_of=known.get(stands.leader_id, reader.words.desk.unknown) if stands else "",
        leader_id=stands.leader_id if stands else "",
        mine=visit.me.steward or (stands is not None and stands.leader_id == visit.me.member_id),
    )
