"""Hearing the facts as they come, to wait for one of them, and to have them all at the end."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import notify as n
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact

from ekkyo_cli.demo.check import Telling

PATIENCE = 60.0


class Listener:
    """All facts from the beginning on, in the order of the stream."""

    def __init__(self, ekkyo: Ekkyo) -> None:
        self.facts: list[Fact] = []
        self.mailed: Counter[Telling] = Counter()
        """The mails that notify says it delivered, and how often."""
        self._seen: set[tuple[type[Fact], str]] = set()
        self._invited: defaultdict[str, set[str]] = defaultdict(set)
        self._seated: defaultdict[str, set[str]] = defaultdict(set)
        self._drawn: dict[str, e.DrawHeld] = {}
        self._placed: defaultdict[str, set[str]] = defaultdict(set)
        """The registrations at an event that got a seat, or a place on its waitlist."""
        self._regulars: defaultdict[str, set[str]] = defaultdict(set)
        self._released: dict[str, int] = {}
        self._mails: set[tuple[str, str, str]] = set()
        self._withdrew: set[Telling] = set()
        self._more = asyncio.Condition()
        self._task = asyncio.create_task(self._listen(ekkyo))

    async def _listen(self, ekkyo: Ekkyo) -> None:
        async for fact in ekkyo.facts(since=1):
            self._take(fact)
            async with self._more:
                self._more.notify_all()

    def _take(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._seen.add((type(fact), fact.entity_id))
        if isinstance(fact, s.SurveyOpened):
            self._invited[fact.survey_id].update(fact.invited)
        if isinstance(fact, e.SeriesRegistered):
            self._regulars[fact.series_id].add(fact.member_id)
        if isinstance(fact, e.RegistrationConfirmed):
            self._seated[fact.event_id].add(fact.member_id)
        if isinstance(fact, e.DrawHeld):
            self._drawn[fact.event_id] = fact
        if isinstance(fact, e.SeatsReleased):
            self._released[fact.event_id] = fact.released
        if isinstance(fact, e.RegistrationConfirmed | e.RegistrationWaitlisted) and fact.registration_id:
            self._placed[fact.event_id].add(fact.registration_id)
        if isinstance(fact, e.RegistrationWithdrawn) and fact.series_change is None:
            self._withdrew.add((fact.meta.id, fact.member_id))
        if isinstance(fact, n.Delivered) and fact.delivery.channel == "mail":
            to = fact.delivery.member_id or fact.delivery.sponsor_id or ""
            self._mails.add((fact.delivery.topic, fact.delivery.entity_id, to))
            self.mailed[fact.delivery.fact_id, to] += 1

    async def _until(self, enough: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
        """Wait until enough was heard; `within` in seconds. Raises TimeoutError that says what was not."""

        async def wait() -> None:
            async with self._more:
                await self._more.wait_for(lambda: self._task.done() or enough())

        try:
            await asyncio.wait_for(wait(), within)
        except TimeoutError:
            raise TimeoutError(f"not received within {within:.0f} s: {what}") from None
        if self._task.done():
            self._task.result()

    async def until(self, kind: type[Fact], entity_id: str) -> None:
        """Wait for a fact of this kind about this entity."""
        await self._until(lambda: (kind, entity_id) in self._seen, f"{kind.__name__} about {entity_id}")

    async def invited(self, survey_id: str, members: list[str]) -> None:
        """Wait until all of these were invited to a survey."""
        await self._until(
            lambda: self._invited[survey_id].issuperset(members), f"the survey {survey_id} for all {len(members)}"
        )

    async def regulars(self, series_id: str, members: list[str]) -> None:
        """Wait until all of these are registered for all dates of a series."""
        await self._until(
            lambda: self._regulars[series_id].issuperset(members), f"the {len(members)} who are registered for a series"
        )

    async def seated(self, event_id: str, members: list[str]) -> None:
        """Wait until all of these have got a seat at an event."""
        await self._until(lambda: self._seated[event_id].issuperset(members), f"the seats of {len(members)}")

    async def drawn(self, event_id: str) -> None:
        """Wait until the places of an event are drawn, and everybody in the draw was told what they got."""

        def enough() -> bool:
            held = self._drawn.get(event_id)
            return held is not None and self._placed[event_id].issuperset(held.order)

        await self._until(enough, f"the draw of {event_id}")

    async def asked(self, survey_id: str, count: int) -> list[str]:
        """Wait until so many were invited to a survey; who."""
        await self._until(lambda: len(self._invited[survey_id]) >= count, f"the survey {survey_id} for {count}")
        return sorted(self._invited[survey_id])

    async def released(self, event_id: str) -> int:
        """Wait until the seats that an event kept for some are for everybody; how many were left."""
        await self._until(lambda: event_id in self._released, f"the release of seats of {event_id}")
        return self._released[event_id]

    async def told(self, topic: n.Topic, entity_id: str, who: str) -> None:
        """Wait until the mail server has a mail to a member, or a sponsor, about something."""
        mail = (topic, entity_id, who)
        await self._until(lambda: mail in self._mails, f"the mail {topic} about {entity_id}")

    async def withdrawals_mailed(self) -> None:
        """Wait until who withdrew was told so: on a slow machine the event would be over before their turn."""
        with contextlib.suppress(TimeoutError):  # then their mails are left out, as those of any event that is over
            await self._until(lambda: self._withdrew <= self.mailed.keys(), "the mails to who withdrew")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
