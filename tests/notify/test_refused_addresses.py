"""Addresses at which nobody can be reached: marked, told, and left alone until there is another one."""

import json

import pytest
from ekkyo.contracts.events import EventReminderDue
from ekkyo.contracts.members import MemberErased, Membership, MemberState, PreferencesChanged, ProfileChanged
from ekkyo.contracts.notify import AddressRefused
from ekkyo.decision.clock import utcnow
from ekkyo_notify import model
from ekkyo_notify.channels import AddressRefused as NoSuchAddress
from ekkyo_notify.channels import Never, NotNow
from ekkyo_notify.channels.mail.smtp import SmtpPool, SmtpServer

from tests.notify.making import NOON, SEATED, TOLD, notice
from tests.notify.servers import MailServer
from tests.notify.world import World, address, soon

NO_SUCH = "550 5.1.1 No such user here"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (NO_SUCH, NoSuchAddress),
        ("550 5.1.2 Bad destination system address", NoSuchAddress),
        ("553 5.1.3 Bad destination mailbox address syntax", NoSuchAddress),
        ("551 5.1.6 Mailbox has moved", NoSuchAddress),
        ("556 5.1.10 Recipient address has null MX", NoSuchAddress),
        ("550 No such user", Never),  # who says no more than that may mean anything
        ("550 5.1.0 Address rejected", Never),
        ("553 5.1.8 Bad sender's system address", Never),
        ("552 5.2.2 Mailbox full", Never),
        ("550 5.2.1 Mailbox disabled", Never),
        ("550 5.7.1 Sender not authorised", Never),
        ("550 5.7.26 Sender fails DMARC", Never),
        ("550 5.1.100 Not a code", Never),
        ("452 4.2.2 Mailbox full", NotNow),
        ("450 4.1.1 Unknown for now", NotNow),
        ("450 5.1.1 Says both", NotNow),
    ],
)
@pytest.mark.parametrize("at", ["RCPT", "DATA"])
async def test_only_a_refusal_for_good_of_the_address_itself_is_one_of_the_address(
    mail: MailServer, reply: str, kind: type[Exception], at: str
):
    if at == "RCPT":
        mail.refuse = {"a@example.com": reply}
    else:
        mail.answer = reply
    pool = SmtpPool(SmtpServer.parse(mail.url))
    with pytest.raises((Never, NotNow)) as refused:
        await pool.send("no-reply@ekkyo.example.com", "a@example.com", b"Subject: x\r\n\r\nx\r\n")
    assert type(refused.value) is kind
    await pool.close()


def test_the_fact_of_a_refused_address_holds_the_members_id_and_no_address():
    planned = model.plan(notice("registration_confirmed"), SEATED, "mail", TOLD)
    _, told = model.failed(planned, reason="smtp 550 5.1.1", now=NOON, refused=4).facts
    assert isinstance(told, AddressRefused)
    assert (told.member_id, told.member_revision) == ("m1", 4)
    assert len(model.failed(planned, reason="smtp 550 5.7.1", now=NOON).facts) == 1


def state(email: str) -> MemberState:
    return MemberState(
        member_id="m1",
        number="m1",
        name="m1 太郎",
        email=email,
        department="営業部",
        channels=["mail"],
        locale="ja",
        timezone="Asia/Tokyo",
        communities=[Membership(community_id="c1", joined_at=utcnow())],
    )


async def remind(world: World, count: int) -> tuple[str, str | None]:
    """Remind m1 of something; what became of that delivery, the count-th one."""
    before = {d.delivery_id for d in await world.deliveries()}
    await world.quiet()
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=["m1"]))
    [new] = [d for d in await world.done(count) if d.delivery_id not in before]
    return new.status, new.reason


async def refusals(world: World) -> list[dict]:
    """What was told of refused addresses."""
    async with await world.nats.connect("ops") as nc:
        js = nc.jetstream()
        found = []
        for n in range(1, (await js.stream_info("FACTS")).state.last_seq + 1):
            told = await js.get_msg("FACTS", n)
            if told.subject.startswith(AddressRefused.subject):
                found.append(json.loads(told.data))
        return found


async def test_nothing_more_is_sent_to_a_refused_address_until_it_changes(world: World):
    old, new = address("m1"), "new@example.co.jp"
    await world.join("m1")
    world.mail.refuse = {old: NO_SUCH}
    assert await remind(world, 1) == ("failed", "smtp 550 5.1.1")
    world.mail.refuse = {}  # so that it would go through if it were tried
    assert await remind(world, 2) == ("dropped", "address_refused")
    await world.tell(PreferencesChanged(member_id="m1", member=state(old)))
    assert await remind(world, 3) == ("dropped", "address_refused")
    assert world.mail.contents == []
    [told] = await refusals(world)
    assert (told["member_id"], told["member_revision"]) == ("m1", 1)
    assert "example.co.jp" not in str(told)

    await world.tell(ProfileChanged(member_id="m1", member=state(new)))
    assert await remind(world, 4) == ("sent", None)
    await world.tell(ProfileChanged(member_id="m1", member=state(old)))
    assert await remind(world, 5) == ("sent", None)
    assert world.mail.recipients == [new, old]


async def test_a_full_mailbox_and_a_sender_that_is_not_liked_mark_nobody(world: World):
    await world.join("m1")
    for count, reply in enumerate(["552 5.2.2 Mailbox full", "550 5.7.1 Not authorised"], start=1):
        world.mail.refuse = {address("m1"): reply}
        status, reason = await remind(world, count)
        assert (status, reason) == ("failed", f"smtp {reply[:9]}")
    world.mail.refuse = {}
    assert await remind(world, 3) == ("sent", None)
    assert await refusals(world) == []


async def test_an_address_that_was_refused_is_forgotten_with_its_member(world: World):
    await world.join("m1")
    world.mail.refuse = {address("m1"): NO_SUCH}
    assert await remind(world, 1) == ("failed", "smtp 550 5.1.1")
    refused = world.it.context.get("refused_addresses")
    assert (await refused.get("m1")).email == address("m1")
    await world.tell(MemberErased(member_id="m1", communities=["c1"], crossings=[]))
    await world.quiet()
    assert await refused.get("m1") is None
