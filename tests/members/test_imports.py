"""Importing a personnel export, through the door."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo_common.personnel import Row, read_personnel
from ekkyo_members import model
from ekkyo_members import store as declared
from pydantic import ValidationError

from tests.members.people import profile, registering

SAMPLE = Path(__file__).parents[2] / "data" / "employees.cp932.csv"


async def take(steward: Any, *profiles: contract.Profile, dry_run: bool = False) -> list[tuple[str, str | None]]:
    told = await steward.send(contract.ImportMembers(profiles=list(profiles), dry_run=dry_run), within=60)
    assert [row.number for row in told.rows] == [p.number for p in profiles]
    return [(row.outcome, row.reason) for row in told.rows]


async def test_new_people_are_registered_known_ones_changed_and_the_same_rows_change_nothing(
    steward: Any, facts: Any
) -> None:
    await steward.send(registering("m1", 1))
    wish = contract.SetPreferences(member_id="m1", preferences=contract.Preferences(locale="en"))
    await steward.send(wish)
    rows = [profile(1, site="東京支社"), profile(2), profile(3)]
    assert await take(steward, *rows) == [("changed", None), ("registered", None), ("registered", None)]
    assert await take(steward, *rows) == [("unchanged", None)] * 3
    known = (await steward.ask(contract.FindMembers())).members
    assert [m.member_id for m in known] == ["m1", model.new_member_id("000002"), model.new_member_id("000003")]
    assert (known[0].site, known[0].locale) == ("東京支社", "en")
    announced = Counter(type(f).__name__ for f in await facts(5))  # those of different members in any order
    assert announced == {"MemberRegistered": 3, "PreferencesChanged": 1, "ProfileChanged": 1}


async def test_a_dry_run_tells_what_would_come_of_it_and_writes_nothing(steward: Any, facts: Any) -> None:
    await steward.send(registering("m1", 1))
    rows = [profile(1, site="東京支社"), profile(2), profile(3, email="hanako2@example.co.jp"), profile(2)]
    expected = [("changed", None), ("registered", None), ("refused", "email_taken"), ("refused", "number_taken")]
    assert await take(steward, *rows, dry_run=True) == expected
    assert len((await steward.ask(contract.FindMembers())).members) == 1
    assert len(await facts(1)) == 1
    assert await take(steward, *rows) == expected, "and so it comes to be"


async def test_rows_are_refused_one_by_one(steward: Any) -> None:
    await steward.send(registering("m1", 1))
    rows = [profile(2, email="hanako1@example.co.jp"), profile(3), profile(3), profile(4)]
    assert await take(steward, *rows) == [
        ("refused", "email_taken"),
        ("registered", None),
        ("refused", "number_taken"),
        ("registered", None),
    ]


async def test_addresses_may_move_from_one_to_the_next_in_one_import(steward: Any) -> None:
    await take(steward, *(profile(n) for n in range(1, 5)))
    moved = [profile(n, email=f"hanako{n + 1}@example.co.jp") for n in range(1, 5)]
    assert await take(steward, *moved) == [("changed", None)] * 4
    found = (await steward.ask(contract.FindMembers())).members
    assert [m.email for m in found] == [p.email for p in moved]


@pytest.mark.parametrize("known_by", ["an import", "hand"])
@pytest.mark.parametrize("people", [2, 3])
async def test_those_who_want_each_others_addresses_get_them_in_one_import(
    steward: Any, facts: Any, people: int, known_by: str
) -> None:
    numbers = range(1, people + 1)
    if known_by == "hand":
        for n in numbers:
            await steward.send(registering(f"m{n}", n))
    else:
        await take(steward, *(profile(n) for n in numbers))
    swapped = [profile(n, email=f"hanako{n % people + 1}@example.co.jp") for n in numbers]
    assert await take(steward, *swapped, dry_run=True) == [("changed", None)] * people
    assert await take(steward, *swapped) == [("changed", None)] * people
    found = (await steward.ask(contract.FindMembers())).members
    assert [m.email for m in found] == [p.email for p in swapped]
    told = (await facts(2 * people))[people:]
    assert sorted((type(f).__name__, f.member.email) for f in told) == [
        ("ProfileChanged", f"hanako{n}@example.co.jp") for n in numbers
    ], "each once, with an address that is one"
    assert await take(steward, *swapped) == [("unchanged", None)] * people


async def test_a_swap_with_somebody_who_keeps_their_address_is_refused_and_leaves_all_as_they_were(
    steward: Any,
) -> None:
    await take(steward, profile(1), profile(2), profile(3))
    wanted = [profile(1, email="hanako2@example.co.jp"), profile(2, email="hanako3@example.co.jp")]
    expected = [("refused", "email_taken")] * 2
    assert (await take(steward, *wanted, dry_run=True), await take(steward, *wanted)) == (expected, expected)
    found = (await steward.ask(contract.FindMembers())).members
    assert [m.email for m in found] == [f"hanako{n}@example.co.jp" for n in (1, 2, 3)]


async def test_the_same_rows_told_twice_at_once_are_taken_once(steward: Any, facts: Any) -> None:
    rows = [profile(n) for n in range(1, 41)]
    both = await asyncio.gather(take(steward, *rows), take(steward, *rows))
    for one, other in zip(*both, strict=True):
        assert {one[0], other[0]} <= {"registered", "unchanged"}
    assert len(await facts(40)) == 40


async def test_more_than_five_hundred_rows_are_too_many_for_one_command(steward: Any) -> None:
    with pytest.raises(ValidationError):
        contract.ImportMembers(profiles=[profile(n) for n in range(501)])
    reply = await steward.nc.request(
        contract.ImportMembers.subject, b"{}", headers={"Authorization": f"Bearer {steward._token}"}
    )
    assert reply.headers["Nats-Service-Error-Code"] == "400"


async def test_the_sample_export_is_imported_and_importing_it_again_changes_nothing(steward: Any, facts: Any) -> None:
    people = [row.profile for row in read_personnel(SAMPLE.read_bytes()) if isinstance(row, Row)]
    for expected in ("registered", "unchanged"):
        for start in range(0, len(people), 250):
            outcomes = await take(steward, *people[start : start + 250])
            assert set(outcomes) == {(expected, None)}
    assert len(await facts(1194)) == 1194


async def test_a_row_costs_little_enough_for_fifty_thousand_in_two_minutes(steward: Any) -> None:
    rows, at_once = 1500, 250
    began = time.process_time()  # of service and client; other work on this machine does not count
    for start in range(0, rows, at_once):
        people = [profile(n, manager_number=None) for n in range(start, start + at_once)]
        assert set(await take(steward, *people)) == {("registered", None)}
    took = time.process_time() - began
    assert took / rows * 50_000 < 100, f"{rows} rows took {took:.1f} s of CPU"


async def test_a_refusal_of_another_kind_refuses_the_whole_command(members: Any) -> None:
    from ekkyo_members.commands import importing as commands

    class Down:
        async def find(self, *_: Any, **__: Any) -> list[Any]:
            return []

        async def create(self, *_: Any) -> Any:
            raise Refused("unavailable", status=503)

        change = create

    with pytest.raises(Refused, match="unavailable"):
        await commands.import_members(contract.ImportMembers(profiles=[profile(1)]), Down(), members.settings)  # type: ignore[arg-type]


def like(row: contract.ImportedRow) -> list[tuple[str, str]]:
    return [(one.number, one.because) for one in row.looks_like]


async def asked(steward: Any, *profiles: contract.Profile, **said: Any) -> list[contract.ImportedRow]:
    told = await steward.send(contract.ImportMembers(profiles=list(profiles), ask=True, **said), within=60)
    return list(told.rows)


async def test_a_row_that_looks_like_a_second_record_asks_and_is_what_it_is_said_to_be(steward: Any) -> None:
    await take(steward, profile(7))
    rows = [profile(8, number="7"), profile(9, number="900007", name=profile(7).name), profile(10)]
    for dry_run in (True, False):
        lost, namesake, new = await asked(steward, *rows, dry_run=dry_run)
        assert (lost.reason, like(lost)) == ("looks_like_member", [("000007", "number")])
        assert (namesake.reason, like(namesake)) == ("looks_like_member", [("000007", "name")])
        assert new.outcome == "registered"
    member_id = model.new_member_id("000007")
    for dry_run in (True, False):
        said = {"same": {"900007": member_id}, "others": ["7"], "dry_run": dry_run}
        told = await asked(steward, *rows[:2], **said)
        assert [row.outcome for row in told] == ["registered", "changed"]
        assert told[1].member_id == member_id
    renumbered = await steward.ask(contract.GetMember(member_id=member_id))
    assert (renumbered.number, renumbered.former.numbers) == ("900007", ["000007"])
    assert [row.outcome for row in await asked(steward, *rows)] == ["unchanged"] * 3
    # an old file with the former number changes nothing, until somebody else is said to have it now
    [old] = await asked(steward, profile(7))
    assert (old.reason, like(old)[0]) == ("looks_like_member", ("900007", "former_number"))
    [other] = await asked(steward, profile(7, email="new@example.co.jp"), others=["000007"])
    assert other.outcome == "registered"
    assert other.member_id not in (None, member_id)
    assert [row.outcome for row in await asked(steward, profile(7, email="new@example.co.jp"))] == ["unchanged"]


async def test_an_address_of_somebody_who_left_is_handed_on_and_of_somebody_who_works_here_is_not(steward: Any) -> None:
    await take(steward, profile(1), profile(2))
    heir = profile(3, email=profile(1).email)
    [refused] = await asked(steward, heir, others=[heir.number])
    assert (refused.reason, like(refused)) == ("email_taken", [("000001", "email")])
    left = model.new_member_id("000001")
    await steward.send(contract.DeactivateMember(member_id=left))
    assert (await asked(steward, heir))[0].reason == "email_taken"
    assert (await asked(steward, heir, others=[heir.number]))[0].outcome == "registered"
    with pytest.raises(Refused, match="address_handed_on"):
        await steward.send(contract.ReactivateMember(member_id=left))
    await take(steward, profile(1, email="other@example.co.jp"))
    assert (await steward.send(contract.ReactivateMember(member_id=left))).active


async def test_a_swap_that_was_stopped_halfway_is_ended_by_the_same_file(steward: Any, members: Any) -> None:
    await take(steward, profile(1), profile(2))
    kept, one = members.store.live(declared.members), model.new_member_id("000001")
    await kept.change(one, lambda m, _: model.lend_address(m))  # where the process ended
    assert await take(steward, profile(1)) == [("unchanged", None)]  # without the swap: the address is theirs again
    assert (await take(steward, profile(3, email=profile(1).email)))[0] == ("refused", "email_taken")
    await kept.change(one, lambda m, _: model.lend_address(m))
    swapped = [profile(1, email=profile(2).email), profile(2, email=profile(1).email)]
    assert await take(steward, *swapped, dry_run=True) == [("changed", None)] * 2
    assert await take(steward, *swapped) == [("changed", None)] * 2
    found = (await steward.ask(contract.FindMembers())).members
    assert [m.email for m in found] == [p.email for p in swapped]


def test_numbers_are_alike_but_for_zeros_and_capitals() -> None:
    assert {"12", "012", "000012"} <= model.spellings("0012")
    assert "e1" in model.spellings("E1")
    assert "120" not in model.spellings("12")
