"""People who leave the company, and people who are forgotten: through the door of the members service."""

from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Fact, Refused, owner_of
from ekkyo.contracts.events import EventsForgotMember
from ekkyo.contracts.notify import NotifyForgotMember
from ekkyo.contracts.surveys import SurveysForgotMember
from ekkyo.testing import Nats, eventually
from ekkyo_members.app import service
from nats.js.errors import NotFoundError

from tests.members.conftest import STARTS, all_of
from tests.members.people import founding, profile, registering

RECEIPTS = (EventsForgotMember, SurveysForgotMember, NotifyForgotMember)
PERSONAL = ("越境 花子1", "エッキョウ", "hanako1@example.co.jp", "000001", "1987-06-05")


async def says(nats: Nats, kind: type[contract.MemberForgotten], member_id: str = "m1", *, time: int = 1) -> None:
    """A service says that it has forgotten a member."""
    fact = kind(member_id=member_id)
    out = wire.fact_message(fact, owner=owner_of(kind), revision=time, n=0, time=STARTS, actor="it", traceparent=None)
    async with await nats.connect(owner_of(kind)) as nc:
        await nc.jetstream().publish(out.subject, out.body, headers=out.headers)


async def purged(steward: Any, member_id: str = "m1") -> contract.Erasure:
    async def complete() -> contract.Erasure | None:
        erasure: contract.Erasure = await steward.ask(contract.GetErasure(member_id=member_id))
        return erasure if erasure.purged_at else None

    found = await eventually(complete, what="the purge")
    assert found
    return found


async def stream(nats: Nats) -> list[tuple[str, bytes]]:
    """Everything that lies in FACTS."""
    async with await nats.connect("ops") as nc:
        js, found, last = nc.jetstream(), [], 0
        while True:
            try:
                message = await js.get_msg("FACTS", last + 1, subject=">", next=True)
            except NotFoundError:
                return found
            last = message.seq or 0
            found.append((str(message.subject), message.data or b""))


async def in_the_database(members: Any) -> str:
    """Everything that lies in the service's database, as text."""
    database = members.store._database
    return str([await database.find(name, {}) for d in service.collections for name in d.indexes])


# Leaving


