"""Each service is restarted instance by instance, as an update does, while a hundred commands a second come in."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import notify as n
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually, settled
from nats.aio.msg import Msg

from tests.real.installation import PATIENCE, Installation, insist
from tests.real.killing import quiet, told_once_and_in_order

PER_SECOND = 100
UNHURRIED = "?socketTimeoutMS=60000&serverSelectionTimeoutMS=60000"
"""A database that is slow because the machine is busy is no fault of the restarts, which are looked at here."""
Said = tuple[str, dict[str, Any], str]
"""A command's subject, its body, and who says it."""


def registrations() -> Iterator[Said]:
    for k in count():
        yield e.RegisterForEvent.subject, {"event_id": "e1", "member_id": f"m{k}", "registration_id": f"r{k}"}, "desk"


def newcomers() -> Iterator[Said]:
    for k in count():
        profile = {"number": f"{k}", "name": "N", "email": f"m{k}@example.co.jp", "department": "D"}
        yield m.RegisterMember.subject, {"member_id": f"m{k}", "profile": profile}, "desk"


def answers() -> Iterator[Said]:
    for k in range(5000):
        yield s.AnswerSurvey.subject, {"survey_id": "s1", "member_id": f"m{k}", "answers": {"satisfaction": 9}}, f"m{k}"


def channels() -> Iterator[Said]:
    for k in count():
        yield n.ConnectChannel.subject, {"community_id": f"c{k}", "url": "https://hooks.slack.com/services/x"}, "desk"


COMMANDS: dict[str, tuple[Callable[[], Iterator[Said]], type[Fact] | None]] = {
    "events": (registrations, e.RegistrationFact),
    "members": (newcomers, m.MemberRegistered),
    "surveys": (answers, s.SurveyAnswered),
    "notify": (channels, None),
}
"""By service: what is said to it, and the fact that each has to cause, once."""


@dataclass
class Load:
    """Commands at a steady pace, each said once: nobody here says it again when nothing comes back.

    At most a second's worth is unanswered at a time: a machine that is busy with other tests is not to be overloaded.
    """

    installation: Installation
    saying: Iterator[Said]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    said: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    async def go(self) -> None:
        nc = await self.installation.nats.connect("outside", allow_reconnect=True)

        async def reply(msg: Msg) -> None:
            self.replies[msg.subject] += 1
            if error := (msg.headers or {}).get("Nats-Service-Error"):
                self.refused.append(error)
            elif (msg.headers or {}).get("Status"):
                self.refused.append("nobody there")

        try:
            await nc.subscribe("_INBOX.outside.rolling.*", cb=reply)
            await settled(nc)
            began = asyncio.get_running_loop().time()
            while not self.over.is_set():
                if self.said - len(self.replies) >= PER_SECOND:
                    await asyncio.sleep(1 / PER_SECOND)
                    continue
                subject, body, who = next(self.saying)
                token = self.installation.keys.token(who, *(["system"] if who == "desk" else []))
                headers = {"Authorization": f"Bearer {token}"}
                await nc.publish(subject, json.dumps(body).encode(), f"_INBOX.outside.rolling.{self.said}", headers)
                self.said += 1
                due = began + self.said / PER_SECOND
                await asyncio.sleep(due - asyncio.get_running_loop().time())
            await eventually(self.all_answered, 30)
        finally:
            await nc.close()

    def all_answered(self) -> bool:
        silent = [k for k in range(self.said) if f"_INBOX.outside.rolling.{k}" not in self.replies]
        assert silent == []
        return True


@pytest.mark.parametrize("name", COMMANDS)
async def test_restarted_one_instance_after_the_other_every_command_is_answered_once(
    installation: Installation, name: str
) -> None:
    installation.database_options = UNHURRIED
    await installation.provision(name)
    instances = [await installation.process(name, instance=which) for which in ("", "-2")]
    for one in instances:
        one.start()
    await asyncio.gather(*(one.ready() for one in instances))
    await prepare(installation, name)
    saying, told = COMMANDS[name]
    load = Load(installation, saying())
    loading = asyncio.create_task(load.go())
    for one in instances:
        before = load.said
        await one.stop()
        one.start()
        await one.ready()
        await eventually(lambda before=before: load.said > before + PER_SECOND, PATIENCE)  # type: ignore[misc]
    load.over.set()
    await loading
    assert load.refused == []
    assert set(load.replies.values()) == {1}
    assert load.said > 2 * PER_SECOND
    await quiet(installation, name)
    await installation.settled(name)
    facts = await installation.facts(name)
    told_once_and_in_order(facts, first=1 if name != "events" else 2)
    if told:
        assert sum(isinstance(fact, told) for fact in facts) == load.said
    else:
        assert len((await installation.rows("notify"))["connections"]) == load.said


async def prepare(installation: Installation, name: str) -> None:
    """An event, a survey: what the commands are about."""
    client = await installation.client("desk", "system")
    if name == "events":
        starts = utcnow() + timedelta(days=3)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        details = e.EventDetails(title="Popular", format="online", url_follows=True, capacity=30)
        await insist(client, e.DraftEvent(event_id="e1", community_id="c1", details=details, **times))
        await insist(client, e.PublishEvent(event_id="e1"))
    if name == "surveys":
        invited, deadline = [f"m{k}" for k in range(5000)], utcnow() + timedelta(days=3)
        await installation.joined(*invited)
        await installation.heard("surveys")
        about = {"survey_id": "s1", "community_id": "c1", "title": {"en": "How was it?"}}
        opening = s.OpenSurvey(**about, invited=invited, deadline=deadline)
        await insist(client, opening, within=20)  # five thousand members are written one by one
