"""A whole trace, read back from a real OTLP receiver; and what no trace may hold."""

from datetime import timedelta
from typing import Any

import ekkyo_events.app
import ekkyo_notify.app
import ekkyo_surveys.app
import pytest
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, PublishEvent, RegisterForEvent
from ekkyo.contracts.members import MemberJoined, MemberRegistered, Membership, MemberState
from ekkyo.contracts.surveys import AnswerSurvey, OpenSurvey
from ekkyo.decision.clock import utcnow
from ekkyo.process import tracing
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import ClientAs
from ekkyo.wire import context, fact_message

from tests.notify.servers import MailServer
from tests.seen.conftest import Serve
from tests.seen.otlp import Receiver, Span

BEGUN = f"00-{'ab' * 16}-{'cd' * 8}-01"
ADDRESS, NAME = "hanako@example.com", "山田 花子"


async def known(nats: Nats, member: str) -> None:
    """Tell that somebody is there, as members would."""
    state = MemberState(
        member_id=member,
        number="1",
        name=NAME,
        email=ADDRESS,
        department="営業部",
        channels=["mail"],
        locale="ja",
        timezone="Asia/Tokyo",
    )
    fact = MemberRegistered(member_id=member, member=state)
    out = fact_message(fact, owner="members", revision=1, n=0, time=utcnow(), actor="test", traceparent=None)
    async with await nats.connect("members") as nc:
        await nc.jetstream().publish(out.subject, out.body, headers=out.headers)


async def joined(nats: Nats, *members: str) -> None:
    """Tell that these are in the community, as members would, and wait until surveys has heard it."""
    async with await nats.connect("members") as nc:
        for who in members:
            membership = Membership(community_id="c1", joined_at=utcnow())
            state = MemberState(
                member_id=who,
                number=who,
                name=who,
                email=f"{who}@example.com",
                department="IT",
                channels=["mail"],
                locale="ja",
                timezone="Asia/Tokyo",
                communities=[membership],
            )
            fact = MemberJoined(member_id=who, member=state, community_id="c1")
            out = fact_message(fact, owner="members", revision=1, n=0, time=utcnow(), actor="x", traceparent=None)
            await nc.jetstream().publish(out.subject, out.body, headers=out.headers)
    async with await nats.connect("ops") as ops:

        async def heard() -> bool:
            info = await ops.jetstream().consumer_info("FACTS", "surveys-people")
            return not info.num_pending and not info.num_ack_pending

        await eventually(heard)


