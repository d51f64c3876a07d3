"""What a mail server was told is kept is carried out, although notify died before it could be."""

import asyncio
import smtplib
from datetime import timedelta
from pathlib import Path

from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, MyRegistration, PublishEvent, RegisterForEvent
from ekkyo.contracts.notify import ListDeliveries
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import free_port
from ekkyo.testing import Keys, eventually

from tests.notify.answering import replies_key
from tests.notify.replying import Answer, Invitation, outlook
from tests.real.installation import PATIENCE, Installation


async def test_an_answer_that_was_taken_in_outlives_notify_and_is_carried_out_once(
    installation: Installation, keys: Keys, tmp_path: Path
) -> None:
    files, port = replies_key(tmp_path, keys), free_port()
    events, notify = await installation.process("events"), await installation.process("notify")
    inbound = {"url": f"lmtp://127.0.0.1:{port}", "address": "calendar@ekkyo.example.com", "key_file": files["key"]}
    notify.environment |= {f"EKKYO_INBOUND_{name.upper()}": str(value) for name, value in inbound.items()}
    for process in (events, notify):
        process.environment["EKKYO_JWKS_FILE"] = str(files["jwks"])
    await installation.provision("events", "notify", ack_wait=3)
    for process in (events, notify):
        process.start()
        await process.ready()
    await installation.joined("m1")
    leader = await installation.client("boss", "steward")
    event, starts = new_id(), utcnow() + timedelta(days=2)
    details = EventDetails(title="Excel", format="online", url_follows=True, capacity=2)
    draft = DraftEvent(
        event_id=event, community_id="c1", details=details, starts_at=starts, ends_at=starts + timedelta(hours=1)
    )
    await leader.send(draft)
    await leader.send(PublishEvent(event_id=event))
    await leader.send(RegisterForEvent(event_id=event, member_id="m1", registration_id=new_id()))
    mail = installation.mail
    await eventually(lambda: any(b"method=REQUEST" in content for content in mail.contents), PATIENCE)
    await installation.settled("notify")
    to = Invitation.of(next(m for m in mail.mails if "method=REQUEST" in m.as_string()))
    decline = outlook(Answer(to, message_id="<1@example.co.jp>"))

    def hand_over() -> None:
        with smtplib.LMTP("127.0.0.1", port, timeout=20) as said:
            said.sendmail("m1@example.co.jp", [to.organizer], decline)

    await events.stop()  # so that it cannot be carried out
    await asyncio.to_thread(hand_over)
    notify.kill()
    events.start()
    await events.ready()
    found = await leader.ask(MyRegistration(event_id=event, member_id="m1"))
    assert found.registration.status == "confirmed"
    notify.start()
    await notify.ready()
    await asyncio.to_thread(hand_over)  # as a mail server does that has not heard the 250

    async def withdrawn() -> bool:
        found = await leader.ask(MyRegistration(event_id=event, member_id="m1"))
        return bool(found.registration.status == "withdrawn")

    await eventually(withdrawn, PATIENCE, every=0.2)
    await installation.heard("notify")
    told = (await leader.ask(ListDeliveries(member_id="m1"))).deliveries
    assert [d.topic for d in told].count("registration_withdrawn") == 1
    assert await installation.dead_letters() == 0
    assert not [m for m in mail.mails if m["Auto-Submitted"] == "auto-replied"]
