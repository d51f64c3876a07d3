"""Erasing while another system's mirror of FACTS is not as it should be, on a real server."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from ekkyo.broker.snapshot import Snapshot, put_back, remove, take
from ekkyo.installation import mirrors
from ekkyo.installation.mirrors import Mirror, provision_mirrors
from ekkyo.installation.systems import System
from ekkyo.publishing import erasing
from ekkyo.service.doctor.mirrors import mirror_findings
from ekkyo.testing import Nats, eventually
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

PERSON, OTHER = "ekkyo.fact.members.registered.m1", "ekkyo.fact.members.registered.m2"
OUTSIDE = "system-outside"


class Installation:
    """A server whose system `outside` hears facts about members."""

    def __init__(self, nats: Nats, ops: Client, members: Client) -> None:
        self.nats, self.ops, self.members = nats, ops, members

    async def tell(self, *subjects: str) -> None:
        for subject in subjects:
            await self.members.jetstream().publish(subject, b"{}")

    async def erase(self) -> dict[str, int]:
        return await erasing.erase(self.members.jetstream(timeout=1), PERSON)

    async def held(self, stream_of: str = "") -> dict[str, int]:
        """How many facts FACTS holds, or a system's mirror of it, by subject."""
        js = Mirror(stream_of, ()).js(self.ops) if stream_of else self.ops.jetstream()
        return dict((await js.stream_info("FACTS", subjects_filter=">")).state.subjects or {})

    async def provision(self) -> dict[str, str]:
        return dict(await provision_mirrors(self.ops, self.nats.systems.values()))

    async def doctor(self) -> str:
        [finding] = await mirror_findings(self.members)
        return finding.found if finding.state == "wrong" else "well"

    async def receives(self) -> None:
        await eventually(self._receives)

    async def _receives(self) -> bool:
        return await self.doctor() == "well" and await self.held(OUTSIDE) == await self.held()

    async def paused(self, seconds: float) -> None:
        until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        body = json.dumps({"pause_until": until}).encode()
        await self.ops.request(f"$JS.API.CONSUMER.PAUSE.FACTS.{OUTSIDE}", body)


@pytest_asyncio.fixture
async def it(nats: Nats, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    monkeypatch.setattr(erasing, "LAG", 0.3)
    async with await nats.connect() as ops, await nats.connect("members") as members:
        made = Installation(nats, ops, members)
        await made.tell(PERSON)
        await made.receives()
        yield made


async def test_while_a_mirror_stands_still_nothing_is_deleted_and_the_system_is_named(it: Installation) -> None:
    await it.paused(60)
    await it.tell(PERSON)
    with pytest.raises(erasing.Behind, match="system-outside stands still"):
        await it.erase()
    assert await it.held() == {PERSON: 2}
    await it.paused(-1)
    await it.receives()
    deleted = await it.erase()
    assert (deleted["FACTS"], deleted[OUTSIDE]) == (2, 2)
    assert await it.held() == await it.held(OUTSIDE) == {}


async def test_a_mirror_that_is_missing_holds_no_erasure_up_and_is_made_without_what_was_erased(
    it: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """A system can delete its own mirror."""
    await Mirror(OUTSIDE, ()).js(it.ops).delete_stream("FACTS")
    await it.tell(OTHER)
    deleted = await it.erase()
    assert (deleted["FACTS"], deleted[OUTSIDE]) == (1, 0)
    [told] = [record for record in caplog.records if "a mirror is missing" in record.message]
    assert (told.levelname, vars(told)["system"]) == ("WARNING", OUTSIDE)
    assert await it.doctor() == "system-outside has none"
    assert await it.provision() == {OUTSIDE: "made"}
    await it.receives()
    assert await it.held(OUTSIDE) == {OTHER: 1}


async def test_a_mirror_that_is_made_while_facts_are_erased_is_looked_at_again(
    it: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Mirror(OUTSIDE, ()).js(it.ops).delete_stream("FACTS")
    delete = erasing._delete

    async def late(js: JetStreamContext, stream: str, subject: str) -> int:
        if await it.doctor() != "well":
            await it.provision()
            await it.receives()
        return await delete(js, stream, subject)

    monkeypatch.setattr(erasing, "_delete", late)
    with pytest.raises(erasing.Behind, match="system-outside was made at this moment"):
        await it.erase()
    await it.erase()
    assert await it.held() == await it.held(OUTSIDE) == {}


async def test_a_system_without_an_account_is_waited_for_since_its_copy_is_still_on_the_disk(it: Installation) -> None:
    """It was taken out of NATS's configuration before its mirror was deleted."""
    hr = System(name="hr", hears=("members",)).with_login()
    await it.nats.add(hr)
    del it.nats.systems["hr"]
    it.nats._reload()
    await eventually(lambda: _unreachable(it))
    with pytest.raises(erasing.Behind, match="system-hr cannot be reached"):
        await it.erase()
    assert await it.provision() == {"system-hr": mirrors.KEPT, OUTSIDE: "as wanted"}
    await it.nats.add(hr)  # to delete the copy, it is added again
    assert await mirrors.remove(it.ops, hr.account)
    assert await it.doctor() == "well"
    assert (await it.erase())["FACTS"] == 1


async def _unreachable(it: Installation) -> bool:
    return await it.doctor() == "system-hr cannot be reached"


@pytest_asyncio.fixture
async def restored(it: Installation) -> Installation:
    """FACTS as it was before the last three facts, which the mirror still holds."""
    snapshot = await take(it.ops, "FACTS")
    parts = [part async for part in snapshot.parts]
    await it.tell(OTHER, PERSON, OTHER)
    await it.receives()
    await _put_back(it, snapshot, parts)
    return it


async def _put_back(it: Installation, snapshot: Snapshot, parts: list[bytes]) -> None:
    await remove(it.ops, "FACTS")
    await put_back(it.ops, snapshot.described, parts)


async def test_a_mirror_from_before_a_restore_is_named_by_doctor_and_waited_for_and_made_again(
    restored: Installation,
) -> None:
    assert await restored.doctor() == "system-outside holds facts from before a restore"
    with pytest.raises(erasing.Behind, match="system-outside is from before a restore"):
        await restored.erase()
    assert await restored.provision() == {OUTSIDE: "made again"}
    await restored.receives()
    assert (await restored.erase())[OUTSIDE] == 1
    assert await restored.held(OUTSIDE) == {}


async def test_a_mirror_from_before_a_restore_is_made_again_though_facts_has_grown_beyond_it(
    restored: Installation,
) -> None:
    await restored.tell(*["ekkyo.fact.members.registered.m3"] * 3)
    assert await restored.provision() == {OUTSIDE: "made again"}
    await restored.receives()
    assert await restored.held(OUTSIDE) == {PERSON: 1, "ekkyo.fact.members.registered.m3": 3}


async def test_no_mirror_is_left_that_an_erasure_cannot_find(it: Installation) -> None:
    """The consumer that feeds it is deleted last, and by it a mirror is found."""
    assert await mirrors.remove(it.ops, OUTSIDE)
    assert await mirrors.remove(it.ops, OUTSIDE)
    with pytest.raises(NotFoundError):
        await it.held(OUTSIDE)
    assert await mirrors.mirrors(it.ops.jetstream()) == []
