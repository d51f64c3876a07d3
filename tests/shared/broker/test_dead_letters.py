"""Dead letters through a real server: what becomes one, what it holds, and how it comes back."""

import asyncio
import logging
from typing import Any

import pytest
from ekkyo.broker import JetStreamOutbox, Router, dead
from ekkyo.broker.tries import Tries
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPublished
from ekkyo.testing.nats import Nats
from ekkyo.testing.waiting import eventually
from ekkyo.wire import OutMessage
from nats.js.errors import NotFoundError

from .hearing import hearing, is_zero, letters, pending


async def _all(nats: Nats, count: int) -> Any:
    async def enough() -> list[dead.DeadLetter]:
        found = await letters(nats)
        return found if len(found) == count else []

    for letter in await eventually(enough):
        yield letter


async def test_after_eight_tries_the_fact_is_kept_as_a_dead_letter_that_holds_nothing_personal(
    serve: Any, published: Any, nats: Nats, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        raise KeyError("taro@example.com")

    broker = await serve(hearing(work))
    with caplog.at_level(logging.DEBUG):
        await JetStreamOutbox(broker)([published()])
        (letter,) = await eventually(lambda: letters(nats))
    assert len(tried) == 8
    assert (letter.service, letter.reaction, letter.tries) == ("events", "listen", 8)
    assert letter.error.startswith("KeyError at broker/test_dead_letters.py:")
    assert letter.headers["ce-id"] == "events/e-1/1/0"
    assert (letter.stream, letter.sequence, letter.subject) == ("FACTS", 1, "ekkyo.fact.events.published.e-1")
    assert "taro" not in caplog.text
    async with await nats.connect() as ops:
        raw = await ops.jetstream().get_msg("DEAD", letter.id)
    assert not raw.data, "the fact stays where it is"
    assert await pending(nats) == 0


@pytest.mark.parametrize("no", [Refused("event_full"), ValueError("x")])
async def test_a_refusal_is_not_tried_again_and_a_bug_is(no: Exception, serve: Any, published: Any, nats: Nats) -> None:
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        raise no

    broker = await serve(hearing(work))
    await JetStreamOutbox(broker)([published()])
    (letter,) = await eventually(lambda: letters(nats))
    assert len(tried) == (1 if isinstance(no, Refused) else 8)
    assert letter.tries == len(tried)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"body": b'{"event_id": 1}'}, "malformed"),
        ({"body": b"\xff"}, "malformed"),
        ({"drop": "ce-specversion"}, "not_a_cloudevent"),
        ({"ce-type": "ekkyo.events.unheard_of"}, "unknown_fact"),
        ({"ce-type": "ekkyo.events.concluded"}, "wrong_subject"),
        ({"ce-revision": "x"}, "malformed"),
    ],
)
async def test_what_no_reading_makes_sense_of_is_a_dead_letter_at_once(
    change: dict[str, Any], error: str, serve: Any, published: Any, nats: Nats
) -> None:
    async def work(fact: EventPublished) -> None:
        raise AssertionError

    broker = await serve(hearing(work))
    good: OutMessage = published()
    headers = {k: v for k, v in good.headers.items() if k != change.get("drop")}
    headers |= {k: v for k, v in change.items() if k.startswith("ce-")}
    await JetStreamOutbox(broker)([OutMessage(good.subject, headers, change.get("body", good.body))])
    (letter,) = await eventually(lambda: letters(nats))
    assert letter.error.startswith(error)
    assert letter.tries == 1


async def test_a_fact_that_kills_the_process_each_time_ends_as_a_dead_letter(
    serve: Any, published: Any, nats: Nats, make: Any, provisioned: Any
) -> None:
    async def work(fact: EventPublished) -> None:
        raise AssertionError("it would kill this process too")

    router = hearing(work)
    await provisioned(router)
    writer = make(Router())
    await writer.start()
    await JetStreamOutbox(writer)([published()])
    async with await nats.connect() as ops:
        handed = await ops.jetstream().pull_subscribe_bind(
            durable="events-listen", stream="FACTS", inbox_prefix=b"_INBOX.ops."
        )
        for _ in range(9):  # handed out, and never heard of again; the last time it was begun
            (msg,) = await handed.fetch(1)
            await msg.nak()
        await handed.unsubscribe()
    async with await nats.connect("events") as killed:
        begun = Tries(8)
        assert await begun.begin(killed.jetstream(), router.reactions[0], msg)
    broker = make(router)
    await broker.start()
    (letter,) = await eventually(lambda: letters(nats))
    assert letter.tries == 10
    assert letter.error.startswith("GaveUp")


