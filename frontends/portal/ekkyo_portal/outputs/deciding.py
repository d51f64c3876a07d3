"""What leaders decide on outputs, and taking one off the board."""

from ekkyo.contracts.events import ConfirmOutput, DeclineOutput, GetOutput, RemoveOutput
from starlette.responses import Response

from ekkyo_portal.lead.section import must_lead
from ekkyo_portal.outputs.routes import section, shown
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.post("/o/{output_id}/confirm", who=Who.LEADERS)
async def confirm(visit: Visit, output_id: str) -> Response:
    """Put what a member proposed on the board."""
    await visit.send(ConfirmOutput(output_id=output_id))
    return visit.see_other(f"/o/{output_id}", did="outputs.confirmed")


@section.post("/o/{output_id}/decline", who=Who.LEADERS)
async def decline(visit: Visit, output_id: str) -> Response:
    """Decline what a member proposed, with the reason that they are told."""
    form = await visit.form()
    must_lead(visit, (await visit.ask(GetOutput(output_id=output_id))).community_id)
    command = form.make(DeclineOutput, output_id=output_id, reason=form["reason"])
    if command is None:
        return await shown(visit, output_id, wrong=form.errors["reason"], reason=form.raw("reason"), status=400)
    await visit.send(command)
    return visit.see_other(f"/o/{output_id}", did="outputs.declined")


@section.post("/o/{output_id}/remove")
async def remove(visit: Visit, output_id: str) -> Response:
    """Take an output off the board, or a proposal back."""
    found = await visit.ask(GetOutput(output_id=output_id))
    own = visit.me.member_id in (*found.authors, found.proposed_by)
    await visit.send(RemoveOutput(output_id=output_id, member_id=visit.me.member_id if own else None))
    return visit.see_other(f"/board?community={found.community_id}", did="outputs.removed")
