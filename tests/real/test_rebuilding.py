"""A projection is rebuilt by a process of its own while two instances serve, and facts keep coming and mails going."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from ekkyo.contracts import members as m
from ekkyo.contracts.base import new_id
from ekkyo.contracts.notify import NotifyStatus
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import script
from ekkyo.store.driver import Replacement

from tests.forking import Forked, fork_server
from tests.real.installation import PATIENCE, Installation, insist
from tests.real.killing import chances, quiet
from tests.real.mailing import MEMBERS, Mailing


def state(who: str, locale: m.Locale = "ja") -> m.MemberState:
    return m.MemberState(
        member_id=who,
        number=who,
        name=f"{who} 太郎",
        email=f"{who}@example.co.jp",
        department="営業部",
        channels=["mail"],
        locale=locale,
        timezone="Asia/Tokyo",
        communities=[m.Membership(community_id="c2", joined_at=utcnow())],
    )


@dataclass
class Crowd:
    """Members of whom facts keep coming: they change how they are told things, come, and are erased."""

    installation: Installation
    size: int
    revisions: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    new: asyncio.Event = field(default_factory=asyncio.Event)

    async def gather(self) -> None:
        for n in range(self.size):
            await self.come(f"x{n:05}")
        await self.installation.heard("notify")

    async def come(self, who: str) -> None:
        self.revisions[who] = 1
        await self.installation.tell(m.MemberRegistered(member_id=who, member=state(who)))

    async def change(self, who: str) -> None:
        revision = self.revisions[who] = self.revisions[who] + 1
        fact = m.PreferencesChanged(member_id=who, member=state(who, "en" if revision % 2 else "ja"))
        await self.installation.tell(fact, revision)

    async def erase(self, who: str) -> None:
        revision = self.revisions.pop(who) + 1
        self.erased.add(who)
        await self.installation.tell(m.MemberErased(member_id=who), revision)

    async def go_on(self) -> None:
        """Without end."""
        for n in count():
            there = sorted(self.revisions)
            await self.change(there[n * 7 % len(there)])
            if n % 10 == 0:
                await self.come(f"y{n:05}")
                await self.erase(there[n * 3 % len(there)])
            self.new.set()
            await asyncio.sleep(0.01)  # a pace that two services and two rebuilds on one machine keep up with

    async def more(self) -> None:
        """Wait until something more was told."""
        self.new.clear()
        await asyncio.wait_for(self.new.wait(), PATIENCE)


class Spoiled:
    """Contacts as no fact ever told them."""

    def __init__(self, installation: Installation) -> None:
        self.database = installation.database("notify")

    async def lose(self, ids: Iterable[str]) -> None:
        await self.database.remove("contacts", [{"_id": id} for id in ids])

    async def alter(self, ids: Iterable[str], **fields: Any) -> None:
        rows = await self.database.find("contacts", {"_id": {"$in": list(ids)}})
        await self.database.replace("contacts", [Replacement({"_id": r["_id"]}, {**r, **fields}) for r in rows])

    async def invent(self, like: str, *ids: str) -> None:
        [row] = await self.database.find("contacts", {"_id": like})
        for id in ids:
            await self.database.insert("contacts", {**row, "_id": id})

    async def left(self) -> int:
        """Rows that somebody altered and nothing mended yet."""
        return await self.database.count("contacts", {"name": "?"})


@dataclass
class Rebuilding:
    process: "subprocess.Popen[bytes] | Forked"
    out: Path
    errors: Path

    async def ended(self) -> int:
        """Its exit code, once it has ended."""
        return await asyncio.to_thread(self.process.wait, PATIENCE)


@asynccontextmanager
async def rebuilding(installation: Installation, name: str = "contacts") -> AsyncIterator[Rebuilding]:
    """`ekkyo-notify rebuild …`, with the environment of the service."""
    notify = installation.processes["notify"]
    environment = {**notify.environment, **installation._environment("notify", {})}  # over no proxies
    out, errors = (installation.folder / f"rebuild-{new_id()}.{what}" for what in ("out", "err"))
    for file in (out, errors):
        file.touch()
    made = _begun((script("ekkyo-notify"), "rebuild", name), environment, out, errors, forked=notify.forked)
    try:
        yield Rebuilding(made, out, errors)
    finally:
        if made.poll() is None:
            made.kill()
            made.wait()


def _begun(
    words: tuple[str, ...], environment: dict[str, str], out: Path, errors: Path, *, forked: bool
) -> "subprocess.Popen[bytes] | Forked":
    if forked:
        return fork_server("ekkyo_notify.app").start(*words, environment=environment, out=out, err=errors)
    with out.open("wb") as to, errors.open("wb") as wrong:
        return subprocess.Popen(words, env=environment, stdout=to, stderr=wrong)


async def rebuilt(installation: Installation) -> list[str]:
    """What it told, once it was through."""
    async with rebuilding(installation) as one:
        assert await one.ended() == 0, one.errors.read_text()
        return one.out.read_text().splitlines()


async def from_scratch(installation: Installation, contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What notify itself makes of all facts when it has nothing."""
    await Spoiled(installation).lose(row["_id"] for row in contacts)
    for durable in ("notify-contacts", "notify-forget_member"):
        await installation.told_from_the_start("FACTS", durable)
    await quiet(installation, "notify")
    return (await installation.rows("notify"))["contacts"]


