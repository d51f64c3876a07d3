"""Every page in every state, on a phone: axe finds nothing, light or dark; no error in the console; nothing too wide,
too heavy, or moving while it loads.

Each is opened in both languages, and looked at with axe in one of them: they share their markup.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import SetTerms
from ekkyo.contracts.surveys import GetForm
from ekkyo.process.running import Instance
from ekkyo_portal.site import SECTIONS
from playwright.async_api import Page, Response

from tests.journeys.browsing import Browsers, Person, axe_finds, browsers
from tests.journeys.printing import cut_off
from tests.journeys.scene import ME, PEOPLE, Scene
from tests.journeys.scenes import BEFORE, SCENES
from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, STEWARD
from tests.portal.pictures import in_english, staged
from tests.portal.test_lead_attendance import BEGUN
from tests.portal.test_pulse_pages import REPLIES as PULSES
from tests.portal.test_state_page import RUNNING, SYSTEMS, told
from tests.portal.test_survey_pages import asked
from tests.portal.test_template_pages import REPLIES
from tests.portal.whole import served

PARTS = 2
"""Workers that share the scenes."""
MOVED = """new Promise((done) => {
  let moved = 0
  const names = []
  const seen = (list) => list.getEntries().forEach((one) => {
    moved += one.value
    names.push(...one.sources.map(({node}) => `${node?.nodeName} ${node?.id || node?.className || ''}`))
  })
  new PerformanceObserver(seen).observe({type: 'layout-shift', buffered: true})
  requestAnimationFrame(() => setTimeout(() => done(moved > 0.02 ? names : [])))})"""
"""What moved by itself while the page was loaded. A hundredth is a scroll bar."""
WEIGHS = """performance.getEntriesByType('navigation')[0].encodedBodySize +
  performance.getEntriesByType('resource').reduce((sum, one) => sum + one.encodedBodySize, 0)"""
ALONE = "performance.getEntriesByType('navigation')[0].encodedBodySize"
SQUEEZED = """[...document.querySelectorAll('td, tbody th')].filter((cell) => {
  const text = document.createRange()
  text.selectNodeContents(cell)
  const {width, height} = text.getBoundingClientRect()
  return width > 0 && width < 60 && height > 90}).map((cell) => cell.innerText)"""
"""Cells with a few letters on each of many lines: a table that scrolls can be wider."""
LOOKS = (
    f"(async () => [document.documentElement.scrollWidth - innerWidth, await {MOVED}, {WEIGHS}, {ALONE}, {SQUEEZED}])()"
)
FIRST = 60_000
"""Bytes of a page with all that it loads."""
NEXT = 15_000
"""Bytes of a page alone: what else it loads, the browser has from the first."""
KEYBOARD = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  .filter((it) => it.checkVisibility({visibilityProperty: true}) && !it.matches(':disabled, .swagger-ui *'))
  .filter((it) => {
    it.focus({preventScroll: true})
    const shown = [it, it.nextElementSibling].some((one) => one && getComputedStyle(one).outlineStyle !== 'none')
    return it.tabIndex !== 0 || document.activeElement !== it || !shown
  }).map((it) => `not by keyboard, or its focus is not seen: ${it.outerHTML.slice(0, 200)}`)"""
"""What can be seen and cannot be reached by the Tab key in the order of the page, or does not show that it was."""
SEND = """([address, fields]) => {
  const form = document.body.appendChild(document.createElement('form'))
  Object.assign(form, {method: 'post', action: address})
  fields.forEach(([name, value]) => {
    Object.assign(form.appendChild(document.createElement('textarea')), {name, value})
  })
  form.submit()}"""


NOT_BEFORE_START = Refused(
    "malformed",
    "The terms do not fit the event.",
    400,
    errors=[FieldError(field="terms.closes_at", code="not_before_start", detail="must not be after the event starts")],
)
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
EMPTIED = """() => {
  const forms = [...document.querySelectorAll('main form')].sort((a, b) => b.elements.length - a.elements.length);
  const typed = forms[0].querySelectorAll('input:not([type=hidden], [type=radio]), textarea');
  typed.forEach((field) => { field.value = ''; });
  forms[0].noValidate = true;
  forms[0].requestSubmit();
}"""


NO_PAGES = {
    "files": (
        *("/e/{event_id}/calendar.ics", "/calendar/{secret}.ics", "/calendar/{secret}/{community_id}.ics"),
        *("/board/{secret}.atom", "/board/{secret}.json", "/me/held.json", "/people/{member_id}/held.json"),
        *("/me/held.html", "/people/{member_id}/held.html", "/c/{community_id}/suggestions.json"),
        *("/c/{community_id}/hours/{of}.csv", "/c/{community_id}/hours/{of}.xlsx"),
        *("/e/{event_id}/questions/answers.csv", "/e/{event_id}/questions/answers.xlsx"),
        *(f"/s/{{survey_id}}/results.{kind}" for kind in ("csv", "xlsx", "json")),
        *("/c/{community_id}/logo/{logo}", "/accent/{name}.css"),
    ),
    "a stream of parts of the roster's page": ("/e/{event_id}/roster/live",),
    "they lead on to other pages": ("/signin/done", "/signin/company", "/me/held"),
    "a mail and its file as notify made them": (
        *("/c/{community_id}/reports/{month}/mail", "/c/{community_id}/reports/{month}/file"),
    ),
}
"""What is opened and is no page."""


