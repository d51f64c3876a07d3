"""What I know, can teach and would like to learn, and who may see which part of it."""

from typing import Any, Final

from ekkyo.contracts.members import DescribeSkills, GetSkills, Shown, Skills, SkillsSeen
from starlette.responses import Response

from ekkyo_portal.me.routes import section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit

LISTS: Final = ("teaches", "skills", "interests")
"""Each a field with one skill on a line."""


@section.get("/me/skills")
async def skills(visit: Visit) -> Response:
    """What I said of myself."""
    said = await visit.ask(GetSkills(member_id=visit.me.member_id))
    return visit.page("me/skills.html", Form.filled(_values(said)))


@section.post("/me/skills")
async def describe(visit: Visit) -> Response:
    """Say something else of myself. It replaces what I said before."""
    form = await visit.form()
    lists: dict[str, Any] = {name: [line.strip() for line in form[name].splitlines() if line.strip()] for name in LISTS}
    audiences: dict[str, Any] = {part: form[f"shown_{part}"] or "nobody" for part in Shown.model_fields}
    shown = form.make(Shown, {part: f"shown_{part}" for part in audiences}, **audiences)
    said = form.make(Skills, **lists, near=form["near"] or None, shown=shown or Shown())
    if said is None or shown is None:
        return visit.page("me/skills.html", form, status=400)
    await visit.send(DescribeSkills(member_id=visit.me.member_id, skills=said))
    return visit.see_other("/me/skills", did="skills.described")


def _values(said: SkillsSeen) -> dict[str, Any]:
    shown = (said.shown or Shown()).model_dump()
    lists = {name: "\n".join(getattr(said, name)) for name in LISTS}
    return {**lists, "near": said.near, **{f"shown_{part}": audience for part, audience in shown.items()}}
