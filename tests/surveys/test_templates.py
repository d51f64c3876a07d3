"""Templates that leaders write: what makes a form one, versions, and which surveys use them."""

from collections.abc import Callable
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.surveys import (
    Form,
    PreviewForm,
    SaveTemplate,
    SurveyOpened,
    TemplateSaved,
    TemplateState,
    templates_of,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_surveys import answers, forms, model, results, sealing
from ekkyo_surveys.forms import rules
from ekkyo_surveys.model import TemplateVersion
from ekkyo_surveys.model.templates import MOST_TEMPLATES, version_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.surveys.conftest import COMMUNITY, World
from tests.surveys.test_answers import KINDS, TRAVEL, question, shown_if
from tests.surveys.test_model import NOW, PUBLIC, known, open_cmd
from tests.surveys.test_model import World as Surveyed

QUESTIONS = [
    question("nps", "score", required=True),
    question("choice", "travel", choices=TRAVEL, other=True, section="more"),
    question("text", "why", maximum=500, section="more", **shown_if("score", "0", "6")),
]


def save(**changes: Any) -> SaveTemplate:
    return SaveTemplate.model_validate(
        {
            "community_id": "c1",
            "template": "spring",
            "title": {"en": "Spring"},
            "questions": [q.model_dump() for q in QUESTIONS],
            "sections": [{"key": "more", "title": {"en": "More"}}],
            "cross_tables": [("score", "travel")],
            **changes,
        }
    )


class Kept:
    """The templates of a community in memory."""

    def __init__(self) -> None:
        self.templates: model.Templates | None = None
        self.versions: EntriesInMemory[TemplateVersion] = EntriesInMemory()
        self.facts: list[Fact] = []

    def save(self, **changes: Any) -> TemplateState:
        decision = model.save_template(self.templates, self.versions, save(**changes))
        if decision.document is not self.templates or decision.entries or decision.facts:
            revision = (self.templates.revision if self.templates else 0) + 1
            self.templates = decision.document.model_copy(update={"revision": revision})
        self.versions.items |= {e.key: e for e in decision.entries if isinstance(e, TemplateVersion)}
        self.facts += decision.facts
        return decision.answer

    def form(self, version: int | None = None) -> Form:
        key = model.version_of(self.templates, "spring", version)
        return model.form_previewed(self.versions.get(key), Caller("l", frozenset({"leader:c1"})), "c1")


def test_a_change_makes_a_new_version_and_what_was_saved_twice_changes_nothing() -> None:
    kept = Kept()
    first = kept.save(based_on=0)
    assert kept.save(based_on=0) == first
    assert (first.version, first.questions, len(kept.facts)) == (1, 3, 1)
    second = kept.save(title={"en": "Spring again"}, based_on=1)
    assert (second.version, second.title) == (2, {"en": "Spring again"})
    assert [kept.form(n).title["en"] for n in (1, 2, None)] == ["Spring", "Spring again", "Spring again"]
    told = kept.facts[-1]
    assert isinstance(told, TemplateSaved)
    assert (told.entity_id, told.form, told.template) == (templates_of("c1"), kept.form(2), second)
    with pytest.raises(Refused, match="template_changed"):
        kept.save(title={"en": "Written from the first"}, based_on=1)
    assert len(kept.versions.items) == 2


def test_one_template_at_most_is_used_after_events_and_none_that_is_retired() -> None:
    kept = Kept()

    def used() -> list[str]:
        return [t.template for t in model.templates_told(kept.templates).templates if t.use_after_events]

    assert used() == ["post_event"]
    kept.save(use_after_events=True)
    assert kept.save(use_after_events=True).version == 1
    assert (used(), len(kept.facts)) == (["spring"], 1)
    kept.save(template="autumn", use_after_events=True)
    assert (used(), model.after_events(kept.templates)) == (["autumn"], version_key("autumn", 1))
    assert kept.save(template="autumn", use_after_events=True, retired=True).retired
    assert (used(), model.after_events(kept.templates)) == (["post_event"], None)
    assert model.newest_of(kept.templates, "autumn") is None
    assert not kept.save(template="autumn").retired


def test_a_built_in_template_cannot_be_changed_and_a_hundred_are_enough() -> None:
    kept = Kept()
    with pytest.raises(Refused) as refused:
        kept.save(template="post_event")
    assert [(e.field, e.code) for e in refused.value.errors] == [("template", "reserved")]
    for n in range(MOST_TEMPLATES):
        kept.save(template=f"t{n}")
    with pytest.raises(Refused, match="too_many_templates"):
        kept.save()


def test_only_leaders_of_the_community_see_its_questions() -> None:
    kept = Kept()
    kept.save()
    version = kept.versions.get(version_key("spring", 1))
    with pytest.raises(Refused, match="not_allowed"):
        model.form_previewed(version, Caller("l", frozenset({"leader:c2"})), "c1")
    with pytest.raises(Refused, match="template_not_found"):
        kept.form(2)


def test_a_survey_keeps_the_questions_it_opened_with() -> None:
    kept, world = Kept(), Surveyed()
    kept.save()
    about = known("a", "b", "c", "d", "e")
    about = model.Known(people=about.people, everybody=5, form=kept.form())
    world.keep(model.open_by_hand(None, world.parts, open_cmd(template="spring"), about, key=PUBLIC, now=NOW))
    kept.save(questions=[QUESTIONS[0].model_dump()], cross_tables=[])
    assert world.survey
    assert world.survey.form == kept.form(1)
    assert (world.survey.template, world.survey.version) == ("spring", 1)
    assert "own_form" not in Surveyed().__dict__
    with pytest.raises(Refused, match="template_not_found"):
        model.open_by_hand(None, world.parts, open_cmd(template="none"), known(), key=PUBLIC, now=NOW)


def without(n: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda it: it["questions"][n].update(changes)


ONE = [{"key": "a", "label": {"en": "A"}}]
CONTRADICTIONS: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("title", lambda it: it.update(title={})),
    ("questions.0.label", without(0, label={})),
    ("questions.0.label.en", without(0, label={"en": "two\nlines"})),
    ("questions.2.key", without(2, key="score")),
    ("questions.2.shown_if.question", without(2, shown_if={"question": "later", "any_of": ["1"]})),
    ("questions.2.shown_if.any_of", without(2, shown_if={"question": "score", "any_of": ["11"]})),
    ("questions.2.shown_if.any_of", without(2, shown_if={"question": "travel", "any_of": ["ship"]})),
    ("questions.1.section", without(1, section="none")),
    ("questions.2.section", without(2, section=None)),
    ("sections", lambda it: it.update(sections=it["sections"] * 2)),
    ("sections.0.title.en", lambda it: it["sections"][0].update(title={"en": ""})),
    ("questions.1.choices", without(1, choices=ONE)),
    ("questions.1.choices", without(1, choices=ONE * 2)),
    ("questions.1.choices", without(1, choices=[*ONE, {"key": "other", "label": {"en": "Other"}}])),
    ("questions.1.choices.0.label", without(1, choices=[{"key": "a", "label": {}}, *TRAVEL])),
    ("questions.0.maximum", without(0, maximum=5)),
    ("questions.0.maximum", without(0, kind="scale", minimum=1, maximum=1)),
    ("questions.0.maximum", without(0, kind="scale", minimum=0, maximum=100)),
    ("questions.0.maximum", without(0, kind="number", minimum=3, maximum=3)),
    ("questions.1.maximum", without(1, kind="choices", maximum=5)),
    ("questions.1.maximum", without(1, kind="choices", minimum=3, maximum=2)),
    ("questions.2.maximum", without(2, maximum=2001)),
    ("questions.2.maximum", without(2, kind="themes", maximum=11)),
    ("questions.1.rows", without(1, kind="matrix", other=False)),
    ("questions.1.other", without(1, kind="ranking")),
    ("questions.0.rows", without(0, rows=ONE)),
    ("questions.0.decimals", without(0, decimals=1)),
    ("cross_tables.0", lambda it: it.update(cross_tables=[("score", "why")])),
    ("cross_tables.0", lambda it: it.update(cross_tables=[("score", "score")])),
    (
        "cross_tables.0",
        lambda it: it.update(
            questions=[*it["questions"], question("choices", "days", choices=TRAVEL).model_dump()],
            cross_tables=[("score", "days")],
        ),
    ),
]


@pytest.mark.parametrize(("field", "change"), CONTRADICTIONS)
def test_a_form_that_contradicts_itself_is_refused_by_field(field: str, change: Callable[[dict[str, Any]], None]):
    it = save().model_dump()
    change(it)
    with pytest.raises(Refused) as refused:
        Kept().save(**it)
    assert field in [e.field for e in refused.value.errors]
    assert refused.value.code == "malformed"


def test_texts_that_could_not_be_sealed_have_to_be_limited() -> None:
    with pytest.raises(Refused, match="cannot be asked") as refused:
        Kept().save(questions=[question("text", f"t{n}").model_dump() for n in range(3)], cross_tables=[])
    assert refused.value.errors[0].code == "too_large"
    assert Kept().save(
        questions=[question("text", f"t{n}", maximum=500).model_dump() for n in range(8)], cross_tables=[]
    )


texts = st.text(st.sampled_from('a字👩"\\\n\x01'), min_size=1, max_size=30)


@settings(max_examples=25)
@given(texts, st.sampled_from(sorted(KINDS)))
def test_no_answer_is_longer_than_the_form_allows_for(text: str, kind: str) -> None:
    """So whatever is answered can be sealed."""
    it = KINDS[kind].model_copy(update={"key": "q"})
    long = text * 3000
    said: dict[str, Any] = {
        "scale": -2,
        "nps": 10,
        "choice": f"other:{long[:100]}",
        "choices": ["train", "bicycle", f"other:{long[:100]}"],
        "ranking": ["train", "car", "bicycle"],
        "matrix": {"room": "good", "food": "good"},
        "number": 99.9,
        "date": "2026-12-24",
        "themes": [long[:100], long[:100]],
        "text": long[:20],
    }
    form = Form(template="t", version=1, title={"en": "T"}, questions=[it])
    taken = answers.checked(form, {"q": said[kind]})
    assert len(sealing.text_of(taken)) <= rules.bytes_of_answers(form)


def test_every_built_in_form_makes_sense() -> None:
    for form in forms.built_in():
        rules.must_make_sense(form)


def test_the_starter_template_asks_for_the_score_as_such_and_surveys_of_before_stay_readable() -> None:
    before, now = forms.form("post_event", 1), forms.newest("post_event")
    assert (now.version, [q.kind for q in now.questions]) == (2, ["nps", "choice", "themes", "text"])
    assert [q.key for q in before.questions] == [q.key for q in now.questions]
    said: list[answers.Said] = [{"satisfaction": n} for n in (10, 10, 10, 10, 10, 3, 3, 3, 3, 3, 3)]
    scores = [
        results.results(form, said, survey_id="s1", event_id=None, invited=11, anonymous=True, opened=NOW.date())
        for form in (before, now)
    ]
    assert scores[0].nps == scores[1].nps == pytest.approx(-9.1)


async def test_the_survey_after_an_event_asks_what_the_leaders_of_the_community_chose(world: World) -> None:
    leader = ("lead", f"leader:{COMMUNITY}")
    await world.ask(save(community_id=COMMUNITY, use_after_events=True), *leader)
    await world.conclude("a", "b")
    opened = await world.fact(SurveyOpened)
    assert (opened.survey.template, opened.survey.version) == ("spring", 1)
    previewed = await world.ask(PreviewForm(template="spring", community_id=COMMUNITY), *leader)
    assert [q.key for q in previewed.questions] == ["score", "travel", "why"]
    assert (await world.ask(PreviewForm(template="post_event", version=1), *leader)).template == "post_event"
    await world.opened_for("a", template="spring")
    with pytest.raises(Refused, match="template_not_found"):
        await world.opened_for("a", template="none")
