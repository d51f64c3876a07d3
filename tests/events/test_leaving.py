"""Members who leave: their seats go to those who wait, in whatever order all that happens."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import (
    Attendee,
    CancelEvent,
    CheckIn,
    EventsForgotMember,
    GetFigures,
    GetRoster,
    ImportAttendance,
    RegisterForEvent,
    Registration,
    RegistrationPromoted,
    RegistrationWithdrawn,
)
from ekkyo.contracts.members import (
    MemberDeactivated,
    MemberErased,
    MemberJoined,
    MemberLeft,
    MemberReactivated,
    Membership,
    MemberState,
)
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo.decision.clock import utcnow
from ekkyo.store import Beside, Declaration, Store
from ekkyo.store.driver import Database, Replacement
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import Mongo
from ekkyo.wire import OutMessage
from ekkyo_events import model, store
from ekkyo_events.app import service
from ekkyo_events.model import Departure, Event, Person, Seat, departures
from ekkyo_events.reactions import people as reactions
from ekkyo_events.store import Events, KnownPeople
from hypothesis import given
from hypothesis import strategies as st

from tests.events.people import gone

NOW = utcnow()


MEMBERS = {member_id: Caller(member_id, frozenset()) for member_id in ("m0", "m1", "m2")}


def an_event(**fields: Any) -> Event:
    """One to come."""
    return Event(
        **{
            "id": "e1", "community_id": "c1", "title": "x", "format": "online", "context": "IT", "capacity": 1,
            "timezone": "Asia/Tokyo", "starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=2),
            "status": "published", **fields,
        }
    )  # fmt: skip


def state(member_id: str, *communities: str, active: bool = True) -> MemberState:
    return MemberState(
        member_id=member_id, number="1", name="x", email="x@example.co.jp", department="x", channels=["mail"],
        locale="ja", timezone="Asia/Tokyo", active=active,
        communities=[Membership(community_id=c, joined_at=NOW) for c in communities],
    )  # fmt: skip


def left(member_id: str = "m1") -> MemberDeactivated:
    return MemberDeactivated(member_id=member_id, member=state(member_id, active=False))


async def tell(nats: Nats, fact: Fact, revision: int = 2, *, again: str = "") -> None:
    """Tell it as the members service does; `again`: as if nobody had noticed that it was told before."""
    out = wire.fact_message(fact, owner="members", revision=revision, n=0, time=NOW, actor="it", traceparent=None)
    async with await nats.connect("members") as nc:
        headers = out.headers | {"Nats-Msg-Id": out.headers["Nats-Msg-Id"] + again}
        await nc.jetstream().publish(out.subject, out.body, headers=headers)


async def heard_by(nats: Nats) -> None:
    async with await nats.connect("ops") as nc:

        async def all_of_it() -> bool:
            infos = [await nc.jetstream().consumer_info("FACTS", f"events-{name}") for name in ("gone", "people")]
            return not any(info.num_pending or info.num_ack_pending for info in infos)

        await eventually(all_of_it)


@pytest.mark.parametrize("fact", [left(), MemberErased(member_id="m1")], ids=["left", "erased"])
async def test_who_leaves_gives_seats_at_events_to_come_to_those_who_wait(scene: Any, nats: Nats, fact: Fact) -> None:
    full, waits, cancelled = [await scene.published(capacity=1) for _ in range(3)]
    for event, members in ((full, ("m1", "m2", "m3")), (waits, ("m2", "m1")), (cancelled, ("m1",))):
        for member in members:
            await scene.register(event, member)
    await scene.leads(CancelEvent(event_id=cancelled.event_id))
    past = await scene.concluded(registered=["m1"], attended=["m1"])
    leader = await scene.leader()
    before = await leader.ask(GetFigures(community_id="c1"))
    await tell(nats, fact)
    [promoted] = await scene.heard.until(RegistrationPromoted, full.event_id)
    assert promoted.member_id == "m2"
    [withdrawn] = await scene.heard.until(RegistrationWithdrawn, waits.event_id)
    assert (withdrawn.member_id, withdrawn.was, withdrawn.because) == ("m1", "waitlisted", "left")
    await heard_by(nats)
    await tell(nats, fact, again="-again")
    await heard_by(nats)
    assert [(await scene.now(event)).confirmed for event in (full, waits)] == [1, 1]
    assert (await scene.now(full)).waitlisted == 1
    assert "RegistrationWithdrawn" not in scene.heard.kinds(cancelled.event_id)
    assert scene.heard.kinds(full.event_id).count("RegistrationWithdrawn") == 1
    assert await leader.ask(GetFigures(community_id="c1")) == before
    roster = await leader.ask(GetRoster(event_id=past.event_id))
    assert [(r.member_id, r.status) for r in roster.registrations] == [("m1", "attended")]
    receipts = [f for f in scene.heard.facts if isinstance(f, EventsForgotMember)]
    assert [f.member_id for f in receipts] == (["m1"] if isinstance(fact, MemberErased) else [])


async def test_who_came_back_keeps_the_new_seat_though_the_leaving_is_told_again(scene: Any, nats: Nats) -> None:
    event = await scene.published()
    await scene.register(event, "m1")
    await tell(nats, left())
    await scene.heard.until(RegistrationWithdrawn, event.event_id)
    await heard_by(nats)
    await tell(nats, MemberReactivated(member_id="m1", member=state("m1")), 3)
    await heard_by(nats)
    await scene.register(event, "m1")
    await tell(nats, left(), again="-again")
    await heard_by(nats)
    assert (await scene.now(event)).confirmed == 1


async def test_who_has_left_gets_no_seat_by_whatever_way(scene: Any, nats: Nats) -> None:
    soon, full = await scene.published(starts_in=1800, capacity=3), await scene.published(capacity=1)
    for event, member in ((soon, "m2"), (full, "m2")):
        await scene.register(event, member)
    await tell(nats, left())
    await heard_by(nats)
    for event in (soon, full):
        assert await scene.refusal(scene.register(event, "m1")) == ("member_inactive", 409)
    by_leader = RegisterForEvent(event_id=full.event_id, member_id="m1", registration_id="r1")
    assert await scene.refusal(scene.leads(by_leader)) == ("member_inactive", 409)
    check_in = CheckIn(event_id=soon.event_id, member_id="m1")
    assert await scene.refusal(scene.leads(check_in)) == ("member_inactive", 409)
    await scene.begins(soon)
    attendees = [Attendee(member_id=member, minutes=30) for member in ("m1", "m2", "unknown")]
    imported = await scene.once_begun(ImportAttendance(event_id=soon.event_id, attendees=attendees))
    assert (imported.attended, imported.walk_ins, imported.already, imported.passed_over) == (2, 1, 0, ["m1"])
    roster = await (await scene.leader()).ask(GetRoster(event_id=soon.event_id))
    assert {r.member_id for r in roster.registrations} == {"m2", "unknown"}


async def test_where_only_members_may_come_others_get_no_seat_and_who_leaves_gives_it_back(
    scene: Any, nats: Nats
) -> None:
    event, open_to_all = await scene.published(capacity=1, members_only=True), await scene.published()
    for member in ("unknown", "m1"):
        assert await scene.refusal(scene.register(event, member)) == ("not_a_member", 409)
    for member in ("m1", "m2"):
        await tell(nats, MemberJoined(member_id=member, member=state(member, "c1"), community_id="c1"), 2)
    await heard_by(nats)
    assert [(await scene.register(event, m)).status for m in ("m1", "m2")] == ["confirmed", "waitlisted"]
    await scene.register(open_to_all, "m1")
    await tell(nats, MemberLeft(member_id="m1", member=state("m1", "c2"), community_id="c1"), 3)
    [promoted] = await scene.heard.until(RegistrationPromoted, event.event_id)
    assert promoted.member_id == "m2"
    await heard_by(nats)
    assert (await scene.now(open_to_all)).confirmed == 1


async def test_a_seat_given_while_it_was_being_heard_that_they_left_is_given_back_a_little_later(
    scene: Any, nats: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await scene.published()
    await scene.register(event, "m1")
    looked = reactions._give_back

    async def too_early(*_: Any) -> None:
        monkeypatch.setattr(reactions, "_give_back", looked)

    monkeypatch.setattr(reactions, "_give_back", too_early)  # as if the seat had been written just afterwards
    monkeypatch.setattr(departures, "AGAIN_AFTER", timedelta(seconds=0.5))
    await tell(nats, left())
    [withdrawn] = await scene.heard.until(RegistrationWithdrawn, event.event_id)
    assert (withdrawn.member_id, withdrawn.because) == ("m1", "left")


async def test_what_was_told_while_the_service_was_away_is_made_up_for(
    running: Any, client_as: Any, heard: Any, nats: Nats
) -> None:
    from tests.events.conftest import Scene

    scene = Scene(client_as, heard)
    async with running(service):
        event = await scene.published(capacity=1)
        for member in ("m1", "m2"):
            await scene.register(event, member)
    await tell(nats, MemberErased(member_id="m1"))
    async with running(service):
        [promoted] = await heard.until(RegistrationPromoted, event.event_id)
        assert promoted.member_id == "m2"

        async def receipt() -> bool:
            return any(isinstance(f, EventsForgotMember) for f in heard.facts)

        await eventually(receipt)


async def test_who_leaves_while_a_lost_race_is_tried_again_gets_no_seat(
    mongo: Mongo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another instance writes the event, and that they left, after both were read and before the seat is written."""

    async def silent(_: Sequence[OutMessage]) -> None: ...

    async with AsyncExitStack() as opened:

        async def instance() -> tuple[Events, KnownPeople]:
            declarations: list[Declaration[Any]] = [store.events, store.people]
            one = await Store.open(
                mongo.url, mongo.database(), outbox=silent, owner="events", declarations=declarations
            )
            opened.push_async_callback(one.abandon)
            return one.live(store.events), one.live(store.people)

        here, there = await instance(), await instance()
        judged: list[bool | None] = []

        async def register(at: tuple[Events, KnownPeople], member_id: str) -> Registration:
            events, people = at
            cmd = RegisterForEvent(event_id="e1", member_id=member_id, registration_id=f"r-{member_id}")

            def decide(event: Event, seats: Any, known: Beside[Person]) -> Decision[Event, Registration]:
                if member_id == "m1":
                    judged.append(person.active if (person := known["m1"]) else None)
                return model.register(event, seats, cmd, people=model.People(known), who=MEMBERS[member_id], now=NOW)

            return await store.knowing(
                [member_id],
                people,
                events,
                lambda known, sat: events.change(
                    "e1", lambda e, s: decide(e, s, known), entries=[member_id], beside=known
                ),
            )

        await here[0].create("e1", lambda e, s: Decision(an_event(capacity=5), None))
        await here[1].put("m1", 1, Person(id="m1"))
        await register(here, "m0")
        written = Database.replace
        raced = False

        async def overtaken(self: Database, name: str, replacements: Sequence[Replacement]) -> Any:
            nonlocal raced
            if name == "events" and not raced and "r-m1" in repr(replacements):
                raced = True
                await there[1].put("m1", 2, Person(id="m1", active=False))
                await register(there, "m2")
            return await written(self, name, replacements)

        monkeypatch.setattr(Database, "replace", overtaken)
        with pytest.raises(Refused) as refused:
            await register(here, "m1")
        assert refused.value.code == "member_inactive"
        assert judged == [True, False], "judged again by what is known then"
        event = await here[0].get("e1")
        assert event
        assert event.confirmed == 2


