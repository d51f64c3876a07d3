"""Who can teach what, and introductions: nothing is learned of a member that they did not choose to show."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Term, VocabularyState
from ekkyo.words.themes import Vocabulary, starting, vocabulary_of
from ekkyo_members import model
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.members.people import NOW, founding, member, registering

C1 = ("c1",)
STARTING = starting()
DAY = timedelta(days=1)


def teacher(id: str = "t1", n: int = 5, *teaches: str, communities: tuple[str, ...] = C1, **shown: Any) -> model.Member:
    said = contract.Skills(
        teaches=list(teaches) or ["Excelのピボットテーブル"], near="大阪本社", shown=contract.Shown(**shown)
    )
    return model.describe(member(id, n, communities=communities), said, known_by=f"random {id}").document


ASKER = member("m1", 1, communities=C1)


def found(
    *those: model.Member, asker: model.Member | None = ASKER, asked_in: Vocabulary = STARTING, **asked: Any
) -> contract.Teachers:
    return model.teachers(contract.FindTeachers(community_id="c1", **asked), those, asker, asked_in)


# Who can teach what


@pytest.mark.parametrize("topic", ["Excel", "ｅｘｃｅｌ", "エクセル", "ピボット", "pivot table"])
def test_teachers_are_found_by_spellings_and_synonyms(topic: str) -> None:
    (one,) = found(teacher(), teacher("t2", 6, "Python"), topic=topic).teachers
    assert one.teaches == ["Excelのピボットテーブル"]
    assert (one.name, one.near) == (None, None), "neither is shown by default"
    assert one.teacher not in ("t1", "random t1")


def test_the_words_of_a_community_find_its_teachers() -> None:
    sewing = teacher("t1", 5, "金継ぎ")
    own = vocabulary_of(VocabularyState(community_id="c1", starter=1, terms=[Term(name="金継ぎ", words=["kintsugi"])]))
    assert found(sewing, topic="Kintsugi").teachers == []
    assert len(found(sewing, topic="Kintsugi", asked_in=own).teachers) == 1
    assert [one.topic for one in found(sewing, teacher("t2", 6, "kintsugi"), asked_in=own).topics] == ["金継ぎ"]
    asking = contract.RequestIntroduction(
        member_id="m1",
        request_id="q1",
        community_id="c1",
        teacher=model.known_as(sewing, "c1"),
        topic="kintsugi",
        message="Please",
    )
    assert model.wish(None, asking, model.Two(ASKER, sewing, own), now=NOW).document.wishes
    with pytest.raises(Refused, match="teacher_not_found"):
        model.wish(None, asking, model.Two(ASKER, sewing), now=NOW)


def test_a_place_finds_those_alone_who_show_it() -> None:
    shy, open_ = teacher("t1", 5), teacher("t2", 6, near="communities", name="communities")
    (one,) = found(shy, open_, topic="Excel", near="大阪").teachers
    assert (one.near, one.name) == ("大阪本社", open_.name)
    assert found(shy, open_, topic="Excel", near="東京").teachers == []


def test_without_a_topic_what_can_be_taught_is_counted_over_spellings() -> None:
    told = found(teacher("t1", 5, "Excel"), teacher("t2", 6, "エクセル", "Kendo"), teacher("t3", 7, "KENDO"))
    assert [(one.topic.casefold(), one.teachers) for one in told.topics] == [("excel", 2), ("kendo", 2)]
    assert told.teachers == []


def test_nobody_is_found_who_shows_it_to_nobody_left_or_is_erased_and_nobody_finds_themself() -> None:
    hidden = teacher(teaches="nobody")
    left = model.leave(teacher(), "c1").document
    inactive = model.deactivate(teacher()).document
    erased = model.erase(teacher(), now=NOW).document
    assert [len(found(one, topic="Excel").teachers) for one in (hidden, left, inactive, erased)] == [0] * 4
    assert found(teacher(), asker=teacher(), topic="Excel").teachers == []
    assert found(teacher(), asker=None, topic="Excel").teachers == [], "a steward sees what is shown to everyone"
    assert len(found(teacher(teaches="everyone"), asker=None, topic="Excel").teachers) == 1


def test_pages_hold_each_teacher_once() -> None:
    those = [teacher(f"t{n}", n) for n in range(5, 12)]
    seen: list[str] = []
    after = None
    while True:
        page = found(*those, topic="Excel", limit=3, after=after)
        seen += [one.teacher for one in page.teachers]
        if (after := page.next) is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_from_two_communities_nobody_can_tell_that_it_is_the_same_teacher() -> None:
    one = teacher(communities=("c1", "c2"))
    assert model.known_as(one, "c1") != model.known_as(one, "c2")
    back = model.describe(one, contract.Skills(), known_by="x").document
    again = model.describe(back, contract.Skills(teaches=["Excel"]), known_by="y").document
    assert model.known_as(again, "c1") != model.known_as(one, "c1")


# Introductions


def asking(of: model.Member, n: int = 1, **more: Any) -> contract.RequestIntroduction:
    known = {"topic": "Excel", "message": "Could you show me?", "teacher": model.known_as(of, "c1")}
    return contract.RequestIntroduction(member_id="m1", request_id=f"r{n}", community_id="c1", **known | more)


def counted(of: Any, kept: model.Wishes | None = None, n: int = 1, *, now: datetime = NOW, **more: Any) -> Any:
    return model.wish(kept, asking(of, n, **more), model.Two(ASKER, of), now=now).document


def requested(of: model.Member, **more: Any) -> Any:
    return model.request(None, asking(of, **more), of, now=NOW)


def answered(kept: model.Introduction, of: Any, accept: bool, *, now: datetime = NOW, asker: Any = ASKER) -> Any:
    said = contract.AnswerIntroduction(member_id=of.id, introduction_id=kept.id, accept=accept)
    return model.answer(kept, said, model.Two(asker, of), now=now)


def as_the_asker_sees(kept: model.Introduction, of: model.Member, now: datetime = NOW) -> contract.Introduction:
    (one,) = model.listed(["m1"], [kept], {of.id: of}, now).asked
    return one


def as_the_teacher_sees(kept: model.Introduction, now: datetime = NOW, asker: Any = ASKER) -> contract.Introduction:
    (one,) = model.listed(["t1"], [kept], {"m1": asker} if asker else {}, now).received
    return one


def test_names_and_addresses_are_told_to_both_when_both_say_yes_and_not_before() -> None:
    of = teacher()
    asked = requested(of)
    assert asked.answer.status == "asked"
    (fact,) = asked.facts
    assert set(fact.model_dump()) == {"introduction_id", "community_id", "asked_by", "teacher_id", "ends_at"}
    again = model.request(asked.document, asking(of), of, now=NOW + DAY)
    assert (again.document, again.facts, again.answer) == (asked.document, (), asked.answer)
    seen = as_the_teacher_sees(asked.document)
    assert (seen.name, seen.email, seen.message) == (None, None, "Could you show me?")
    yes = answered(asked.document, of, True)
    assert (yes.answer.name, yes.answer.email) == (ASKER.name, ASKER.email)
    assert [type(fact) for fact in yes.facts] == [contract.IntroductionGiven]
    told = as_the_asker_sees(yes.document, of)
    assert (told.status, told.name, told.email) == ("given", of.name, of.email)
    again = answered(yes.document, of, True)
    assert (again.facts, again.answer) == ((), yes.answer)
    with pytest.raises(Refused, match="introduction_given"):
        answered(yes.document, of, False)
    with pytest.raises(Refused, match="introduction_exists"):
        model.request(asked.document, asking(of, message="Something else"), of, now=NOW)


def test_a_person_answers_and_takes_back_what_a_record_was_asked_that_is_part_of_theirs() -> None:
    kept = requested(teacher()).document
    whole = teacher("t9", 9)
    said = contract.AnswerIntroduction(member_id="t9", introduction_id=kept.id, accept=True)
    with pytest.raises(Refused, match="introduction_not_found"):
        model.answer(kept, said, model.Two(ASKER, whole), now=NOW)
    assert model.answer(kept, said, model.Two(ASKER, whole), ["t9", "t1"], now=NOW).document.accepted
    back = contract.TakeBackIntroduction(member_id="m9", introduction_id=kept.id)
    with pytest.raises(Refused, match="introduction_not_found"):
        model.take_back(kept, back, whole, now=NOW)
    assert model.take_back(kept, back, whole, ["m9", "m1"], now=NOW).document.taken_back
    assert [one.introduction_id for one in model.listed(["t9", "t1"], [kept], {"m1": ASKER}, NOW).received] == [kept.id]


def test_whoever_asks_may_give_their_name_at_once_but_no_address() -> None:
    seen = as_the_teacher_sees(requested(teacher(), named=True).document)
    assert (seen.name, seen.email) == (ASKER.name, None)


@settings(max_examples=40)
@given(days=st.integers(0, 40), end_fires=st.booleans())
def test_nothing_tells_a_no_from_no_answer_or_from_a_teacher_who_is_gone(days: int, end_fires: bool) -> None:
    of, now = teacher(), NOW + days * DAY
    asked = requested(of).document
    no = answered(asked, of, False)
    assert not no.facts, "of a no there is no fact"
    gone = model.without(asked, "t1").document
    ends = [model.end(one, now=now) for one in (asked, no.document, gone)] if end_fires else []
    after = [one.document for one in ends] or [asked, no.document, gone]
    assert len({as_the_asker_sees(one, of, now).model_dump_json() for one in after}) == 1
    assert len({str(one.facts) for one in ends}) <= 1
    back = contract.TakeBackIntroduction(member_id="m1", introduction_id=asked.id)
    assert len({model.take_back(one, back, of, now=now).answer.model_dump_json() for one in after}) == 1


def test_a_no_can_become_a_yes_until_the_time_is_over() -> None:
    of = teacher()
    no = answered(requested(of).document, of, False).document
    assert as_the_teacher_sees(no).status == "declined"
    assert answered(no, of, True, now=NOW + 13 * DAY).answer.status == "given"
    with pytest.raises(Refused, match="introduction_over"):
        answered(no, of, True, now=NOW + 14 * DAY)
    assert as_the_teacher_sees(no, NOW + 14 * DAY).message == ""


def test_the_time_is_told_to_be_over_once_and_after_90_days_nothing_is_left() -> None:
    asked = requested(teacher())
    (timer,) = asked.timers
    assert (timer.timer.id, timer.at) == (asked.document.id, NOW + 14 * DAY)
    assert model.end(asked.document, now=timer.at - DAY).document == asked.document
    ended = model.end(asked.document, now=timer.at)
    assert [set(fact.model_dump()) for fact in ended.facts] == [
        {"introduction_id", "community_id", "asked_by", "ends_at"}
    ]
    again = model.end(ended.document, now=timer.at + DAY)
    assert (again.document, again.facts) == (ended.document, ())
    (timer,) = ended.timers
    left = model.end(ended.document, now=timer.at).document
    assert (left.asked_by, left.teacher_id, left.message, left.topic) == (None, None, "", "")
    given = answered(asked.document, teacher(), True).document
    assert not model.end(given, now=NOW + 14 * DAY).facts


def test_members_ask_for_five_in_14_days_and_each_teacher_once_in_90() -> None:
    of = [teacher(f"t{n}", n + 4) for n in range(1, 8)]
    kept = None
    for n in range(5):
        kept = counted(of[n], kept, n)
    assert counted(of[3], kept, 3) == kept, "asked again, it is counted once"
    with pytest.raises(Refused, match="too_many_introductions"):
        counted(of[5], kept, 5)
    with pytest.raises(Refused, match="introduction_asked_before"):
        counted(of[0], kept, 5, now=NOW + 89 * DAY)
    assert len(counted(of[5], kept, 5, now=NOW + 14 * DAY).wishes) == 6
    assert len(counted(of[0], kept, 5, now=NOW + 90 * DAY).wishes) == 1


def test_only_a_teacher_whom_one_sees_can_be_asked_and_the_refusal_is_always_the_same() -> None:
    of = teacher()
    hidden = teacher(teaches="nobody")
    elsewhere, other = teacher(communities=("c2",)), teacher("t2", 6)
    for who in (hidden, model.deactivate(of).document, model.erase(of, now=NOW).document, elsewhere, other, None):
        with pytest.raises(Refused) as no:
            model.wish(None, asking(of), model.Two(ASKER, who), now=NOW)
        assert (no.value.code, no.value.status) == ("teacher_not_found", 404)
    with pytest.raises(Refused, match="teacher_not_found"):
        counted(of, topic="Kendo")
    moved, left = member("m1", 1, communities=("c2",)), model.deactivate(ASKER).document
    for asker, code in ((moved, "not_a_member"), (left, "member_inactive"), (None, "member_not_found")):
        with pytest.raises(Refused, match=code):
            model.wish(None, asking(of), model.Two(asker, of), now=NOW)


def test_who_left_is_introduced_to_nobody_and_others_cannot_answer() -> None:
    of = teacher()
    asked = requested(of).document
    for gone in (model.leave(ASKER, "c1").document, model.deactivate(ASKER).document, None):
        assert as_the_teacher_sees(asked, asker=gone).status == "not_this_time"
        with pytest.raises(Refused, match="introduction_over"):
            answered(asked, of, True, asker=gone)
    with pytest.raises(Refused, match="introduction_not_found"):
        answered(asked, teacher("t2", 6), True)
    with pytest.raises(Refused, match="introduction_not_found"):
        model.take_back(asked, contract.TakeBackIntroduction(member_id="t1", introduction_id="x"), of, now=NOW)
    with pytest.raises(Refused, match="member_inactive"):
        answered(asked, model.deactivate(of).document, True)
    given = answered(asked, of, True).document
    left = as_the_asker_sees(given, model.deactivate(of).document)
    assert (left.name, left.email) == (None, None)


def test_of_an_erased_member_nothing_is_left() -> None:
    of = teacher()
    asked = requested(of).document
    mine = model.without(asked, "m1").document
    assert (mine.asked_by, mine.teacher_id, mine.message) == (None, None, "")
    theirs = model.without(asked, "t1").document
    assert (theirs.teacher_id, model.without(theirs, "t1").document) == (None, theirs)
    assert model.no_wishes(counted(of)).document.wishes == []


async def test_an_introduction_on_real_servers(members: Any, steward: Any, client_as: Any, facts: Any) -> None:
    await steward.send(founding())
    for n, id in ((1, "m1"), (2, "m2")):
        await steward.send(registering(id, n))
        await steward.send(contract.JoinCommunity(member_id=id, community_id="c1"))
    asker, teaches = await client_as("m1"), await client_as("m2")
    said = contract.Skills(teaches=["Excel"], shown=contract.Shown(near="nobody"))
    await teaches.send(contract.DescribeSkills(member_id="m2", skills=said))
    (one,) = (await asker.ask(contract.FindTeachers(community_id="c1", topic="エクセル"))).teachers
    wish = contract.RequestIntroduction(
        member_id="m1", request_id="i1", community_id="c1", teacher=one.teacher, topic="Excel", message="Please"
    )
    assert await asker.send(wish) == await asker.send(wish)
    (received,) = (await teaches.ask(contract.ListIntroductions(member_id="m2"))).received
    assert (received.status, received.name) == ("asked", None)
    with pytest.raises(Refused, match="introduction_not_found"):
        await asker.send(
            contract.AnswerIntroduction(member_id="m1", introduction_id=received.introduction_id, accept=True)
        )
    yes = await teaches.send(
        contract.AnswerIntroduction(member_id="m2", introduction_id=received.introduction_id, accept=True)
    )
    assert yes.email == "hanako1@example.co.jp"
    (asked,) = (await asker.ask(contract.ListIntroductions(member_id="m1"))).asked
    assert (asked.status, asked.email) == ("given", "hanako2@example.co.jp")
    told = [type(one) for one in await facts(7) if isinstance(one, contract.IntroductionFact)]
    assert told == [contract.IntroductionRequested, contract.IntroductionGiven]
    await steward.send(contract.EraseMember(member_id="m2"))
    (asked,) = (await asker.ask(contract.ListIntroductions(member_id="m1"))).asked
    assert (asked.name, asked.email) == (None, None)
