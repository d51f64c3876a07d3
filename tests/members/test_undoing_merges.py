"""Merges that cannot be undone, because somebody has by now what one of the two records gets back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.testing import Nats, eventually
from ekkyo_members import model
from ekkyo_members import store as declared
from ekkyo_members.model.directory import Directory

from tests.members.people import NOW, profile, registering
from tests.members.test_merging import ALONE, MERGE, OTHER, merged, person, undone
from tests.shared.broker.hearing import letters


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ({"number": "000002"}, "number_handed_on"),
        ({"email": "hanako2@example.co.jp"}, "address_handed_on"),
        ({"directory": Directory(user_name="HANAKO2")}, "user_name_handed_on"),
    ],
)
def test_nothing_is_undone_by_half_where_the_kept_record_has_what_the_other_one_had(since, code):
    other = OTHER.model_copy(update={"directory": Directory(user_name="hanako2")})
    kept, part, steps = merged(ALONE, other)
    with pytest.raises(Refused, match=code):
        undone(kept.model_copy(update=since), part, steps)
    third = person(3, **since)
    with pytest.raises(Refused, match=code):
        model.must_be_free([third], model.may_undo(part, now=NOW))


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ({"number": "000001"}, "number_handed_on"),
        ({"email": "hanako1@example.co.jp"}, "address_handed_on"),
        ({"directory": Directory(user_name="HANAKO1")}, "user_name_handed_on"),
    ],
)
def test_nothing_is_undone_by_half_where_somebody_has_what_the_kept_record_had(since, code):
    mine = ALONE.model_copy(update={"directory": Directory(user_name="hanako1")})
    kept, part, _ = merged(mine, OTHER, cmd=MERGE.model_copy(update={"current": "absorbed"}))
    said, third = model.may_undo(part, now=NOW), person(3, **since)
    with pytest.raises(Refused, match=code):
        model.must_be_free([third], said, kept)
    model.must_be_free([person(3), kept, part], said, kept)
    still, part, _ = merged(mine, OTHER)
    model.must_be_free([third], model.may_undo(part, now=NOW), still)


@pytest.mark.parametrize("current", ["kept", "absorbed"])
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("number", "00000{}", "number_handed_on"), ("email", "hanako{}@example.co.jp", "address_handed_on")],
)
async def test_a_merge_is_not_undone_while_somebody_has_what_either_record_gets_back(
    members: Any, steward: Any, nats: Nats, current: contract.Current, name: str, value: str, code: str
):
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
    await steward.send(MERGE.model_copy(update={"current": current}))
    free = value.format(2 if current == "kept" else 1)  # the number or address that nobody has since
    await steward.send(contract.RegisterMember(member_id="m3", profile=profile(3, **{name: free})))
    before = await steward.ask(contract.GetMember(member_id="m1"))
    with pytest.raises(Refused, match=code):
        await steward.send(contract.UndoMerge(absorbed_id="m2"))
    assert await steward.ask(contract.GetMember(member_id="m1")) == before, "nothing was undone by half"
    assert await letters(nats) == []
    mine = profile(3)
    if name == "number":
        await steward.send(contract.ChangeNumber(member_id="m3", number=mine.number))
    else:
        await steward.send(contract.ChangeProfile(member_id="m3", profile=mine))
    assert (await steward.send(contract.UndoMerge(absorbed_id="m2"))).undone
    found = (await steward.ask(contract.FindMembers())).members
    assert [(m.number, m.email) for m in found] == [(f"00000{n}", f"hanako{n}@example.co.jp") for n in (1, 2, 3)]


async def test_who_gets_such_a_number_while_a_merge_is_being_undone_keeps_it_and_it_is_ended_later(
    members: Any, steward: Any, nats: Nats
):
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
    await steward.send(MERGE)
    await steward.send(contract.RegisterMember(member_id="m3", profile=profile(3, number="000002")))
    store = members.store.live(declared.members)
    said = model.may_undo(await store.get("m2"), now=datetime.now(UTC))
    await store.change("m1", lambda m, steps: model.release(m, steps, said, now=datetime.now(UTC)))
    await eventually(lambda: letters(nats), what="a dead letter about the record that cannot be restored")
    with pytest.raises(Refused, match="number_handed_on"):
        await steward.send(contract.UndoMerge(absorbed_id="m2"))
    await steward.send(contract.ChangeNumber(member_id="m3", number="000003"))
    assert (await steward.send(contract.UndoMerge(absorbed_id="m2"))).undone
    found = (await steward.ask(contract.FindMembers())).members
    assert [(m.member_id, m.number) for m in found] == [(f"m{n}", f"00000{n}") for n in (1, 2, 3)]
