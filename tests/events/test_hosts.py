"""Hosts run one event on its day, and nothing else: a table of who may do what, and once through the door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts import events
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.members import MemberDeactivated
from ekkyo.testing import Nats, eventually
from ekkyo_events import model
from ekkyo_events.model import Host, People, Person

from tests.events.people import LOT, Known
from tests.events.test_invitations import PRIVATE, seats
from tests.events.test_leaving import heard_by, state, tell
from tests.events.test_model import START, details, event, seat
from tests.events.test_visibility import known

NOW = START + timedelta(minutes=5)
HOSTED = event(hosts=["host", "gone", "left", "h9"])
PEOPLE = People(
    Known(
        {
            "host": Person(id="host", communities=["c1"]),
            "m1": Person(id="m1", communities=["c1"]),
            "gone": Person(id="gone", active=False, communities=["c1"]),
            "left": Person(id="left", communities=["c2"]),
        }
    ),
    sat_at={},
)
SEATED = seats(seat("m1", "confirmed"), seat("m2", "attended", came_from="confirmed"))
E1 = {"event_id": "e1"}
BY = {"people": PEOPLE, "now": NOW}
HOSTS_MAY: dict[str, Callable[[Any, Caller], Any]] = {
    "check in": lambda e, who: model.check_in(e, SEATED, events.CheckIn(**E1, member_id="m1"), who=who, **BY),
    "check in a walk-in": lambda e, who: model.check_in(e, SEATED, events.CheckIn(**E1, member_id="m3"), who=who, **BY),
    "check in at": lambda e, who: model.check_in(
        e, SEATED, events.CheckIn(**E1, member_id="m1", at=START), who=who, **BY
    ),
    "undo": lambda e, who: model.undo_check_in(e, SEATED, events.UndoCheckIn(**E1, member_id="m2"), who=who, **BY),
    "report": lambda e, who: model.import_attendance(
        e, SEATED, events.ImportAttendance(**E1, attendees=[{"member_id": "m1"}]), who=who, **BY
    ),
    "conclude": lambda e, who: model.conclude(e, SEATED, events.ConcludeEvent(**E1), who=who, **BY),
    "roster and word": lambda e, who: model.run_by(e, who, PEOPLE, now=NOW),
}  # fmt: skip
LEADERS_MAY: dict[str, Callable[[Any, Caller], Any]] = {
    "publish": lambda e, who: model.publish(e, SEATED, events.PublishEvent(**E1), lot=LOT, who=who, now=NOW),
    "revise": lambda e, who: model.revise(e, SEATED, events.ReviseEvent(**E1, details=details()), who=who, **BY),
    "move": lambda e, who: model.reschedule(
        e, SEATED, events.RescheduleEvent(**E1, starts_at=START, ends_at=NOW + timedelta(days=1)), who=who, now=NOW
    ),
    "cancel": lambda e, who: model.cancel(e, SEATED, events.CancelEvent(**E1), who=who),
    "terms": lambda e, who: model.set_terms(e, SEATED, events.SetTerms(**E1, terms={}), who=who, **BY),
    "register": lambda e, who: model.register(
        e, seats(), events.RegisterForEvent(**E1, member_id="m1", registration_id="r"), who=who, people=PEOPLE,
        now=START - timedelta(days=1),
    ),
    "withdraw": lambda e, who: model.withdraw(
        e, SEATED, events.WithdrawFromEvent(**E1, member_id="m1"), who=who, people=PEOPLE, now=START - timedelta(days=1)
    ),
    "tables": lambda e, who: model.seat_tables(
        e, SEATED, events.SeatTables(**E1, seating_id="t", size=4), who=who, people=PEOPLE
    ),
    "questions": lambda e, who: model.set_questions(
        e, SEATED, events.SetQuestions(**E1, questions=[]), who=who, now=START - timedelta(days=1)
    ),
    "answers": lambda e, who: model.may_see_answers(e, events.GetAnswers(**E1), who),
    "hosts": lambda e, who: model.name_host(e, events.NameHost(**E1, member_id="host"), Host(), who=who),
    "other hosts": lambda e, who: model.remove_host(e, events.RemoveHost(**E1, member_id="h9"), who=who),
}  # fmt: skip
CALLERS = {
    "leader": Caller("l", frozenset({"leader:c1"})),
    "steward": Caller("s", frozenset({"steward"})),
    "host": Caller("host"),
    "who left the company": Caller("gone"),
    "who left the community": Caller("left"),
    "member": Caller("m9"),
    "leader elsewhere": Caller("l", frozenset({"leader:c2"})),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_hosts_do_what_leaders_do_on_the_day_and_nothing_else(caller: str) -> None:
    may = {name for table in (HOSTS_MAY, LEADERS_MAY) for name, do in table.items() if not refused(do, HOSTED, caller)}
    wanted = {"leader": {*HOSTS_MAY, *LEADERS_MAY}, "steward": {*HOSTS_MAY, *LEADERS_MAY}, "host": {*HOSTS_MAY}}
    assert may == wanted.get(caller, set())


@pytest.mark.parametrize("other", [event(hosts=["m9"]), event(hosts=["host"], ends_at=START - timedelta(days=8))])
def test_not_at_another_event_nor_a_week_after_the_end(other: Any) -> None:
    assert {name for name, do in HOSTS_MAY.items() if not refused(do, other, "host")} == set()


def refused(do: Callable[[Any, Caller], Any], it: Any, caller: str) -> bool:
    try:
        do(it, CALLERS[caller])
    except Refused as no:
        if (no.code, no.status) != ("not_allowed", 403):
            raise
        return True
    return False


NAME = events.NameHost(**E1, member_id="m1")
LEADER = CALLERS["leader"]
ACCEPTED = Person(id="m1", communities=["c1"], accepted=["c1"], versions=["c1/2"])


def test_a_host_is_named_once_and_removed_once() -> None:
    named = model.name_host(event(), NAME, Host(ACCEPTED, 2), who=LEADER)
    assert ([type(f).__name__ for f in named.facts], named.answer.hosts) == (["HostNamed"], ["m1"])
    assert model.name_host(named.document, NAME, Host(None, 3), who=LEADER).facts == ()
    over = model.remove_host(named.document, events.RemoveHost(**E1, member_id="m1"), who=Caller("m1"))
    assert ([type(f).__name__ for f in over.facts], over.answer.hosts) == (["HostRemoved"], [])
    assert model.remove_host(over.document, events.RemoveHost(**E1, member_id="m1"), who=LEADER).facts == ()


def test_hosts_of_a_draft_hear_of_it_at_the_publication() -> None:
    draft = event(status="draft", url_follows=True)
    named = model.name_host(draft, NAME, Host(ACCEPTED, 2), who=LEADER)
    assert named.facts == []
    asked = {"lot": LOT, "who": LEADER, "now": START - timedelta(days=3)}
    told = model.publish(named.document, seats(), events.PublishEvent(**E1), **asked)
    assert [type(f).__name__ for f in told.facts] == ["EventPublished", "HostNamed"]


@pytest.mark.parametrize(
    ("it", "host", "code"),
    [
        (event(), Host(None, 2), "not_a_member"),
        (event(), Host(PEOPLE.known["gone"], None), "not_a_member"),
        (event(), Host(PEOPLE.known["left"], None), "not_a_member"),
        (event(), Host(ACCEPTED, 3), "host_has_not_accepted"),
        (event(status="concluded"), Host(ACCEPTED, 2), "event_concluded"),
        (event(hosts=[f"h{n}" for n in range(events.MOST_HOSTS)]), Host(ACCEPTED, 2), "too_many_hosts"),
    ],
)
def test_who_can_be_a_host(it: Any, host: Host, code: str) -> None:
    with pytest.raises(Refused, match=code):
        model.name_host(it, NAME, host, who=LEADER)


def test_a_host_whose_record_became_part_of_another_one_is_that_one() -> None:
    moved = model.move_host(event(hosts=["old", "m2"]), "old", "new")
    assert (moved.document.hosts, [(type(f).__name__, f.member_id) for f in moved.facts]) == (
        ["m2", "new"],
        [("HostRemoved", "old"), ("HostNamed", "new")],
    )
    assert model.move_host(moved.document, "old", "new").facts == ()
    assert model.move_host(event(hosts=["old", "new"]), "old", "new").document.hosts == ["new"]


def test_a_host_sees_an_event_by_invitation_and_where_to_join() -> None:
    private = event(terms=PRIVATE, hosts=["host"], url="https://meet.example.com/1")
    told = model.telling.told_to(model.telling.known_to(private, CALLERS["host"]), CALLERS["host"], None)
    assert told.url
    with pytest.raises(Refused, match="event_not_found"):
        model.telling.known_to(private, CALLERS["member"])


async def test_a_host_runs_an_event_until_they_leave(scene: Any, nats: Nats) -> None:
    await known(nats, "host")
    await heard_by(nats)
    it = await scene.published(starts_in=1800)
    about = {"event_id": it.event_id}
    host = await scene.as_("host")
    assert await scene.refusal(host.ask(events.GetRoster(**about))) == ("not_allowed", 403)
    named = await scene.twice(events.NameHost(**about, member_id="host"))
    assert named.hosts == ["host"]
    assert [one.event_id for one in (await host.ask(events.ListHosted(member_id="host"))).events] == [it.event_id]
    for wanted, told in ((True, [it.event_id]), (False, [])):
        own = await host.ask(events.MyEvents(member_id="host", hosted=wanted))
        assert (own.entries, [one.event_id for one in own.hosted]) == ([], told)
    assert (await host.send(events.CheckIn(**about, member_id="m1"))).walk_in
    assert (await host.ask(events.GetDoorWord(**about))).word
    assert [one.member_id for one in (await host.ask(events.GetRoster(**about))).registrations] == ["m1"]
    assert await scene.refusal(host.send(events.CancelEvent(**about))) == ("not_allowed", 403)
    gone = state("host", "c1").model_copy(update={"active": False})
    await tell(nats, MemberDeactivated(member_id="host", member=gone), revision=9)
    await eventually(lambda: stopped(scene, host, events.GetRoster(**about)), what="the host is none any more")
    [over] = await scene.heard.until(events.HostRemoved, it.event_id)
    assert (over.member_id, over.because) == ("host", "left")


async def stopped(scene: Any, host: Any, question: Any) -> bool:
    return await scene.refusal(host.ask(question)) == ("not_allowed", 403)
