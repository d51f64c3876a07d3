"""Waiting until a server knows what connections have said to it."""

from nats.aio.client import Client


async def settled(*clients: Client, within: int = 10) -> None:
    """Return when the server has taken in all that these connections have said, such as a subscription.

    What is said on one connection is not known to be taken in before what another one says next, unless it is waited
    for here. One `flush` is not enough: nats-py writes its ping at once, ahead of what waits to be sent, and only the
    second ping comes after all of it. within: seconds for each ping. Raises nats.errors.FlushTimeoutError.
    """
    for client in clients:
        await client.flush(within)
        await client.flush(within)
