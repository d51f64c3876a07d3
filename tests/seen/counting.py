"""A service that can be made to do everything there is a figure for, and how /metrics is read."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import httpx
from ekkyo.broker import NotYet, Router, asked, due, told
from ekkyo.contracts.base import Command, May, Model, Refused, may
from ekkyo.contracts.events import EventPublished
from ekkyo.decision import Decision, Document, Timer
from ekkyo.decision.clock import utcnow
from ekkyo.service import Service
from ekkyo.store import Collection
from faststream import Context, ContextRepo
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.notify.making import event


class Rung(Model):
    """That it rang."""


class Ring(Command[Rung]):
    """Ring a bell, and again when its timer is due."""

    subject: ClassVar[str] = "ekkyo.cmd.events.ring"
    may: ClassVar[May] = may("member")
    id: str


class Bell(Document):
    rung: bool = True


class Again(Timer):
    """It is time to ring again."""

    subject: ClassVar[str] = "ekkyo.timer.events.again"


@dataclass
class Held:
    """What the test lets go of."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    tried: int = 0


bells = Collection.of(Bell, "bells")
Bells = Annotated[Collection[Bell], Context("bells")]
Hold = Annotated[Held, Context("held")]
router = Router()


@router.subscriber(**asked(Ring))
async def ring(cmd: Ring, bells: Bells, held: Hold) -> Rung:
    """Ring once the test lets go."""
    await held.asked.wait()
    await rung(bells, cmd.id)
    return Rung()


async def rung(bells: Collection[Bell], id: str) -> None:
    facts = [EventPublished(event_id=id, event=event(event_id=id))]
    timers = [Again(id=id).at(utcnow())]
    await bells.create(
        id, lambda b: Decision(b, None) if b else Decision(Bell(id=id), None, facts=facts, timers=timers)
    )


@router.subscriber(**told(EventPublished, by="events", name="listen", start="beginning"))
async def listen(fact: EventPublished, held: Hold) -> None:
    """Not at once; and never to what is bad."""
    held.tried += 1
    if held.tried == 1:
        raise NotYet("one more time")
    if fact.event_id == "bad":
        raise Refused("bad", "This is bad.")


@router.subscriber(**due(Again))
async def ring_again(timer: Again, held: Hold) -> None:
    """Ring again, once the test lets go."""
    await held.due.wait()


def service(held: Held) -> Service:
    async def startup(context: ContextRepo) -> None:
        context.set_global("held", held)

    return Service("events", routers=[router], collections=[bells], startup=startup)


class Page:
    """What /metrics tells."""

    def __init__(self, text: str) -> None:
        self.families: dict[str, Metric] = {f.name: f for f in text_string_to_metric_families(text)}

    @classmethod
    async def of(cls, url: str) -> "Page":
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"{url}/metrics", timeout=10)
        assert answer.status_code == 200
        return cls(answer.text)

    def value(self, series: str, **labels: str) -> float:
        """The sum of all samples of this name that have these labels."""
        return sum(
            s.value
            for f in self.families.values()
            for s in f.samples
            if s.name == series and labels.items() <= s.labels.items()
        )
