"""A community's vocabulary: themes merged and split, words added, removed and proposed, and the ranking."""

from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import (
    AddTerm,
    IgnoreWords,
    MergeThemes,
    RemoveWords,
    Results,
    SplitTheme,
    Term,
    ThemeCount,
    VocabularyAnswer,
    VocabularyChanged,
    WordCount,
)
from ekkyo.words.themes import key, starter, vocabulary_of
from ekkyo_surveys import model
from ekkyo_surveys.model import ThemeVocabulary
from ekkyo_surveys.model.proposing import proposals
from hypothesis import given, settings
from hypothesis import strategies as st

Command = MergeThemes | SplitTheme | AddTerm | RemoveWords | IgnoreWords
DECIDE: dict[type[Any], Any] = {
    MergeThemes: model.merge,
    SplitTheme: model.split,
    AddTerm: model.add,
    RemoveWords: model.remove,
    IgnoreWords: model.ignore,
}
VOTES = {"Excel": 5, "エクセル": 2, "Excelの関数": 4, "花見": 3, "お花見会": 2, "RPA": 1}


def after(*commands: Command, vocabulary: ThemeVocabulary | None = None) -> ThemeVocabulary | None:
    """The vocabulary after these commands, each told twice: the second time changes nothing."""
    for cmd in commands:
        decision = DECIDE[type(cmd)](vocabulary, cmd)
        assert [type(fact) for fact in decision.facts] in ([VocabularyChanged], [])
        changed = decision.document.model_copy(update={"revision": decision.document.revision + bool(decision.facts)})
        if decision.facts:
            assert decision.facts[0].vocabulary == decision.answer == changed.told()
        again = DECIDE[type(cmd)](changed, cmd)
        assert (again.document, again.facts, again.answer) == (changed, (), changed.told())
        vocabulary = changed
    return vocabulary


def told(vocabulary: ThemeVocabulary | None, **more: Any) -> VocabularyAnswer:
    votes = [ThemeCount(theme=theme, votes=n) for theme, n in VOTES.items()]
    results = Results(survey_id="s", invited=9, answered=9, themes=votes, **more)
    return model.vocabulary_told((vocabulary or ThemeVocabulary.of("c1")).told(), [(results, [])])


def ranking(*commands: Command) -> dict[str, int]:
    return {one.theme: one.votes for one in told(after(*commands)).themes}


def merge(*themes: str, into: str) -> MergeThemes:
    return MergeThemes(community_id="c1", themes=list(themes), into=into)


def split(theme: str, *words: str, into: str) -> SplitTheme:
    return SplitTheme(community_id="c1", theme=theme, words=list(words), into=into)


def add(theme: str, *words: str) -> AddTerm:
    return AddTerm(community_id="c1", theme=theme, words=list(words))


def remove(*words: str) -> RemoveWords:
    return RemoveWords(community_id="c1", words=list(words))


def test_without_a_change_the_starter_counts() -> None:
    assert ranking() == {"Excel": 11, "関数": 4, "花見": 3, "お花見会": 2, "RPA": 1}


def test_merged_themes_are_counted_as_one_in_surveys_that_closed_before() -> None:
    assert ranking(merge("花見", "お花見会", into="お花見")) == {"Excel": 11, "お花見": 5, "関数": 4, "RPA": 1}
    assert ranking(merge("RPA", "Excel", into="RPA"))["RPA"] == 12
    assert ranking(merge("花見", "お花見会", into="お花見"), merge("お花見", "RPA", into="その他"))["その他"] == 6


def test_words_of_a_merged_theme_are_found_in_what_is_written_later() -> None:
    vocabulary = after(merge("花見", "お花見会", into="お花見"))
    assert vocabulary
    words = vocabulary_of(vocabulary.told())
    assert [words.terms[one.term].name for one in words.themes_in("桜の花見とエクセル")] == ["お花見", "Excel"]


def test_a_split_theme_is_counted_apart_from_the_words_that_were_taken_out() -> None:
    assert ranking(split("Excel", "エクセル", into="エクセル勉強会")) == {
        "Excel": 9,
        "関数": 4,
        "花見": 3,
        "エクセル勉強会": 2,
        "お花見会": 2,
        "RPA": 1,
    }
    found = ranking(split("Excel", "Excelの関数", into="Excelの関数"))
    assert (found["Excel"], found["Excelの関数"]) == (7, 4)
    assert "関数" not in found


def test_words_can_be_moved_to_a_theme_that_is_there_and_back() -> None:
    moved = split("Excel", "エクセル", into="RPA")
    assert ranking(moved)["RPA"] == 3
    assert ranking(moved, split("RPA", "エクセル", into="Excel"))["Excel"] == 11


