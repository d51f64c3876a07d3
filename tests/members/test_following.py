"""Members ask to be told when there is an event on a theme. Only they themselves learn which themes these are."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import EventState, FromTheme
from ekkyo.decision import EntriesInMemory
from ekkyo_members import model

from tests.members.people import NOW, founding, member, registering


def following(who: model.Member, theme: str, *, wanted: bool = True, there: str = "c1") -> Any:
    cmd = contract.FollowTheme(member_id=who.id, community_id=there, theme=theme, wanted=wanted)
    return model.follow_theme(who, cmd, now=NOW)


def follower(*themes: str, id: str = "m1") -> model.Member:
    who = member(id, communities=("c1", "c2"))
    for theme in themes:
        who = following(who, theme).document
    return who


def event(title: str, *, days: int = 1, **more: Any) -> EventState:
    starts = NOW + timedelta(days=days)
    known: dict[str, Any] = {"event_id": "e1", "community_id": "c1", "format": "online", "context": "IT", "capacity": 9}
    when = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "timezone": "Asia/Tokyo"}
    return EventState(title=title, status="concluded", **known | when | more)


def left_after(who: model.Member, came_to: EventState) -> tuple[list[str], list[str]]:
    """What they follow after they came, and the facts that told it."""
    told = {"community_id": "c1", "proof": "p", "at": NOW, "revision": 3}
    done = model.attended(who, EntriesInMemory[model.Step](), event_id=came_to.event_id, event=came_to, **told)
    for fact in done.facts:
        assert fact.member.follows == done.document.follows
    return [one.theme for one in done.document.follows], [type(fact).__name__ for fact in done.facts]


def test_asked_for_twice_in_two_spellings_it_is_one_theme_and_one_fact() -> None:
    first = following(member(communities=("c1",)), "Excel")
    assert [(one.theme, one.since) for one in first.answer.follows] == [("Excel", NOW)]
    assert [fact.member.follows for fact in first.facts] == [first.answer.follows]
    again = following(first.document, "ｅｘｃｅｌ")
    assert (again.document, again.facts, again.answer) == (first.document, (), first.answer)
    gone = following(first.document, "EXCEL", wanted=False)
    assert (gone.answer.follows, len(gone.facts)) == ([], 1)
    assert following(gone.document, "Excel", wanted=False).facts == ()


def test_only_active_members_of_the_community_follow_its_themes_and_fifty_at_most() -> None:
    for who, code in ((member(), "not_a_member"), (member().model_copy(update={"active": False}), "member_inactive")):
        with pytest.raises(Refused) as no:
            following(who, "Excel")
        assert no.value.code == code
    full = follower(*(f"theme {n}" for n in range(50)))
    with pytest.raises(Refused, match="At most 50"):
        following(full, "one more")
    assert len(following(full, "theme 7").answer.follows) == 50


@pytest.mark.parametrize(
    ("came_to", "left"),
    [
        (event("エクセルの会"), ["花見"]),
        (event("表で遊ぶ", from_theme=FromTheme(theme="桜")), ["Excel", "花見"]),
        (event("表で遊ぶ", from_theme=FromTheme(theme="花見")), ["Excel"]),
        (event("Excel", days=-1), ["Excel", "花見"]),
        (event("Excel", community_id="c2"), ["Excel", "花見"]),
    ],
)
def test_it_ends_when_they_came_to_an_event_on_it_that_began_after_they_asked(came_to: EventState, left: Any) -> None:
    told = left_after(follower("Excel", "花見"), came_to)
    assert told == (left, ["MemberCrossed"]), "the first time somebody comes is told anyway"
    reached = contract.CrossingReached(crossing="took_part", community_id="c1", reached_at=NOW, proof="p")
    before = follower("Excel", "花見").model_copy(update={"crossings": [reached]})
    assert left_after(before, came_to) == (left, ["PreferencesChanged"] if len(left) < 2 else [])


def test_it_ends_with_the_membership_and_with_the_member() -> None:
    who = follower("Excel")
    gone = model.leave(who, "c1")
    assert (gone.document.follows, gone.facts[0].member.follows) == ([], [])
    assert model.erase(who, now=NOW).document.follows == []


def test_who_follows_what_is_told_to_nobody_else_and_leaders_learn_how_many() -> None:
    who = follower("Excel")
    assert [len(model.told_to(who, Caller("m1")).follows), len(who.state().follows)] == [1, 1]
    for role in ("leader:c1", "steward", "system"):
        assert model.told_to(who, Caller("other", frozenset({role}))).follows == []
    others = [follower("ｅｘｃｅｌ", "花見", id="m2"), follower("Excel", id="m3"), member("m4")]
    away = follower("花見", id="m5").model_copy(update={"active": False})
    found = model.followed("c1", [who, *others, away])
    assert [(one.theme, one.members) for one in found.themes] == [("Excel", 3), ("花見", 1)]
    assert model.followed("c9", [who]).themes == []


async def test_a_theme_is_followed_and_counted(members: Any, steward: Any, client_as: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    me = await client_as("m1")
    await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    asked = contract.FollowTheme(member_id="m1", community_id="c1", theme="Excel")
    assert [one.theme for one in (await me.send(asked)).follows] == ["Excel"]
    counted = await steward.ask(contract.GetFollowedThemes(community_id="c1"))
    assert [(one.theme, one.members) for one in counted.themes] == [("Excel", 1)]
