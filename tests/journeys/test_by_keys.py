"""By the keys alone, pressed in a browser: a member registers and answers a survey, a leader checks somebody in."""

from pathlib import Path

from ekkyo.contracts.events import CheckIn, MyRegistration, RegisterForEvent
from ekkyo.contracts.surveys import Answered, AnswerSurvey, GetForm

from tests.journeys.browsing import Person, browsers
from tests.journeys.test_camera import Desk
from tests.portal.making import HANAKO, LEADER
from tests.portal.pictures import staged
from tests.portal.test_events_pages import mine
from tests.portal.test_survey_pages import asked

ALL = """() => {
  window.places = [...document.querySelectorAll('*')]
  const seen = (it) => it.tabIndex === 0 && !it.matches(':disabled') && it.checkVisibility({visibilityProperty: true})
  const one = (it) => {
    const group = it.type === 'radio' ? [...it.form.elements[it.name]] : [it]
    return it === (group.find((each) => each.checked) || group[0])}
  return window.places.flatMap((it, n) => seen(it) && one(it) ? [n] : [])}"""
"""Where everything stands that takes the focus; of radio buttons with one name, the one that is
chosen, or the first."""
HERE = "window.places.indexOf(document.activeElement)"
SAYS = "document.activeElement.textContent.trim()"


async def tabbed_through(who: Person) -> None:
    """The Tab key reaches everything, in the order in which it is read out, then the page itself, and all again."""
    there = [*await who.page.evaluate(ALL), await who.page.evaluate("window.places.indexOf(document.body)")]
    found = []
    for _ in there:
        await who.page.keyboard.press("Tab")
        found.append(await who.page.evaluate(HERE))
    first = found.index(there[0])
    assert found[first:] + found[:first] == there, who.page.url


async def skipped_to_the_text(who: Person) -> None:
    """The first Tab shows a link that leads past the navigation: the next one is in the page's text."""
    keys, page = who.page.keyboard, who.page
    await keys.press("Tab")
    assert await page.evaluate(SAYS) == "本文へ移動"
    box = await page.locator(".skip").bounding_box()
    assert box
    assert box["x"] >= 0
    await keys.press("Enter")
    await keys.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


async def test_a_seat_a_survey_and_the_desk_by_the_keys_alone(tmp_path: Path) -> None:
    desk = Desk()
    answered = Answered(survey_id="s1", member_id="hanako")
    replies = {MyRegistration: mine(None), RegisterForEvent: mine("confirmed").registration}
    async with staged(replies, HANAKO) as stage, browsers(stage.url, tmp_path) as them:
        who = await them.person("/e/e1")
        keys, page, sent = who.page.keyboard, who.page, stage.answering.sent
        await skipped_to_the_text(who)
        await tabbed_through(who)
        await who.tab_to(page.get_by_role("button", name="参加登録する"))
        stage.answering.replies[MyRegistration] = mine("confirmed")
        await keys.press("Enter")
        await who.sees("参加が確定しました", "参加が確定しています")
        assert len(sent(RegisterForEvent)) == 1

        stage.set(HANAKO, {GetForm: asked(), AnswerSurvey: answered})
        await who.open("/s/s1")
        await skipped_to_the_text(who)
        await tabbed_through(who)
        await who.tab_to(page.locator("[name=satisfaction]").first)
        await keys.press("Space")
        await keys.press("ArrowRight")
        await who.tab_to(page.locator("[name=useful][value='']"))
        await keys.press("ArrowRight")
        await who.tab_to(page.locator("[name=comment]"))
        await keys.type("また来たい")
        await who.tab_to(page.get_by_role("button", name="回答を送る"))
        stage.answering.replies[GetForm] = asked(answered=True)
        await keys.press("Space")
        await who.sees("ご回答ありがとうございました")
        (said,) = sent(AnswerSurvey)
        assert said.answers == {"satisfaction": 1, "useful": "yes", "comment": "また来たい"}

        stage.set(LEADER, desk.replies)
        await who.open("/e/e1/roster")
        assert await page.evaluate("document.activeElement.id") == "code", "a scanner types here at once"
        await tabbed_through(who)
        await who.tab_to(page.locator("#code"))
        await keys.type("0001")
        await keys.press("Enter")
        await who.sees("山田 健 さんは受付済みです")
        assert await page.evaluate("document.activeElement.id") == "code", "and again"
        await who.tab_to(page.locator("[aria-labelledby=expected] button").first)
        await keys.press("Space")
        await who.page.locator("#counts .tile b").first.filter(has_text="3").wait_for()
        assert [one.member_id for one in sent(CheckIn)] == ["ken", "far"]
