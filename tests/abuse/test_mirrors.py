"""The mirrors that systems read, on a real server: killed, made again, removed."""

from ekkyo.installation import mirrors
from ekkyo.testing import eventually

from tests.abuse.walls import ERASED, HR, Walls, has, refused


async def test_a_mirror_goes_on_after_the_server_was_killed_and_keeps_up(walls: Walls) -> None:
    walls.nats.server.restart()
    async with await walls.nats.connect("events") as events:
        await events.jetstream().publish("ekkyo.fact.events.published.e2", b"{}")
    walls.clients.clear()
    await eventually(lambda: has(walls, "seats", 3), 20)


async def test_a_mirror_that_is_made_again_leaves_readers_where_they_were(walls: Walls) -> None:
    js = await walls.js("hr")
    reader = await js.pull_subscribe("ekkyo.fact.>", durable="mine", stream="FACTS")
    [fact] = await reader.fetch(1, timeout=3)
    await fact.ack_sync()
    narrower = HR.model_copy(update={"hears": ("events", "surveys")})
    await walls.nats.add(narrower)
    walls.clients.clear()
    await eventually(lambda: has(walls, "hr", 2))
    js = await walls.js("hr")
    again = await js.pull_subscribe_bind("mine", "FACTS")
    assert [msg.subject for msg in await again.fetch(5, timeout=1)] == [ERASED]


async def test_who_is_no_system_any_more_is_not_let_in_and_leaves_nothing(walls: Walls) -> None:
    assert {mirror.account for mirror in await mirrors.mirrors(walls.ops.jetstream())} == {
        "system-outside",
        "system-hr",
        "system-seats",
    }
    await mirrors.remove(walls.ops, HR.account)
    del walls.nats.systems["hr"]
    await mirrors.connect_mirrors(walls.nats._reload, walls.nats.connect, tuple(walls.nats.systems.values()))
    await eventually(lambda: refused(walls, "hr"))
    async with await walls.nats.connect() as ops:
        assert "system-hr" not in [info.name for info in await ops.jetstream().consumers_info("FACTS")]
