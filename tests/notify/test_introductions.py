"""Introductions: who is asked, and who learns who the other is."""

from datetime import timedelta

from ekkyo.contracts.members import IntroductionGiven, IntroductionNotGiven, IntroductionRequested
from ekkyo.decision.clock import utcnow

from tests.notify.world import World, address


async def test_both_of_an_introduction_are_told_who_the_other_is_and_only_then(world: World):
    for member in ("m1", "m2"):
        await world.join(member)
    about = {"introduction_id": "i1", "community_id": "c1", "asked_by": "m1", "ends_at": utcnow() + timedelta(days=14)}
    await world.tell(IntroductionRequested(**about, teacher_id="m2"), times=2)
    await world.done(1)
    (asked,) = world.mail.mails
    assert "m1" not in asked.get_body(("plain",)).get_content()
    await world.tell(IntroductionGiven(**about, teacher_id="m2"), times=2, revision=2)
    await world.tell(IntroductionNotGiven(**about), revision=3)
    done = await world.done(4)
    assert sorted((one.member_id, one.topic) for one in done) == [
        ("m1", "introduction_given"),
        ("m1", "introduction_not_given"),
        ("m2", "introduction_given"),
        ("m2", "introduction_requested"),
    ]
    for one, other in (("m1", "m2"), ("m2", "m1")):
        given = [m for m in world.mail.mails if "成立" in str(m["Subject"]) and address(one) in str(m["To"])]
        assert [address(other) in m.get_body(("plain",)).get_content() for m in given] == [True]
    await world.join("m2", active=False)
    await world.tell(IntroductionGiven(**{**about, "introduction_id": "i2"}, teacher_id="m2"))
    (dropped,) = [one for one in await world.done(5) if one.entity_id == "i2"]
    assert (dropped.member_id, dropped.reason) == ("m1", "member_left")
