"""Services of the version before and of this one, side by side: what an update that goes service by service meets."""

import asyncio
import io
import os
import subprocess
import tarfile
from itertools import combinations
from pathlib import Path

import pytest
from ekkyo.contracts import members as m
from ekkyo.testing import eventually

from tests.real.installation import PATIENCE, SERVICES, Installation, insist
from tests.real.killing import chances
from tests.real.season import Season

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = "shared/ekkyo/contracts"
PAIRINGS = [old for n in range(1, len(SERVICES)) for old in combinations(SERVICES, n)]
"""Which services are of the version before, the others being of this one."""
if not os.environ.get("EKKYO_TEST_SKEW"):
    PAIRINGS = PAIRINGS[: len(SERVICES)]  # one is: so every two services meet with either of them the older one


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it was before the contracts were last touched."""
    if not (ROOT / ".git").exists() or git("rev-parse", "--is-shallow-repository").strip() == b"true":
        pytest.skip("needs the repository with its history: git fetch --unshallow")
    commit = "HEAD"
    if not git("diff", "HEAD", "--", CONTRACTS):
        commit = git("log", "-1", "--format=%H^", "--", CONTRACTS).decode().strip()
    tree = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit, "shared", "services"))) as archive:
        archive.extractall(tree, filter="data")
    return tree


@pytest.mark.parametrize("old", PAIRINGS, ids="+".join)
async def test_two_versions_work_together_and_the_update_goes_on(
    installation: Installation, before: Path, old: tuple[str, ...]
) -> None:
    """The whole loop with these of the version before; then they are updated, and do what only this one can."""
    installation.sources = dict.fromkeys(old, before)
    installation.caller = "ops"  # services from before systems had accounts of their own answer inboxes alone
    season = Season(installation, chances())
    await season.begin()
    await season.during(nothing, before=60, after=0)
    await season.end()
    await season.whole()
    await update(installation, old)
    await someone_is_forgotten_by_all(installation, season.members[0])
    assert await installation.dead_letters() == 0


async def nothing() -> None:
    return None


async def update(installation: Installation, old: tuple[str, ...]) -> None:
    for name in old:
        process = installation.processes[name]
        await process.stop()
        process.source = None
        process.start()
    await asyncio.gather(*(installation.processes[name].ready() for name in old))


async def someone_is_forgotten_by_all(installation: Installation, member_id: str) -> None:
    steward = await installation.client("steward", "steward")
    await insist(steward, m.EraseMember(member_id=member_id))

    async def complete() -> bool:
        found: m.Erasure = await insist(steward, m.GetErasure(member_id=member_id))
        assert found.waits_for == []
        return found.purged_at is not None

    await eventually(complete, PATIENCE, every=0.1)
