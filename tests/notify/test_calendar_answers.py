"""Members answer invitations from their calendars: on real servers, over a real SMTP client, in each program's form."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.contracts.events import CancelEvent, RegistrationQuestion, RescheduleEvent, SetQuestions
from ekkyo.contracts.members import MemberErased
from ekkyo.decision import Decision
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Keys, eventually
from ekkyo_notify import model

from tests.notify.answering import AUTHSERV, Answering, answering
from tests.notify.replying import FORMS, Answer, Invitation, bounce, gmail, outlook
from tests.notify.world import World, address

OWN = address("m1")


@pytest_asyncio.fixture
async def it(stopped: World, tmp_path: Path, keys: Keys) -> AsyncIterator[Answering]:
    async with answering(stopped, tmp_path, keys) as made:
        yield made


async def test_each_program_declines_and_accepts_and_the_usual_mails_say_so(stopped: World, tmp_path: Path, keys: Keys):
    async with answering(stopped, tmp_path, keys, protocol="smtp") as it:
        to = await it.registered()
        assert to.rsvp == "TRUE"
        expected = {"accepted": 0, "declined": 0}
        for number, (name, form) in enumerate(FORMS.items()):
            locale = "ja" if number % 2 else "en"
            await it.answer(form, Answer(to, "DECLINED"), locale)
            expected["declined"] += 1
            await eventually(lambda: it.counts().get("declined") == expected["declined"] or None, 20, what=name)
            assert await it.status() == "withdrawn", name
            await it.heard()
            await it.answer(form, Answer(to, "ACCEPTED", at=utcnow() + timedelta(seconds=2)), locale)
            expected["accepted"] += 1
            await eventually(lambda: it.counts().get("accepted") == expected["accepted"] or None, 20, what=name)
            assert await it.status() == "confirmed", name
            to = await it.invited(number + 2)
        await it.heard()
        topics = [d.topic for d in await stopped.deliveries(member_id="m1")]
        assert topics.count("registration_withdrawn") == topics.count("registration_confirmed") - 1 == len(FORMS)
        assert it.texts() == [], "what came of it is told by the usual mails, not twice"


async def test_the_same_answer_has_one_effect_however_often_it_comes(it: Answering):
    to = await it.registered()
    decline = outlook(Answer(to, message_id="<decline@example.co.jp>"))
    assert [await it.hand_over(decline, to=to.organizer) for _ in range(3)] == [250, 250, 250]
    await it.came_to(declined=1)
    await it.heard()
    await it.registered()
    assert await it.hand_over(decline, to=to.organizer) == 250, "a copy of what was carried out"
    other = outlook(Answer(to, at=utcnow() - timedelta(hours=1)))
    assert await it.hand_over(other, to=to.organizer) == 250, "and one under another name, given before that"
    await it.came_to(declined=1, stale=1)
    assert await it.status() == "confirmed"
    assert [mail["Subject"] for mail in it.texts()] == ["変更はされていません: Excel ピボット入門"]


async def test_a_copied_acceptance_registers_nobody_who_has_withdrawn_since(it: Answering):
    to = await it.registered()
    accepted = Answer(to, "ACCEPTED", at=utcnow())
    await it.answer(gmail, accepted)
    await it.came_to(kept=1)
    await it.withdraw()
    await it.heard()
    await it.answer(gmail, accepted.but(at=accepted.at))  # with another Message-ID
    await it.came_to(kept=1, stale=1)
    assert (await it.status(), await it.confirmed()) == ("withdrawn", 1)


async def test_tentative_changes_nothing_and_a_short_text_says_so_to_whom_nobody_can_answer(it: Answering):
    to = await it.registered()
    await it.answer(outlook, Answer(to, "TENTATIVE", message_id="<t@example.co.jp>"), "ja")
    await it.came_to(tentative=1)
    assert await it.status() == "confirmed"
    [text] = await eventually(it.texts)
    assert "仮承諾" in text.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"https://ekkyo.example.com/e/{it.event_id}" in text.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (text["In-Reply-To"], text["References"]) == ("<t@example.co.jp>",) * 2
    assert text["List-Id"] is None
    assert it.world.mail.senders[-1] == "", "RFC 3834: the envelope has no sender"


async def test_an_answer_to_a_time_that_was_changed_since_changes_nothing_and_is_told(it: Answering):
    old = await it.registered()
    later = it.starts + timedelta(hours=3)
    move = RescheduleEvent(event_id=it.event_id, starts_at=later, ends_at=later + timedelta(hours=1))
    await it.leader.send(move)
    new = await it.invited(2)
    assert new.organizer == old.organizer
    await it.heard()
    await it.answer(outlook, Answer(old, "DECLINED"))
    await it.came_to(moved=1)
    assert await it.status() == "confirmed"
    await it.answer(outlook, Answer(new, "DECLINED"))
    await it.came_to(moved=1, declined=1)
    await it.heard()
    await it.answer(outlook, Answer(old, "ACCEPTED", at=utcnow() + timedelta(seconds=2)))
    await it.came_to(moved=2, declined=1)
    assert await it.status() == "withdrawn"
    assert len(it.texts()) == 2


async def test_what_the_event_no_longer_takes_is_refused_with_the_reason(it: Answering):
    to = await it.registered()
    await it.leader.send(CancelEvent(event_id=it.event_id, reason="台風のため"))
    await it.heard()
    await it.answer(outlook, Answer(to, "DECLINED"))
    await it.came_to(event_cancelled=1)
    [text] = await eventually(it.texts)
    assert "中止" in text.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_who_may_not_come_any_more_is_told_why(stopped: World, tmp_path: Path, keys: Keys):
    async with answering(stopped, tmp_path, keys, members_only=True) as it:
        to = await it.registered()
        await it.withdraw()
        await it.heard()
        await stopped.leave("m1")
        await stopped.quiet()
        await it.answer(outlook, Answer(to, "ACCEPTED", at=utcnow() + timedelta(seconds=2)))
        await it.came_to(not_a_member=1)
        assert await it.status() == "withdrawn"
        [text] = await eventually(it.texts)
        assert "コミュニティのメンバーだけ" in text.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_who_has_to_answer_questions_is_sent_to_the_page(it: Answering):
    to = await it.registered()
    await it.withdraw()
    question = RegistrationQuestion(key="lunch", kind="yes_no", text="お弁当は?", required=True)
    await it.leader.send(SetQuestions(event_id=it.event_id, questions=[question]))
    await it.heard()
    await it.answer(outlook, Answer(to, "ACCEPTED", at=utcnow() + timedelta(seconds=2)))
    await it.came_to(answers_needed=1)
    assert await it.status() == "withdrawn"
    [text] = await eventually(it.texts)
    body = text.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "質問に答えていただきます" in body
    assert f"/e/{it.event_id}" in body


FAIL = f"Authentication-Results: {AUTHSERV}; dmarc=fail header.from=example.co.jp"
FORGED = "Authentication-Results: evil.example; dmarc=pass\r\n" + FAIL
FINE = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=example.co.jp"


async def test_nobody_answers_for_another_member(it: Answering):
    """The attackers' table. Nothing of it changes anybody's place; of what is answered, the member is told."""
    to, others = await it.registered(), await it.registered("m2")
    unlike = to.organizer.replace("@ekkyo.", "@other.")
    wrong = to.organizer.partition("@")[0][:-4] + "2222@ekkyo.example.com"
    mine = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}"
    others_line = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{address('m2')}"
    for_them = f'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:sec@example.co.jp":mailto:{OWN}'
    injected = "<x@y>\r\n\tBcc: z@evil.example"
    cases: list[tuple[str, Answer, dict[str, Any], str | int]] = [
        ("header injection", Answer(to, sender="eve@evil.example", message_id=injected), {}, "another_address"),
        ("forged From", Answer(to, sender="eve@evil.example"), {}, "another_address"),
        ("another member's From", Answer(to, sender=address("m2")), {}, "another_address"),
        ("an assistant", Answer(to, sender="sec@example.co.jp", attendees=for_them), {}, "another_address"),
        ("SENT-BY under the member's From", Answer(to, attendees=for_them), {}, "another_address"),
        ("the server says it is forged", Answer(to, head=FAIL), {}, "not_vouched"),
        ("another server says it is good", Answer(to, head=FORGED), {}, "not_vouched"),
        ("no such address", Answer(to), {"to": unlike}, 550),
        ("wrong proof", Answer(to), {"to": wrong}, "not_read"),
        ("wrong proof, by nobody", Answer(to, sender="eve@evil.example", attendees=mine), {"to": wrong}, "forged"),
        ("no proof", Answer(to), {"to": "calendar@ekkyo.example.com"}, "not_read"),
        ("another member's proof", Answer(to), {"to": others.organizer}, "not_read"),
        ("another event's UID", Answer(Invitation(**vars(to) | {"uid": "e9@ekkyo"})), {}, "not_read"),
        ("two ATTENDEEs", Answer(to, attendees=f"{mine}\r\n{others_line}"), {}, "unclear"),
        ("another ATTENDEE", Answer(to, attendees=others_line), {}, "unclear"),
        ("a SEQUENCE that was never sent", Answer(Invitation(**vars(to) | {"sequence": 99})), {}, "unclear"),
    ]  # fmt: skip
    expected: dict[str, int] = {}
    for name, answer, more, outcome in cases:
        code = await it.hand_over(outlook(answer), **{"to": to.organizer, **more})
        if isinstance(outcome, int):
            assert code == outcome, name
            continue
        expected[outcome] = expected.get(outcome, 0) + 1
        await eventually(lambda: it.counts() == expected or None, 20, what=f"{name}: {expected}, {it.counts()}")
    assert (await it.status(), await it.status("m2")) == ("confirmed", "confirmed")
    assert len(it.texts()) == 3, "no sender gets more than three a day"
    assert it.texts("m2") == []
    assert it.texts()[0]["In-Reply-To"] == "<x@y>"
    assert not any(text["Bcc"] for text in it.texts())
    assert not [to for to in it.world.mail.recipients if "evil" in to]
    await it.answer(outlook, Answer(to, head=FINE))
    await it.came_to(**expected, declined=1)
    assert await it.status() == "withdrawn"


async def test_anything_else_is_answered_once_and_never_in_a_loop(it: Answering, caplog: pytest.LogCaptureFixture):
    plain = f"From: 花子 <{OWN}>\r\nMessage-ID: <q@example.co.jp>\r\nSubject: x\r\n\r\n何時からですか\r\n".encode()
    to = "calendar@ekkyo.example.com"
    for _ in range(2):
        assert await it.hand_over(plain, to=to) == 250
    await it.came_to(not_read=1)
    [text] = await eventually(it.texts)
    assert "https://ekkyo.example.com/" in text.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert await it.hand_over(text.as_bytes(policy=SMTP), to=to, sender="") == 250, "what answers itself"
    assert await it.hand_over(b"Auto-Submitted: auto-replied\r\n" + plain, to=to) == 250
    assert await it.hand_over(plain, to=to, sender="") == 250
    assert await it.hand_over(plain.replace(OWN.encode(), b"x@elsewhere.example"), to=to) == 250
    await it.came_to(not_read=1, automatic=3, stranger=1)
    for number in range(4):
        assert await it.hand_over(plain.replace(b"<q@", b"<q%d@" % number), to=to) == 250
    await it.came_to(not_read=5, automatic=3, stranger=1)
    assert len(it.texts()) == 3
    kept = await it.world.it.context.get("incoming").find({}, limit=0)
    assert [(m.sender, m.answers, m.reply) for m in kept] == [("", "", None)] * 5, "nothing of them is kept"
    assert "example" not in caplog.text
    assert "花子" not in caplog.text


async def test_a_mail_that_comes_back_marks_an_address_that_is_no_good(it: Answering):
    await it.registered()
    [(envelope, _)] = [p for p in zip(it.world.mail.senders, it.world.mail.recipients, strict=True) if p[1] == OWN][-1:]
    refused = it.world.it.context.get("refused_addresses")
    assert await it.hand_over(bounce(envelope, OWN, "5.2.2"), to=envelope, sender="") == 250
    await it.came_to(bounced=1)
    assert await refused.get("m1") is None, "a full mailbox says nothing about the address"
    await it.withdraw()
    await it.heard()
    envelope = it.world.mail.senders[-1]
    assert await it.hand_over(bounce(envelope, "elsewhere@example.com"), to=envelope, sender="") == 250
    await it.came_to(bounced=2)
    assert await refused.get("m1") is None, "nor does an address that their mail is passed on to"
    await it.registered()
    envelope = it.world.mail.senders[-1]
    for _ in range(2):
        assert await it.hand_over(bounce(envelope, OWN), to=envelope, sender="") == 250
    await it.came_to(bounced=4)
    assert (await refused.get("m1")).email == OWN
    found = {d.topic: (d.status, d.reason) for d in await it.world.deliveries(member_id="m1")}
    assert found["registration_confirmed"] == ("failed", "bounced 5.1.1")
    assert await it.hand_over(b"Subject: Out of office\r\n\r\nx\r\n", to=envelope) == 250
    await it.came_to(bounced=4, no_bounce=1)


async def test_what_waits_is_dropped_with_its_member_or_when_it_is_old(it: Answering):
    incoming = it.world.it.context.get("incoming")
    reply = model.Reply(event_id="e", attendees=[OWN], said="declined")
    mails = [model.Incoming(id=name, received_at=utcnow(), sender=OWN, reply=reply) for name in ("one", "two")]
    for mail in mails:  # kept, and not carried out: as when the process died
        await incoming.create(mail.id, lambda before, mail=mail: Decision(before or mail, None))  # type: ignore[misc]
    await it.world.send_timer(model.IncomingEndTimer(id="one"))
    await eventually(lambda: _outcome(incoming, "one", "expired"))
    assert (await incoming.get("two")).names([OWN])
    await it.world.tell(MemberErased(member_id="m1", communities=["c1"], crossings=[]))
    await eventually(lambda: _outcome(incoming, "two", "member_erased"))
    assert not (await incoming.get("two")).names([OWN])


async def _outcome(incoming: Any, mail: str, outcome: str) -> bool:
    return bool((await incoming.get(mail)).outcome == outcome)
