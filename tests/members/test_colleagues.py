"""Colleagues by their work addresses: told to members of the community, and nothing else of them."""

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.members import FindColleagues
from ekkyo_members import model

from tests.members.people import member

MEMBER = Caller("m9")


def test_ids_of_active_members_of_the_community_are_told_in_the_order_asked() -> None:
    there = [member(f"m{n}", n, communities=("c1",)) for n in (1, 2)]
    elsewhere, left = member("m3", 3, communities=("c2",)), member("m4", 4, communities=("c1",))
    left = left.model_copy(update={"active": False})
    every = [there[1], elsewhere, left, there[0]]
    emails = [one.email for one in (there[0], left, there[1], elsewhere)] + ["nobody@example.co.jp"]
    told = model.colleagues(FindColleagues(community_id="c1", emails=emails), every)
    assert [(one.email, one.member_id) for one in told.colleagues] == [(one.email, one.id) for one in there]
    assert set(told.colleagues[0].model_dump()) == {"email", "member_id"}, "and nothing else"


def test_only_who_belongs_to_the_community_may_ask() -> None:
    own = member("m9", 9, communities=("c1",))
    model.must_share("c1", own, MEMBER)
    model.must_share("c1", None, Caller("x", frozenset({"leader:c1"})))
    model.must_share("c1", None, Caller("x", frozenset({"system"})))
    for asker in (None, member("m9", 9, communities=("c2",)), own.model_copy(update={"active": False})):
        with pytest.raises(Refused) as no:
            model.must_share("c1", asker, MEMBER)
        assert (no.value.code, no.value.status) == ("not_allowed", 403)
