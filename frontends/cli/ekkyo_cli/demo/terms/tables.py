"""Tables at the lunches."""

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import EventState, SeatTables


async def made(leader: Ekkyo, event: EventState, size: int) -> str:
    """Make tables of at most so many people, and say so. Who moves up from the waitlist later gets a place at one."""
    told = await leader.send(SeatTables(event_id=event.event_id, seating_id=new_id(), size=size))
    guests = sum(map(len, told.tables))
    return f"  {event.title}: {guests} guests sit at {len(told.tables)} tables, departments mixed"