async def test_who_left_is_told_as_not_active_and_keeps_everything(steward: Any, facts: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    left = await steward.send(contract.DeactivateMember(member_id="m1"))
    assert await steward.send(contract.DeactivateMember(member_id="m1")) == left
    assert not left.active
    assert [place.community_id for place in left.communities] == ["c1"]
    [fact] = [f for f in await facts(4) if isinstance(f, contract.MemberDeactivated)]
    assert (fact.member.active, fact.member.name) == (False, "越境 花子1")


async def test_who_left_comes_back_when_that_is_said_and_not_by_an_import(steward: Any, facts: Any) -> None:
    await steward.send(registering())
    await steward.send(contract.DeactivateMember(member_id="m1"))
    await steward.send(contract.ImportMembers(profiles=[profile(1, department="法務部")]))
    still = await steward.ask(contract.GetMember(member_id="m1"))
    assert (still.active, still.department) == (False, "法務部")
    back = await steward.send(contract.ReactivateMember(member_id="m1"))
    assert back.active
    assert await steward.send(contract.ReactivateMember(member_id="m1")) == back
    assert [type(f) for f in await facts(4)].count(contract.MemberReactivated) == 1


@pytest.mark.parametrize("asked", [contract.DeactivateMember, contract.ReactivateMember, contract.EraseMember])
async def test_nobody_can_leave_who_is_not_there(steward: Any, asked: Any) -> None:
    with pytest.raises(Refused) as refused:
        await steward.send(asked(member_id="nobody"))
    assert (refused.value.code, refused.value.status) == ("member_not_found", 404)


@pytest.mark.parametrize("roles", [(), ("leader:c1",)])
async def test_only_stewards_and_systems_remove_people(steward: Any, client_as: Any, roles: tuple[str, ...]) -> None:
    await steward.send(registering())
    who = await client_as("m1", *roles)
    asked = [
        who.send(contract.DeactivateMember(member_id="m1")),
        who.send(contract.ReactivateMember(member_id="m1")),
        who.send(contract.EraseMember(member_id="m1")),
        who.ask(contract.GetErasure(member_id="m1")),
        who.ask(contract.ListErasures()),
    ]
    assert [no.status for no in await all_of(*asked)] == [403] * len(asked)
    system = await client_as("personnel", "system")
    assert not (await system.send(contract.DeactivateMember(member_id="m1"))).active
    assert (await system.send(contract.EraseMember(member_id="m1"))).member_id == "m1"


# Being forgotten


async def test_the_erased_leave_the_database_at_once_and_the_stream_when_all_have_forgotten_them(
    members: Any, steward: Any, nats: Nats, facts: Any, events: Any
) -> None:
    await steward.send(founding())
    await steward.send(registering())
    other = profile(2, name_kana="ベツノ ヒト", birth_date=None)
    await steward.send(contract.RegisterMember(member_id="m2", profile=other))
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    proof = await events.attended("m1")
    await facts(6)
    erasure = await steward.send(contract.EraseMember(member_id="m1"))
    assert await steward.send(contract.EraseMember(member_id="m1")) == erasure
    assert (erasure.waits_for, erasure.communities) == (["events", "notify", "surveys"], ["c1"])

    async def forgotten() -> bool:
        kept = await in_the_database(members)
        assert not [word for word in PERSONAL if word in kept]
        return True

    await eventually(forgotten, what="nothing pending")
    told = b"".join(body for _, body in await stream(nats)).decode()
    assert "越境 花子1" in told, "as long as a service has not answered, others may have to hear of them"
    for kind in RECEIPTS:
        await says(nats, kind)
    complete = await purged(steward)
    assert (complete.waits_for, set(complete.receipts)) == ([], {"events", "notify", "surveys"})
    told = b"".join(body for _, body in await stream(nats)).decode()
    assert not [word for word in PERSONAL if word in told]
    about = {subject for subject, _ in await stream(nats) if subject.endswith(".m1")}
    assert {s.rpartition(".")[0].removeprefix("ekkyo.fact.") for s in about} == {
        "members.erased", "members.purged", "events.member_forgotten", "surveys.member_forgotten",
        "notify.member_forgotten",
    }  # fmt: skip
    [erased] = [f for f in await facts() if isinstance(f, contract.MemberErased)]
    assert [(c.crossing, c.proof) for c in erased.crossings] == [("took_part", proof)]
    assert (await steward.ask(contract.GetMember(member_id="m2"))).name == "越境 花子2"
    journey = await steward.ask(contract.GetJourney(member_id="m1"))
    assert ([c.crossing for c in journey.crossings], journey.attended) == (["took_part"], 1)


async def test_receipts_told_twice_or_for_somebody_who_is_there_change_nothing(
    steward: Any, nats: Nats, facts: Any
) -> None:
    await steward.send(registering())
    await steward.send(registering("m2", 2))
    await steward.send(contract.EraseMember(member_id="m1"))
    for kind in RECEIPTS:
        await says(nats, kind, "m2")
        await says(nats, kind)
    complete = await purged(steward)
    for kind in RECEIPTS:
        await says(nats, kind, time=2)
    await settled(nats)
    assert await steward.ask(contract.GetErasure(member_id="m1")) == complete
    assert [type(f) for f in await facts()].count(contract.MemberPurged) == 1
    assert (await steward.ask(contract.GetMember(member_id="m2"))).name == "越境 花子2"


async def settled(nats: Nats) -> None:
    """Wait until every receipt was heard."""
    async with await nats.connect("ops") as nc:

        async def heard() -> bool:
            info = await nc.jetstream().consumer_info("FACTS", "members-erasures")
            return not info.num_pending and not info.num_ack_pending

        await eventually(heard)


async def test_a_purge_that_fails_is_made_up_for_by_the_next_start(running: Any, client_as: Any, nats: Nats) -> None:
    steward = await client_as("steward-1", "steward")
    async with running(service, stop_seconds=1) as members:
        await steward.send(registering())
        await steward.send(contract.EraseMember(member_id="m1"))

        async def denied(_: Any) -> None:
            raise OSError("the stream is away")

        for documents in members.store._documents():
            documents._settler._outbox = denied
        for kind in RECEIPTS:
            await says(nats, kind)

        async def all_in() -> bool:
            return not (await steward.ask(contract.GetErasure(member_id="m1"))).waits_for

        await eventually(all_in, what="all receipts")
        assert (await steward.ask(contract.GetErasure(member_id="m1"))).purged_at is None
        await members.store.abandon()
    async with running(service):
        await purged(steward)
    assert "越境" not in b"".join(body for _, body in await stream(nats)).decode()


async def test_what_was_said_late_is_purged_a_day_later(steward: Any, nats: Nats, members: Any) -> None:
    await steward.send(registering())
    await steward.send(contract.EraseMember(member_id="m1"))
    for kind in RECEIPTS:
        await says(nats, kind)
    await purged(steward)
    async with await nats.connect("members") as nc:  # what was said before, by a process that was frozen since
        late = contract.MemberRegistered(member_id="m1", member=members_state())
        out = wire.fact_message(late, owner="members", revision=1, n=0, time=STARTS, actor="it", traceparent=None)
        await nc.jetstream().publish(out.subject, out.body, headers=out.headers | {"Nats-Msg-Id": "late"})
    async with await nats.connect("ops") as nc:
        [timer] = [m async for m in timers(nc.jetstream())]
        assert timer.subject == "ekkyo.timer.members.purge.m1"
        now = {**timer.headers, "Nats-Schedule": f"@at {wire.rfc3339(STARTS)}", "Nats-Msg-Id": "now"}
    async with await nats.connect("members") as nc:
        await nc.jetstream().publish(timer.subject, timer.data, headers=now)

    async def gone() -> bool:
        return "越境" not in b"".join(body for _, body in await stream(nats)).decode()

    await eventually(gone, what="the second purge")


async def timers(js: Any) -> Any:
    state = (await js.stream_info("TIMERS")).state
    for n in range(state.first_seq, state.last_seq + 1):
        yield await js.get_msg("TIMERS", n)


def members_state() -> contract.MemberState:
    known = profile().model_dump(include={"number", "name", "email", "department"})
    return contract.MemberState(member_id="m1", channels=["mail"], locale="ja", timezone="Asia/Tokyo", **known)


async def test_an_erased_id_is_nobodys(steward: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    await steward.send(contract.EraseMember(member_id="m1"))
    asked = [
        steward.ask(contract.GetMember(member_id="m1")),
        steward.send(contract.ChangeProfile(member_id="m1", profile=profile())),
        steward.send(contract.JoinCommunity(member_id="m1", community_id="c1")),
        steward.send(contract.SetPreferences(member_id="m1", preferences=contract.Preferences())),
        steward.send(contract.DeactivateMember(member_id="m1")),
    ]
    assert [no.code for no in await all_of(*asked)] == ["member_not_found"] * len(asked)
    with pytest.raises(Refused, match="member_erased"):
        await steward.send(registering())
    assert (await steward.ask(contract.FindMembers())).members == []
    assert (await steward.ask(contract.FindMembers(member_ids=["m1"]))).members == []
    assert (await steward.ask(contract.FindMembers(numbers=["000001"]))).members == []


async def test_an_import_brings_nobody_back_who_was_erased(steward: Any) -> None:
    [imported] = (await steward.send(contract.ImportMembers(profiles=[profile(1)]))).rows
    await steward.send(registering("by-hand", 2))
    for erased in (imported.member_id, "by-hand"):
        await steward.send(contract.EraseMember(member_id=erased))
    export = [profile(1), profile(2), profile(3)]
    for dry_run in (True, False):
        rows = (await steward.send(contract.ImportMembers(profiles=export, dry_run=dry_run))).rows
        assert [(r.outcome, r.reason) for r in rows] == [
            ("refused", "member_erased"), ("refused", "member_erased"), ("registered", None),
        ]  # fmt: skip
    assert [m.number for m in (await steward.ask(contract.FindMembers())).members] == ["000003"]


async def test_who_was_erased_and_registered_anew_is_another_member_whom_imports_change(steward: Any) -> None:
    [imported] = (await steward.send(contract.ImportMembers(profiles=[profile(1)]))).rows
    await steward.send(contract.EraseMember(member_id=imported.member_id))
    await steward.send(registering("anew", 1))
    for dry_run in (True, False):
        moved = profile(1, department="法務部")
        [row] = (await steward.send(contract.ImportMembers(profiles=[moved], dry_run=dry_run))).rows
        assert (row.outcome, row.member_id) == ("changed", "anew")
    assert (await steward.ask(contract.GetMember(member_id="anew"))).department == "法務部"
    await steward.send(contract.EraseMember(member_id="anew"))
    assert (await steward.ask(contract.GetErasure(member_id=imported.member_id))).member_id == imported.member_id


async def test_no_row_keeps_the_number_of_a_manager_who_was_erased(members: Any, steward: Any) -> None:
    await steward.send(registering("boss", 1))
    for n in (2, 3):
        await steward.send(contract.RegisterMember(member_id=f"m{n}", profile=profile(n, manager_number="000001")))
    await steward.send(contract.EraseMember(member_id="boss"))
    found = (await steward.ask(contract.FindMembers())).members
    assert [m.manager_number for m in found] == [None, None]


async def test_what_happened_before_the_erasure_and_is_heard_after_it_brings_nobody_back(
    steward: Any, events: Any, facts: Any, nats: Nats
) -> None:
    await steward.send(registering())
    await steward.send(contract.EraseMember(member_id="m1"))
    await events.attended("m1")
    await events.concluded("m1")

    async def heard() -> bool:
        async with await nats.connect("ops") as nc:
            infos = [await nc.jetstream().consumer_info("FACTS", f"members-{d}") for d in ("attendances", "speakers")]
        return not any(i.num_pending or i.num_ack_pending for i in infos)

    await eventually(heard)
    assert not [f for f in await facts() if isinstance(f, contract.MemberCrossed)]
    assert (await steward.ask(contract.GetJourney(member_id="m1"))).attended == 0


async def test_erasures_are_listed_by_whether_they_are_complete(steward: Any, nats: Nats) -> None:
    for n in (1, 2, 3):
        await steward.send(registering(f"m{n}", n))
    for n in (1, 2):
        await steward.send(contract.EraseMember(member_id=f"m{n}"))
    for kind in RECEIPTS:
        await says(nats, kind, "m1")
    await purged(steward)

    async def ids(**asked: Any) -> list[str]:
        return [e.member_id for e in (await steward.ask(contract.ListErasures(**asked))).erasures]

    assert await ids() == ["m1", "m2"]
    assert await ids(complete=True) == ["m1"]
    assert await ids(complete=False) == ["m2"]
    first = await steward.ask(contract.ListErasures(limit=1))
    assert first.next == "m1"
    assert await ids(after=first.next) == ["m2"]
    no = (await all_of(steward.ask(contract.GetErasure(member_id="m3"))))[0]
    assert no.code == "member_not_erased"


def test_all_who_can_forget_are_waited_for() -> None:
    from typing import get_args

    said = {owner_of(f) for f in wire.facts_by_type().values() if issubclass(f, contract.MemberForgotten)}
    assert said == set(get_args(contract.Forgetter))


def test_no_fact_of_an_erasure_says_who_it_was() -> None:
    about: list[type[Fact]] = [contract.MemberErased, contract.MemberPurged, *RECEIPTS]
    assert {field for fact in about for field in fact.model_fields} == {"member_id", "communities", "crossings"}
