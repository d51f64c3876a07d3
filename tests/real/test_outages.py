"""A part is frozen, killed or away for a while in the middle of a season: everything catches up by itself."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.real.killing import chances
from tests.real.season import Season
from tests.real.stage import SERVICES, Stage

FROZEN = 10.0


async def test_nats_frozen_for_ten_seconds_loses_nothing(stage: Stage) -> None:
    async def freeze() -> None:
        stage.nats.server.freeze()
        await asyncio.sleep(FROZEN)  # what this is about
        stage.nats.server.thaw()

    await the_season_is_whole(stage, freeze)


async def test_nats_killed_and_started_again_loses_nothing(stage: Stage) -> None:
    async def restart() -> None:
        stage.nats.server.kill()
        await asyncio.to_thread(stage.nats.server.start)

    await the_season_is_whole(stage, restart)


async def test_the_database_killed_and_started_again_loses_nothing(stage: Stage) -> None:
    async def restart() -> None:
        stage.mongo.kill()
        await asyncio.to_thread(stage.mongo.start)

    await the_season_is_whole(stage, restart)


async def test_each_service_away_while_the_others_work_catches_up_by_itself(stage: Stage) -> None:
    season = Season(stage, chances())

    async def away() -> None:
        for name in SERVICES:
            await stage.processes[name].stop()
            await (season.more_changes(20) if name == "events" else season.more(20))
            stage.processes[name].start()
            await stage.processes[name].ready()

    await season.begin()
    await season.during(away)
    await season.end()
    await season.whole()


async def the_season_is_whole(stage: Stage, storm: Callable[[], Awaitable[None]]) -> None:
    season = Season(stage, chances())
    await season.begin()
    await season.during(storm)
    await season.end()
    await season.whole()
