"""Timers are messages: JetStream schedules, one subject per timer.

Services set, move and cancel timers with their decisions; the store publishes them from its outbox. Here is
the same by hand, for tools and tests, and how to see when a timer is due. A timer fires within about a second, at once
when its time has passed, and survives the server's death. It may fire although it was cancelled a moment ago: whoever
reacts looks at the document. https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-51.md
"""

from datetime import datetime

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from ekkyo.contracts.base import new_id
from ekkyo.decision import Cancel, Set, Timer
from ekkyo.publishing import publish
from ekkyo.wire import timer_message


async def change(js: JetStreamContext, *changes: Set | Cancel) -> None:
    """Set, move or cancel timers. Raises NotPublished."""
    await publish(js, [timer_message(each, id=new_id()) for each in changes])


async def due_at(js: JetStreamContext, timer: type[Timer], id: str) -> datetime | None:
    """When this timer is due; None when it is not set or has fired."""
    try:
        found = await js.get_last_msg("TIMERS", f"{timer.subject}.{id}")
    except NotFoundError:
        return None
    at = (found.headers or {}).get("Nats-Schedule", "").removeprefix("@at ")
    return datetime.fromisoformat(at) if at else None
