"""Hosts are told with the date as a file; leaders and deputies that they are; who lacks the rules is reminded."""

from datetime import date, timedelta
from typing import Any

from ekkyo.contracts.events import EventRescheduled, HostNamed, HostRemoved
from ekkyo.contracts.members import (
    Deputising,
    DeputyNamed,
    DeputyRemoved,
    Membership,
    RoleGranted,
    RoleRevoked,
    RulesDue,
)
from ekkyo.decision.clock import utcnow
from ekkyo_notify.model import UNDONE_BY, Recipient, outdated, role_notice

from tests.notify.making import JOIN, notice
from tests.notify.test_refused_addresses import state
from tests.notify.world import World, soon


async def test_hosts_hear_that_they_are_one_of_changes_and_that_they_are_none(world: World):
    await world.join("m1")
    told = soon(hosts=["m1"])
    await world.tell(HostNamed(event_id="e1", event=told, member_id="m1"), times=2)
    await world.done(1)
    (mail,) = world.mail.mails
    (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (file.get_filename(), file.get_param("method")) == ("dates.ics", None)
    assert JOIN in mail.get_body(("plain",)).get_content()
    later = told.model_copy(update={"starts_at": told.starts_at + timedelta(hours=1), "revision": 4})
    was = {"was_starts_at": told.starts_at, "was_ends_at": told.ends_at}
    await world.tell(EventRescheduled(event_id="e1", event=later, **was), revision=4)
    for revision, because in ((5, "asked"), (6, "left")):
        fact = HostRemoved(event_id="e1", event=later, member_id="m1", because=because)
        await world.tell(fact, revision=revision)
    topics = [one.topic for one in await world.done(3)]
    assert sorted(topics) == ["event_rescheduled", "host_named", "host_removed"]
    await world.quiet()
    assert len(world.mail.mails) == 3


async def test_a_reminder_of_the_rules_is_one_mail_to_that_member(world: World):
    await world.join("m1")
    await world.join("m2")
    told = state("m1@example.co.jp")
    due = RulesDue(member_id="m1", member=told, community_id="c1", rules_version=2, because="event")
    await world.tell(due, times=2, revision=9)
    (done,) = await world.done(1)
    assert (done.member_id, done.topic, done.status) == ("m1", "rules_due", "sent")


def role(kind: Any, place: dict[str, Any] | None = None, active: bool = True, **more: Any) -> Any:
    there = [Membership(community_id="c1", joined_at=utcnow(), **place)] if place is not None else []
    told = state("m1@example.co.jp").model_copy(update={"communities": there, "active": active})
    more = {"role": "leader"} | more if kind in (RoleGranted, RoleRevoked) else more
    return kind(**{"member_id": "m1", "member": told, "community_id": "c1"} | more)


async def test_leaders_and_deputies_hear_that_they_are_one_and_that_it_is_over(world: World):
    await world.join("m1")
    await world.join("m2")
    await world.tell(role(RoleGranted, {}, until=date(2027, 3, 31)), times=2, revision=3)
    await world.tell(role(DeputyNamed, {}, leader_id="m2", since=date(2026, 4, 1)), revision=4)
    await world.tell(role(RoleGranted, {}, deputy_of="m2"), revision=5)
    await world.tell(role(RoleRevoked, {}, deputy_of="m2", planned=True), revision=6)
    await world.tell(role(DeputyRemoved, {}, leader_id="m2"), revision=7)
    topics = [one.topic for one in await world.done(4)]
    assert sorted(topics) == ["deputy_named", "leader_named", "role_ended", "role_ended"]
    texts = [(mail["Subject"], mail.get_body(("plain",)).get_content()) for mail in world.mail.mails]
    [deputy] = [text for subject, text in texts if "代理のお願い" in subject]
    assert "m2@example.co.jp" in deputy
    assert any("2027年3月31日(水)" in subject for subject, _ in texts)
    assert any("予定の期間が終わったため" in text for _, text in texts)


def test_who_left_with_a_role_or_has_it_still_hears_of_no_end():
    deputising = Deputising(leader_id="m2", since=date(2026, 4, 1))
    for untold in (
        role(RoleRevoked, None),
        role(RoleRevoked, {}, active=False),
        role(RoleRevoked, {"deputising": deputising}, deputy_of="m2"),
        role(RoleGranted, {"role": "leader"}, deputy_of="m2"),
    ):
        assert role_notice(untold) is None


def test_what_is_told_late_of_a_role_is_held_against_what_became_of_it():
    deputising = {"deputising": Deputising(leader_id="m2", since=date(2026, 4, 1))}
    for topic, since, untrue in (
        ("leader_named", role(RoleRevoked, {}), True),
        ("leader_named", role(RoleRevoked, {}, community_id="c2"), False),
        ("leader_named", role(RoleGranted, {"role": "leader"}, until=date(2027, 3, 31)), True),
        ("deputy_named", role(DeputyNamed, deputising, leader_id="m2", since=date(2026, 5, 1)), True),
        ("deputy_named", role(DeputyRemoved, {}, leader_id="m2"), True),
        ("deputy_named", role(RoleRevoked, deputising, deputy_of="m2"), False),
        ("role_ended", role(RoleGranted, {"role": "leader"}), True),
    ):
        assert isinstance(since, UNDONE_BY[topic])
        to = Recipient(member_id="m1")
        assert (outdated(notice(topic), [to], [since]) == {to}) is untrue, (topic, since)