# Decisions


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Event, EntriesInMemory[Seat]]:
    """An event whose seats are all taken, or which nobody waits for."""
    capacity, people = draw(st.integers(1, 5)), draw(st.integers(0, 12))
    seated = min(capacity, people)
    seats = [
        Seat(
            document_id="e1", key=f"m{n}", registration_id=f"r{n}",
            status="confirmed" if n < seated else "waitlisted", position=None if n < seated else n,
        )
        for n in range(people)
    ]  # fmt: skip
    event = Event(
        id="e1", community_id="c1", title="x", format="online", context="IT", capacity=capacity, timezone="Asia/Tokyo",
        starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2), status="published",
        confirmed=seated, waitlisted=people - seated, tickets=people,
    )  # fmt: skip
    return event, EntriesInMemory.of(seats)


@given(rosters(), st.lists(st.integers(0, 13), max_size=15))
def test_however_many_leave_no_seat_is_free_while_somebody_waits(
    roster: tuple[Event, EntriesInMemory[Seat]], leaving: list[int]
) -> None:
    event, seats = roster
    line = [seat.key for seat in seats.items.values() if seat.status == "waitlisted"]
    for at, n in enumerate(leaving):
        people = gone(*(f"m{k}" for k in leaving[: at + 1]))
        decision = model.leave(event, seats, f"m{n}", people=people, now=NOW)
        event = decision.document
        seats.items |= {e.key: e for e in decision.entries if isinstance(e, Seat)}
        assert not model.leave(event, seats, f"m{n}", people=people, now=NOW).facts, "told twice, done once"
        status = [seat.status for seat in seats.items.values()]
        assert (event.confirmed, event.waitlisted) == (status.count("confirmed"), status.count("waitlisted"))
        assert event.confirmed <= event.capacity
        assert event.confirmed == event.capacity or not event.waitlisted
        line = [key for key in line if key != f"m{n}"]
        promoted = [f.member_id for f in decision.facts if isinstance(f, RegistrationPromoted)]
        assert promoted == line[: len(promoted)], "who waits longest is next"
        line = line[len(promoted) :]


@pytest.mark.parametrize("change", [{"status": "concluded"}, {"status": "cancelled"}, {"starts_at": NOW}])
def test_of_an_event_that_is_over_cancelled_or_under_way_nothing_is_given_back(change: dict[str, Any]) -> None:
    event = an_event(confirmed=1, **change)
    seats = EntriesInMemory.of([Seat(document_id="e1", key="m1", registration_id="r1", status="confirmed")])
    decision = model.leave(event, seats, "m1", people=gone("m1"), now=NOW)
    assert decision.document is event
    assert not decision.entries


def test_a_departure_remembers_the_newest_it_heard() -> None:
    assert model.is_news(None, wire_told(left(), 3))
    assert model.is_news(Departure(id="m1", heard=3), wire_told(left(), 4))
    assert not model.is_news(Departure(id="m1", heard=3), wire_told(left(), 3))


def wire_told(fact: MemberDeactivated, revision: int) -> Any:
    out = wire.fact_message(fact, owner="members", revision=revision, n=0, time=NOW, actor="it", traceparent=None)
    return wire.read_fact(out.subject, out.headers, out.body)
