"""A community's name, colour and logo: how pages show them, and the form that changes them."""

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents, MyRegistration, MyRegistrationAnswer
from ekkyo.contracts.members import (
    READABLE,
    CommunityListed,
    CommunityPage,
    GetLogo,
    ListCommunities,
    LogoFile,
    ReviseCommunity,
    contrast,
)
from ekkyo_portal.look import colours
from hypothesis import given
from hypothesis import strategies as st

from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.test_community_pages import known
from tests.portal.test_events_pages import event
from tests.portal.test_people_pages import MARKUP, community
from tests.portal.whole import identity, whole

PNG = b"\x89PNG\r\n\x1a\n and the rest"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
OWN = community(name="越境の会", colour="#b8401f", logo="0123456789abcdef.png")
FILE = LogoFile(community_id="it", logo="0123456789abcdef.png", kind="image/png", data=base64.b64encode(PNG).decode())
SAME = {"sec-fetch-site": "same-origin"}


def listed(one: Any = OWN) -> CommunityPage:
    return CommunityPage(communities=[CommunityListed(community=one, members=3, leaders=[])])


def replies(one: Any = OWN) -> dict[type[Any], Any]:
    mine = MyRegistrationAnswer(event=event("e1", title="会"), registration=None)
    more = {MyRegistration: mine, ListEvents: EventPage(events=[event("e1", title="会")]), GetLogo: FILE}
    return {**known(), **more, ListCommunities: listed(one), ReviseCommunity: one}


@given(st.integers(0, 0xFFFFFF))
def test_text_in_and_on_every_colour_can_be_read_light_and_dark(number: int) -> None:
    for dark, grounds in enumerate((("#ffffff", "#faf8f3", "#f3f0e8"), ("#12161f", "#1a2030", "#232b3e"))):
        made = colours.shades(f"#{number:06x}", dark=bool(dark))
        for ground in (*grounds, made["--accent-soft"], made["--accent-ink"]):
            assert contrast(made["--accent"], ground) >= READABLE


def test_the_colour_of_those_who_have_none_is_the_one_of_the_styles() -> None:
    styles = Path(colours.__file__).with_name("static") / "style.css"
    assert f"--accent: {colours.OURS}" in styles.read_text()
    assert colours.shades(colours.OURS, dark=False)["--accent"] == colours.OURS


@pytest.mark.parametrize("path", ["/c/it", "/communities", "/e/e1", "/", "/c/it/charter", "/lead"])
async def test_the_logo_shows_wherever_the_community_is_named(path: str):
    async with opened(replies(), LEADER) as browser:
        page = await browser.get(path)
        assert page.status_code == 200
        assert 'src="/c/it/logo/0123456789abcdef.png"' in page.text
        own = '<link rel="stylesheet" href="/accent/b8401f.css">' in page.text
        assert own is (path in ("/c/it", "/e/e1", "/c/it/charter")), "pages of one community have its colour"


async def test_without_a_logo_its_first_letter_stands_in_its_colour_and_without_a_colour_in_ours():
    async with opened(replies(community(name="it の会", colour="#b8401f"))) as browser:
        page = await browser.get("/e/e1")
        assert re.search(r'fill="#b8401f"/><text [^>]+>I</text>', page.text)
        assert "it の会" in text_of(page)
    for told in (None, "red", "#FFF", '"><xss'):
        async with opened(replies(community(name=MARKUP, colour=told))) as browser:
            page = await browser.get("/c/it")
            assert f'fill="{colours.OURS}"/><text ' in page.text
            assert "/accent/" not in page.text
            assert "<xss" not in page.text


async def test_whom_a_link_in_a_mail_let_in_sees_the_letter_in_the_colour():
    async with opened(replies(), replace(HANAKO, only="e1")) as browser:
        page = await browser.get("/e/e1")
        assert 'fill="#b8401f"' in page.text
        assert "/accent/b8401f.css" in page.text
        assert "/logo/" not in page.text
        assert 'href="/c/it"' not in page.text


async def test_an_events_page_does_without_its_community_while_that_is_away():
    away = {**replies(), ListCommunities: Refused("no_answer", "", 503)}
    async with opened(away) as browser:
        page = await browser.get("/e/e1")
        assert page.status_code == 200
        assert 'class="mark"' not in page.text


async def test_a_logo_and_a_colour_are_kept_by_browsers_and_nothing_in_a_logo_runs(tmp_path: Path):
    async with whole(tmp_path, identity("hanako")) as portal:
        portal.services.answering.replies.update(replies())
        assert (await portal.get("/c/it/logo/0123456789abcdef.png")).status_code == 303, "for those who are signed in"
        await portal.sign_in()
        for kind, data in (("image/png", PNG), ("image/svg+xml", SVG)):
            told = FILE.model_copy(update={"kind": kind, "data": base64.b64encode(data).decode()})
            portal.services.answering.replies[GetLogo] = told
            logo = await portal.get("/c/it/logo/0123456789abcdef.png")
            assert (logo.content, logo.headers["content-type"]) == (data, kind)
            assert logo.headers["content-security-policy"] == "default-src 'none'; sandbox"
            assert logo.headers["x-content-type-options"] == "nosniff"
            assert logo.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert (await portal.get("/c/it/logo/older.png")).headers["cache-control"] == "no-cache"
        portal.services.answering.replies[GetLogo] = Refused("logo_not_found", "This community has no logo.", 404)
        assert (await portal.get("/c/it/logo/gone.png")).status_code == 404
        styles = await portal.get("/accent/b8401f.css")
        assert styles.headers["content-type"].startswith("text/css")
        assert styles.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert styles.text.count("--accent:") == 3
        for wrong in ("B8401F", "b8401", "b8401f0", "b8401f%7D", "red"):
            assert (await portal.get(f"/accent/{wrong}.css")).status_code == 404


