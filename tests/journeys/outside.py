"""An outside system: it knows `ekkyo env`, tokens and the public contracts, and nothing of what is behind."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Command, Fact, Question, Refused
from ekkyo.testing import eventually
from nats.aio.msg import Msg

from tests.cli import running

F = TypeVar("F", bound=Fact)
PATIENCE = 45.0
"""Seconds: a killed service comes back within a few, on a busy machine within some more."""


class Stack(running.Stack):
    """A local stack of the journey's own, as those who run it see it."""

    def status(self) -> Any:
        return self.ekkyo("status", "--json").json

    def part(self, name: str) -> Any:
        return next(part for part in self.status()["parts"] if part["name"] == name)

    def kill(self, service: str) -> None:
        """The way a machine takes a process: at once, with whatever it was doing."""
        os.kill(self.part(service)["pid"], signal.SIGKILL)

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """Kill a service, and let nobody start it again until this ends."""
        state = self.folder.state()
        assert state
        os.kill(state.supervisor.pid, signal.SIGSTOP)
        try:
            self.kill(service)
            assert self.part(service)["state"] == "stopped"
            yield
        finally:
            os.kill(state.supervisor.pid, signal.SIGCONT)


class Outside:
    """Speaks for members and systems over one connection, and hears every fact from the first on."""

    def __init__(self, connection: Ekkyo, token: Callable[..., str]) -> None:
        self.connection, self._token = connection, token
        self._speaking: dict[tuple[str, ...], Ekkyo] = {}
        self.facts: list[Fact] = []

    def _as(self, sub: str, *roles: str) -> Ekkyo:
        if (sub, *roles) not in self._speaking:
            self._speaking[sub, *roles] = self.connection.with_token(self._token(sub, *roles))
        return self._speaking[sub, *roles]

    @property
    def tokens(self) -> list[str]:
        return [str(client._token) for client in self._speaking.values()]

    async def send(self, command: Command[Any], sub: str, *roles: str) -> Any:
        """Said again, with the ids it has, while nobody answers: as the contract says to."""
        return await self._insist(self._as(sub, *roles).send, command)

    async def ask(self, question: Question[Any], sub: str, *roles: str) -> Any:
        return await self._insist(self._as(sub, *roles).ask, question)

    async def _insist(self, say: Callable[[Any], Any], message: Any) -> Any:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await say(message)
                except Refused as no:
                    if no.status != 503:
                        raise
                await asyncio.sleep(0.2)

    async def listen(self) -> None:
        async for fact in self.connection.facts(since=1):
            self.facts.append(fact)

    def heard(self, kind: type[F], **fields: Any) -> list[F]:
        return [
            fact
            for fact in self.facts
            if isinstance(fact, kind) and all(getattr(fact, name) == value for name, value in fields.items())
        ]

    async def until(self, enough: Callable[[], Any], what: str) -> None:
        await eventually(lambda: bool(enough()), timeout=PATIENCE, every=0.05, what=what)

    async def stream(self) -> list[Msg]:
        """Every message of FACTS as it lies there, read with a durable consumer of its own."""
        subscription = await self.connection.js.pull_subscribe("ekkyo.fact.>", durable="auditor", stream="FACTS")
        found: list[Msg] = []
        while True:
            try:
                some = await subscription.fetch(500, timeout=2)
            except TimeoutError:
                await subscription.unsubscribe()
                return found
            for one in some:
                await one.ack()
            found += some


@asynccontextmanager
async def outside(stack: Stack) -> AsyncIterator[Outside]:
    """An outside system that is connected with what `ekkyo env` prints."""
    env = stack.ekkyo("env", "--json").json
    async with Ekkyo.connect(environment=env) as connection:
        it = Outside(connection, stack.token)
        listening = asyncio.create_task(it.listen())
        try:
            yield it
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
