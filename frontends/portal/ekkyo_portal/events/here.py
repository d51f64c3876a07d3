"""“I am here”: a member checks in themselves, and takes it back."""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CheckIn, UndoCheckIn
from starlette.responses import Response

from ekkyo_portal.events.routes import section, shown
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

BESIDE = ("wrong_word", "too_many_tries", "check_in_not_open", "no_seat")
"""Refusals that stand beside the field: what was typed is kept."""


@section.post("/e/{event_id}/here", who=Who.HOLDERS)
async def here(visit: Visit, event_id: str) -> Response:
    """Check in with the word on the wall."""
    form = await visit.form()
    me = visit.me.member_id
    made = form.make(CheckIn, event_id=event_id, member_id=me, word=form["word"] or None)
    try:
        if made is None:
            raise Refused("wrong_word", "This is not the word that is shown at the event now.")
        await visit.send(made)
    except Refused as why:
        if why.code not in BESIDE:
            raise
        return await shown(visit, event_id, typed=form.raw("word"), wrong=why)
    return visit.see_other(f"/e/{event_id}", did="desk.here")


@section.post("/e/{event_id}/here/undo", who=Who.HOLDERS)
async def not_here(visit: Visit, event_id: str) -> Response:
    """Take one's own check-in back, until the event is concluded."""
    await visit.send(UndoCheckIn(event_id=event_id, member_id=visit.me.member_id))
    return visit.see_other(f"/e/{event_id}", did="desk.here_undone")