async def test_name_colour_and_logo_are_changed_in_one_press_and_show_at_once():
    async with opened(replies(community()), LEADER) as browser:
        await browser.get("/e/e1")
        form, file = {"name": " 越境の会 ", "colour": "#b8401f"}, {"logo": ("a.png", PNG)}
        done = await browser.http.post("/c/it/look", data=form, files=file, headers=SAME)
        assert (done.status_code, done.headers["location"]) == (303, "/c/it?did=looks.changed")
        (sent,) = browser.answering.sent(ReviseCommunity)
        assert (sent.name, sent.colour, base64.b64decode(sent.logo_file)) == ("越境の会", "#b8401f", PNG)
        browser.answering.replies[ListCommunities] = listed()
        assert "越境の会" in text_of(await browser.get("/e/e1")), "what was remembered is asked for again"
        await browser.post("/c/it/look", {"name": "x", "colour": colours.OURS})
        await browser.post("/c/it/look", {"name": "x", "colour": "#b8401f", "no_logo": "on"})
        assert [(c.colour, c.logo_file) for c in browser.answering.sent(ReviseCommunity)[1:]] == [
            ("", None),
            ("#b8401f", ""),
        ]


async def test_a_preview_shows_the_file_and_the_colour_saves_nothing_and_keeps_the_file():
    async with opened(replies(), LEADER) as browser:
        form = {"name": "新しい名前", "colour": "#1d6b48", "preview": "on"}
        page = await browser.http.post("/c/it/look", data=form, files={"logo": ("a.svg", SVG)}, headers=SAME)
        kept = base64.b64encode(SVG).decode()
        assert f'src="data:image/svg+xml;base64,{kept}"' in page.text
        assert 'href="/accent/1d6b48.css"' in page.text
        assert "まだ保存していません" in text_of(page)
        assert browser.answering.sent(ReviseCommunity) == []
        assert f'name="kept" value="{kept}"' in page.text
        await browser.post("/c/it/look", {"name": "新しい名前", "colour": "#1d6b48", "kept": kept})
        assert browser.answering.sent(ReviseCommunity)[0].logo_file == kept
        plain = await browser.post("/c/it/look", {"name": "x", "colour": "#1d6b48", "preview": "on"})
        assert plain.text.count('src="/c/it/logo/0123456789abcdef.png"') == 2, "the logo that it has"


WRONG: dict[str, tuple[dict[str, str], bytes, str, str]] = {
    "no name": ({"name": " "}, b"", "name", "入力してください"),
    "a colour too light": ({"colour": "#ffd54f"}, b"", "colour", "もっと濃い色"),
    "no colour": ({"colour": "red"}, b"", "colour", "この値は使えません"),
    "a text": ({}, b"logo", "logo", "PNG、JPEG、SVG のファイル"),
    "a GIF": ({}, b"GIF89a", "logo", "PNG、JPEG、SVG のファイル"),
    "a file too large": ({}, PNG + b"\0" * 500_000, "logo", "500 KB を超えています"),
    "a file far too large": ({}, PNG + b"\0" * 9_000_000, "logo", "500 KB を超えています"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("press", ["preview", "save"])
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(what: str, press: str):
    typed, data, field, told = WRONG[what]
    form = {"name": "打った名前", "colour": "#1d6b48", **typed, press: "on"}
    files = {"logo": ("x", data)} if data else None
    async with opened(replies(), LEADER) as browser:
        page = await browser.http.post("/c/it/look", data=form, files=files, headers=SAME)
        assert page.status_code == 400
        wrong = re.findall(r'<p class="wrong" id="(\w+)-wrong">([^<]+)', page.text)
        assert [name for name, _ in wrong] == [field]
        assert told in wrong[0][1]
        assert f'value="{form["name"]}"' in page.text
        assert 'aria-describedby="logo-wrong logo-hint"' in page.text or field != "logo"
        assert browser.answering.sent(ReviseCommunity) == []


@pytest.mark.parametrize(
    "code", ["logo_wrong_kind", "logo_too_many_pixels", "logo_unreadable", "logo_too_complex", "logo_not_plain"]
)
async def test_a_file_that_the_service_refuses_is_named_beside_its_field(code: str):
    async with opened({**replies(), ReviseCommunity: Refused(code, "…")}, LEADER) as browser:
        form = {"name": "x", "colour": "#1d6b48"}
        page = await browser.http.post("/c/it/look", data=form, files={"logo": ("a.png", PNG)}, headers=SAME)
        assert page.status_code == 400
        assert re.search(r'id="logo-wrong">[^<…]*PNG|id="logo-wrong">[^<…]*ピクセル', page.text)


async def test_the_look_is_changed_by_leaders_of_the_community_alone():
    form = {"name": "x", "colour": "#1d6b48"}
    async with opened(replies(community(community_id="hr")), LEADER) as browser:
        assert (await browser.post("/c/hr/look", form)).status_code == 403
        browser.as_(HANAKO)
        assert (await browser.post("/c/it/look", form)).status_code == 403
        assert browser.answering.sent(ReviseCommunity) == []
