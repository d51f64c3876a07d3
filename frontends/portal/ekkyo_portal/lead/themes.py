"""Themes: what counts as which theme, merged, split and extended by leaders."""

from typing import Final, TypeVar

from ekkyo.contracts.base import Command, Refused
from ekkyo.contracts.surveys import (
    AddTerm,
    GetVocabulary,
    IgnoreWords,
    MergeThemes,
    RemoveWords,
    SplitTheme,
    VocabularyState,
)
from starlette.responses import Response

from ekkyo_portal.lead import themed
from ekkyo_portal.lead.section import led_community, must_lead, section
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

C = TypeVar("C", bound=Command[VocabularyState])
PATIENCE: Final = 15.0
"""Seconds that the vocabulary may take: it is held against all closed surveys."""


@section.get("/c/{community_id}/themes", who=Who.LEADERS)
async def themes(visit: Visit, community_id: str) -> Response:
    """The ranking, the vocabulary and proposed words."""
    return await _all(visit, community_id, Form())


@section.post("/c/{community_id}/themes/merge", who=Who.LEADERS)
async def merge(visit: Visit, community_id: str) -> Response:
    """Merge the themes that were chosen."""
    must_lead(visit, community_id)
    form = await visit.form()
    chosen = form.all("theme")
    if len(chosen) < 2:
        form.wrong("theme", "choose_two")
    into = form["into"] or next(iter(chosen), "")
    made = form.make(MergeThemes, {"themes": "theme"}, community_id=community_id, themes=chosen, into=into)
    return await _sent(visit, community_id, form, made)


@section.post("/c/{community_id}/themes/add", who=Who.LEADERS)
async def add(visit: Visit, community_id: str) -> Response:
    """Add a theme, words of one, or a word that was proposed."""
    must_lead(visit, community_id)
    form = await visit.form()
    named, words = form["name"] or form["word"], _lines(form["words"])
    if form["name"] and form["word"]:
        words.append(form["word"])
    made = form.make(AddTerm, {"theme": "name"}, community_id=community_id, theme=named, words=words)
    return await _sent(visit, community_id, form, made)


@section.post("/c/{community_id}/themes/ignore", who=Who.LEADERS)
async def ignore(visit: Visit, community_id: str) -> Response:
    """Propose a word no more."""
    must_lead(visit, community_id)
    form = await visit.form()
    made = form.make(IgnoreWords, {"words": "word"}, community_id=community_id, words=[form["word"]])
    return await _sent(visit, community_id, form, made, did="themes.ignored")


@section.get("/c/{community_id}/themes/theme", who=Who.LEADERS)
async def theme(visit: Visit, community_id: str) -> Response:
    """One theme with its words."""
    return await _one(visit, community_id, visit.request.query_params.get("name", ""), Form())


@section.post("/c/{community_id}/themes/theme", who=Who.LEADERS)
async def change(visit: Visit, community_id: str) -> Response:
    """Split words off a theme, or remove them."""
    must_lead(visit, community_id)
    form = await visit.form()
    name, words = form["name"], form.all("word")
    if not words:
        form.wrong("word", "choose_words")
    made: Command[VocabularyState] | None
    if form["do"] == "remove":
        made = form.make(RemoveWords, {"words": "word"}, community_id=community_id, words=words)
    else:
        wish = {"community_id": community_id, "theme": name, "words": words, "into": form["into"]}
        made = form.make(SplitTheme, {"words": "word", "theme": "word"}, **wish)
    if made is None:
        return await _one(visit, community_id, name, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        if why.status != 409:
            raise
        return await _one(visit, community_id, name, form, why=why, status=409)
    return visit.see_other(f"/c/{community_id}/themes", did="themes.changed")


async def _sent(visit: Visit, community_id: str, form: Form, made: C | None, did: str = "themes.changed") -> Response:
    if made is None:
        return await _all(visit, community_id, form, status=422)
    try:
        await visit.send(made)
    except Refused as why:
        if why.status != 409:
            raise
        return await _all(visit, community_id, form, why=why, status=409)
    return visit.see_other(f"/c/{community_id}/themes", did=did)


async def _all(
    visit: Visit, community_id: str, form: Form, *, why: Refused | None = None, status: int = 200
) -> Response:
    community = await led_community(visit, community_id)
    told = await visit.ask(GetVocabulary(community_id=community_id), PATIENCE)
    view = themed.themes(visit.reader, community, told)
    return visit.page("lead/themes.html", view, status=status, form=form, wrong=_text(visit, why))


async def _one(
    visit: Visit, community_id: str, name: str, form: Form, *, why: Refused | None = None, status: int = 200
) -> Response:
    must_lead(visit, community_id)
    told = await visit.ask(GetVocabulary(community_id=community_id), PATIENCE)
    view = themed.theme(visit.reader, community_id, name, told)
    status = status if view.there else 404
    return visit.page("lead/theme.html", view, status=status, form=form, wrong=_text(visit, why))


def _text(visit: Visit, why: Refused | None) -> str:
    return refusal(visit.reader.locale, why.code, why.detail) if why else ""


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line for each in text.split("\n") if (line := " ".join(each.split()))))
