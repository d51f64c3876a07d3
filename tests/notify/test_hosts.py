"""Hosts are told with the date as a file; who has not accepted the rules is reminded."""

from datetime import timedelta

from ekkyo.contracts.events import EventRescheduled, HostNamed, HostRemoved
from ekkyo.contracts.members import RulesDue

from tests.notify.making import JOIN
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
