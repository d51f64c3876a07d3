"""What the members service decides, without any server."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo_members import model
from hypothesis import given
from hypothesis import strategies as st

from tests.members.people import CHARTER, GRANTING, NOW, community, founding, member, profile, registering


def after(decision: Any) -> Any:
    """The document as the store keeps it once the decision is written."""
    document = decision.document
    return document.model_copy(update={"revision": document.revision + 1}) if decision.facts else document


# Communities


def test_a_community_is_founded_with_its_charter_and_its_rules() -> None:
    decision = model.found(None, founding(), now=NOW)
    assert decision.answer == contract.Community(
        community_id="c1", name="IT Users", rules="Ask anything.", charter=CHARTER, founded_at=NOW, revision=1
    )
    assert decision.facts == [contract.CommunityFounded(community_id="c1", community=decision.answer)]


def test_founding_told_twice_founds_once() -> None:
    stands = after(model.found(None, founding(), now=NOW))
    again = model.found(stands, founding(), now=NOW + timedelta(hours=1))
    assert again.document is stands
    assert not again.facts
    assert again.answer.founded_at == NOW


def test_founding_told_again_after_the_charter_was_revised_leaves_the_revision() -> None:
    stands = after(model.found(None, founding(), now=NOW))
    revised = after(
        model.revise_charter(stands, contract.ReviseCharter(community_id="c1", rules="Ask nicely."), now=NOW)
    )
    again = model.found(revised, founding(), now=NOW)
    assert not again.facts
    assert again.answer.rules == "Ask nicely."


def test_two_communities_cannot_have_one_id() -> None:
    stands = after(model.found(None, founding(), now=NOW))
    with pytest.raises(Refused, match="community_exists"):
        model.found(stands, founding(name="Readers"), now=NOW)
    with pytest.raises(Refused, match="community_exists"):
        model.found(stands, founding(rules="Others."), now=NOW)


def test_changed_rules_get_the_next_version_and_a_changed_charter_does_not() -> None:
    stands = community()
    charter = CHARTER.model_copy(update={"objective": "Another."})
    one = model.revise_charter(stands, contract.ReviseCharter(community_id="c1", charter=charter), now=NOW)
    assert (one.answer.rules_version, one.answer.revision, one.answer.charter) == (1, 2, charter)
    two = model.revise_charter(after(one), contract.ReviseCharter(community_id="c1", rules="Ask nicely."), now=NOW)
    assert (two.answer.rules_version, two.answer.revision, two.answer.charter) == (2, 3, charter)
    assert two.facts == [contract.CharterRevised(community_id="c1", community=two.answer)]


def test_a_charter_revised_to_what_it_is_changes_nothing() -> None:
    stands = community()
    decision = model.revise_charter(
        stands, contract.ReviseCharter(community_id="c1", charter=CHARTER, rules="Ask anything."), now=NOW
    )
    assert decision.document is stands
    assert not decision.facts


# Members


def test_facts_about_a_member_carry_neither_birth_date_nor_gender() -> None:
    decision = model.register(None, registering())
    told = decision.facts[0].model_dump_json()
    assert "hanako1@example.co.jp" in told
    assert "1987" not in told
    assert "female" not in told
    assert decision.document.birth_date is not None


def test_registering_told_twice_registers_once() -> None:
    known = after(model.register(None, registering()))
    again = model.register(known, registering())
    assert again.document is known
    assert not again.facts
    assert again.answer.revision == 1


def test_registering_told_again_after_a_change_leaves_the_change() -> None:
    known = after(model.register(None, registering()))
    moved = after(model.change_profile(known, profile(1, department="人事部")))
    again = model.register(moved, registering())
    assert not again.facts
    assert again.answer.department == "人事部"


def test_registering_with_other_data_is_refused() -> None:
    known = after(model.register(None, registering()))
    with pytest.raises(Refused, match="member_exists"):
        model.register(known, registering(n=2))


def test_a_changed_profile_is_announced_once() -> None:
    known = member()
    decision = model.change_profile(known, profile(1, department="人事部", email="other@example.co.jp"))
    assert [type(f) for f in decision.facts] == [contract.ProfileChanged]
    assert decision.answer.email == "other@example.co.jp"
    assert not model.change_profile(after(decision), profile(1, department="人事部", email="other@example.co.jp")).facts


def test_a_personnel_number_stays() -> None:
    with pytest.raises(Refused, match="number_differs"):
        model.change_profile(member(), profile(2))


def test_preferences_are_set_once_and_each_channel_counts_once() -> None:
    wanted = contract.Preferences(channels=["chat", "chat"], locale="en", timezone="Europe/Berlin")
    decision = model.set_preferences(member(), wanted)
    assert (decision.answer.channels, decision.answer.locale) == (["chat"], "en")
    assert [type(f) for f in decision.facts] == [contract.PreferencesChanged]
    assert not model.set_preferences(after(decision), wanted).facts


@pytest.mark.parametrize(
    ("sub", "roles", "allowed"),
    [
        ("m1", [], True),
        ("m2", [], False),
        ("m2", ["leader:c1"], True),
        ("m2", ["leader:c2"], False),
        ("m2", ["leader"], False),
        ("m2", ["steward"], True),
        ("m2", ["system"], True),
    ],
)
def test_only_leaders_of_a_common_community_may_see_a_member(sub: str, roles: list[str], allowed: bool) -> None:
    who = Caller(sub, frozenset(roles))
    if allowed:
        model.may_see(member(communities=("c1",)), who)
    else:
        with pytest.raises(Refused) as refused:
            model.may_see(member(communities=("c1",)), who)
        assert refused.value.status == 403


# Memberships


def test_leaders_learn_of_crossings_and_erasures_in_their_community_alone() -> None:
    reached = [
        contract.CrossingReached(crossing=what, community_id=where, reached_at=NOW, proof="e")
        for what, where in (("taught", "c1"), ("took_part", "c1"), ("shared", "c2"))
    ]
    someone = member(communities=("c1", "c2")).model_copy(update={"crossings": reached})
    gone = model.erase(someone, now=NOW).document
    for one in (someone, gone):
        told = model.crossed([member("m9", 9), one], "c1").members
        assert [(m.member_id, m.crossings) for m in told] == [("m1", ["taught", "took_part"])]
    leader = Caller("m3", frozenset({"leader:c1"}))
    assert [e.communities for e in model.erasures([gone], "c1", leader)] == [["c1"]]
    assert [e.communities for e in model.erasures([gone], None, Caller("s", frozenset({"steward"})))] == [["c1", "c2"]]
    assert model.erasures([gone], "c3", Caller("m3", frozenset({"leader:c3"}))) == []


def test_joining_twice_joins_once() -> None:
    decision = model.join(member(), community(), who=Caller("m1"), now=NOW)
    assert decision.answer.communities == [contract.Membership(community_id="c1", joined_at=NOW)]
    assert [type(f) for f in decision.facts] == [contract.MemberJoined]
    again = model.join(after(decision), community(), who=Caller("m1"), now=NOW + timedelta(days=1))
    assert not again.facts
    assert again.answer.communities[0].joined_at == NOW


def test_leaving_ends_the_role_and_both_are_told() -> None:
    leader = after(
        model.grant_role(
            member(communities=("c1", "c2")), contract.GrantRole(member_id="m1", community_id="c1"), GRANTING
        )
    )
    decision = model.leave(leader, "c1")
    assert [type(f) for f in decision.facts] == [contract.RoleRevoked, contract.MemberLeft]
    assert [c.community_id for c in decision.answer.communities] == ["c2"]
    assert not model.leave(after(decision), "c1").facts


def test_the_current_rules_are_accepted_once() -> None:
    decision = model.accept_rules(member(communities=("c1",)), community(rules_version=2), 2, now=NOW)
    assert decision.answer.communities[0].rules_accepted == 2
    assert [f.rules_version for f in decision.facts] == [2]  # type: ignore[attr-defined]
    assert not model.accept_rules(after(decision), community(rules_version=3), 2, now=NOW).facts


@pytest.mark.parametrize("version", [1, 3])
def test_only_the_current_rules_can_be_accepted(version: int) -> None:
    with pytest.raises(Refused, match="rules_version_not_current"):
        model.accept_rules(member(communities=("c1",)), community(rules_version=2), version, now=NOW)


def test_rules_and_roles_are_for_members_of_the_community() -> None:
    with pytest.raises(Refused, match="not_a_member"):
        model.accept_rules(member(), community(), 1, now=NOW)
    with pytest.raises(Refused, match="not_a_member"):
        model.grant_role(member(), contract.GrantRole(member_id="m1", community_id="c1"), GRANTING)


def test_a_role_is_granted_once_and_revoked_once() -> None:
    grant, revoke = (k(member_id="m1", community_id="c1") for k in (contract.GrantRole, contract.RevokeRole))
    granted = model.grant_role(member(communities=("c1",)), grant, GRANTING)  # type: ignore[arg-type]
    assert granted.document.leads == ["c1"]
    assert not model.grant_role(after(granted), grant, GRANTING).facts  # type: ignore[arg-type]
    revoked = model.revoke_role(after(granted), revoke)  # type: ignore[arg-type]
    assert revoked.document.leads == []
    assert [type(f) for f in (*granted.facts, *revoked.facts)] == [contract.RoleGranted, contract.RoleRevoked]
    assert not model.revoke_role(after(revoked), revoke).facts  # type: ignore[arg-type]


# Imports


def test_an_import_registers_changes_and_leaves_alone() -> None:
    known = member()
    assert model.take_over(None, profile(2)).answer.outcome == "registered"
    assert model.take_over(known, profile(1, site="東京支社")).answer.outcome == "changed"
    same = model.take_over(known, profile(1))
    assert (same.answer.outcome, same.facts, same.document) == ("unchanged", (), known)


def test_an_import_keeps_preferences_and_communities() -> None:
    known = after(model.set_preferences(member(communities=("c1",)), contract.Preferences(locale="en")))
    changed = model.take_over(known, profile(1, site="東京支社")).document
    assert (changed.locale, changed.communities) == ("en", ["c1"])


def test_somebody_new_gets_the_same_id_from_every_import() -> None:
    one, two = (model.take_over(None, profile(7)).answer.member_id for _ in range(2))
    assert one == two == model.new_member_id("000007")


def test_each_row_of_an_import_is_judged() -> None:
    known = model.Found.of([member("m1", 1), member("m2", 2)])
    rows = [
        profile(1),
        profile(2, site="東京支社"),
        profile(3),
        profile(3, email="again@example.co.jp"),
        profile(4, email="hanako3@example.co.jp"),
        profile(5, email="hanako1@example.co.jp"),
    ]
    assert [(r.outcome, r.reason) for r in model.outcomes(rows, known)] == [
        ("unchanged", None),
        ("changed", None),
        ("registered", None),
        ("refused", "number_taken"),
        ("refused", "email_taken"),
        ("refused", "email_taken"),
    ]


def test_an_address_given_up_in_the_same_import_can_be_taken() -> None:
    known = model.Found.of([member("m1", 1)])
    rows = [profile(2, email="hanako1@example.co.jp"), profile(1, email="new@example.co.jp")]
    assert [r.outcome for r in model.outcomes(rows, known)] == ["registered", "changed"]


def test_two_who_exchange_their_addresses_both_get_them() -> None:
    known = model.Found.of([member("m1", 1), member("m2", 2)])
    rows = [profile(1, email="hanako2@example.co.jp"), profile(2, email="hanako1@example.co.jp"), profile(3)]
    assert [r.outcome for r in model.outcomes(rows, known)] == ["changed", "changed", "registered"]


def test_of_two_rows_with_one_new_address_the_first_has_it_and_its_number_counts_once() -> None:
    rows = [profile(1), profile(2, email="hanako1@example.co.jp"), profile(1, email="x@example.co.jp"), profile(1)]
    assert [r.reason for r in model.outcomes(rows, model.Found())] == [
        None,
        "email_taken",
        "number_taken",
        "number_taken",
    ]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=8), st.permutations([1, 2, 3]))
def test_no_import_gives_one_address_or_number_to_two(rows: Any, held: Any) -> None:
    known = [member(f"m{n}", n).model_copy(update={"email": f"a{e}@example.co.jp"}) for n, e in enumerate(held, 1)]
    profiles = [profile(n, email=f"a{e}@example.co.jp") for n, e in rows]
    taken = [
        p
        for p, row in zip(profiles, model.outcomes(profiles, model.Found.of(known)), strict=True)
        if row.outcome != "refused"
    ]
    after = {m.number: m.email for m in known} | {p.number: p.email for p in taken}
    assert len(set(after.values())) == len(after)
    assert len({p.number for p in taken}) == len(taken)