def test_what_was_merged_can_be_split_again() -> None:
    back = split("お花見", "花見", "お花見会", into="花見")
    assert ranking(merge("花見", "お花見会", into="お花見"), back)["花見"] == 5
    assert ranking(merge("花見", "RPA", into="花見"), split("花見", "RPA", into="RPA"))["RPA"] == 1


@pytest.mark.parametrize(
    ("cmd", "code"),
    [
        (split("雪見", "花見", into="花見"), "theme_not_found"),
        (split("Excel", "エクセル", into="EXCEL"), "same_theme"),
        (split("Excel", "RPA", into="ロボ"), "word_of_another_theme"),
    ],
)
def test_what_cannot_be_split_is_refused(cmd: SplitTheme, code: str) -> None:
    with pytest.raises(Refused) as refused:
        model.split(None, cmd)
    assert refused.value.code == code


def test_a_word_moves_to_the_theme_that_it_is_added_to() -> None:
    assert ranking(add("RPA", "エクセル"))["RPA"] == 3
    assert ranking(add("お花見会", "花見"))["お花見会"] == 5
    changed = after(add("エクセル", "ExL"))
    assert changed
    (term,) = changed.terms
    assert (term.name, "ExL" in term.words, "エクセル" in term.words) == ("Excel", True, True)


def test_removed_words_are_people_s_own_words_again() -> None:
    assert ranking(remove("エクセル"))["エクセル"] == 2
    assert ranking(add("お花見会", "花見"), remove("花見"))["花見"] == 3
    assert ranking(remove("エクセル"), add("Excel", "エクセル"))["Excel"] == 11


def test_a_vocabulary_has_an_end() -> None:
    vocabulary = ThemeVocabulary(id="v", community_id="c1", terms=[Term(name=f"t{n}") for n in range(500)])
    with pytest.raises(Refused) as refused:
        model.add(vocabulary, add("one more"))
    assert refused.value.code == "vocabulary_full"


def test_leaders_see_what_is_counted_as_what() -> None:
    excel = told(None, mentions=[WordCount(word="エクセル", count=7)]).themes[0]
    assert (excel.theme, excel.votes, excel.mentions, excel.term) == ("Excel", 11, 7, True)
    assert excel.written[0] == WordCount(word="Excel", count=5)


def test_what_is_only_mentioned_is_no_wish() -> None:
    results = Results(survey_id="s", invited=9, answered=9, mentions=[WordCount(word="Zoom", count=9)])
    assert model.ranking([results, None], vocabulary_of(None)) == []
    (zoom,) = model.vocabulary_told(ThemeVocabulary.of("c1").told(), [(results, [])]).themes
    assert (zoom.theme, zoom.votes, zoom.mentions) == ("Zoom", 0, 9)


def test_words_that_several_people_wrote_are_proposed_once_and_the_longest_of_them() -> None:
    texts = [
        "花見がしたい",
        "お花見をまた",
        "花見の会",
        "量子計算の話",
        "量子計算とは",
        "量子計算入門",
        "more robotic arms",
    ]
    texts += [
        "Robotic arms!",
        "robotic arms please",
        "エクセル",
        "エクセルの話",
        "エクセル入門",
        "今回の内容",
        "今回",
        "今回の会",
    ]
    found = proposals([(text, 1) for text in texts], vocabulary_of(None))
    assert {(one.word, one.count) for one in found} == {("robotic arms", 3), ("花見", 3), ("量子計算", 3)}
    assert (
        proposals([(text, 1) for text in texts], vocabulary_of(None), ignored=["花見", "Robotic Arms", "量子計算"])
        == []
    )
    assert proposals([("花見", 2)], vocabulary_of(None)) == []


words = st.sampled_from(
    [*VOTES, "花", "Power BI", "パワービーアイ", *(word for term in starter()[:8] for word in term.all)]
)
commands = st.one_of(
    st.builds(merge, words, words, into=words),
    st.builds(split, words, words, into=words),
    st.builds(add, words, words),
    st.builds(remove, words),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(commands, max_size=6))
def test_whatever_leaders_do_a_word_has_one_theme_and_every_vote_counts(asked: list[Command]) -> None:
    vocabulary: ThemeVocabulary | None = None
    for cmd in asked:
        try:
            vocabulary = after(cmd, vocabulary=vocabulary)
        except Refused:
            continue
    state = (vocabulary or ThemeVocabulary.of("c1")).told()
    all_words = [key(word) for term in state.terms for word in {key(w): w for w in term.all}.values()]
    assert len(all_words) == len(set(all_words))
    found = told(vocabulary).themes
    assert all(0 < theme.votes <= sum(VOTES.values()) for theme in found)
    assert {text for theme in found for one in theme.written for text in [one.word]} == set(VOTES)
