"""Timers on a real server: set, moved, cancelled, and still there after its death."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from ekkyo.broker import Router, due
from ekkyo.decision import Timer
from ekkyo.decision.clock import utcnow
from ekkyo.publishing.timers import change, due_at
from ekkyo.testing.nats import Nats
from ekkyo.testing.waiting import eventually


class Later(Timer):
    subject: ClassVar[str] = "ekkyo.timer.events.later"
    note: str = ""


@pytest.fixture
def fired() -> list[tuple[str, str, datetime]]:
    return []


@pytest.fixture
def router(fired: list[tuple[str, str, datetime]]) -> Router:
    router = Router()

    @router.subscriber(**due(Later))
    async def later(timer: Later) -> None:
        """Note what is due."""
        fired.append((timer.id, timer.note, utcnow()))

    return router


def soon(seconds: float) -> datetime:
    return utcnow() + timedelta(seconds=seconds)


async def test_a_timer_fires_when_it_is_due_as_what_it_was_set_with(serve: Any, router: Router, fired: Any) -> None:
    js = (await serve(router)).jetstream
    at = soon(1.2)
    await change(js, Later(id="a", note="もうすぐ").at(at))
    await eventually(lambda: fired)
    assert fired[0][:2] == ("a", "もうすぐ")
    assert fired[0][2] >= at - timedelta(seconds=0.3)


async def test_a_time_that_has_passed_is_due_at_once(serve: Any, router: Router, fired: Any) -> None:
    js = (await serve(router)).jetstream
    await change(js, Later(id="a").at(soon(-3600)))
    await eventually(lambda: len(fired) == 1)


async def test_a_timer_that_is_set_again_is_moved(serve: Any, router: Router, fired: Any, nats: Nats) -> None:
    js = (await serve(router)).jetstream
    later = soon(2.5)
    await change(js, Later(id="a", note="first").at(soon(1)))
    await change(js, Later(id="a", note="second").at(later))
    async with await nats.connect() as ops:
        assert await due_at(ops.jetstream(), Later, "a") == later
    await eventually(lambda: fired)
    assert fired[0][1] == "second"
    assert fired[0][2] >= later - timedelta(seconds=0.3)
    await asyncio.sleep(0.5)
    assert len(fired) == 1


async def test_a_cancelled_timer_does_not_fire_and_the_others_do(
    serve: Any, router: Router, fired: Any, nats: Nats
) -> None:
    js = (await serve(router)).jetstream
    await change(js, *(Later(id=name).at(soon(1.2)) for name in "abc"))
    await change(js, Later.cancel("b"), Later.cancel("never set"[:5]))
    async with await nats.connect() as ops:
        assert await due_at(ops.jetstream(), Later, "b") is None
    await eventually(lambda: len(fired) == 2)
    await asyncio.sleep(1)
    assert sorted(name for name, _, _ in fired) == ["a", "c"]


async def test_a_timer_that_came_due_is_kept_for_a_month_once(
    serve: Any, router: Router, fired: Any, nats: Nats
) -> None:
    js = (await serve(router)).jetstream
    for n in (1, 2):
        await change(js, Later(id="a").at(soon(-3600)))
        await eventually(lambda n=n: len(fired) == n)
    async with await nats.connect() as ops:
        due = await ops.jetstream().get_last_msg("TIMERS", "ekkyo.due.events.later.a")
        assert (due.headers or {})["Nats-TTL"] == "720h"
        info = await ops.jetstream().stream_info("TIMERS", subjects_filter="ekkyo.due.>")
        assert info.state.subjects == {"ekkyo.due.events.later.a": 1}


async def test_timers_survive_the_servers_death(serve: Any, router: Router, fired: Any, nats: Nats) -> None:
    js = (await serve(router)).jetstream
    await change(js, Later(id="passes").at(soon(0.6)), Later(id="comes").at(soon(2.5)))
    nats.server.kill()
    await asyncio.sleep(0.8)
    nats.server.start()
    await eventually(lambda: sorted(name for name, _, _ in fired) == ["comes", "passes"], 10)
