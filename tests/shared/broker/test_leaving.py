"""An instance that stops leaves its queue group without taking a request with it."""

import asyncio
from collections.abc import Callable

from ekkyo.broker.defence import Limits
from ekkyo.broker.intake import Requests, Tasks, leave
from ekkyo.testing import Nats, eventually, settled
from nats.aio.msg import Msg

SUBJECT = "ekkyo.ask.events.get"


class Open:
    """A door that lets everybody in."""

    limits = Limits()

    def admit(self, _raw: Msg) -> Callable[[], None]:
        return lambda: None

    async def turn_away(self, _raw: Msg, error: Exception) -> None:
        raise AssertionError(error)


async def test_a_request_that_comes_while_an_instance_leaves_is_taken_by_one_that_stays(nats: Nats) -> None:
    """A hundred times over, because it hangs on what crosses on the wire; half a dozen were lost with a bare drain."""
    taken = sent = 0

    async def take(_msg: Msg) -> None:
        nonlocal taken
        taken += 1

    def requests() -> Requests:
        return Requests(SUBJECT, "events", take, Open(), Tasks())

    asking = await nats.connect("outside")
    staying, leaving = await nats.connect("events"), await nats.connect("events")
    await requests().start(staying)
    await settled(staying)
    over = asyncio.Event()

    async def ask() -> None:
        nonlocal sent
        while not over.is_set():
            for _ in range(20):
                await asking.publish(SUBJECT, b"{}", "_INBOX.outside.x")
                sent += 1
            await asyncio.sleep(0)

    begun = asyncio.create_task(ask())
    for _ in range(100):
        one = requests()
        await one.start(leaving)
        await settled(leaving)
        await leave(leaving, [one])
    over.set()
    await begun
    await eventually(lambda: taken == sent, what=f"all {sent} taken")
    for nc in (asking, staying, leaving):
        await nc.close()
