"""One trace from what somebody asks to the mail that a member gets of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import ekkyo_events.app
import ekkyo_members.app
import ekkyo_notify.app
import pytest_asyncio
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, PublishEvent, RegisterForEvent, RegistrationConfirmed
from ekkyo.contracts.members import MemberRegistered, Profile, RegisterMember
from ekkyo.contracts.notify import Delivered
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import ClientAs, Run
from ekkyo.wire import context, trace

from tests.notify.servers import MailServer

BEGUN = f"00-{'ab' * 16}-{'cd' * 8}-01"


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = await MailServer().start()
    yield server
    await server.stop()


async def test_a_trace_goes_from_the_command_to_its_fact_to_the_reaction_to_the_delivery(
    nats: Nats, running: Run, client_as: ClientAs, mail: MailServer
) -> None:
    event, member = new_id(), new_id()
    smtp = {"smtp_url": mail.url, "mail_from": "no-reply@ekkyo.example.com"}
    async with (
        running(ekkyo_members.app.service),
        running(ekkyo_events.app.service),
        running(ekkyo_notify.app.service, **smtp),
        client_as("boss", "steward") as steward,
    ):
        profile = Profile(number="1", name="山田 花子", email="hanako@example.com", department="営業部")
        await steward.send(RegisterMember(member_id=member, profile=profile))
        starts = utcnow() + timedelta(days=2)
        details = EventDetails(title="Spreadsheets", format="online", url_follows=True, capacity=5)
        await steward.send(
            DraftEvent(
                event_id=event,
                community_id="c1",
                details=details,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
            )
        )
        await steward.send(PublishEvent(event_id=event))
        token = context.traceparent.set(BEGUN)
        try:
            await steward.send(RegisterForEvent(event_id=event, member_id=member, registration_id=new_id()))
        finally:
            context.traceparent.reset(token)
        await eventually(lambda: mail.recipients, 20)
        found: dict[type, str | None] = {}

        async def told() -> bool:
            async for fact in steward.facts(MemberRegistered, RegistrationConfirmed, Delivered, follow=False):
                found[type(fact)] = fact.meta.traceparent
            return Delivered in found

        await eventually(told)
    wanted = trace.trace_id(BEGUN)
    assert trace.trace_id(found[RegistrationConfirmed]) == wanted
    assert trace.trace_id(found[Delivered]) == wanted
    assert trace.trace_id(found[MemberRegistered]) != wanted
    spans = {t[36:52] for t in (BEGUN, found[RegistrationConfirmed], found[Delivered]) if t}
    assert len(spans) == 3, "each step has a span of its own"
