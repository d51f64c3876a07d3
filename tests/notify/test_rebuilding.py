"""`ekkyo-notify rebuild`: what notify keeps of facts becomes what the stream says, and nobody is told anything."""

from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPublished, EventRevised, RegistrationConfirmed
from ekkyo.contracts.members import MemberErased, MemberRegistered
from ekkyo.service import Service
from ekkyo.service.rebuild import NoSuchProjection, builders, rebuild
from ekkyo.store import Mended
from ekkyo.store.driver import Replacement
from ekkyo_members.app import service as members
from ekkyo_notify.app import service

from tests.notify.world import World, soon

KEPT = ("communities", "contacts", "known_events", "known_surveys", "known_vocabularies")


async def rebuilt(world: World, name: str = "contacts") -> tuple[Mended, list[str]]:
    """What was wrong, and what was told of it, by a process of its own as far as NATS and the database can tell."""
    lines: list[str] = []
    return await rebuild(service, world.it.settings, name, tell=lines.append), lines


async def rows(world: World) -> dict[str, list[dict[str, Any]]]:
    return {name: await world.it.store._database.find(name, {}, sort=[("_id", 1)]) for name in KEPT}


async def spoil(world: World, name: str, id: str, **fields: Any) -> None:
    database = world.it.store._database
    [row] = await database.find(name, {"_id": id})
    await database.replace(name, [Replacement({"_id": id}, {**row, **fields})])


def test_each_projection_is_built_by_reactions_that_do_nothing_else() -> None:
    assert {name: [to.durable for to, _ in by] for name, by in builders(service).items()} == {
        "contacts": ["notify-contacts"],
        "communities": ["notify-communities"],
        "known_events": ["notify-known_events"],
        "known_surveys": ["notify-known_surveys"],
        "known_vocabularies": ["notify-known_vocabularies"],
        "sponsors": ["notify-sponsors"],
    }
    assert {name: [to.durable for to, _ in by] for name, by in builders(members).items()} == {
        "known_vocabularies": ["members-known_vocabularies"]
    }


async def test_lost_and_altered_rows_are_as_the_facts_say_and_nobody_is_told_anything(world: World) -> None:
    for n in range(4):
        await world.join(f"m{n}")
    await world.quiet()
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.done(4)
    await world.quiet()
    before, mails, told = await rows(world), list(world.mail.contents), await world.deliveries()
    database = world.it.store._database
    await database.remove("contacts", [{"_id": "m0"}])
    await spoil(world, "contacts", "m1", email="wrong@example.co.jp")
    await spoil(world, "contacts", "m2", revision=50)
    await database.insert("contacts", {**before["contacts"][3], "_id": "nobody"})
    await spoil(world, "communities", "c1", locale="en")
    await spoil(world, "known_events", "e1", event=None)
    assert await rows(world) != before
    found, lines = await rebuilt(world)
    assert found == Mended(before=4, after=4, missing=1, wrong=2, needless=1)
    assert lines[0] == "contacts: 4 facts read; the service has 0 of them still to hear"
    assert "4 rows before, 4 after" in lines[-1]
    assert "4 differed: 1 were missing, 2 wrong, 0 behind the facts, 1 told by no fact" in lines[-1]
    assert (await rebuilt(world, "communities"))[0].wrong == 1
    assert (await rebuilt(world, "known_events"))[0].wrong == 1
    assert await rows(world) == before
    assert [(await rebuilt(world, name))[0].differed for name in KEPT] == [0, 0, 0, 0, 0], (
        "said again it changes nothing"
    )
    await world.quiet()
    assert (world.mail.contents, await world.deliveries(), await world.dead()) == (mails, told, 0)
    await world.tell(EventRevised(event_id="e1", event=soon(revision=4), confirmed=["m0", "m1"], waitlisted=[]))
    assert len(await world.done(6)) == 6, "and those who were lost are told again from now on"


async def test_who_waits_for_a_contact_that_was_lost_is_told_once_it_is_back(world: World) -> None:
    await world.join("m1")
    await world.quiet()
    await world.it.store._database.remove("contacts", [{"_id": "m1"}])
    await world.tell(RegistrationConfirmed(event_id="e1", event=soon(), member_id="m1", registration_id="r1"))
    assert (await rebuilt(world))[0].missing == 1
    [sent] = await world.done(1)
    assert (sent.member_id, sent.status, len(world.mail.mails)) == ("m1", "sent", 1)


async def test_an_erased_member_stays_gone_whether_their_facts_have_left_the_stream_or_not(world: World) -> None:
    for who in ("still told", "purged"):
        await world.join(who.replace(" ", "-"))
    await world.quiet()
    for who in ("still-told", "purged"):
        await world.tell(MemberErased(member_id=who))
    await world.quiet()
    async with await world.nats.connect("ops") as nc:  # as members does, once everybody has forgotten them
        js = nc.jetstream()
        await js.purge_stream("FACTS", subject="ekkyo.fact.members.*.purged")
    before = (await rows(world))["contacts"]
    assert [row["_id"] for row in before if "_forgotten" in row] == ["purged", "still-told"]
    assert (await rebuilt(world))[0].differed == 0
    await world.it.store._database.remove("contacts", [{"_id": "still-told"}])
    assert (await rebuilt(world))[0].missing == 1
    assert (await rows(world))["contacts"] == before, "what says that they are gone is made from the facts too"
    assert (await world.status()).contacts == 0


async def test_a_fact_that_cannot_be_read_is_told_and_changes_no_row(world: World) -> None:
    await world.join("m1")
    await world.quiet()
    before = await rows(world)
    js = world._connections["members"]
    stored = await js.publish(f"{MemberRegistered.subject}.m1", b"{}", headers={"ce-id": "members/m1/9/0"})
    await world.quiet()
    found, lines = await rebuilt(world)
    assert found.differed == 0
    assert lines[-1].startswith("contacts: 1 facts cannot be read")
    assert lines[-1].endswith(f"{stored.seq} in FACTS")
    assert await rows(world) == before


async def test_a_stream_without_any_fact_of_it_empties_nothing(world: World) -> None:
    await world.join("m1")
    await world.quiet()
    async with await world.nats.connect("ops") as nc:
        await nc.jetstream().purge_stream("FACTS", subject="ekkyo.fact.members.joined.>")
    with pytest.raises(Refused, match="no fact that contacts is built from"):
        await rebuilt(world)
    assert len((await rows(world))["contacts"]) == 1


async def test_a_name_that_is_none_has_those_told_that_there_are(world: World) -> None:
    with pytest.raises(NoSuchProjection, match="There are: communities, contacts, known_events, known_surveys"):
        await rebuilt(world, "contact")
    with pytest.raises(NoSuchProjection, match="members keeps none"):
        await rebuild(Service("members", routers=[]), world.it.settings, "contacts", tell=print)
