"""Who can teach what in a community, and asking one of them for an introduction."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import FindTeachers, RequestIntroduction, Teacher, Teachers
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.community.routes import found, section
from ekkyo_portal.look.marks import Mark, mark
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit


@dataclass(frozen=True)
class TeachersView:
    """The page. topics: what can be taught, where that is found, how many teach it. teachers: None before a search."""

    community_id: str
    name: str
    mark: Mark
    topics: list[tuple[str, str, int]]
    teachers: list[Teacher] | None
    topic: str
    next: str | None


@dataclass(frozen=True)
class AskView:
    """The page that asks one of them."""

    community_id: str
    name: str
    mark: Mark
    teacher: Teacher
    topic: str


@section.get("/c/{community_id}/teachers")
async def teachers(visit: Visit, community_id: str) -> Response:
    """What can be taught here, and who can teach a topic near a place."""
    query = visit.request.query_params
    form = Form.filled({"topic": query.get("topic", "").strip(), "near": query.get("near", "").strip()})
    question = form.make(
        FindTeachers,
        community_id=community_id,
        topic=form["topic"] or None,
        near=form["near"] or None,
        after=query.get("after") or None,
    )
    asked = question or FindTeachers(community_id=community_id)
    listed, told = await asyncio.gather(found(visit, community_id), visit.ask(asked))
    view = TeachersView(
        community_id=community_id,
        name=one_line(listed.community.name),
        mark=mark(listed.community),
        topics=[
            (one_line(one.topic), _address(community_id, one.topic, form["near"]), one.teachers) for one in told.topics
        ],
        teachers=[_safe(one) for one in told.teachers] if question and question.topic else None,
        topic=form["topic"],
        next=_address(community_id, form["topic"], form["near"], told.next) if told.next else None,
    )
    return visit.page("community/teachers.html", view, status=200 if question else 400, form=form)


@section.get("/c/{community_id}/teachers/{teacher}")
async def ask(visit: Visit, community_id: str, teacher: str) -> Response:
    """Whom one asks for an introduction, and what is told to whom."""
    topic = visit.request.query_params.get("topic", "")
    return await _ask(visit, community_id, teacher, Form.filled({"topic": topic, "request_id": new_id()}))


@section.post("/c/{community_id}/teachers/{teacher}")
async def request(visit: Visit, community_id: str, teacher: str) -> Response:
    """Ask for an introduction. The form names it: a second press asks once."""
    form = await visit.form()
    command = form.make(
        RequestIntroduction,
        member_id=visit.me.member_id,
        request_id=form["request_id"] or new_id(),
        community_id=community_id,
        teacher=teacher,
        topic=form["topic"],
        message=form["message"],
        named=form.on("named"),
    )
    if command is None:
        return await _ask(visit, community_id, teacher, form, 400)
    await visit.send(command)
    return visit.see_other("/me/introductions", did="teaching.requested")


async def _ask(visit: Visit, community_id: str, teacher: str, form: Form, status: int = 200) -> Response:
    topic = form["topic"] or "?"
    question = Form().make(FindTeachers, community_id=community_id, topic=topic, limit=100)
    listed, told = await asyncio.gather(found(visit, community_id), visit.ask(question) if question else _nobody())
    known = next((one for one in told.teachers if one.teacher == teacher), None)
    if known is None:
        raise Refused("teacher_not_found", "Nobody in this community whom you can see teaches this.")
    view = AskView(community_id, one_line(listed.community.name), mark(listed.community), _safe(known), one_line(topic))
    return visit.page("community/introduction.html", view, status=status, form=form)


async def _nobody() -> Teachers:
    return Teachers(teachers=[])


def _address(community_id: str, topic: str, near: str, after: str | None = None) -> str:
    asked = {"topic": topic, "near": near, "after": after}
    return f"/c/{community_id}/teachers?" + urlencode({name: text for name, text in asked.items() if text})


def _safe(teacher: Teacher) -> Teacher:
    """With texts of people that are safe to show."""
    return Teacher(
        teacher=teacher.teacher,
        teaches=[one_line(one) for one in teacher.teaches],
        skills=[one_line(one) for one in teacher.skills],
        near=one_line(teacher.near) if teacher.near else None,
        name=one_line(teacher.name) if teacher.name else None,
    )
