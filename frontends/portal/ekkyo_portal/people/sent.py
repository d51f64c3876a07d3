"""What was sent, what waits, and what failed, with why."""

import asyncio
from typing import Any, Final, get_args

from ekkyo.contracts.notify import DeliveryStatus, ListDeliveries, NotifyStatus
from starlette.responses import Response

from ekkyo_portal.look.lines import delivery
from ekkyo_portal.people.routes import PAGE, STEWARDS, room
from ekkyo_portal.web.visit import Visit

STATES: Final[tuple[DeliveryStatus, ...]] = get_args(DeliveryStatus)


@room.get("/people-sent", who=STEWARDS)
async def sent(visit: Visit) -> Response:
    """How many messages are in which state, and those of one state."""
    query = visit.request.query_params
    status: Any = query.get("status") if query.get("status") in STATES else "failed"
    counts, page = await asyncio.gather(
        visit.maybe(NotifyStatus()),
        visit.maybe(ListDeliveries(status=status, newest_first=True, after=query.get("after"), limit=PAGE)),
    )
    numbers = {s: sum(by.get(s, 0) for by in counts.deliveries.values()) for s in STATES} if counts else None
    lines = page and [(d, delivery(visit.reader, d)) for d in page.deliveries]
    return visit.page("people/sent.html", lines, status_now=status, numbers=numbers, next=page and page.next)
