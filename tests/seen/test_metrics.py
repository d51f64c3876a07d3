"""Every figure there is: told by a running service, moved by what happens, and named as Prometheus wants it."""

import importlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.contracts.events import EventCancelled
from ekkyo.installation.permissions import SERVICES
from ekkyo.process import metrics
from ekkyo.process.metrics import Figure
from ekkyo.service import Running, watch
from ekkyo.testing import Nats, eventually
from ekkyo_notify.delivering.counted import DELIVERY

from tests.notify.servers import ChatServer, MailServer
from tests.notify.world import World, address, opened, soon
from tests.seen.counting import Held, Page, Ring, bells, rung, service

OWN = [f for name in SERVICES for f in importlib.import_module(f"ekkyo_{name}.app").service.figures]
EVERY = [*metrics.SHARED, *OWN]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at /metrics is a look at the streams."""
    monkeypatch.setattr(watch, "EVERY", 0.0)


async def told(it: Running, series: str, above: float = 0, **labels: str) -> Page:
    """The page once this is more than that."""

    async def found() -> Page | None:
        page = await Page.of(it.url)
        return page if page.value(series, **labels) > above else None

    page: Page = await eventually(found, 20, what=f"{series} {labels}")
    return page


async def test_every_figure_of_a_running_service_is_there_and_moves(nats: Nats, running: Any, client_as: Any) -> None:
    held = Held()
    async with running(service(held)) as it, client_as("m1") as ekkyo:
        page = await Page.of(it.url)
        assert {f.name.removesuffix("_total") for f in metrics.SHARED} <= page.families.keys()
        assert page.value("ekkyo_ready") == 1
        assert page.value("ekkyo_service_info", service="events") == 1
        assert page.value("ekkyo_requests_at_once") == 0

        async with await nats.connect("ops") as nc:
            headers = {"Authorization": f"Bearer {ekkyo._token}"}
            await nc.publish(Ring.subject, b'{"id": "x"}', headers=headers, reply="ekkyo.fact.events.published.x")
            await told(it, "ekkyo_requests_at_once")
            held.asked.set()
            await told(it, "ekkyo_reply_subjects_refused_total")
        await ekkyo.send(Ring(id="bad"))
        await told(it, "ekkyo_request_seconds_count", operation="events.ring", outcome="done")
        await told(it, "ekkyo_facts_published_total", 1, fact="events.published")
        await told(it, "ekkyo_redeliveries_total", reaction="events-listen")
        await told(it, "ekkyo_reaction_seconds_count", reaction="events-listen", outcome="not_yet")
        await told(it, "ekkyo_reaction_seconds_count", reaction="events-listen", outcome="dead")
        await told(it, "ekkyo_dead_letters", reaction="events-listen")
        page = await told(it, "ekkyo_fact_age_seconds_count", reaction="events-listen")
        assert 0.1 < page.value("ekkyo_fact_age_seconds_sum", reaction="events-listen") < 60
        await told(it, "ekkyo_timers_overdue", 1, timer="events-due-again")
        await told(it, "ekkyo_consumer_unacknowledged", 1, reaction="events-due-again")
        held.due.set()
        await eventually(lambda: is_zero(it, "ekkyo_timers_overdue"), 20)

        nats.server.kill()
        await rung(it.live(bells), "later")
        page = await told(it, "ekkyo_outbox_messages", 1)
        assert not page.families["ekkyo_consumer_pending"].samples, "nothing is told that is not known"
        await told(it, "ekkyo_outbox_oldest_seconds", 0.1)
        nats.server.start()
        await told(it, "ekkyo_nats_reconnects_total")
        await eventually(lambda: is_zero(it, "ekkyo_outbox_messages"), 30)


async def test_what_a_reaction_was_not_told_yet_is_its_lag(nats: Nats, running: Any) -> None:
    held = Held()
    async with running(service(held)) as it:
        await it.broker.finish()
        for n in range(3):
            await rung(it.live(bells), f"bell-{n}")
        page = await told(it, "ekkyo_consumer_pending", 2, reaction="events-listen")
        assert page.value("ekkyo_consumer_pending", reaction="events-listen") == 3


async def is_zero(it: Running, series: str) -> bool:
    page = await Page.of(it.url)
    return not page.value(series) and any(f.samples for f in page.families.values() if f.name == series)


@pytest_asyncio.fixture
async def notify(nats: Nats, running: Any, client_as: Any) -> AsyncIterator[World]:
    mail, chat = await MailServer().start(), await ChatServer().start()
    async with opened(World(nats, mail, chat, running, client_as)) as world:
        await world.start()
        await world.found()
        yield world
    await mail.stop()
    await chat.stop()


async def test_deliveries_are_told_by_channel_and_outcome(notify: World) -> None:
    await notify.join("m1")
    await notify.join("m2")
    notify.mail.refuse[address("m2")] = "550 5.1.1 no such user"
    await notify.tell(EventCancelled(event_id="e1", event=soon(), confirmed=["m1", "m2"], waitlisted=[], reason=""))
    await told(notify.it, "ekkyo_delivery_seconds_count", channel="mail", outcome="sent")
    await told(notify.it, "ekkyo_delivery_seconds_count", channel="mail", outcome="failed")
    page = await Page.of(notify.it.url)
    assert DELIVERY.name in page.families
    kept_to_the_conventions(page)


def kept_to_the_conventions(page: Page) -> None:
    """https://prometheus.io/docs/practices/naming/, https://prometheus.io/docs/instrumenting/writing_exporters/"""
    known = {f.name.removesuffix("_total"): f for f in (*EVERY, *metrics.PROCESS)}
    for name, family in page.families.items():
        if name.startswith("ekkyo_"):
            figure = known[name]
            assert (family.type, family.documentation) == (figure.kind, figure.about)
            for sample in family.samples:
                assert sample.labels.keys() - {"le"} == set(figure.labels)
                for label, value in sample.labels.items():
                    assert label in ("le", "version") or re.fullmatch(r"[a-z]+([._-][a-z]+)*", value), value
            assert len(family.samples) < 500


async def test_labels_are_names_and_never_ids(nats: Nats, running: Any, client_as: Any) -> None:
    held = Held()
    held.asked.set()
    held.due.set()
    async with running(service(held)) as it, client_as("m1") as ekkyo:
        for n in range(20):
            await ekkyo.send(Ring(id=f"0192f0c1-7a00-7000-8000-0000000000{n:02}"))
        page = await told(it, "ekkyo_facts_published_total", 19)
    kept_to_the_conventions(page)
    assert len(page.families["ekkyo_facts_published"].samples) <= 2


@pytest.mark.parametrize("figure", EVERY, ids=lambda f: f.name)
def test_a_figure_is_named_as_prometheus_wants_it(figure: Figure) -> None:
    assert re.fullmatch(r"ekkyo(_[a-z]+)+", figure.name)
    assert figure.name.endswith("_total") == (figure.kind == "counter")
    assert figure.kind != "histogram" or figure.name.endswith("_seconds")
    assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|percent|count|sum|bucket)$", figure.name)
    assert set(figure.labels) <= {"operation", "outcome", "reaction", "fact", "channel", "timer", "service", "version"}
    assert figure.about[0].isupper()
    assert not figure.about.endswith(".")
    assert list(figure.buckets) == sorted(set(figure.buckets))


def test_no_two_figures_share_a_name() -> None:
    names = [f.name for f in EVERY]
    assert len(names) == len(set(names))
