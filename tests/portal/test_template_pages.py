"""The pages on which leaders write the templates of surveys: without script, and nothing that was typed is lost."""

from html.parser import HTMLParser
from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.members import GetCommunity
from ekkyo.contracts.surveys import Form, ListTemplates, PreviewForm, SaveTemplate, TemplateList, TemplateState
from ekkyo_portal.surveys import lines

from tests.portal.leading import IT
from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_survey_answers import ALL
from tests.portal.test_survey_pages import FORM

SPRING = TemplateState(
    template="spring", community_id="it", version=3, title={"ja": "春"}, questions=10, use_after_events=True
)
BUILT_IN = TemplateState(template="post_event", version=1, title={"ja": "イベントのアンケート"}, questions=4)
LISTED = TemplateList(templates=[BUILT_IN, SPRING, SPRING.model_copy(update={"template": "old", "retired": True})])
WITH_TABLES = ALL.model_copy(update={"cross_tables": [("score", "one")]})


def previewed(ask: PreviewForm) -> Form:
    return FORM if ask.template == "post_event" else WITH_TABLES


REPLIES: dict[type[Any], Any] = {
    GetCommunity: IT,
    ListTemplates: LISTED,
    PreviewForm: previewed,
    SaveTemplate: SPRING,
}


class Fields(HTMLParser):
    """What a browser would send of the form with these buttons: what stands in the fields of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.area: str | None = None
        self.select: str = ""
        self.feed(html.partition('class="stack template"')[2].partition("</form>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.values.setdefault(str(given["name"]), []).append(given.get("value") or "")
        elif tag == "textarea":
            self.area = str(given["name"])
        elif tag == "select":
            self.select = str(given["name"])
        elif tag == "option" and "selected" in given:
            self.values[self.select] = [given.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values.setdefault(self.area, []).append(data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None


async def test_a_template_that_is_saved_as_it_was_shown_is_as_it_was():
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.get("/c/it/templates/spring")
        form = Fields(page.text).values
        for press in ("refresh", "preview"):
            page = await browser.post("/c/it/templates/spring", {**form, "do": press})
            assert page.status_code == 200, text_of(page)
            assert Fields(page.text).values == form
        assert "通勤について" in text_of(page)
        done = await browser.post("/c/it/templates/spring", {**form, "do": "save"})
        assert done.headers["location"] == "/c/it/templates?did=surveys.template_saved"
        (sent,) = browser.answering.sent(SaveTemplate)
        assert (sent.based_on, sent.use_after_events, sent.retired) == (3, True, False)
        saved = Form.model_validate({**sent.model_dump(), "version": 3})
        assert saved.model_dump() == WITH_TABLES.model_dump()


async def test_questions_are_added_moved_removed_and_depend_on_those_before():
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.get("/c/it/templates/new")
        form = {**Fields(page.text).values, "title_en": "Autumn", "en-0": "Would you recommend us?"}
        page = await browser.post("/c/it/templates/t_1", {**form, "do": "add"})
        form = {
            **Fields(page.text).values,
            "en-1": "Which days?",
            "kind-1": "choices",
            "choices_en-1": "Monday\n\n Friday ",
        }
        page = await browser.post("/c/it/templates/t_1", {**form, "do": "add"})
        form = {**Fields(page.text).values, "en-2": "Why Friday?", "kind-2": "text", "on-2": form["key"][1]}
        page = await browser.post("/c/it/templates/t_1", {**form, "do": "save"})
        assert "どの答えのときに聞くかを選んでください" in text_of(page)
        assert "<span>Friday</span>" in page.text
        form = {**Fields(page.text).values, "any-2": "c2", "section_en-2": "More"}
        await browser.post("/c/it/templates/t_1", {**form, "do": "save"})
        (sent,) = browser.answering.sent(SaveTemplate)
        days, why = sent.questions[1:]
        assert [(c.key, c.label) for c in days.choices] == [("c1", {"en": "Monday"}), ("c2", {"en": "Friday"})]
        assert (why.shown_if.question, why.shown_if.any_of, why.section) == (days.key, ["c2"], sent.sections[0].key)
        moved = await browser.post("/c/it/templates/t_1", {**form, "do": "up-1"})
        assert Fields(moved.text).values["en-0"] == ["Which days?"]
        gone = await browser.post("/c/it/templates/t_1", {**form, "do": "remove-1"})
        assert Fields(gone.text).values["key"] == [form["key"][0], form["key"][2]]
        assert "any-1" not in Fields(gone.text).values


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays():
    wrong = Refused("malformed", "x", 400, [
        FieldError(field="questions.2.choices", code="too_short", detail="x"),
        FieldError(field="cross_tables.0", code="unexpected", detail="x"),
    ])  # fmt: skip
    async with opened({**REPLIES, SaveTemplate: wrong}, LEADER) as browser:
        form = Fields((await browser.get("/c/it/templates/spring")).text).values
        page = await browser.post("/c/it/templates/spring", {**form, "do": "save"})
        assert page.status_code == 422
        assert 'id="choices-2-wrong"' in page.text
        assert "クロス集計: この値は使えません" in text_of(page)
        browser.answering.replies[SaveTemplate] = Refused("template_changed", "x", 409)
        page = await browser.post("/c/it/templates/spring", {**form, "do": "save"})
        assert "ほかの人が先に保存しました" in text_of(page)
        assert Fields(page.text).values == form
        sent = len(browser.answering.sent(SaveTemplate))
        uneven = {**form, "choices_en-2": "Train", "minimum-4": "few", "title_ja": "", "ja-0": "x" * 300}
        page = await browser.post("/c/it/templates/spring", {**uneven, "do": "save"})
        assert {f'id="{name}-wrong"' in page.text for name in ("choices-2", "minimum-4", "title")} == {True}
        assert len(browser.answering.sent(SaveTemplate)) == sent


async def test_leaders_see_all_templates_copy_them_and_look_at_them_as_members_do():
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.get("/c/it/templates")
        assert text_of(page).count("イベント後に使う") == 1
        assert "/c/it/templates/post_event/preview" in page.text
        assert 'href="/c/it/templates/post_event"' not in page.text, "what is built in is copied, not changed"
        copy = await browser.get("/c/it/templates/new?from=post_event")
        assert Fields(copy.text).values["based_on"] == ["0"]
        assert 'action="/c/it/templates/t_' in copy.text
        seen = await browser.get("/c/it/templates/spring/preview?version=2")
        assert browser.answering.sent(PreviewForm)[-1].version == 2
        assert "何が足りませんか" in text_of(seen)
        assert "data-if" not in seen.text, "what depends on an answer is shown too"
        assert "<button" not in seen.text.partition("<main")[2].partition("</main>")[0]
        for nothing in ("/c/it/templates/none", "/c/it/templates/UPPER"):
            assert (await browser.get(nothing)).status_code == 404
        for path in (
            "/c/it/templates",
            "/c/it/templates/new",
            "/c/it/templates/spring",
            "/c/it/templates/spring/preview",
        ):
            assert (await browser.as_(HANAKO).get(path)).status_code == 403
        assert (await browser.post("/c/it/templates/spring", {"do": "save"})).status_code == 403


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["Yes", "No"], ["yes", "no"]),
        (["No", "Yes"], ["no", "yes"]),
        (["Yes!", "No"], ["yes", "no"]),
        (["Yes", "Perhaps", "No"], ["yes", "c1", "no"]),
        (["No"], ["no"]),
        (["Perhaps", "Never"], ["yes", "no"]),
    ],
)
def test_a_choice_keeps_its_key_while_its_words_or_its_place_stay(words: list[str], keys: list[str]):
    known = [("yes", "", "Yes"), ("no", "", "No")]
    assert [key for key, *_ in lines.keyed(known, [("", line) for line in words], "c")] == keys