def test_every_page_is_looked_at():
    pages = [page.path for section in SECTIONS for page in section.pages if page.method == "GET"]
    forms = {path: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))) for path in pages}
    paths = {path.partition("?")[0] for scene in (*SCENES, *BEFORE) for path in scene.paths if scene.form is None}
    seen = {next((page for page in pages if forms[page].fullmatch(path)), path) for path in paths}
    assert set(pages) - seen == {path for several in NO_PAGES.values() for path in several}


@pytest.mark.parametrize("part", range(PARTS))
async def test_every_page_can_be_read_by_everybody(tmp_path: Path, part: int) -> None:
    wrong: list[str] = []

    async def running() -> list[Instance]:
        return RUNNING

    systems = told(tmp_path / "systems.json", *SYSTEMS, hears_members="hr,payroll")
    async with (
        staged({}, HANAKO, settings=systems, running=running) as stage,
        browsers(stage.url, tmp_path) as them,
    ):
        close, glancing = await looking(them, "/communities"), await them.person("/communities", size="phone")
        for number, scene in enumerate(SCENES[part::PARTS]):
            for english in (False, True):
                stage.set(in_english(scene.visitor) if english and scene.visitor else scene.visitor, scene.replies)
                axe = english == bool(number % 2)
                wrong += await looked_at(close if axe else glancing, scene, axe=axe)
        assert "\n".join(wrong) == ""


async def test_pages_before_the_sign_in_those_of_the_http_door_and_a_report_on_paper_have_no_mistakes(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (url, _), browsers(url, tmp_path) as them:
        who = await looking(them, "/signin?lang=en")
        wrong = []
        for scene in BEFORE:
            wrong += await looked_at(who, scene, axe=True)
        assert "\n".join([*wrong, *await cut_off(who.page.context)]) == ""


async def test_a_form_with_mistakes_can_be_read_by_everybody(tmp_path: Path) -> None:
    """Sent with every field empty: what is wrong stands beside its field, and the page has no other mistakes."""
    wrong: list[str] = []
    async with staged(answers(), LEADER) as stage, browsers(stage.url, tmp_path) as them:
        who = await looking(them, "/c/it/chat")
        for visitor, replies, path in (
            (LEADER, answers(), "/c/it/charter"),
            (LEADER, answers(), "/c/it/events/new"),
            (in_english(LEADER), answers(), "/e/e1/move"),
            (in_english(LEADER), answers() | {SetTerms: NOT_BEFORE_START}, "/e/e1/terms"),
            (LEADER, answers(), "/e/e1/questions"),
            (in_english(LEADER), REPLIES, "/c/it/templates/new"),
            (LEADER, PULSES, "/c/it/pulses/new"),
            (LEADER, BEGUN, "/e/e1/attendance"),
            (in_english(STEWARD), PEOPLE, "/people/hanako/erase"),
            (STEWARD, PEOPLE, "/people-import"),
            (in_english(HANAKO), ME, "/me/journey"),
            (HANAKO, {GetForm: asked()}, "/s/s1"),
        ):
            stage.set(visitor, replies)
            who.expected = (400, 422)
            await who.open(path)
            await who.page.evaluate(EMPTIED)
            await who.page.locator(".wrong").first.wait_for()
            wrong += [f"{path}: {one}" for one in await mistakes(who.page)]
        assert "\n".join(wrong) == ""


async def looking(them: Browsers, address: str) -> Person:
    """Somebody on a phone, with axe in each page that they open next: it is half a megabyte, and sent once."""
    who = await them.person(address, size="phone")
    await who.page.add_init_script(AXE_SCRIPT)
    return who


async def looked_at(who: Person, scene: Scene, *, axe: bool) -> list[str]:
    """What is wrong with the pages of a scene."""
    wrong, page, who.expected = [], who.page, (scene.status,)
    for path in scene.paths:
        response = await opened(page, who.base + path, scene.form)
        found = [] if response.status == scene.status else [f"status {response.status}"]
        wide, moved, weight, alone, squeezed = await page.evaluate(LOOKS)
        found += [f"{wide} px too wide"] if wide > 0 else []
        found += [f"squeezed: {squeezed}"] if squeezed else []
        if moved:  # under load a browser may show half a page: what moves, moves every time
            await page.reload()
            moved = await page.evaluate(MOVED)
        found += [f"moved while it was loaded: {moved}"] if moved else []
        found += [f"{weight:,} bytes"] if weight > FIRST and not path.startswith("/api/") else []
        found += [f"{alone:,} bytes without what it loads"] if alone > NEXT else []
        if axe:
            found += await page.evaluate(KEYBOARD)
            found += await mistakes(page)
        wrong += [f"{scene.name}: {path}: {one}" for one in found]
    return wrong


async def opened(page: Page, address: str, form: Mapping[str, str] | None) -> Response:
    """The response of a page, which is opened, or asked for by sending a form."""
    if form is None:
        response = await page.goto(address)
        assert response
        return response
    async with page.expect_navigation() as navigation:
        await page.evaluate(SEND, [address, [*form.items()]])
    return await navigation.value


async def mistakes(page: Page) -> list[str]:
    """What axe finds, light and dark: in one everything, in the other what colours can be wrong."""
    found = await axe_finds(page)
    other: Literal["light", "dark"] = "light" if await page.evaluate(IS_DARK) else "dark"
    await page.emulate_media(color_scheme=other)  # and so it stays for the next page
    return found + await axe_finds(page, runOnly=["color-contrast"])
