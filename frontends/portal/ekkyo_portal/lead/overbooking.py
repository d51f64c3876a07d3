"""How many registrations to confirm for so many seats."""

from ekkyo.contracts.events import GetOverbookingAdvice
from starlette.responses import Response

from ekkyo_portal.lead.expected import expected
from ekkyo_portal.lead.section import led, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/e/{event_id}/overbooking", who=Who.LEADERS)
async def overbooking(visit: Visit, event_id: str) -> Response:
    """How many are likely to come, judged by past events. seats: how many people the room holds."""
    event = await led(visit, event_id)
    form = Form.filled({"seats": visit.request.query_params.get("seats") or event.capacity})
    ask = form.make(GetOverbookingAdvice, event_id=event_id, seats=form["seats"])
    told = await visit.maybe(ask) if ask else None
    view = expected(visit.reader, event, told, form)
    return visit.page("lead/overbooking.html", view, status=200 if ask else 422)
