"""Members ask to be told when there is an event on a theme. Only they themselves learn which themes these are."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import EventState, FromTheme
from ekkyo.contracts.surveys import Term, VocabularyChanged, VocabularyState, vocabulary_id_of
from ekkyo.decision import EntriesInMemory
from ekkyo.testing import eventually
from ekkyo.words.themes import Vocabulary, starting, vocabulary_of
from ekkyo_members import model

from tests.members.people import NOW, founding, member, registering

STARTING = starting()


OWN = vocabulary_of(
    VocabularyState(community_id="c1", starter=1, terms=[Term(name="金継ぎ", words=["きんつぎ", "kintsugi"])])
)
"""What the leaders of a community added."""


def following(
    who: model.Member, theme: str, *, wanted: bool = True, there: str = "c1", words: Vocabulary = STARTING
) -> Any:
    cmd = contract.FollowTheme(member_id=who.id, community_id=there, theme=theme, wanted=wanted)
    return model.follow_theme(who, cmd, words, now=NOW)


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


def left_after(who: model.Member, came_to: EventState, words: Vocabulary = STARTING) -> tuple[list[str], list[str]]:
    """What they follow after they came, and the facts that told it."""
    told: dict[str, Any] = {"community_id": "c1", "proof": "p", "at": NOW, "revision": 3, "words": words}
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
    found = model.followed("c1", [who, *others, away], STARTING)
    assert [(one.theme, one.members) for one in found.themes] == [("Excel", 3), ("花見", 1)]
    assert model.followed("c9", [who], STARTING).themes == []


def test_the_words_of_the_community_say_what_is_the_same_theme_and_which_event_is_on_it() -> None:
    who = follower("金継ぎ")
    assert left_after(who, event("Friday kintsugi")) == (["金継ぎ"], ["MemberCrossed"])
    assert left_after(who, event("Friday kintsugi"), OWN) == ([], ["MemberCrossed"])
    renamed = following(who, "きんつぎ", words=OWN)
    assert [one.theme for one in renamed.answer.follows] == ["きんつぎ"], "as the page calls it now"
    assert following(renamed.document, "きんつぎ", words=OWN).facts == ()
    assert following(who, "きんつぎ", wanted=False, words=OWN).answer.follows == []
    both = [who, follower("きんつぎ", id="m2")]
    assert [(one.theme, one.members) for one in model.followed("c1", both, OWN).themes] == [("きんつぎ", 2)]
    assert following(follower("Excel"), "Excelマクロ").facts, "what is on less is another theme"


async def test_a_theme_is_followed_and_counted(members: Any, steward: Any, client_as: Any, nats: Any) -> None:
    await steward.send(founding())
    await steward.send(registering())
    me = await client_as("m1")
    await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    asked = contract.FollowTheme(member_id="m1", community_id="c1", theme="Excel")
    assert [one.theme for one in (await me.send(asked)).follows] == ["Excel"]
    counted = await steward.ask(contract.GetFollowedThemes(community_id="c1"))
    assert [(one.theme, one.members) for one in counted.themes] == [("Excel", 1)]
    await me.send(asked.model_copy(update={"theme": "きんつぎ"}))
    await me.send(asked.model_copy(update={"theme": "kintsugi"}))
    state = VocabularyState(community_id="c1", starter=1, terms=[Term(name="金継ぎ", words=["きんつぎ", "kintsugi"])])
    told = VocabularyChanged(vocabulary_id=vocabulary_id_of("c1"), community_id="c1", vocabulary=state)
    said = wire.fact_message(told, owner="surveys", revision=1, n=0, time=NOW, actor="l1", traceparent=None)
    async with await nats.connect("surveys") as nc:
        await nc.jetstream().publish(said.subject, said.body, headers=said.headers)

    async def one_theme() -> bool:
        themes = (await steward.ask(contract.GetFollowedThemes(community_id="c1"))).themes
        return [(one.theme, one.members) for one in themes] == [("Excel", 1), ("きんつぎ", 1)]

    await eventually(one_theme)
