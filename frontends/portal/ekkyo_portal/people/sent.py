"""What was sent, what waits, and what failed, with why; and what failed is sent again."""

import asyncio
from typing import Any, Final, get_args
from urllib.parse import urlencode

from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.notify import DeliveryStatus, ListDeliveries, NotifyStatus, ResendDelivery
from starlette.responses import Response

from ekkyo_portal.look.lines import NotAgain, delivery, outcome
from ekkyo_portal.people.routes import PAGE, STEWARDS, section
from ekkyo_portal.web.visit import Visit

STATES: Final[tuple[DeliveryStatus, ...]] = get_args(DeliveryStatus)


@section.get("/people-sent", who=STEWARDS)
async def sent(visit: Visit) -> Response:
    """How many messages are in which state, and those of one state."""
    return await _page(visit)


@section.post("/people-sent/{delivery_id}/again", who=STEWARDS)
async def again(visit: Visit, delivery_id: str) -> Response:
    """Send a message again. The form names the try: a second press is the same one."""
    resend_id = (await visit.form())["resend_id"] or new_id()
    try:
        done = await visit.send(ResendDelivery(delivery_id=delivery_id, resend_id=resend_id))
    except Refused as why:
        return await _page(visit, NotAgain.of(visit.reader, delivery_id, why))
    return visit.see_other(f"/people-sent?{urlencode({'status': _status(visit)})}", did=outcome(done))


def _status(visit: Visit) -> Any:
    status = visit.request.query_params.get("status")
    return status if status in STATES else "failed"


async def _page(visit: Visit, no: NotAgain | None = None) -> Response:
    status, after = _status(visit), visit.request.query_params.get("after")
    counts, page = await asyncio.gather(
        visit.maybe(NotifyStatus()),
        visit.maybe(
            ListDeliveries(status=status, newest_first=True, after=after, limit=PAGE, locale=visit.reader.locale)
        ),
    )
    numbers = {s: sum(by.get(s, 0) for by in counts.deliveries.values()) for s in STATES} if counts else None
    lines = page and [delivery(visit.reader, d, no=no) for d in page.deliveries]
    query = "?" + urlencode({"status": status, **({"after": after} if after else {})})
    return visit.page(
        "people/sent.html",
        lines,
        status=409 if no else 200,
        status_now=status,
        numbers=numbers,
        next=page and page.next,
        query=query,
        no=no,
    )