@pytest.mark.parametrize("fails", [0, 3, 100])
async def test_what_was_handed_out_often_but_never_begun_is_tried_as_often_as_anything_else(
    fails: int, published: Any, nats: Nats, make: Any, provisioned: Any
) -> None:
    """The server's count rises for all that a killed instance had in hand, and by whoever else takes from a durable."""
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        if len(tried) <= fails:
            raise ValueError

    router = hearing(work)
    await provisioned(router)
    writer = make(Router())
    await writer.start()
    await JetStreamOutbox(writer)([published()])
    async with await nats.connect() as ops:
        handed = await ops.jetstream().pull_subscribe_bind(
            durable="events-listen", stream="FACTS", inbox_prefix=b"_INBOX.ops."
        )
        for _ in range(20):
            (msg,) = await handed.fetch(1)
            await msg.nak()
        await handed.unsubscribe()
    await make(router).start()
    await eventually(lambda: is_zero(pending(nats)))
    assert len(tried) == min(fails + 1, 8)
    assert len(await letters(nats)) == (1 if fails == 100 else 0)
    async with await nats.connect() as ops:
        assert (await ops.jetstream().stream_info("TIMERS")).state.messages == 0


async def test_dead_letters_have_an_age_and_a_bound(nats: Nats) -> None:
    async with await nats.connect() as ops:
        kept = (await ops.jetstream().stream_info("DEAD")).config
    assert (kept.max_age, kept.max_bytes, kept.discard) == (180 * 86400, 1024**3, "new")


async def test_a_dead_letter_is_replayed_to_its_reaction_alone_which_sees_the_very_fact(
    serve: Any, published: Any, nats: Nats
) -> None:
    mended = asyncio.Event()
    heard: list[EventPublished] = []
    others: list[EventPublished] = []

    async def work(fact: EventPublished) -> None:
        if not mended.is_set():
            raise Refused("broken")
        heard.append(fact)

    async def other(fact: EventPublished) -> None:
        others.append(fact)

    broker = await serve(hearing(work))
    await serve(hearing(other, "other"))
    await JetStreamOutbox(broker)([published(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-00")])
    (letter,) = await eventually(lambda: letters(nats))
    mended.set()
    async with await nats.connect() as ops:
        shown, body = await dead.show(ops.jetstream(), letter.id)
        assert shown == letter
        assert b"e-1" in (body or b"")
        await dead.replay(ops.jetstream(), letter.id)
    await eventually(lambda: heard)
    assert await letters(nats) == []
    assert (heard[0].meta.id, heard[0].meta.sequence) == ("events/e-1/1/0", 1)
    assert heard[0].meta.traceparent == f"00-{'ab' * 16}-{'cd' * 8}-00"
    await eventually(lambda: is_zero(pending(nats, "AGAIN")))
    async with await nats.connect() as ops:
        assert (await ops.jetstream().stream_info("AGAIN")).state.messages == 0
    assert (len(heard), len(others)) == (1, 1)


async def test_a_replay_that_fails_again_is_a_dead_letter_again(serve: Any, published: Any, nats: Nats) -> None:
    async def work(fact: EventPublished) -> None:
        raise Refused("still_broken")

    broker = await serve(hearing(work))
    await JetStreamOutbox(broker)([published()])
    (first,) = await eventually(lambda: letters(nats))
    async with await nats.connect() as ops:
        await dead.replay(ops.jetstream(), first.id)
    (second,) = await eventually(lambda: letters(nats))
    assert second.id != first.id
    assert (second.stream, second.sequence, second.headers) == (first.stream, first.sequence, first.headers)


async def test_what_was_erased_is_not_replayed_and_a_dropped_letter_is_gone(
    serve: Any, published: Any, nats: Nats
) -> None:
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        raise Refused("broken")

    broker = await serve(hearing(work))
    await JetStreamOutbox(broker)([published("e-1"), published("e-2")])
    found = {letter.subject[-3:]: letter async for letter in _all(nats, 2)}
    async with await nats.connect() as ops:
        js = ops.jetstream()
        await js.purge_stream("FACTS", subject="ekkyo.fact.events.published.e-1")
        assert (await dead.show(js, found["e-1"].id))[1] is None
        await dead.replay(js, found["e-1"].id)
        await eventually(lambda: is_zero(pending(nats, "AGAIN")))
        await dead.drop(js, found["e-2"].id)
        with pytest.raises(NotFoundError):
            await dead.show(js, found["e-2"].id)
    assert await letters(nats) == []
    assert sorted(tried) == ["e-1", "e-2"]
