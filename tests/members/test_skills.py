"""What members say of themselves: who sees which part, and what is left of what somebody took back."""

from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo.decision import Purge
from ekkyo.testing import eventually
from ekkyo_members import model
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.members.people import NOW, member, registering

SAID = contract.Skills(
    skills=["Excel"],
    teaches=["Power BI"],
    interests=["Python"],
    near="Osaka",
    shown=contract.Shown(near="communities", name="everyone"),
)
AUDIENCES = st.sampled_from(["nobody", "communities", "everyone"])


def describing(who: model.Member, said: contract.Skills) -> Any:
    return model.describe(who, said, known_by="random")


def saying(said: contract.Skills, *communities: str, id: str = "m1") -> model.Member:
    return describing(member(id, communities=communities or ("c1",)), said).document


def seen_by(asker: model.Member | None, of: model.Member, *roles: str) -> dict[str, Any]:
    who = Caller(asker.id if asker else "system-1", frozenset(roles))
    told = model.skills_for(of.id, of, asker, who).model_dump(exclude_none=True)
    assert told.pop("member_id") == of.id
    return {part: value for part, value in told.items() if value}


def test_of_two_spellings_the_first_is_kept_and_saying_it_again_changes_nothing() -> None:
    said = SAID.model_copy(update={"skills": ["Excel", "EXCEL", "ｅｘｃｅｌ", "Access"]})
    first = describing(member(), said)
    assert first.answer.skills == ["Excel", "Access"]
    again = model.describe(first.document, said, known_by="another random name")
    assert (again.document, again.facts, again.purges, again.answer) == (first.document, (), (), first.answer)


def test_what_is_shown_to_nobody_is_in_no_fact_and_what_was_shown_before_is_purged() -> None:
    hidden = SAID.model_copy(update={"shown": model_hidden()})
    first = describing(member(), hidden)
    assert (first.facts, first.purges) == ((), ()), "no fact tells even that something was said"
    shown = describing(first.document, SAID)
    assert shown.facts[0].skills.model_dump(exclude={"shown"}) == {
        "skills": ["Excel"], "teaches": ["Power BI"], "interests": [], "near": "Osaka"
    }  # fmt: skip
    assert shown.facts[0].skills.shown.interests == "nobody"
    back = describing(shown.document, hidden)
    assert back.purges == [Purge(contract.SkillsChanged, "m1")]
    assert not back.facts[0].skills.teaches
    assert back.document.known_by is None, "shown once more, they are known by another name"


def model_hidden() -> contract.Shown:
    return contract.Shown(**dict.fromkeys(contract.Shown.model_fields, "nobody"))


def test_members_of_a_shared_community_see_what_is_shown_to_them_and_only_the_member_who_sees_what() -> None:
    shy = saying(SAID)
    own = seen_by(shy, shy)
    assert (own["interests"], own["shown"]["interests"]) == (["Python"], "nobody")
    assert seen_by(member("m2", 2, communities=("c1", "c2")), shy) == {
        "skills": ["Excel"], "teaches": ["Power BI"], "near": "Osaka"
    }  # fmt: skip
    assert seen_by(member("m3", 3, communities=("c2",)), shy) == {}


@pytest.mark.parametrize("roles", [("leader:c1",), ("steward",), ("system",)])
def test_leaders_stewards_and_systems_see_no_more_than_others(roles: tuple[str, ...]) -> None:
    assert seen_by(member("m3", 3, communities=("c2",)), saying(SAID), *roles) == {}
    assert seen_by(None, saying(SAID), *roles) == {}


def test_who_is_not_named_left_or_does_not_exist_answers_the_same() -> None:
    asker = member("m2", 2, communities=("c1",))
    nameless = saying(SAID.model_copy(update={"shown": contract.Shown(skills="everyone")}))
    left = saying(SAID).model_copy(update={"active": False})
    gone = model.erase(saying(SAID), now=NOW).document
    moved = saying(SAID, "c2")
    assert [seen_by(asker, one) for one in (nameless, left, gone, moved, member())] == [{}] * 5
    nobody = model.skills_for("nobody", None, asker, Caller("m2"))
    assert nobody == contract.SkillsSeen(member_id="nobody")
    assert seen_by(asker.model_copy(update={"active": False}), saying(SAID)) == {}, "nor does who left see anything"


def test_an_erased_member_has_said_nothing_and_who_left_says_nothing_more() -> None:
    gone = model.erase(saying(SAID), now=NOW).document
    assert (gone.skills, gone.known_by) == (None, None)
    with pytest.raises(Refused, match="member_inactive"):
        describing(member().model_copy(update={"active": False}), SAID)


@settings(max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(contract.Shown.model_fields, AUDIENCES)), st.booleans())
def test_nobody_sees_a_part_that_is_not_shown_to_them(shown: dict[str, Any], shares: bool) -> None:
    of = saying(SAID.model_copy(update={"shown": contract.Shown(**shown)}))
    asker = member("m2", 2, communities=("c1" if shares else "c2",))
    may = {"everyone", "communities"} if shares else {"everyone"}
    expected = {part for part in ("skills", "teaches", "interests", "near") if {shown[part], shown["name"]} <= may}
    assert set(seen_by(asker, of)) == expected


async def test_what_was_taken_back_has_left_the_stream(members: Any, steward: Any, client_as: Any, facts: Any) -> None:
    await steward.send(registering())
    me = await client_as("m1")
    await me.send(contract.DescribeSkills(member_id="m1", skills=SAID))
    await me.send(contract.DescribeSkills(member_id="m1", skills=contract.Skills(skills=["Excel"])))
    assert (await me.ask(contract.GetSkills(member_id="m1"))).skills == ["Excel"]

    async def left() -> list[Any]:
        told = [one for one in await facts(2) if isinstance(one, contract.SkillsChanged)]
        assert [(one.skills.skills, one.skills.teaches) for one in told] == [(["Excel"], [])]
        return told

    await eventually(left, what="the older fact is purged")
