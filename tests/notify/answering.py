"""The events service and notify on real servers, mail that comes in on a port, and a member who was invited."""

import asyncio
import json
import smtplib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import ekkyo_events.app
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import (
    DraftEvent,
    EventDetails,
    MyRegistration,
    PublishEvent,
    RegisterForEvent,
    Registration,
    RegistrationConfirmed,
    WithdrawFromEvent,
)
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Keys, eventually
from ekkyo.wire.tokens import OF_REPLIES, make_keys, public_half
from ekkyo_notify.inbound.counted import INBOUND

from tests.notify.replying import Answer, Invitation
from tests.notify.world import World, address

AUTHSERV = "mx.example.co.jp"
MEMBER = "m1"


def replies_key(folder: Path, keys: Keys) -> dict[str, Path]:
    """A key of replies, and a JWKS that trusts it beside the tests' own."""
    private = make_keys(OF_REPLIES)[0]
    key, jwks = folder / "replies.jwk", folder / "jwks-of-replies.json"
    key.write_text(json.dumps(private))
    trusted = [*json.loads(keys.jwks_file.read_text())["keys"], public_half(private)]
    jwks.write_text(json.dumps({"keys": trusted}))
    return {"key": key, "jwks": jwks}


@dataclass
class Answering:
    """A member, an event, and what comes of answers to its invitation."""

    world: World
    leader: Any
    event_id: str
    starts: Any
    protocol: str

    @property
    def port(self) -> int:
        port: int = self.world.it.context.get("listening").port
        return port

    async def registered(self, member: str = MEMBER) -> Invitation:
        """Register the member; the invitation that they got by it."""
        before = len(self.invitations(member))
        command = RegisterForEvent(event_id=self.event_id, member_id=member, registration_id=new_id())
        await self.leader.send(command)
        return await self.invited(before + 1, member)

    def invitations(self, member: str = MEMBER) -> list[EmailMessage]:
        return [mail for mail in self.world.mail.to(address(member)) if 'method="REQUEST"' in method(mail)]

    async def invited(self, count: int, member: str = MEMBER) -> Invitation:
        """The last of so many invitations."""
        await eventually(lambda: len(self.invitations(member)) >= count, 20, what="an invitation")
        return Invitation.of(self.invitations(member)[count - 1])

    async def hand_over(self, mail: bytes, *, to: str = "", sender: str = address(MEMBER)) -> int:
        """Bring a mail as the mail server in front does; the code of the answer."""

        def bring() -> int:
            client = smtplib.LMTP if self.protocol == "lmtp" else smtplib.SMTP
            with client("127.0.0.1", self.port, timeout=20) as said:
                said.ehlo_or_helo_if_needed()
                said.mail(sender or "<>")
                code, _ = said.rcpt(to)
                return said.data(mail)[0] if code == 250 else code

        return await asyncio.to_thread(bring)

    async def answer(self, form: Any, answer: Answer, locale: str = "en", **more: Any) -> None:
        assert await self.hand_over(form(answer, locale), **{"to": answer.to.organizer, **more}) == 250

    def counts(self) -> dict[str, int]:
        """What came of all the mails so far, by the figures."""
        [figure] = [f for f in self.world.it.registry.collect() if f.name == INBOUND.name]
        return {s.labels["outcome"]: int(s.value) for s in figure.samples if s.name.endswith("_count") and s.value}

    async def came_to(self, **outcomes: int) -> None:
        await eventually(lambda: self.counts() == outcomes or None, 20, what=f"{outcomes}, not {self.counts()}")

    async def has(self, member: str = MEMBER) -> Registration | None:
        found = await self.leader.ask(MyRegistration(event_id=self.event_id, member_id=member))
        place: Registration | None = found.registration
        return place

    async def status(self, member: str = MEMBER) -> str:
        found = await self.has(member)
        return found.status if found else "none"

    async def withdraw(self, member: str = MEMBER) -> None:
        await self.leader.send(WithdrawFromEvent(event_id=self.event_id, member_id=member))

    def texts(self, member: str = MEMBER) -> list[EmailMessage]:
        """Short answers of a program, as far as they were sent."""
        return [mail for mail in self.world.mail.to(address(member)) if mail["Auto-Submitted"] == "auto-replied"]

    async def heard(self) -> None:
        """Until notify knows everything that the events service told."""
        await self.world.quiet()

    async def confirmed(self) -> int:
        """How often somebody got a seat."""
        return len([f async for f in self.leader.facts(RegistrationConfirmed, follow=False)])


def method(mail: EmailMessage) -> str:
    return " ".join(str(p["Content-Type"]) for p in mail.walk() if p.get_content_type() == "text/calendar")


@asynccontextmanager
async def answering(
    world: World, folder: Path, keys: Keys, *, protocol: str = "lmtp", authserv_id: str = AUTHSERV, **changes: Any
) -> AsyncIterator[Answering]:
    """notify takes mail in; `m1` and `m2` are members of c1, where a published event has two places."""
    files = replies_key(folder, keys)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(world.run(ekkyo_events.app.service, jwks_file=files["jwks"]))
        await world.start(
            jwks_file=files["jwks"],
            inbound_url=f"{protocol}://127.0.0.1:0",
            inbound_address="calendar@ekkyo.example.com",
            inbound_key_file=files["key"],
            inbound_authserv_id=authserv_id,
            portal_url="https://ekkyo.example.com",
        )
        await world.found()
        for member in (MEMBER, "m2"):
            await world.join(member)
        leader = await stack.enter_async_context(world.clients("boss", "steward"))
        event_id, starts = new_id(), utcnow() + timedelta(days=2)
        details = {"title": "Excel ピボット入門", "format": "online", "url_follows": True, "capacity": 2} | changes
        ends = starts + timedelta(hours=1)
        draft = DraftEvent(
            event_id=event_id, community_id="c1", details=EventDetails(**details), starts_at=starts, ends_at=ends
        )
        await leader.send(draft)
        await leader.send(PublishEvent(event_id=event_id))
        yield Answering(world, leader, event_id, starts, protocol)
