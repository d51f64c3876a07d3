"""Three NATS servers backed up and restored, and one server's streams moved to three and back."""

from pathlib import Path

import pytest
from ekkyo.broker.snapshot import describe, positions
from ekkyo.contracts.base import Refused
from ekkyo.installation.login import Login
from ekkyo.installation.permissions import OPS
from ekkyo.testing import Nats
from ekkyo_cli.backup.manifest import Files
from ekkyo_cli.backup.place import Servers
from ekkyo_cli.backup.restoring import restore
from ekkyo_cli.backup.taking import back_up
from nats.js.api import AckPolicy, ConsumerConfig

from tests.real.cluster import COPIES, clustered

FACTS = 300


async def test_what_one_server_had_three_have_and_one_again_with_every_consumer_where_it_was(
    nats: Nats, tmp_path: Path
) -> None:
    async with await nats.connect("events") as events:
        for n in range(FACTS):
            await events.jetstream().publish(f"ekkyo.fact.events.published.e{n}", b"x" * 1000)
    async with await nats.connect(OPS) as nc:
        js = nc.jetstream()
        await js.add_consumer("FACTS", ConsumerConfig(durable_name="events-x", ack_policy=AckPolicy.EXPLICIT))
        for fact in await (await js.pull_subscribe_bind("events-x", "FACTS")).fetch(10):
            await fact.ack_sync()
        await js.delete_msg("FACTS", FACTS)
    one = Servers(nats.url, nats.login(OPS), f"_INBOX.{OPS}", None, {}, replicas=1)
    from_one, from_three = Files(tmp_path / "one"), Files(tmp_path / "three")
    await back_up(one, from_one)
    async with clustered(tmp_path / "cluster") as cluster:
        login = Login(OPS, cluster.passwords[OPS])
        three = Servers(cluster.url, login, f"_INBOX.{OPS}", None, {}, replicas=COPIES)
        for _ in range(2):  # where nothing is, and in the place of what is there
            await restore(three, from_one, from_one.read(), replace=True)
            await cluster.level()
        manifest = await back_up(three, from_three)
    assert manifest.streams["FACTS"].config["num_replicas"] == COPIES
    kept = manifest.streams["FACTS"]
    assert (kept.messages, kept.last_sequence, kept.consumers) == (FACTS - 1, FACTS, {"events-x": 10})
    as_it_was = Servers(nats.url, nats.login(OPS), f"_INBOX.{OPS}", None, {})
    with pytest.raises(Refused, match="EKKYO_NATS_REPLICAS=1"):
        await restore(as_it_was, from_three, from_three.read(), replace=True)
    await restore(one, from_three, from_three.read(), replace=True)
    async with await nats.connect(OPS) as nc:
        facts = await describe(nc, "FACTS")
        assert facts
        assert (facts.state["messages"], facts.state["last_seq"]) == (FACTS - 1, FACTS)
        assert await positions(nc, "FACTS") == {"events-x": 10}
