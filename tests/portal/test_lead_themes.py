"""Themes by pages: the ranking, merging, splitting, words added, removed and proposed."""

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import (
    AddTerm,
    GetVocabulary,
    IgnoreWords,
    MergeThemes,
    RemoveWords,
    SplitTheme,
    ThemeDetail,
    VocabularyAnswer,
    WordCount,
)

from tests.portal.leading import NO, VOCABULARY, answers
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import MARKUP

DONE = dict.fromkeys((MergeThemes, SplitTheme, AddTerm, RemoveWords, IgnoreWords), VOCABULARY.vocabulary)


async def test_a_leader_sees_what_is_counted_as_what():
    async with opened(answers(), in_english(LEADER)) as browser:
        assert 'href="/c/it/themes"' in (await browser.get("/c/it/results")).text
        text = text_of(await browser.get("/c/it/themes"))
        assert "Excel asked for by 11 · in comments: 4 As written: エクセル (7), Excelの関数 (4)" in text
        assert "Zoom in comments: 2" in text
        assert "量子計算 in 5 answers" in text
        text = text_of(await browser.get("/c/it/themes/theme?name=エクセル"))
        assert "Excel asked for by 11" in text
        assert "エクセル asked for by 7 Excelの関数 asked for by 4" in text
        assert "not in the vocabulary yet" in text_of(await browser.get("/c/it/themes/theme?name=花見"))
        assert (await browser.get("/c/it/themes/theme?name=nothing")).status_code == 404


async def test_a_leader_merges_and_splits_themes():
    async with opened({**answers(), **DONE}, LEADER) as browser:
        sent = await browser.post("/c/it/themes/merge", {"theme": ["Excel", "RPA"], "into": ""})
        assert (sent.status_code, sent.headers["location"]) == (303, "/c/it/themes?did=themes.changed")
        (merged,) = browser.answering.sent(MergeThemes)
        assert (merged.themes, merged.into) == (["Excel", "RPA"], "Excel")
        form = {"name": "Excel", "word": ["Excelの関数"], "into": "関数", "do": "split"}
        assert (await browser.post("/c/it/themes/theme", form)).status_code == 303
        (split,) = browser.answering.sent(SplitTheme)
        assert (split.theme, split.words, split.into) == ("Excel", ["Excelの関数"], "関数")
        assert (await browser.post("/c/it/themes/theme", {**form, "do": "remove"})).status_code == 303
        assert browser.answering.sent(RemoveWords)[0].words == ["Excelの関数"]


async def test_words_are_added_and_proposals_taken_or_left():
    async with opened({**answers(), **DONE}, LEADER) as browser:
        for form in (
            {"name": "花見", "words": "お花見\r\n\r\n 花 見 "},
            {"word": "Miro", "name": ""},
            {"word": "Miro", "name": "Zoom"},
        ):
            assert (await browser.post("/c/it/themes/add", form)).status_code == 303
        sent = [(one.theme, one.words) for one in browser.answering.sent(AddTerm)]
        assert sent == [("花見", ["お花見", "花 見"]), ("Miro", []), ("Zoom", ["Miro"])]
        await browser.post("/c/it/themes/ignore", {"word": "Miro"})
        assert browser.answering.sent(IgnoreWords)[0].words == ["Miro"]


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("merge", {"theme": ["Excel"]}, "Choose at least two themes."),
        ("theme", {"name": "Excel", "into": "x", "do": "split"}, "Choose at least one word."),
        ("theme", {"name": "Excel", "word": ["エクセル"], "into": "", "do": "split"}, 'id="into-wrong"'),
        ("add", {"name": "", "words": "x"}, 'id="name-wrong"'),
        ("add", {"name": "x", "words": "y" * 101}, 'id="words-wrong"'),
    ],
)
async def test_what_is_missing_stands_beside_its_field(path: str, form: dict[str, str], says: str):
    async with opened(answers(), in_english(LEADER)) as browser:
        page = await browser.post(f"/c/it/themes/{path}", form)
        assert page.status_code == 422
        assert says in page.text


async def test_a_refusal_is_told_and_what_was_chosen_stays():
    replies = {**answers(), SplitTheme: Refused("same_theme", "x"), MergeThemes: Refused("vocabulary_full", "x")}
    async with opened(replies, in_english(LEADER)) as browser:
        form = {"name": "Excel", "word": ["エクセル"], "into": "Excel", "do": "split"}
        page = await browser.post("/c/it/themes/theme", form)
        assert page.status_code == 409
        assert "Give the new theme another name" in page.text
        assert 'value="エクセル" checked' in page.text
        page = await browser.post("/c/it/themes/merge", {"theme": ["Excel", "RPA"]})
        assert (page.status_code, "The vocabulary is full." in page.text) == (409, True)


@pytest.mark.parametrize("visitor", [HANAKO, NO])
async def test_themes_are_for_leaders_of_the_community(visitor):
    async with opened({**answers(), **DONE}, visitor) as browser:
        assert (await browser.get("/c/it/themes")).status_code == 403
        assert (await browser.get("/c/it/themes/theme?name=Excel")).status_code == 403
        for path in ("merge", "add", "ignore", "theme"):
            sent = await browser.post(f"/c/it/themes/{path}", {"theme": ["a", "b"], "word": "w", "name": "n"})
            assert sent.status_code == 403
        assert not [one for kind in DONE for one in browser.answering.sent(kind)]


async def test_markup_in_what_people_wrote_is_text_and_nothing_yet_is_said():
    wild = ThemeDetail(theme=MARKUP, votes=2, term=False, written=[WordCount(word=MARKUP, count=2)])
    told = VOCABULARY.model_copy(update={"themes": [wild], "proposals": [WordCount(word=MARKUP, count=3)]})
    async with opened({**answers(), GetVocabulary: told}, LEADER) as browser:
        assert MARKUP not in (await browser.get("/c/it/themes")).text
    nothing = VocabularyAnswer(vocabulary=VOCABULARY.vocabulary, terms=[], themes=[])
    async with opened({**answers(), GetVocabulary: nothing}, in_english(LEADER)) as browser:
        assert "None yet. They appear here once surveys have closed." in (await browser.get("/c/it/themes")).text