async def two_instances(installation: Installation) -> None:
    await installation.start("notify")
    second = await installation.process("notify", instance="2")
    second.start()
    await second.ready()


async def test_rebuilt_while_facts_and_mails_go_on_it_is_what_the_facts_say_and_nobody_is_told_twice(
    installation: Installation,
) -> None:
    await two_instances(installation)
    mailing, crowd, spoiled = Mailing(installation, chances()), Crowd(installation, 700), Spoiled(installation)
    await mailing.begin()
    await crowd.gather()
    going = [asyncio.create_task(mailing.work()), asyncio.create_task(crowd.go_on())]
    try:
        await crowd.more()
        known = sorted(crowd.revisions)
        await spoiled.lose(known[:250])
        await spoiled.alter(known[250:500], name="?")
        await spoiled.alter(known[500:550], revision=10_000)  # what is heard about these is ignored from now on
        await spoiled.alter((f"m{n}" for n in range(MEMBERS)), locale="ja")
        await spoiled.invent(known[600], "invented-1", "invented-2")
        told = await asyncio.gather(rebuilt(installation), rebuilt(installation))  # two at once do no harm either
        await crowd.more()
    finally:
        mailing.over.set()
        going[1].cancel()
        await asyncio.gather(*going, return_exceptions=True)
    going[0].result()
    assert all("rows before" in each[-1] for each in told)
    await quiet(installation, "notify")
    assert await mailing.all_sent_once() == 0, "not one mail twice, and none was missed"
    contacts = (await installation.rows("notify"))["contacts"]
    by_id = {row["_id"]: row for row in contacts}
    assert {id for id, row in by_id.items() if "_forgotten" in row} == crowd.erased
    assert {id: by_id[id]["revision"] for id in crowd.revisions} == crowd.revisions
    assert len(contacts) == len(crowd.revisions) + len(crowd.erased) + MEMBERS
    assert "; 0 differed:" in (await rebuilt(installation))[-1]
    assert await from_scratch(installation, contacts) == contacts


async def test_a_rebuild_killed_half_way_leaves_the_service_serving_and_is_run_again(
    installation: Installation,
) -> None:
    await two_instances(installation)
    crowd, spoiled = Crowd(installation, 1500), Spoiled(installation)
    await crowd.gather()
    before = (await installation.rows("notify"))["contacts"]
    await spoiled.alter((row["_id"] for row in before), name="?")
    async with rebuilding(installation) as one:
        while await spoiled.left() == len(before):
            assert one.process.poll() is None, "it ended without a change"
        one.process.kill()
        assert await one.ended() == -9
    assert 0 < await spoiled.left() < len(before), "half-way"
    client = await installation.client("steward", "steward")
    assert (await insist(client, NotifyStatus())).contacts == len(before)
    await crowd.change("x00000")
    await crowd.erase("x01499")
    told = await rebuilt(installation)
    assert f"{len(before):,} rows before, {len(before):,} after" in told[-1]
    await installation.heard("notify")
    contacts = (await installation.rows("notify"))["contacts"]
    assert [row for row in contacts if row.get("name") == "?"] == []
    changed = {"x00000", "x01499"}
    assert [r for r in contacts if r["_id"] not in changed] == [r for r in before if r["_id"] not in changed]
    found = {info.name for info in await installation.ops.consumers_info("FACTS")}
    consumers = {name for name in found if not name.startswith("system-")}
    assert consumers == {durable for stream, durable in installation.durables("notify") if stream == "FACTS"}, (
        "nothing is left"
    )
    assert installation.mail.mails == []
    assert await installation.dead_letters() == 0
    async with rebuilding(installation, "contact") as unknown:
        assert await unknown.ended() == 2
    assert (
        "There are: communities, contacts, known_events, known_surveys, known_vocabularies, sponsors."
        in unknown.errors.read_text()
    )
