"""A part is frozen, killed or away for a while in the middle of a season: everything catches up by itself."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.real.installation import SERVICES, Installation
from tests.real.killing import chances
from tests.real.season import Season

FROZEN = 10.0


async def test_nats_frozen_for_ten_seconds_loses_nothing(installation: Installation) -> None:
    async def freeze() -> None:
        installation.nats.server.freeze()
        await asyncio.sleep(FROZEN)  # what this is about
        installation.nats.server.thaw()

    await the_season_is_whole(installation, freeze)


async def test_nats_killed_and_started_again_loses_nothing(installation: Installation) -> None:
    async def restart() -> None:
        installation.nats.server.kill()
        await asyncio.to_thread(installation.nats.server.start)

    await the_season_is_whole(installation, restart)


async def test_the_database_killed_and_started_again_loses_nothing(installation: Installation) -> None:
    async def restart() -> None:
        installation.mongo.kill()
        await asyncio.to_thread(installation.mongo.start)

    await the_season_is_whole(installation, restart)


async def test_each_service_away_while_the_others_work_catches_up_by_itself(installation: Installation) -> None:
    season = Season(installation, chances())

    async def away() -> None:
        for name in SERVICES:
            await installation.processes[name].stop()
            await (season.more_changes(20) if name == "events" else season.more(20))
            installation.processes[name].start()
            await installation.processes[name].ready()

    await season.begin()
    await season.during(away)
    await season.end()
    await season.whole()


async def the_season_is_whole(installation: Installation, storm: Callable[[], Awaitable[None]]) -> None:
    season = Season(installation, chances())
    await season.begin()
    await season.during(storm)
    await season.end()
    await season.whole()
