"""Each service killed at twenty random points of its work: nothing answered is lost, nothing is told that is not so."""

from ekkyo.contracts.notify import Delivered

from tests.real import answering, mailing, people
from tests.real.installation import Installation
from tests.real.killing import chances, quiet, told_once_and_in_order, under_fire
from tests.real.registrations import Guests, Rebuilt, the_same

AGAIN = 3.0
"""Seconds after which what a killed process held is told again: shorter than in production, so that it is killed over
the same fact more than once."""


async def test_events_killed_at_twenty_points_loses_nothing_and_tells_nothing_twice(installation: Installation) -> None:
    await installation.provision("events", ack_wait=AGAIN)
    events = await installation.process("events")
    work = Guests(installation, chances())
    await under_fire(events, work, (work.work(n) for n in range(24)), pieces=300)
    await quiet(installation, "events")
    facts = await installation.facts("events")
    told_once_and_in_order(facts, first=2)  # a draft is no fact
    rebuilt = Rebuilt(facts)
    work.nothing_lost(rebuilt)
    await the_same(installation, rebuilt, work.events)
    print(f"{work.answered} answered, {len(facts)} facts")


async def test_members_killed_at_twenty_points_loses_nothing_and_tells_nothing_twice(
    installation: Installation,
) -> None:
    await installation.provision("members", ack_wait=AGAIN)
    members = await installation.process("members")
    work = people.People(installation, chances())
    await under_fire(members, work, (work.work(n) for n in range(24)), pieces=300)
    await quiet(installation, "members")
    facts = await installation.facts("members")
    told_once_and_in_order(facts, silent=work.silent)
    work.nothing_lost(facts)
    await people.the_same(installation, work, facts)
    print(f"{work.answered} answered, {len(facts)} facts")


async def test_surveys_killed_at_twenty_points_loses_nothing_and_tells_nothing_twice(
    installation: Installation,
) -> None:
    await installation.provision("surveys", ack_wait=AGAIN)
    surveys = await installation.process("surveys")
    work = answering.Answering(installation, chances())
    await work.begin()
    await under_fire(surveys, work, (work.work(n) for n in range(4)), pieces=300)
    await quiet(installation, "surveys")
    facts = await installation.facts("surveys")
    told_once_and_in_order(facts)
    work.nothing_lost()
    await answering.the_same(installation, work, facts)
    print(f"{work.answered} answered, {len(facts)} facts")


async def test_notify_killed_at_twenty_points_sends_nothing_twice_but_what_was_cut_in_two(
    installation: Installation,
) -> None:
    """Run with the pauses of production: a message comes back after 30 s, when its delivery may be claimed again."""
    await installation.provision("notify")
    notify = await installation.process("notify")
    work = mailing.Mailing(installation, chances())
    await work.begin()
    await under_fire(notify, work, [work.work()], pieces=300, besides=work.note_what_was_cut)
    await quiet(installation, "notify")
    facts = await installation.facts("notify")
    told_once_and_in_order(facts, silent=dict.fromkeys((f.entity_id for f in facts), 30))  # claims are told to nobody
    assert {type(f) for f in facts} == {Delivered}
    again = await work.all_sent_once()
    assert len(facts) == len(installation.mail.contents) - again
    print(f"{len(facts)} mails, {again} of them twice, {sum(map(len, work.cut_in_two.values()))} cut")