async def test_a_whole_trace_from_the_callers_context_to_the_mail_is_read_back_from_a_collector(
    nats: Nats, serve: Serve, provision: Any, client_as: ClientAs, mail: MailServer, collector: Receiver
) -> None:
    event, member = new_id(), new_id()
    smtp = {"smtp_url": mail.url, "mail_from": "no-reply@ekkyo.example.com"}
    await provision(ekkyo_events.app.service)
    await provision(ekkyo_notify.app.service, **smtp)
    with serve(ekkyo_events.app.service) as events, serve(ekkyo_notify.app.service, **smtp) as notify:
        await events.until_ready()
        await notify.until_ready()
        await known(nats, member)
        async with client_as("boss", "steward") as steward:
            starts = utcnow() + timedelta(days=2)
            details = EventDetails(title="Spreadsheets", format="online", url_follows=True, capacity=5)
            ends = starts + timedelta(hours=1)
            draft = DraftEvent(event_id=event, community_id="c1", details=details, starts_at=starts, ends_at=ends)
            await steward.send(draft)
            await steward.send(PublishEvent(event_id=event))
            token = context.traceparent.set(BEGUN)
            try:
                await steward.send(RegisterForEvent(event_id=event, member_id=member, registration_id=new_id()))
            finally:
                context.traceparent.reset(token)
            await eventually(lambda: mail.recipients, 20)
        await eventually(lambda: [s for s in collector.spans if s.name == "publish ekkyo.fact.notify.delivered"], 20)
        events.stop()
        notify.stop()
    spans = collector.of("ab" * 16)

    def one(service: str, name: str, kind: str, after: Span | None) -> Span:
        parent = after.id if after else "cd" * 8
        [found] = [s for s in spans if (s.service, s.name, s.kind, s.parent) == (service, name, kind, parent)]
        return found

    confirmed = "ekkyo.fact.events.registration_confirmed"
    asked = one("events", "events.register", "server", None)
    change = one("events", "change events", "internal", asked)
    relay = one("events", f"publish {confirmed}", "producer", change)
    reaction = one("notify", f"process {confirmed}", "consumer", relay)
    delivery = one("notify", "deliver mail", "internal", reaction)
    assert (delivery.attributes["ekkyo.channel"], delivery.attributes["ekkyo.outcome"]) == ("mail", "sent")
    recorded = [s for s in spans if s.name == "change deliveries" and s.parent == delivery.id]
    told = [s for s in spans if s.name == "publish ekkyo.fact.notify.delivered"]
    assert told[0].parent in {s.id for s in recorded}
    assert asked.attributes["ekkyo.outcome"] == "done"
    assert (
        reaction.attributes
        | {
            "messaging.system": "nats",
            "messaging.destination.name": confirmed,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.consumer.group.name": "notify-tell_registration",
        }
        == reaction.attributes
    )
    assert relay.attributes["messaging.operation.type"] == "send"
    assert not any(s.error for s in spans)
    everything = "".join(s.text for s in collector.spans)
    for said in (event, member, "boss", ADDRESS, NAME, "hanako", "Spreadsheets"):
        assert said not in everything
    assert f'"trace": "{"ab" * 16}"' in events.log.read_text()
    assert f'"trace": "{"ab" * 16}"' in notify.log.read_text()


async def test_a_trace_says_nothing_of_an_anonymous_answer_but_that_one_was_given(
    nats: Nats, serve: Serve, provision: Any, client_as: ClientAs, collector: Receiver
) -> None:
    survey, members = new_id(), [f"member-{n}{new_id()[-6:]}" for n in range(5)]
    said = [f"said-{new_id()[-8:]}" for _ in members]
    await provision(ekkyo_surveys.app.service)
    with serve(ekkyo_surveys.app.service) as surveys:
        await surveys.until_ready()
        await joined(nats, *members)
        async with client_as("lead", "leader:c1") as leader:
            opened = OpenSurvey(
                survey_id=survey,
                community_id="c1",
                title={"en": "How are we doing?"},
                anonymous=True,
                invited=members,
                deadline=utcnow() + timedelta(days=1),
            )
            await leader.send(opened)
            for n, (member, comment) in enumerate(zip(members, said, strict=True)):
                async with client_as(member) as one:
                    answers = {"satisfaction": n, "comment": comment}
                    await one.send(AnswerSurvey(survey_id=survey, member_id=member, answers=answers))
        surveys.stop()
    answered = [s for s in collector.spans if s.name == "surveys.answer"]
    assert len(answered) == len(members)
    everything = "".join(s.text for s in collector.spans) + surveys.log.read_text()
    for words in (survey, "lead", "satisfaction", *members, *said):
        assert words not in everything
    shapes = {tuple(sorted((s.name, tuple(s.attributes.items())) for s in collector.of(a.trace))) for a in answered}
    assert len(shapes) == 1, "whatever is answered, the trace of it looks the same"


def test_without_a_collector_nothing_is_set_up() -> None:
    assert tracing.configure(service="events", version="1", environ={}) is tracing._nothing
    off = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}
    assert tracing.configure(service="events", version="1", environ=off) is tracing._nothing


def test_a_protocol_that_is_not_spoken_is_told_at_the_start() -> None:
    grpc = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    with pytest.raises(tracing.NotInstalled, match="OTEL_EXPORTER_OTLP_PROTOCOL is wrong"):
        tracing.configure(service="events", version="1", environ=grpc)
